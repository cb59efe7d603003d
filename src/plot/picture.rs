/*!
One image, with optional rectangles that mark windows or objects.

For several images, see [`ImageGrid`](super::ImageGrid).
*/

use std::ops::Range;

use super::colors::{Colors, category};
use super::figure::{Drawing, Frame, Grid, figure_builder};
use super::pixels::{ColorMapping, Pixels, Raster};
use super::{canvas, text};

/// A grey or an RGB image. Floating-point values and `bool` run from 0 (black) to 1 (white), integers to 255.
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
    autoscale: bool,
    width: u32,
    windows: Vec<(Range<usize>, Range<usize>)>,
    boxes: Vec<BoundingBox>,
    frame: Frame,
}

/// An object's box in pixels of the image.
#[derive(Debug, Clone, PartialEq)]
struct BoundingBox {
    corners: [f64; 4],
    label: String,
    color: usize,
}

impl Picture {
    /// An image of shape (n_h, n_w), (n_h, n_w, 1) or (n_h, n_w, 3), or a view of one.
    ///
    /// # Panics
    /// When the third axis has a length other than 1 or 3, or the image is empty.
    #[track_caller]
    pub fn new(image: &impl Pixels) -> Self {
        let raster = image.raster();
        assert!(!raster.values.is_empty(), "expected an image with pixels, got {} x {}", raster.n_h, raster.n_w);
        Self {
            raster,
            colors: Colors::Gray,
            range: None,
            autoscale: false,
            width: 240,
            windows: Vec::new(),
            boxes: Vec::new(),
            frame: Frame::default(),
        }
    }

    /// The colormap of a single-channel image. Unless [`range`](Self::range) is given, the range is that of the values
    /// ([`Colors::Viridis`]), symmetric about zero ([`Colors::Signed`]), or 0 to white ([`Colors::Gray`],
    /// [`Colors::Plain`]).
    pub fn colors(mut self, colors: Colors) -> Self {
        self.colors = colors;
        self
    }

    /// The values at the two ends of the colormap (`vmin`, `vmax`).
    pub fn range(mut self, low: f64, high: f64) -> Self {
        self.range = Some((low, high));
        self
    }

    /// Sets the range to the smallest and the largest value; for [`Colors::Signed`] symmetric about zero.
    pub fn autoscale(mut self) -> Self {
        (self.range, self.autoscale) = (None, true);
        self
    }

    /// Width of the image on the screen, in pixels; 240 by default. From 16 screen pixels per pixel on, it is rounded
    /// down to a whole number of them.
    pub fn width(mut self, width: u32) -> Self {
        self.width = width;
        self
    }

    /// Marks a window, `rows` by `columns` of the image. Each window gets its own colour.
    pub fn highlight(mut self, rows: Range<usize>, columns: Range<usize>) -> Self {
        self.windows.push((rows, columns));
        self
    }

    /// Draws a box around an object, with a label above its left corner.
    ///
    /// `corners` are x1, y1, x2, y2 in pixels of the image, from its left upper corner; what lies beyond its border is
    /// cut off. Boxes with the same number `color` get the same colour of [`CATEGORIES`](super::CATEGORIES).
    ///
    /// ```
    /// use cnn::plot;
    /// let image = ndarray::Array2::<f64>::zeros((20, 30));
    /// let figure = plot::Picture::new(&image).bounding_box([3.5, 8.0, 20.0, 15.5], "car 0.93", 1).figure();
    /// assert!(figure.to_svg().contains("car 0.93"));
    /// ```
    pub fn bounding_box(mut self, corners: [f64; 4], label: impl Into<String>, color: usize) -> Self {
        self.boxes.push(BoundingBox { corners, label: label.into(), color });
        self
    }

    fn drawing(&self) -> Drawing {
        let Raster { n_h, n_w, .. } = self.raster;
        let cell = f64::from(self.width) / n_w as f64;
        // From 16 screen pixels per pixel on, all pixels are drawn in the same whole size.
        let cell = if cell >= 16.0 { cell.floor() } else { cell };
        let (width, height) = ((n_w as f64 * cell).round() as u32, (n_h as f64 * cell).round() as u32);
        let range = self.range.unwrap_or_else(|| match self.colors {
            Colors::Gray | Colors::Plain if !self.autoscale => (0.0, self.raster.white),
            colors => {
                let (low, high) = self.raster.extremes();
                colors.range(low, high)
            }
        });
        let mut body = self.raster.to_image_tag((1, 1), (width, height), ColorMapping { colors: self.colors, range });
        body += &canvas::draw((width + 2, height + 2), |area| {
            let black = plotters::style::BLACK;
            canvas::outline(area, 0..width as i32 + 1, 0..height as i32 + 1, black, 1);
            for (index, (rows, columns)) in self.windows.iter().enumerate() {
                let to_screen = |n: usize| 1 + (n as f64 * cell).round() as i32;
                let (x, y) =
                    (to_screen(columns.start)..to_screen(columns.end), to_screen(rows.start)..to_screen(rows.end));
                canvas::outline(area, x.clone(), y.clone(), plotters::style::WHITE, 5);
                canvas::outline(area, x, y, category(index + 1), 3);
            }
            for BoundingBox { corners: [x1, y1, x2, y2], label, color } in &self.boxes {
                let to_screen = |position: f64, end: usize| 1 + (position.clamp(0.0, end as f64) * cell).round() as i32;
                let (x, y) = (to_screen(*x1, n_w)..to_screen(*x2, n_w), to_screen(*y1, n_h)..to_screen(*y2, n_h));
                let color = category(*color);
                canvas::outline(area, x.clone(), y.clone(), plotters::style::WHITE, 4);
                canvas::outline(area, x.clone(), y.clone(), color, 2);
                if !label.is_empty() {
                    let (label_width, label_height) =
                        (text::width(label, canvas::LABEL) as i32 + 4, canvas::LABEL as i32 + 3);
                    let left = x.start.min(width as i32 - label_width).max(1);
                    let top = (y.start - label_height).max(1);
                    canvas::fill(area, left..left + label_width, top..top + label_height, color);
                    let style = canvas::font(canvas::LABEL).color(&plotters::style::WHITE);
                    canvas::text_left(area, label, (left + 2, top + label_height / 2), style);
                }
            }
        });
        Drawing { width: width + 2, height: height + 2, body, grid: Some(Grid { left: 1, top: 1, cell }) }
    }
}

figure_builder!(Picture);
