/*!
The pictures or labels of a data set in the engine's precision, and batches of them.

Where they come from is not its business, see [`datasets`](crate::datasets).
*/

use crate::graph::fetch::Number;
use ndarray::{ArrayBase, ArrayD, ArrayViewD, Data, Dimension, IxDyn};
use std::{borrow::Cow, ops::Range};

/// Examples of one shape, the first axis counting them. An f32 array in standard layout is not copied.
#[derive(Debug, Clone)]
pub(super) struct Examples<'a> {
    dims: Vec<usize>,
    data: Cow<'a, [f32]>,
}

impl<'a> Examples<'a> {
    pub fn new<A, S, D>(array: &'a ArrayBase<S, D>) -> Self
    where
        A: Number,
        S: Data<Elem = A>,
        D: Dimension,
    {
        assert!(array.ndim() > 0, "expected an array whose first axis counts examples, got a single number");
        let data = match array.as_slice().and_then(A::as_f32s) {
            Some(row) => Cow::Borrowed(row),
            None => Cow::Owned(array.iter().map(|x| x.to_f32()).collect()),
        };
        Examples { dims: array.shape().to_vec(), data }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.dims[0]
    }

    pub fn dims(&self) -> &[usize] {
        &self.dims
    }

    /// The shape of one example.
    pub fn example_dims(&self) -> &[usize] {
        &self.dims[1..]
    }

    fn example_len(&self) -> usize {
        self.example_dims().iter().product()
    }

    /// The examples of `range`.
    pub fn rows(&self, range: Range<usize>) -> ArrayViewD<'_, f32> {
        let n = self.example_len();
        let dims = self.batch_dims(range.len());
        ArrayViewD::from_shape(IxDyn(&dims), &self.data[range.start * n..range.end * n]).expect("whole examples")
    }

    /// The examples of these indices, in their order.
    pub fn gather(&self, indices: &[usize]) -> ArrayD<f32> {
        let n = self.example_len();
        let mut rows = Vec::with_capacity(n * indices.len());
        for i in indices {
            rows.extend_from_slice(&self.data[i * n..(i + 1) * n]);
        }
        ArrayD::from_shape_vec(IxDyn(&self.batch_dims(indices.len())), rows).expect("whole examples")
    }

    /// The first `n` examples, and the others.
    pub fn split_at(&'a self, n: usize) -> (Examples<'a>, Examples<'a>) {
        let (first, second) = self.data.split_at(n * self.example_len());
        let part = |n, data| Examples { dims: self.batch_dims(n), data: Cow::Borrowed(data) };
        (part(n, first), part(self.len() - n, second))
    }

    /// The same numbers with another shape of one example.
    pub fn with_example_dims(self, dims: &[usize]) -> Self {
        debug_assert_eq!(self.example_len(), dims.iter().product::<usize>());
        Examples { dims: [&[self.dims[0]], dims].concat(), data: self.data }
    }

    /// Each class index as a row with a single 1.
    pub fn one_hot(self, classes: usize) -> Self {
        let mut rows = vec![0.0; self.len() * classes];
        for (i, class) in self.data.iter().enumerate() {
            assert!(
                *class >= 0.0 && class.fract() == 0.0 && (*class as usize) < classes,
                "the label of example {i} is {class}, the classes are 0 to {}",
                classes - 1
            );
            rows[i * classes + *class as usize] = 1.0;
        }
        Examples { dims: vec![self.dims[0], classes], data: Cow::Owned(rows) }
    }

    fn batch_dims(&self, n: usize) -> Vec<usize> {
        [&[n], self.example_dims()].concat()
    }
}

/// The ranges of batches of at most `size` of `n` examples.
pub(super) fn batches(n: usize, size: usize) -> impl Iterator<Item = Range<usize>> {
    assert!(size > 0, "expected a batch size of at least 1, got 0");
    (0..n.div_ceil(size)).map(move |i| i * size..n.min((i + 1) * size))
}
