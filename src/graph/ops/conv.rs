/*!
Convolution over one, two or three spatial axes, with dilation and groups.

[`Conv2d`](super::Conv2d) is the case of the course, two axes without either, whose pooling may be fused with it.
*/

use super::{
    conv2d,
    shapes::{batch_shape, spatial, spatial_dims},
};
use crate::graph::{
    kernels::{
        geometry::{ConvGeometry, Window},
        grouped,
    },
    network::{
        Op, Padding, Shape,
        fusion::{Accepts, Fusion},
        op::{Backward, Dims, Forward, Reads},
    },
};

/// `y[i, p, c] = Σ over taps t and channels k of x[i, s p + d t − pad, k] w[t, k, c]`, p and t having one to three axes.
///
/// Inputs: x of shape (m, …, n_c_prev) and filters (f…, n_c_prev / groups, n_c). Output: (m, …, n_c). With groups, the
/// channels of both sides are cut into as many equal parts, and each part of the output reads its part of the input.
///
/// ```
/// use cnn::graph::{DType, Graph, Padding, initializer::Constant, ops::Conv};
/// let graph = Graph::new();
/// let x = graph.placeholder([None, Some(100), Some(4)], DType::Float32, "x");
/// let w = graph.variable(&[5, 4, 8], Constant(0.1), "w");
/// let y = graph.add(Conv::new(&[2], Padding::Same).dilations(&[1]), &[&x, &w], "y");
/// assert_eq!(y.shape().to_string(), "(?, 50, 8)");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conv {
    /// Pixels between two windows along each axis; their number is that of the axes.
    pub strides: Vec<usize>,
    /// Pixels between two taps along each axis; 1 means neighbours.
    pub dilations: Vec<usize>,
    /// What happens at the border.
    pub padding: Padding,
    /// Parts that the channels are cut into.
    pub groups: usize,
}

impl Conv {
    /// A convolution over as many axes as there are strides, without dilation, in one group.
    pub fn new(strides: &[usize], padding: Padding) -> Self {
        Conv { strides: strides.to_vec(), dilations: vec![1; strides.len()], padding, groups: 1 }
    }

    /// Sets the pixels between two taps.
    pub fn dilations(self, dilations: &[usize]) -> Self {
        Conv { dilations: dilations.to_vec(), ..self }
    }

    /// Sets the number of groups.
    pub fn groups(self, groups: usize) -> Self {
        Conv { groups, ..self }
    }

    fn window<'a>(&'a self, sizes: &'a [usize]) -> Window<'a> {
        Window { sizes, strides: &self.strides, dilations: &self.dilations, padding: self.padding }
    }

    /// The geometry of one group.
    fn geometry(&self, dims: &Dims) -> ConvGeometry {
        let (x, w) = (&dims.inputs[0], &dims.inputs[1]);
        let [.., n_c_prev, n_c] = w[..] else { unreachable!("the shapes were checked") };
        let sizes = &w[..self.strides.len()];
        ConvGeometry::of(x[0], spatial(x), (n_c_prev, n_c / self.groups), self.window(sizes))
    }
}

impl Op for Conv {
    fn kind(&self) -> &'static str {
        match self.strides.len() {
            1 => "Conv1D",
            2 => "Conv2D",
            _ => "Conv3D",
        }
    }

    fn arity(&self) -> Option<usize> {
        Some(2)
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let (kind, rank) = (self.kind(), self.strides.len());
        let (m, sizes, n_c_prev) = spatial_dims(kind, inputs[0], rank);
        let filters = inputs[1].concrete().filter(|filters| filters.len() == rank + 2);
        let Some(filters) = filters else {
            panic!("{kind}: expected filters of {rank} spatial axes, n_c_prev and n_c, got shape {}", inputs[1])
        };
        let (w_c_prev, n_c, groups) = (filters[rank], filters[rank + 1], self.groups);
        assert!(groups > 0, "{kind}: expected at least 1 group, got 0");
        assert!(
            n_c_prev == w_c_prev * groups,
            "{kind}: the filters have {w_c_prev} input channels (shape {}) in {groups} groups, the images have {n_c_prev} \
             (shape {})",
            inputs[1],
            inputs[0]
        );
        assert!(
            n_c.is_multiple_of(groups),
            "{kind}: expected a number of filters that is a multiple of the {groups} groups, got {n_c} (shape {})",
            inputs[1]
        );
        batch_shape(m, self.window(&filters[..rank]).outputs(&sizes), n_c)
    }

    fn forward(&self, run: Forward<'_>) {
        let geometry = self.geometry(run.dims);
        if self.groups == 1 {
            return conv2d::forward(&geometry, run);
        }
        grouped::forward(&geometry, self.groups, run.inputs[0], run.inputs[1], run.output, run.backend.fast());
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0, 1])
    }

    fn backward(&self, mut run: Backward<'_>) {
        let geometry = self.geometry(run.dims);
        if self.groups == 1 {
            return conv2d::backward(&geometry, run);
        }
        let (x, w, d_y) = (run.inputs[0], run.inputs[1], run.d_output);
        if let Some(d_w) = &mut run.d_inputs[1] {
            let ws = run.backend.fast();
            d_w.write(|d_w| grouped::backward_filter(&geometry, self.groups, x, d_y, d_w, ws));
        }
        if let Some(d_x) = &mut run.d_inputs[0] {
            let ws = run.backend.fast();
            d_x.write(|d_x| grouped::backward_input(&geometry, self.groups, d_y, w, d_x, ws));
        }
    }

    fn fusion(&self) -> Fusion {
        let epilogue = if self.groups == 1 { Accepts::ALL } else { Accepts::default() };
        Fusion { epilogue, ..Fusion::default() }
    }
}
