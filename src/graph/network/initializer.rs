/*!
Where a variable's first values come from.

Random distributions are not here: frontends build them from [`philox`](super::philox).
*/

use std::fmt;

/// Supplies the first values of a variable.
///
/// Closures are initializers: `|shape: &[usize]| vec![0.5; shape.iter().product()]`.
pub trait Initializer {
    /// The values, the last index running fastest.
    fn values(&self, shape: &[usize]) -> Vec<f32>;
}

impl<F: Fn(&[usize]) -> Vec<f32>> Initializer for F {
    fn values(&self, shape: &[usize]) -> Vec<f32> {
        self(shape)
    }
}

impl fmt::Debug for dyn Initializer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Initializer")
    }
}

/// The same value everywhere.
#[derive(Debug, Clone, Copy)]
pub struct Constant(pub f32);

impl Initializer for Constant {
    fn values(&self, shape: &[usize]) -> Vec<f32> {
        vec![self.0; shape.iter().product()]
    }
}
