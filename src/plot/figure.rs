/*!
A finished figure: SVG text with a title, a caption and a description for screen readers.

Its contents are drawn by the builders in the other files of this module.
*/

use std::io::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::codecs::png::PngEncoder;
use plotters::style::{FontStyle, RGBColor};

use super::{canvas, painter, text};
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

/// Title, caption and description of a drawing.
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
    /// An `<img>` in HTML, because notebooks that were not run by their reader show it as well (they hide bare SVG),
    /// and because it carries the description; the same description is the plain text.
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

    /// The figure as a PNG, `factor` pixels wide and high for one pixel on the screen: 2 is crisp on most of them.
    ///
    /// The letters are those of DejaVu Sans, which is part of the program, so the picture is the same on every machine.
    /// It has the Latin, Greek and Cyrillic letters and the signs of mathematics; another letter becomes a box.
    ///
    /// # Panics
    /// When `factor` is 0, or the picture would not fit into memory.
    ///
    /// ```
    /// use cnn::plot;
    /// let figure = plot::Bars::new([("a", 1.0), ("b", 2.0)]).figure();
    /// let png = image::load_from_memory(&figure.to_png(3)).unwrap();
    /// assert_eq!((png.width(), png.height()), (3 * figure.size().0, 3 * figure.size().1));
    /// ```
    pub fn to_png(&self, factor: u32) -> Vec<u8> {
        assert!(factor > 0, "to_png: expected a factor of at least 1, got 0");
        let mut png = Vec::new();
        painter::paint(&self.to_svg(), factor).write_with_encoder(PngEncoder::new(&mut png)).expect("PNG in memory");
        png
    }

    /// Writes the figure to a file, as SVG or as PNG, whichever its name ends in.
    ///
    /// A PNG has two pixels in each direction for one on the screen; [`to_png`](Self::to_png) makes others. The file is
    /// written under another name in the same folder and renamed when it is complete: a reader never sees half a file.
    ///
    /// # Errors
    /// When the file cannot be written, or its name ends in neither `.svg` nor `.png`.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let io = |source| Error::Io { path: path.to_owned(), source };
        let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
        let bytes = match extension.to_str() {
            Some("svg") => self.to_svg().into_bytes(),
            Some("png") => self.to_png(2),
            _ => {
                let help = "figures are saved as SVG or PNG\nhelp: give the file a name that ends in .svg or .png";
                return Err(io(std::io::Error::new(std::io::ErrorKind::InvalidInput, help)));
            }
        };
        let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut temporary = tempfile::Builder::new();
        temporary.prefix(".").suffix(".figure.tmp");
        #[cfg(unix)]
        temporary.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666)); // less the umask, as any new file
        let mut temporary = temporary.tempfile_in(dir).map_err(io)?;
        temporary.write_all(&bytes).map_err(io)?;
        temporary.persist(path).map_err(|error| io(error.error))?;
        Ok(())
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

/// The methods that all builders of figures share: title, caption and description, and how the figure is drawn, saved
/// and shown. The builder has a field `frame` and a method `drawing`.
macro_rules! figure_builder {
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

            /// The description for screen readers; by default title and caption.
            pub fn alt(mut self, alt: impl Into<String>) -> Self {
                self.frame.alt = Some(alt.into());
                self
            }

            /// Draws the figure.
            pub fn figure(&self) -> $crate::plot::Figure {
                $crate::plot::Figure::framed(self.drawing(), &self.frame)
            }

            /// Draws the figure and writes it to a file, as SVG or as PNG, whichever its name ends in.
            ///
            /// # Errors
            /// When the file cannot be written, or its name ends in neither `.svg` nor `.png`.
            pub fn save(&self, path: impl AsRef<std::path::Path>) -> $crate::Result<()> {
                self.figure().save(path)
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
pub(super) use figure_builder;
