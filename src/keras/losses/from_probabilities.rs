/*!
Cross-entropies of given probabilities, which are clipped away from 0 and 1 as Keras does.

Behind a softmax or sigmoid the operations on logits are used instead, see [`Loss`](super::Loss).
*/

use crate::graph::{
    Op, Shape,
    op::{Backward, Forward, Reads},
};

/// Keras' `epsilon()`: probabilities are kept in [1e-7, 1 − 1e-7].
const EPSILON: f32 = 1e-7;

fn clip(p: f32) -> f32 {
    p.clamp(EPSILON, 1.0 - EPSILON)
}

/// Whether clipping leaves `p` alone, so that a gradient flows.
fn is_inside(p: f32) -> bool {
    (EPSILON..=1.0 - EPSILON).contains(&p)
}

/// Demands outputs and labels of one shape.
pub(super) fn common_shape(op: &str, inputs: &[&Shape]) -> Shape {
    let [output, target] = inputs else { unreachable!("{op} has two inputs") };
    output.merge(target).unwrap_or_else(|| panic!("{op}: expected labels of shape {output}, got shape {target}"))
}

/// loss[i] = −Σ_j y[i, j] log(o[i, j] / Σ_k o[i, k]). Inputs: outputs o and labels y, both (m, classes).
#[derive(Debug, Clone, Copy)]
pub(super) struct CategoricalCrossentropy;

impl Op for CategoricalCrossentropy {
    fn kind(&self) -> &'static str {
        "CategoricalCrossentropy"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let shape = common_shape("categorical_crossentropy", inputs);
        assert!(shape.rank() == 2, "categorical_crossentropy: expected outputs of shape (m, classes), got {shape}");
        Shape::from([shape.dim(0)])
    }

    fn forward(&self, run: Forward<'_>) {
        let classes = run.dims.inputs[0][1];
        let rows = run.inputs[0].chunks_exact(classes).zip(run.inputs[1].chunks_exact(classes));
        for (loss, (o, y)) in run.output.iter_mut().zip(rows) {
            let sum: f32 = o.iter().sum();
            *loss = -o.iter().zip(y).map(|(o, y)| y * clip(o / sum).ln()).sum::<f32>();
        }
    }

    fn differentiable(&self, input: usize) -> bool {
        input == 0
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0, 1])
    }

    /// With p = o / S: do_j = (dp_j − Σ_k dp_k p_k) / S, dp_j = −y_j / p_j.
    fn backward(&self, mut run: Backward<'_>) {
        let (o, y, d_loss) = (run.inputs[0], run.inputs[1], run.d_output);
        let classes = run.dims.inputs[0][1];
        let Some(d_o) = &mut run.d_inputs[0] else { return };
        let sums: Vec<f32> = o.chunks_exact(classes).map(|row| row.iter().sum()).collect();
        let d_p = |i: usize| {
            let p = o[i] / sums[i / classes];
            if is_inside(p) { -y[i] / p } else { 0.0 }
        };
        let shared =
            |row: usize| -> f32 { (row * classes..(row + 1) * classes).map(|i| d_p(i) * o[i] / sums[row]).sum() };
        let shared: Vec<f32> = (0..sums.len()).map(shared).collect();
        d_o.set(|i| {
            let row = i / classes;
            (d_p(i) - shared[row]) / sums[row] * d_loss[row]
        });
    }
}

/// loss = −y log p − (1 − y) log(1 − p), number by number. Inputs: probabilities p and labels y of one shape.
#[derive(Debug, Clone, Copy)]
pub(super) struct BinaryCrossentropy;

impl Op for BinaryCrossentropy {
    fn kind(&self) -> &'static str {
        "BinaryCrossentropy"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        common_shape("binary_crossentropy", inputs)
    }

    fn forward(&self, run: Forward<'_>) {
        for ((loss, p), y) in run.output.iter_mut().zip(run.inputs[0]).zip(run.inputs[1]) {
            let p = clip(*p);
            *loss = -y * p.ln() - (1.0 - y) * (1.0 - p).ln();
        }
    }

    fn differentiable(&self, input: usize) -> bool {
        input == 0
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0, 1])
    }

    fn backward(&self, mut run: Backward<'_>) {
        let (p, y, d_loss) = (run.inputs[0], run.inputs[1], run.d_output);
        let Some(d_p) = &mut run.d_inputs[0] else { return };
        d_p.set(|i| if is_inside(p[i]) { ((1.0 - y[i]) / (1.0 - p[i]) - y[i] / p[i]) * d_loss[i] } else { 0.0 });
    }
}
