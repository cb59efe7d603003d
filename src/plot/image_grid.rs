/*!
A grid of images with optional labels.
*/

use ndarray::{ArrayBase, Axis, Data, Ix4};

use super::colors::Colors;
use super::figure::{Drawing, Frame, figure_builder};
use super::pixels::{ColorMapping, Pixels, Raster, Value};
use super::{canvas, text};

/// A batch of images: (m, n_h, n_w, 1) grey or (m, n_h, n_w, 3) RGB.
///
/// ```
/// use cnn::plot;
/// use ndarray::Array4;
/// let batch = Array4::<u8>::from_elem((6, 8, 8, 3), 200);
/// let figure = plot::ImageGrid::new(&batch).columns(3).labels((0..6).map(|i| format!("y = {i}"))).figure();
/// assert_eq!(figure.to_svg().matches("<image").count(), 6);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ImageGrid {
    pub(super) rasters: Vec<Raster>,
    labels: Vec<String>,
    columns: Option<usize>,
    pub(super) image_width: u32,
    pub(super) colors: Colors,
    pub(super) range: Option<(f64, f64)>,
    frame: Frame,
}

impl ImageGrid {
    /// The images of a batch.
    ///
    /// # Panics
    /// When the images have neither 1 nor 3 channels or no pixels, or the batch is empty.
    #[track_caller]
    pub fn new<S: Data<Elem = T>, T: Value>(batch: &ArrayBase<S, Ix4>) -> Self {
        assert!(!batch.is_empty(), "expected at least one image with pixels, got a batch of shape {:?}", batch.dim());
        Self::of(batch.axis_iter(Axis(0)).map(|image| image.raster()).collect())
    }

    pub(super) fn of(rasters: Vec<Raster>) -> Self {
        Self {
            rasters,
            labels: Vec::new(),
            columns: None,
            image_width: 96,
            colors: Colors::Gray,
            range: None,
            frame: Frame::default(),
        }
    }

    /// Writes a label below each image.
    pub fn labels(mut self, labels: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.labels = labels.into_iter().map(Into::into).collect();
        self
    }

    /// Images per row; by default as many as fit into 880 pixels, at most eight.
    pub fn columns(mut self, columns: usize) -> Self {
        self.columns = Some(columns.max(1));
        self
    }

    /// Width of each image on the screen, in pixels; 96 by default.
    pub fn image_width(mut self, image_width: u32) -> Self {
        self.image_width = image_width.max(1);
        self
    }

    /// The colormap for single-channel images. Unless [`range`](Self::range) is given, it spans the values of all
    /// images; for [`Colors::Gray`] and [`Colors::Plain`], black (0) to white.
    pub fn colors(mut self, colors: Colors) -> Self {
        self.colors = colors;
        self
    }

    /// The values at the two ends of the colormap (`vmin`, `vmax`).
    pub fn range(mut self, low: f64, high: f64) -> Self {
        self.range = Some((low, high));
        self
    }

    pub(super) fn drawing(&self) -> Drawing {
        let first = &self.rasters[0];
        let image_height = (u64::from(self.image_width) * first.n_h as u64 / first.n_w as u64).max(1) as u32;
        let widest = self.labels.iter().map(|label| text::width(label, canvas::LABEL)).max().unwrap_or(0);
        let cell_width = self.image_width.max(widest) + 10;
        let cell_height = image_height + if self.labels.is_empty() { 10 } else { 26 };
        let columns = self.columns.unwrap_or((880 / cell_width as usize).clamp(1, 8)).min(self.rasters.len());
        let rows = self.rasters.len().div_ceil(columns);
        let (width, height) = (columns as u32 * cell_width, rows as u32 * cell_height);
        let range = self.range.unwrap_or_else(|| match self.colors {
            Colors::Gray | Colors::Plain => (0.0, first.white),
            colors => {
                let (lows, highs): (Vec<f64>, Vec<f64>) = self.rasters.iter().map(Raster::extremes).unzip();
                let low = lows.into_iter().fold(f64::INFINITY, f64::min);
                colors.range(low, highs.into_iter().fold(f64::NEG_INFINITY, f64::max))
            }
        });
        let mapping = ColorMapping { colors: self.colors, range };
        let top_left = |index: usize| {
            let (row, column) = (index / columns, index % columns);
            (
                (column as u32 * cell_width + (cell_width - self.image_width) / 2) as i32,
                (row as u32 * cell_height + 4) as i32,
            )
        };
        let mut body = String::new();
        for (index, raster) in self.rasters.iter().enumerate() {
            body += &raster.to_image_tag(top_left(index), (self.image_width, image_height), mapping);
        }
        body += &canvas::draw((width, height), |area| {
            for (index, _) in self.rasters.iter().enumerate() {
                let (x, y) = top_left(index);
                let (right, bottom) = (x + self.image_width as i32, y + image_height as i32);
                canvas::outline(area, x..right, y..bottom, plotters::style::RGBColor(120, 120, 120), 1);
                if let Some(label) = self.labels.get(index) {
                    let at = (x + self.image_width as i32 / 2, bottom + 11);
                    canvas::text_center(area, label, at, canvas::font(canvas::LABEL));
                }
            }
        });
        Drawing { width, height, body, grid: None }
    }
}

figure_builder!(ImageGrid);
