/*! Label smoothing: a share of each label is spread over all classes. */

use crate::graph::network::{
    Op, Shape,
    op::{Backward, Forward},
};

/// y = y (1 − share) + share / classes.
///
/// From: C. Szegedy et al., "Rethinking the Inception architecture for computer vision" (2015).
#[derive(Debug, Clone, Copy)]
pub struct SmoothLabels {
    /// The share that is spread.
    pub share: f32,
    /// Over how many classes.
    pub classes: usize,
}

impl Op for SmoothLabels {
    fn kind(&self) -> &'static str {
        "SmoothLabels"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        inputs[0].clone()
    }

    fn forward(&self, run: Forward<'_>) {
        let (keep, each) = (1.0 - self.share, self.share / self.classes as f32);
        run.map(|y| y * keep + each);
    }

    fn differentiable(&self, _input: usize) -> bool {
        // Labels are data.
        false
    }

    fn backward(&self, _run: Backward<'_>) {
        unreachable!("no gradient flows to labels")
    }
}
