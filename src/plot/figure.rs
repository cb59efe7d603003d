/*!
A finished figure: SVG text with a title, a caption and a description for those who cannot see it.

What is in it, the builders beside this file decide.
*/

use std::io::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plotters::style::{FontStyle, RGBColor};

use super::{canvas, text};
use crate::display::Content;
use crate::{Error, Result};

/// Free space around a figure, in pixels.
const MARGIN: u32 = 8;
/// A caption is at least this wide, also under a small drawing.
const CAPTION_WIDTH: u32 = 420;

/// A figure, as SVG text. It is drawn already: arrays may change or vanish afterwards.
///
/// ```
/// use cnn::plot;
/// let figure = plot::Lines::new().line("cost", &[1.9, 1.2, 0.8]).title("Training").figure();
/// assert_eq!(figure.alt(), "Training");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    drawing: Drawing,
    alt: String,
}

/// A drawing without its frame: SVG elements, their size, and where its cells are.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Drawing {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) body: String,
    pub(super) grid: Option<Grid>,
}

/// Where the rows and columns of a matrix or a picture are in a drawing: left, top, and the side of a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Grid {
    pub(super) left: i32,
    pub(super) top: i32,
    pub(super) cell: f64,
}

/// What stands around a drawing.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Frame {
    pub(super) title: Option<String>,
    pub(super) caption: Option<String>,
    pub(super) alt: Option<String>,
}

impl Figure {
    /// The figure as a complete SVG document.
    pub fn to_svg(&self) -> String {
        let Drawing { width, height, body, .. } = &self.drawing;
        let (width, height) = (width + 2 * MARGIN, height + 2 * MARGIN);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" role=\"img\" aria-label=\"{}\">\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#FFFFFF\"/>\
             <g transform=\"translate({MARGIN},{MARGIN})\">{body}</g></svg>",
            escape(&self.alt)
        )
    }

    /// What the figure shows, in words: its title and caption, unless `alt` was set.
    pub fn alt(&self) -> &str {
        &self.alt
    }

    /// Width and height in pixels.
    pub fn size(&self) -> (u32, u32) {
        (self.drawing.width + 2 * MARGIN, self.drawing.height + 2 * MARGIN)
    }

    /// The figure as a notebook's cell shows it.
    ///
    /// An `<img>` in HTML, because notebooks that were not run by their reader show it as well (they hide bare SVG), and
    /// because it carries the description; the same description is the plain text.
    pub fn content(&self) -> Content {
        let svg = self.to_svg();
        let (width, height) = self.size();
        let html = format!(
            "<img src=\"data:image/svg+xml;base64,{}\" alt=\"{}\" width=\"{width}\" height=\"{height}\"/>",
            STANDARD.encode(&svg),
            escape(&self.alt),
        );
        Content::new().part("text/html", html).part("text/plain", format!("[figure: {}]", self.alt))
    }

    /// Shows the figure in a notebook: called by evcxr for the last expression of a cell, or by you anywhere in it.
    pub fn evcxr_display(&self) {
        self.content().show();
    }

    /// Writes the figure to an SVG file, in one piece: a reader never sees half a file.
    ///
    /// # Errors
    /// When the file cannot be written, or its name does not end in `.svg`.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let io = |source| Error::Io { path: path.to_owned(), source };
        if path.extension().is_none_or(|extension| !extension.eq_ignore_ascii_case("svg")) {
            let help = "figures are saved as SVG\nhelp: give the file a name that ends in .svg";
            return Err(io(std::io::Error::new(std::io::ErrorKind::InvalidInput, help)));
        }
        let partial = path.with_extension("svg.partial");
        let mut file = std::fs::File::create(&partial).map_err(io)?;
        file.write_all(self.to_svg().as_bytes()).and_then(|()| file.sync_all()).map_err(io)?;
        std::fs::rename(&partial, path).map_err(io)
    }

    /// Puts a drawing into its frame: the title above, the caption below.
    pub(super) fn framed(drawing: Drawing, frame: &Frame) -> Self {
        let title_width = frame.title.as_deref().map_or(0, |title| text::width(title, canvas::TITLE) * 11 / 10);
        let mut width = drawing.width.max(title_width);
        let caption = frame.caption.as_deref().unwrap_or_default();
        if !caption.is_empty() {
            width = width.max(CAPTION_WIDTH.min(text::width(caption, canvas::CAPTION)));
        }
        let lines = text::wrap(caption, canvas::CAPTION, width);
        let title_height = if frame.title.is_some() { canvas::TITLE + 11 } else { 0 };
        let line_height = canvas::CAPTION + 5;
        let caption_height = if lines.is_empty() { 0 } else { 8 + line_height * lines.len() as u32 };
        let height = title_height + drawing.height + caption_height;
        let middle = width as i32 / 2;
        let words = canvas::draw((width, height), |area| {
            if let Some(title) = &frame.title {
                let style = plotters::style::TextStyle {
                    font: canvas::font(canvas::TITLE).font.style(FontStyle::Bold),
                    ..canvas::font(canvas::TITLE)
                };
                canvas::text_center(area, title, (middle, canvas::TITLE as i32 / 2 + 1), style);
            }
            for (row, line) in lines.iter().enumerate() {
                let y = (title_height + drawing.height + 8 + line_height / 2) as i32 + row as i32 * line_height as i32;
                let style = canvas::font(canvas::CAPTION).color(&RGBColor(60, 60, 60));
                canvas::text_center(area, line, (middle, y), style);
            }
        });
        let (left, top) = ((width - drawing.width) as i32 / 2, title_height as i32);
        let body = format!("<g transform=\"translate({left},{top})\">{}</g>{words}", drawing.body);
        let grid = drawing.grid.map(|grid| Grid { left: grid.left + left, top: grid.top + top, ..grid });
        let words = [frame.title.as_deref(), frame.caption.as_deref()];
        let alt = frame.alt.clone().unwrap_or_else(|| words.into_iter().flatten().collect::<Vec<_>>().join(": "));
        Self { drawing: Drawing { width, height, body, grid }, alt }
    }

    /// The figure without its margin, for composition.
    pub(super) fn drawing(&self) -> &Drawing {
        &self.drawing
    }
}

/// `text` as the value of an attribute in double quotes.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\n', " ")
}

/// Gives a builder, which has a field `frame` and a method `drawing`, its title, caption, description and ways out.
macro_rules! framed {
    ($builder:ty) => {
        impl $builder {
            /// Writes a title above.
            pub fn title(mut self, title: impl Into<String>) -> Self {
                self.frame.title = Some(title.into());
                self
            }

            /// Writes a caption below: what to see in the figure.
            pub fn caption(mut self, caption: impl Into<String>) -> Self {
                self.frame.caption = Some(caption.into());
                self
            }

            /// Describes the figure for those who cannot see it; otherwise title and caption do.
            pub fn alt(mut self, alt: impl Into<String>) -> Self {
                self.frame.alt = Some(alt.into());
                self
            }

            /// Draws the figure.
            pub fn figure(&self) -> $crate::plot::Figure {
                $crate::plot::Figure::framed(self.drawing(), &self.frame)
            }

            /// Draws the figure and shows it in a notebook.
            pub fn evcxr_display(&self) {
                self.figure().evcxr_display();
            }
        }

        impl From<$builder> for $crate::plot::Figure {
            fn from(builder: $builder) -> Self {
                builder.figure()
            }
        }
    };
}
pub(super) use framed;
