/*!
The random numbers of one synthetic picture: a generator for each, so that pictures can be drawn in any order.

Only uniform numbers are taken from NumPy's generator: its normal ones depend on the system's logarithm.
*/

use crate::numpy::RandomState;

/// The generator of one picture.
pub(super) struct Rng(RandomState);

impl Rng {
    /// The generator of picture `index` of the set with this seed.
    pub fn new(seed: u32, index: usize) -> Self {
        // Consecutive seeds must not share pictures, so the two numbers are mixed (Knuth's multiplicative hash).
        Self(RandomState::new(seed.wrapping_mul(2_654_435_761).wrapping_add(index as u32)))
    }

    /// Uniform in [0, 1).
    pub fn uniform(&mut self) -> f32 {
        // 24 bits, so that the float32 is exact and below 1.
        (self.0.next_double() * 16_777_216.0).floor() as f32 / 16_777_216.0
    }

    /// Uniform in [low, high).
    pub fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.uniform()
    }

    /// Approximately normal, in (−1, 1) with standard deviation 1/3: from the sum of three uniform numbers.
    pub fn approximately_normal(&mut self) -> f32 {
        (self.uniform() + self.uniform() + self.uniform()) * (2.0 / 3.0) - 1.0
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f32) -> bool {
        self.uniform() < probability
    }
}
