/*!
What a kernel does to each element of its output before it writes it, so that no later pass over memory is needed.
*/

/// The steps of an epilogue, in the order in which they are applied.
#[derive(Debug, Clone, Copy, Default)]
pub struct Epilogue<'a> {
    /// `(n_c)`, added to every row of channels.
    pub bias: Option<&'a [f32]>,
    /// A normalisation with given statistics.
    pub norm: Option<Norm<'a>>,
    /// Laid out as the output and added to it: the other branch of a residual block.
    pub add: Option<&'a [f32]>,
    /// Whether negative results become zero.
    pub relu: bool,
}

/// A normalisation with given statistics, `y = (x - mean) gamma / sqrt(variance + epsilon) + beta`: one element per
/// channel in each slice.
#[derive(Debug, Clone, Copy)]
pub struct Norm<'a> {
    /// The scale.
    pub gamma: &'a [f32],
    /// The shift.
    pub beta: &'a [f32],
    /// The mean.
    pub mean: &'a [f32],
    /// The variance.
    pub variance: &'a [f32],
    /// Added to the variance.
    pub epsilon: f32,
}
