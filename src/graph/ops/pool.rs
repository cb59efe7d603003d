/*!
Pooling over one, two or three spatial axes.

[`MaxPool`](super::MaxPool) and [`AveragePool`](super::AveragePool) are the cases of two axes, which may be fused with the
convolution before them.
*/

use super::shapes::{batch_shape, spatial, spatial_dims};
use crate::graph::{
    kernels::{
        exact::{average_pool as exact_average, max_pool as exact_max},
        fast::{average_pool as fast_average, max_pool as fast_max},
        geometry::{PoolGeometry, Window},
    },
    network::{
        Op, Padding, Shape,
        op::{Backward, Dims, Forward},
    },
};

/// What the elements of a window are replaced by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pooling {
    /// Their maximum; its gradient goes to the first of equal elements.
    Max,
    /// Their mean; elements outside the image do not count.
    Average,
}

/// The maximum or the mean of each window, channel by channel. Input: (m, …, n_c). Output: (m, …, n_c), with as many
/// spatial axes as the window has, one to three.
///
/// DIFFERENCE: of the equal elements of a volume's window, each gets the whole gradient in TensorFlow's kernel for CPUs;
/// here the first does, as in images.
///
/// ```
/// use cnn::graph::{DType, Graph, Padding, ops::{Pool, Pooling}};
/// let graph = Graph::new();
/// let x = graph.placeholder([None, Some(100), Some(4)], DType::Float32, "x");
/// let pool = Pool { pooling: Pooling::Max, window: vec![2], strides: vec![2], padding: Padding::Valid };
/// assert_eq!(graph.add(pool, &[&x], "y").shape().to_string(), "(?, 50, 4)");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// Maximum or mean.
    pub pooling: Pooling,
    /// The window's size along each axis.
    pub window: Vec<usize>,
    /// Pixels between two windows along each axis.
    pub strides: Vec<usize>,
    /// What happens at the border.
    pub padding: Padding,
}

impl Pool {
    fn with_window<T>(&self, f: impl FnOnce(Window<'_>) -> T) -> T {
        let dilations = vec![1; self.window.len()];
        f(Window { sizes: &self.window, strides: &self.strides, dilations: &dilations, padding: self.padding })
    }

    fn geometry(&self, dims: &Dims) -> PoolGeometry {
        let x = &dims.inputs[0];
        let n_c = *x.last().expect("channels");
        self.with_window(|window| PoolGeometry::of(x[0], spatial(x), n_c, window))
    }
}

impl Op for Pool {
    fn kind(&self) -> &'static str {
        match (self.pooling, self.window.len()) {
            (Pooling::Max, 1) => "MaxPool1D",
            (Pooling::Max, 2) => "MaxPool",
            (Pooling::Max, _) => "MaxPool3D",
            (Pooling::Average, 1) => "AvgPool1D",
            (Pooling::Average, 2) => "AvgPool",
            (Pooling::Average, _) => "AvgPool3D",
        }
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let (m, sizes, n_c) = spatial_dims(self.kind(), inputs[0], self.window.len());
        assert!(
            self.strides.len() == self.window.len(),
            "{}: expected a stride for each of {} axes, got {:?}",
            self.kind(),
            self.window.len(),
            self.strides
        );
        batch_shape(m, self.with_window(|window| window.outputs(&sizes)), n_c)
    }

    fn saved_len(&self, dims: &Dims) -> usize {
        // The argmax of each window.
        if self.pooling == Pooling::Max { dims.output_len() } else { 0 }
    }

    fn forward(&self, run: Forward<'_>) {
        let (geometry, x) = (self.geometry(run.dims), run.inputs[0]);
        match (self.pooling, run.backend.fast()) {
            (Pooling::Max, Some(ws)) => fast_max::forward(&geometry, x, run.output, run.saved, ws),
            (Pooling::Max, None) => exact_max::forward(&geometry, x, run.output, run.saved),
            (Pooling::Average, Some(ws)) => fast_average::forward(&geometry, x, run.output, ws),
            (Pooling::Average, None) => exact_average::forward(&geometry, x, run.output),
        }
    }

    fn backward(&self, mut run: Backward<'_>) {
        let Some(d_x) = &mut run.d_inputs[0] else { return };
        let (geometry, d_y, accumulate) = (self.geometry(run.dims), run.d_output, d_x.accumulate);
        match (self.pooling, run.backend.fast()) {
            (Pooling::Max, Some(ws)) => fast_max::backward(&geometry, run.saved, d_y, d_x.data, accumulate, ws),
            (Pooling::Max, None) => exact_max::backward(&geometry, run.saved, d_y, d_x.data, accumulate),
            (Pooling::Average, Some(ws)) => fast_average::backward(&geometry, d_y, d_x.data, accumulate, ws),
            (Pooling::Average, None) => exact_average::backward(&geometry, d_y, d_x.data, accumulate),
        }
    }
}
