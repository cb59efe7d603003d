/*!
NumPy's uniform and normal distributions for the `rand` crate, with any generator.

With a [`RandomState`](super::RandomState) as generator they give the same values as `np.random`. They are not fast:
rand's own `StandardNormal` is, but it gives other numbers.
*/

use std::cell::Cell;

use ndarray_rand::rand::{RngCore, distr::Distribution};

/// Uniform numbers in [0, 1) with 53 random bits, as `np.random.random_sample` makes them.
///
/// u = (2²⁶ a + b) / 2⁵³, where a and b are the upper 27 and 26 bits of two 32-bit words (`genrand_res53` of
/// mt19937ar.c).
///
/// ```
/// use cnn::prelude::*;
/// use ndarray_rand::RandomExt;
///
/// let u = Array2::random_using((2, 3), np::RandomSample, &mut RandomState::new(1)); // (2, 3)
/// assert_eq!(u, RandomState::new(1).rand((2, 3)));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RandomSample;

impl Distribution<f64> for RandomSample {
    fn sample<R: RngCore + ?Sized>(&self, rng: &mut R) -> f64 {
        let (a, b) = (rng.next_u32() >> 5, rng.next_u32() >> 6);
        (f64::from(a) * 67_108_864.0 + f64::from(b)) / 9_007_199_254_740_992.0
    }
}

/// Standard normal numbers as `np.random.randn` makes them, by Marsaglia's polar method.
///
/// From a point (x₁, x₂) in the unit disc with r² = x₁² + x₂² come two numbers, x₂ √(−2 ln r² / r²) first and
/// x₁ √(−2 ln r² / r²) at the next call. The second one waits in the distribution, so use one value of this type for
/// one stream.
///
/// The logarithm is the system's, as it is NumPy's; another C library may differ from it in the last bit.
///
/// ```
/// use cnn::prelude::*;
/// use ndarray_rand::RandomExt;
///
/// let x = Array2::random_using((2, 3), np::StandardNormal::new(), &mut RandomState::new(1)); // (2, 3)
/// assert_eq!(x, RandomState::new(1).randn((2, 3)));
/// ```
#[derive(Debug, Clone, Default)]
pub struct StandardNormal {
    saved: Cell<Option<f64>>,
}

impl StandardNormal {
    /// A distribution without a cached second value.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Distribution<f64> for StandardNormal {
    fn sample<R: RngCore + ?Sized>(&self, rng: &mut R) -> f64 {
        if let Some(second) = self.saved.take() {
            return second;
        }
        let (first, second) = polar_pair(rng);
        self.saved.set(Some(second));
        first
    }
}

/// Two independent standard normal numbers, in the order in which NumPy returns them.
pub(super) fn polar_pair<R: RngCore + ?Sized>(rng: &mut R) -> (f64, f64) {
    loop {
        let x1 = 2.0 * RandomSample.sample(rng) - 1.0;
        let x2 = 2.0 * RandomSample.sample(rng) - 1.0;
        let r2 = x1 * x1 + x2 * x2;
        if 0.0 < r2 && r2 < 1.0 {
            let f = (-2.0 * r2.ln() / r2).sqrt();
            return (f * x2, f * x1);
        }
    }
}
