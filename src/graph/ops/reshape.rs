/*! The same elements under another shape; nothing is copied. */

use crate::graph::network::{
    Op, Shape,
    op::{Aliasing, Backward, Forward, Inputs},
};

/// Gives a tensor new dimensions. One of them may be left open (`None`); it follows from the others.
#[derive(Debug, Clone)]
pub struct Reshape {
    /// The new dimensions, outermost first.
    pub dims: Vec<Option<usize>>,
}

impl Reshape {
    /// One row per example: (m, n_h, n_w, n_c) becomes (m, n_h n_w n_c).
    ///
    /// # Panics
    /// If a dimension other than the first is unknown.
    #[track_caller]
    pub fn flatten(x: &Shape) -> Self {
        assert!(x.rank() > 0, "flatten: expected a batch, got a scalar");
        let features = Shape::from(&x.dims()[1..]);
        let n = features.len().unwrap_or_else(|| panic!("flatten: expected known dimensions after the first, got {x}"));
        Reshape { dims: vec![None, Some(n)] }
    }
}

impl Op for Reshape {
    fn kind(&self) -> &'static str {
        "Reshape"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let known: usize = self.dims.iter().flatten().product();
        let open = self.dims.iter().filter(|dim| dim.is_none()).count();
        assert!(open <= 1, "reshape: at most one dimension can be left open, got {}", Shape::from(&self.dims[..]));
        let Some(total) = inputs[0].len() else { return Shape::from(&self.dims[..]) };
        let fits = if open == 0 { known == total } else { known > 0 && total.is_multiple_of(known) };
        let wanted = Shape::from(&self.dims[..]);
        assert!(fits, "reshape: {total} elements (shape {}) do not fit into shape {wanted}", inputs[0]);
        Shape::from(self.dims.iter().map(|dim| dim.or_else(|| Some(total / known))).collect::<Vec<_>>())
    }

    fn forward(&self, run: Forward<'_>) {
        run.output.copy_from_slice(run.inputs[0]);
    }

    /// The gradient of the input is that of the output, under the input's shape.
    fn backward(&self, _run: Backward<'_>) {}

    fn aliasing(&self) -> Aliasing {
        Aliasing { is_view: true, passes_gradient: Inputs::First, ..Aliasing::default() }
    }
}
