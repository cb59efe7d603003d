/*!
One step of Adam over a flat vector of variables, as TensorFlow computes it.

The powers of the betas and the corrected learning rate are computed in [`optimizers`](crate::graph::optimizers).
*/

use super::isa::for_each_isa;
use super::{blocks, disjoint::DisjointSlices};
use crate::graph::kernels::workspace::Workspace;

/// The coefficients of one step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adam {
    /// The corrected learning rate, `learning_rate sqrt(1 - beta_2^t) / (1 - beta_1^t)`.
    pub alpha: f32,
    /// How much of the mean of the gradients is kept.
    pub beta_1: f32,
    /// How much of the mean of their squares is kept.
    pub beta_2: f32,
    /// Keeps the division away from zero.
    pub epsilon: f32,
}

/// Updates variables by their gradients.
///
/// ```text
/// mean += (gradient - mean) (1 - beta_1);   square += (gradient^2 - square) (1 - beta_2)
/// variable -= mean alpha / (sqrt(square) + epsilon)
/// ```
///
/// # Panics
/// If the slices differ in length.
pub fn step(
    adam: Adam,
    gradient: &[f32],
    variable: &mut [f32],
    mean: &mut [f32],
    square: &mut [f32],
    ws: &mut Workspace,
) {
    let len = gradient.len();
    assert!(
        [variable.len(), mean.len(), square.len()] == [len; 3],
        "adam: expected variable, mean and square of {len} elements as the gradient has, got {}, {} and {}",
        variable.len(),
        mean.len(),
        square.len()
    );
    let (threads, isa, _) = ws.parts(0);
    let (variable, mean, square) =
        (DisjointSlices::new(variable), DisjointSlices::new(mean), DisjointSlices::new(square));
    blocks::for_each_block(threads, len, 1, &|_, range| {
        // SAFETY: blocks do not overlap.
        let (variable, mean, square) =
            unsafe { (variable.get(range.clone()), mean.get(range.clone()), square.get(range.clone())) };
        block_step(isa, adam, &gradient[range], variable, mean, square);
    });
}

for_each_isa! {
    fn block_step(adam: Adam, gradient: &[f32], variable: &mut [f32], mean: &mut [f32], square: &mut [f32]) {
        let (rest_1, rest_2) = (1.0 - adam.beta_1, 1.0 - adam.beta_2);
        for (((g, variable), mean), square) in gradient.iter().zip(variable).zip(mean).zip(square) {
            *mean += (g - *mean) * rest_1;
            *square += (g * g - *square) * rest_2;
            *variable -= *mean * adam.alpha / (square.sqrt() + adam.epsilon);
        }
    }
}
