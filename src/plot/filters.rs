/*!
The filters of a convolution as small pictures.
*/

use ndarray::{ArrayBase, Axis, Data, Ix4};

use super::ImageGrid;
use super::colors::Colors;
use super::figure::{Drawing, Frame, figure_builder};
use super::pixels::{Pixels, Value};

/// Filters (f, f, n_c_prev, n_c): one row per input channel, one column per filter, blue below zero and orange above,
/// all on the same range.
///
/// ```
/// use cnn::plot;
/// use ndarray::Array4;
/// let w = Array4::from_shape_fn((3, 3, 2, 5), |(h, w, c, k)| (h + c) as f64 - (w + k) as f64);
/// assert_eq!(plot::Filters::new(&w).figure().to_svg().matches("<image").count(), 10);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Filters {
    grid: ImageGrid,
    frame: Frame,
}

impl Filters {
    /// The filters `w`, (f, f, n_c_prev, n_c).
    ///
    /// # Panics
    /// When there is no filter.
    #[track_caller]
    pub fn new<S: Data<Elem = T>, T: Value>(w: &ArrayBase<S, Ix4>) -> Self {
        assert!(!w.is_empty(), "expected filters (f, f, n_c_prev, n_c), got shape {:?}", w.dim());
        let (_, _, n_c_prev, n_c) = w.dim();
        let mut rasters = Vec::new();
        for channel in w.axis_iter(Axis(2)) {
            rasters.extend(channel.axis_iter(Axis(2)).map(|filter| filter.raster()));
        }
        let labels = (0..n_c_prev).flat_map(|channel| {
            (0..n_c).map(move |c| if n_c_prev > 1 { format!("filter {c}, channel {channel}") } else { format!("{c}") })
        });
        let width = if n_c_prev > 1 { 64 } else { 56 };
        let grid = ImageGrid::of(rasters).columns(n_c).colors(Colors::Signed).image_width(width).labels(labels);
        Self { grid, frame: Frame::default() }
    }

    fn drawing(&self) -> Drawing {
        self.grid.drawing()
    }
}

figure_builder!(Filters);
