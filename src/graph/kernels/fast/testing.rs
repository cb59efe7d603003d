//! What the kernels' tests share: random random and elements, and a comparison with a tolerance for rounding.

use crate::numpy::RandomState;

/// A source of random random and elements.
pub(crate) struct RandomInputs(RandomState);

impl RandomInputs {
    pub fn new(seed: u32) -> Self {
        RandomInputs(RandomState::new(seed))
    }

    /// An integer from 1 to `n`.
    pub fn up_to(&mut self, n: usize) -> usize {
        1 + (self.0.rand(1)[0] * n as f64) as usize
    }

    /// Standard normal elements.
    pub fn elements(&mut self, len: usize) -> Vec<f32> {
        self.0.randn(len).iter().map(|&x| x as f32).collect()
    }
}

/// Panics unless every element is within 1e-5 of the expected one, relative to the largest expected one.
#[track_caller]
pub(crate) fn assert_near(actual: &[f32], expected: &[f64], what: &str) {
    assert_eq!(actual.len(), expected.len(), "{what}");
    let scale = expected.iter().fold(1.0f64, |scale, x| scale.max(x.abs()));
    for (index, (&actual, &expected)) in actual.iter().zip(expected).enumerate() {
        let error = (f64::from(actual) - expected).abs();
        assert!(error <= 1e-5 * scale, "{what}: [{index}] is {actual}, expected {expected} (scale {scale})");
    }
}
