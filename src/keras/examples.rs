/*!
Examples or labels of a data set as f32, and batches of them.

The data sets themselves are in [`datasets`](crate::datasets).
*/

use crate::graph::fetch::Element;
use ndarray::{ArrayBase, ArrayD, ArrayViewD, Data, Dimension, IxDyn};
use std::{borrow::Cow, ops::Range};

/// An array of examples or labels: `&x`, an array of f32, f64, u8, i32, i64, usize or bool whose first axis counts them;
/// or several of them, `[&left, &right]` or `(&left, &right)`, for a model with several inputs or outputs.
pub trait ArrayLike<'a> {
    /// The examples, for the method `verb`.
    #[doc(hidden)]
    #[track_caller]
    fn examples(self, verb: &str) -> Vec<Examples<'a>>;
}

impl<'a, S: Data<Elem: Element>, D: Dimension> ArrayLike<'a> for &'a ArrayBase<S, D> {
    #[track_caller]
    fn examples(self, verb: &str) -> Vec<Examples<'a>> {
        vec![Examples::new(verb, self)]
    }
}

impl<'a, A: ArrayLike<'a>, const N: usize> ArrayLike<'a> for [A; N] {
    #[track_caller]
    fn examples(self, verb: &str) -> Vec<Examples<'a>> {
        self.into_iter().flat_map(|array| array.examples(verb)).collect()
    }
}

impl<'a, A: ArrayLike<'a>> ArrayLike<'a> for Vec<A> {
    #[track_caller]
    fn examples(self, verb: &str) -> Vec<Examples<'a>> {
        self.into_iter().flat_map(|array| array.examples(verb)).collect()
    }
}

impl<'a, A: ArrayLike<'a>, B: ArrayLike<'a>> ArrayLike<'a> for (A, B) {
    #[track_caller]
    fn examples(self, verb: &str) -> Vec<Examples<'a>> {
        [self.0.examples(verb), self.1.examples(verb)].concat()
    }
}

impl<'a, A: ArrayLike<'a>, B: ArrayLike<'a>, C: ArrayLike<'a>> ArrayLike<'a> for (A, B, C) {
    #[track_caller]
    fn examples(self, verb: &str) -> Vec<Examples<'a>> {
        [self.0.examples(verb), self.1.examples(verb), self.2.examples(verb)].concat()
    }
}

/// Several arrays of as many examples each: one for each input, or each output, of a model.
#[derive(Debug, Clone)]
pub(super) struct Arrays<'a>(pub Vec<Examples<'a>>);

impl Arrays<'_> {
    /// How many examples.
    pub fn len(&self) -> usize {
        self.0.first().map_or(0, Examples::len)
    }

    /// The examples of `range`, of each array.
    pub fn rows(&self, range: Range<usize>) -> Vec<ArrayViewD<'_, f32>> {
        self.0.iter().map(|examples| examples.rows(range.clone())).collect()
    }

    /// The examples of these indices, of each array.
    pub fn gather(&self, indices: &[usize]) -> Vec<ArrayD<f32>> {
        self.0.iter().map(|examples| examples.gather(indices)).collect()
    }

    /// The first `n` examples, and the others.
    pub fn split_at(&self, n: usize) -> (Arrays<'_>, Arrays<'_>) {
        let (first, second) = self.0.iter().map(|examples| examples.split_at(n)).unzip();
        (Arrays(first), Arrays(second))
    }
}

/// Examples of one shape, the first axis counting them. An f32 array in standard layout is not copied.
#[derive(Debug, Clone)]
pub struct Examples<'a> {
    dims: Vec<usize>,
    data: Cow<'a, [f32]>,
}

impl<'a> Examples<'a> {
    /// Takes an array that `verb` was called with.
    #[track_caller]
    fn new<S: Data<Elem: Element>, D: Dimension>(verb: &str, array: &'a ArrayBase<S, D>) -> Self {
        assert!(
            array.ndim() > 0,
            "{verb}: expected an array whose first axis counts examples, got a single number\nhelp: an array of one \
             example is made with insert_axis(Axis(0))"
        );
        let data = match array.as_slice().and_then(S::Elem::as_f32s) {
            Some(row) => Cow::Borrowed(row),
            None => Cow::Owned(array.iter().map(|x| x.to_f32()).collect()),
        };
        Examples { dims: array.shape().to_vec(), data }
    }

    /// How many.
    pub(super) fn len(&self) -> usize {
        self.dims[0]
    }

    pub(super) fn dims(&self) -> &[usize] {
        &self.dims
    }

    /// The shape of one example.
    pub(super) fn example_dims(&self) -> &[usize] {
        &self.dims[1..]
    }

    fn example_len(&self) -> usize {
        self.example_dims().iter().product()
    }

    /// The examples of `range`.
    pub(super) fn rows(&self, range: Range<usize>) -> ArrayViewD<'_, f32> {
        let n = self.example_len();
        let dims = self.batch_dims(range.len());
        ArrayViewD::from_shape(IxDyn(&dims), &self.data[range.start * n..range.end * n]).expect("whole examples")
    }

    /// The examples of these indices, in their order.
    pub(super) fn gather(&self, indices: &[usize]) -> ArrayD<f32> {
        let n = self.example_len();
        let mut rows = Vec::with_capacity(n * indices.len());
        for i in indices {
            rows.extend_from_slice(&self.data[i * n..(i + 1) * n]);
        }
        ArrayD::from_shape_vec(IxDyn(&self.batch_dims(indices.len())), rows).expect("whole examples")
    }

    /// The first `n` examples, and the others.
    pub(super) fn split_at(&self, n: usize) -> (Examples<'_>, Examples<'_>) {
        let (first, second) = self.data.split_at(n * self.example_len());
        let part = |n, data| Examples { dims: self.batch_dims(n), data: Cow::Borrowed(data) };
        (part(n, first), part(self.len() - n, second))
    }

    /// The same data with another shape of one example.
    pub(super) fn with_example_dims(self, dims: &[usize]) -> Self {
        debug_assert_eq!(self.example_len(), dims.iter().product::<usize>());
        Examples { dims: [&[self.dims[0]], dims].concat(), data: self.data }
    }

    /// The first value that `fits` does not hold for, and the example that it belongs to.
    pub(super) fn find_unfit(&self, fits: impl Fn(f32) -> bool) -> Option<(usize, f32)> {
        // All of a block are looked at, which compiles to vector instructions; stopping at the first would not.
        let is_unfit = |block: &&[f32]| !block.iter().fold(true, |all, x| all & fits(*x));
        let at = self.data.chunks(1024).position(|block| is_unfit(&block))? * 1024;
        let at = at + self.data[at..].iter().position(|x| !fits(*x))?;
        Some((at / self.example_len(), self.data[at]))
    }

    /// Each class index as a row with a single 1.
    #[track_caller]
    pub(super) fn one_hot(self, verb: &str, classes: usize) -> Self {
        let is_class = |class: f32| class >= 0.0 && class.fract() == 0.0 && (class as usize) < classes;
        if let Some((i, class)) = self.find_unfit(is_class) {
            panic!(
                "{verb}: expected class indices from 0 to {}, as the output has {classes} classes, got {class} for \
                 example {i}\nhelp: count classes from 0, and give the last layer one unit for each",
                classes - 1
            )
        }
        let mut rows = vec![0.0; self.len() * classes];
        for (i, class) in self.data.iter().enumerate() {
            rows[i * classes + *class as usize] = 1.0;
        }
        Examples { dims: vec![self.dims[0], classes], data: Cow::Owned(rows) }
    }

    fn batch_dims(&self, n: usize) -> Vec<usize> {
        [&[n], self.example_dims()].concat()
    }
}

/// The ranges of batches of at most `size` of `n` examples.
///
/// A size that a caller sets is checked first, by [`require_batch_size`].
pub(super) fn batches(n: usize, size: usize) -> impl Iterator<Item = Range<usize>> {
    (0..n.div_ceil(size)).map(move |i| i * size..n.min((i + 1) * size))
}

/// Requires a batch size of at least 1.
#[track_caller]
pub(super) fn require_batch_size(verb: &str, size: usize) {
    assert!(size > 0, "{verb}: expected a batch size of at least 1, got 0\nhelp: Keras' default is 32");
}
