/*!
One picture, pixel by pixel, with windows marked on it.

Many pictures in rows are an [`ImageGrid`](super::ImageGrid).
*/

use std::ops::Range;

use super::canvas;
use super::colors::{Colors, category};
use super::figure::{Drawing, Frame, Grid, framed};
use super::pixels::{Ink, Pixels, Raster};

/// A grey or an RGB picture. Floating point values run from 0 (black) to 1 (white), bytes from 0 to 255.
///
/// ```
/// use cnn::plot;
/// use ndarray::Array2;
/// let ramp = Array2::from_shape_fn((20, 30), |(_, column)| column as f64 / 29.0);
/// let figure = plot::Picture::new(&ramp).title("from black to white").highlight(0..3, 0..3).figure();
/// assert!(figure.to_svg().contains("data:image/png;base64,"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    raster: Raster,
    colors: Colors,
    range: Option<(f64, f64)>,
    width: u32,
    windows: Vec<(Range<usize>, Range<usize>)>,
    frame: Frame,
}

impl Picture {
    /// A picture of shape (n_h, n_w), (n_h, n_w, 1) or (n_h, n_w, 3); a view will do.
    ///
    /// # Panics
    /// When a third axis has neither 1 nor 3 channels, or the picture is empty.
    #[track_caller]
    pub fn new(picture: &impl Pixels) -> Self {
        let raster = picture.raster();
        assert!(!raster.values.is_empty(), "expected a picture with pixels, got {} x {}", raster.n_h, raster.n_w);
        Self { raster, colors: Colors::Gray, range: None, width: 240, windows: Vec::new(), frame: Frame::default() }
    }

    /// Colours the values of a picture with one channel; the range is then that of the values, unless it is given.
    pub fn colors(mut self, colors: Colors) -> Self {
        self.colors = colors;
        self
    }

    /// The values that become the darkest and the brightest colour.
    pub fn range(mut self, low: f64, high: f64) -> Self {
        self.range = Some((low, high));
        self
    }

    /// Spreads the values from the darkest to the brightest colour, whatever they are.
    pub fn stretched(mut self) -> Self {
        self.range = Some(self.raster.extremes());
        self
    }

    /// How wide to draw the picture, in pixels of the screen; 240 by default.
    pub fn width(mut self, width: u32) -> Self {
        self.width = width;
        self
    }

    /// Marks a window, `rows` by `columns` of the picture; each further one in another colour.
    pub fn highlight(mut self, rows: Range<usize>, columns: Range<usize>) -> Self {
        self.windows.push((rows, columns));
        self
    }

    fn drawing(&self) -> Drawing {
        let Raster { n_h, n_w, .. } = self.raster;
        let cell = f64::from(self.width) / n_w as f64;
        // Where single pixels can be told apart, they should all be of one size.
        let cell = if cell >= 16.0 { cell.floor() } else { cell };
        let (width, height) = ((n_w as f64 * cell).round() as u32, (n_h as f64 * cell).round() as u32);
        let range = self.range.unwrap_or_else(|| match self.colors {
            Colors::Gray | Colors::Plain => (0.0, self.raster.white),
            colors => {
                let (low, high) = self.raster.extremes();
                colors.range(low, high)
            }
        });
        let mut body = self.raster.to_image_tag((1, 1), (width, height), Ink { colors: self.colors, range });
        body += &canvas::draw((width + 2, height + 2), |area| {
            let black = plotters::style::BLACK;
            canvas::outline(area, 0..width as i32 + 1, 0..height as i32 + 1, black, 1);
            for (index, (rows, columns)) in self.windows.iter().enumerate() {
                let at = |n: usize| 1 + (n as f64 * cell).round() as i32;
                let (x, y) = (at(columns.start)..at(columns.end), at(rows.start)..at(rows.end));
                canvas::outline(area, x.clone(), y.clone(), plotters::style::WHITE, 5);
                canvas::outline(area, x, y, category(index + 1), 3);
            }
        });
        Drawing { width: width + 2, height: height + 2, body, grid: Some(Grid { left: 1, top: 1, cell }) }
    }
}

framed!(Picture);
