/*!
Pictures in rows, each with a word below it.
*/

use ndarray::{ArrayBase, Axis, Data, Ix4};

use super::colors::Colors;
use super::figure::{Drawing, Frame, framed};
use super::pixels::{Ink, Pixels, Raster, Value};
use super::{canvas, text};

/// A batch of pictures, (m, n_h, n_w, 1) grey or (m, n_h, n_w, 3) RGB.
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
    pub(super) side: u32,
    pub(super) colors: Colors,
    pub(super) range: Option<(f64, f64)>,
    frame: Frame,
}

impl ImageGrid {
    /// The pictures of a batch.
    ///
    /// # Panics
    /// When the pictures have neither 1 nor 3 channels, or there is none.
    #[track_caller]
    pub fn new<S: Data<Elem = T>, T: Value>(batch: &ArrayBase<S, Ix4>) -> Self {
        assert!(!batch.is_empty(), "expected at least one picture, got a batch of shape {:?}", batch.dim());
        Self::of(batch.axis_iter(Axis(0)).map(|picture| picture.raster()).collect())
    }

    pub(super) fn of(rasters: Vec<Raster>) -> Self {
        Self {
            rasters,
            labels: Vec::new(),
            columns: None,
            side: 96,
            colors: Colors::Gray,
            range: None,
            frame: Frame::default(),
        }
    }

    /// Writes a word below each picture.
    pub fn labels(mut self, labels: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.labels = labels.into_iter().map(Into::into).collect();
        self
    }

    /// Pictures in a row; otherwise as many as fit, at most eight.
    pub fn columns(mut self, columns: usize) -> Self {
        self.columns = Some(columns.max(1));
        self
    }

    /// Width of each picture on the screen, in pixels; 96 by default.
    pub fn side(mut self, side: u32) -> Self {
        self.side = side.max(1);
        self
    }

    /// Colours pictures of one channel, all on the same range.
    pub fn colors(mut self, colors: Colors) -> Self {
        self.colors = colors;
        self
    }

    /// The values that become the darkest and the brightest colour.
    pub fn range(mut self, low: f64, high: f64) -> Self {
        self.range = Some((low, high));
        self
    }

    pub(super) fn drawing(&self) -> Drawing {
        let first = &self.rasters[0];
        let picture_height = (u64::from(self.side) * first.n_h as u64 / first.n_w as u64).max(1) as u32;
        let widest = self.labels.iter().map(|label| text::width(label, canvas::LABEL)).max().unwrap_or(0);
        let pitch_x = self.side.max(widest) + 10;
        let pitch_y = picture_height + if self.labels.is_empty() { 10 } else { 26 };
        let columns = self.columns.unwrap_or((880 / pitch_x as usize).clamp(1, 8)).min(self.rasters.len());
        let rows = self.rasters.len().div_ceil(columns);
        let (width, height) = (columns as u32 * pitch_x, rows as u32 * pitch_y);
        let range = self.range.unwrap_or_else(|| match self.colors {
            Colors::Gray | Colors::Plain => (0.0, first.white),
            colors => {
                let (lows, highs): (Vec<f64>, Vec<f64>) = self.rasters.iter().map(Raster::extremes).unzip();
                let low = lows.into_iter().fold(f64::INFINITY, f64::min);
                colors.range(low, highs.into_iter().fold(f64::NEG_INFINITY, f64::max))
            }
        });
        let ink = Ink { colors: self.colors, range };
        let corner = |index: usize| {
            let (row, column) = (index / columns, index % columns);
            ((column as u32 * pitch_x + (pitch_x - self.side) / 2) as i32, (row as u32 * pitch_y + 4) as i32)
        };
        let mut body = String::new();
        for (index, raster) in self.rasters.iter().enumerate() {
            body += &raster.to_image_tag(corner(index), (self.side, picture_height), ink);
        }
        body += &canvas::draw((width, height), |area| {
            for (index, _) in self.rasters.iter().enumerate() {
                let (x, y) = corner(index);
                let (right, bottom) = (x + self.side as i32, y + picture_height as i32);
                canvas::outline(area, x..right, y..bottom, plotters::style::RGBColor(120, 120, 120), 1);
                if let Some(label) = self.labels.get(index) {
                    let at = (x + self.side as i32 / 2, bottom + 11);
                    canvas::text_center(area, label, at, canvas::font(canvas::LABEL));
                }
            }
        });
        Drawing { width, height, body, grid: None }
    }
}

framed!(ImageGrid);
