/*! The penalty of a weight: a share of its absolute values and of its squares, for regularization. */

use crate::graph::network::{
    Op, Shape,
    op::{Backward, Forward, Reads},
};

/// penalty = l1 Σ|w| + l2 Σ w². Output: a scalar.
#[derive(Debug, Clone, Copy)]
pub struct WeightPenalty {
    /// The factor of the absolute values.
    pub l1: f32,
    /// The factor of the squares.
    pub l2: f32,
}

impl Op for WeightPenalty {
    fn kind(&self) -> &'static str {
        "WeightPenalty"
    }

    fn output_shape(&self, _inputs: &[&Shape]) -> Shape {
        Shape::scalar()
    }

    fn forward(&self, run: Forward<'_>) {
        let terms = run.inputs[0].iter().map(|w| f64::from(self.l1 * w.abs() + self.l2 * w * w));
        run.output[0] = terms.sum::<f64>() as f32;
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0])
    }

    /// dw = (l1 sign(w) + 2 l2 w) d_penalty.
    fn backward(&self, mut run: Backward<'_>) {
        let (w, d_penalty) = (run.inputs[0], run.d_output[0]);
        let Some(d_w) = &mut run.d_inputs[0] else { return };
        d_w.set(|i| {
            let sign = if w[i] == 0.0 { 0.0 } else { w[i].signum() };
            (self.l1 * sign + 2.0 * self.l2 * w[i]) * d_penalty
        });
    }
}
