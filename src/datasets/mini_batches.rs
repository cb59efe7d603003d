/*!
Mini-batches in the order that the course's `random_mini_batches` gives them.

It reads no file and keeps no generator between calls: the result depends on the seed alone.
*/

use crate::numpy::RandomState;
use ndarray::{Array, ArrayBase, Axis, Data, RemoveAxis};

/// Shuffles the rows of `x` and `y` together and cuts them into batches.
///
/// As the course's: `np.random.seed(seed)`, `np.random.permutation(m)`, then consecutive slices of the shuffled rows;
/// the last batch keeps what is left over.
///
/// # Arguments
/// * `x`: pictures, (m, n_h, n_w, n_c), or any array with m rows
/// * `y`: one-hot labels, (m, n_y), or any array with m rows
/// * `mini_batch_size`: rows of a batch, 64 in the course
/// * `seed`: the course counts it up once an epoch
///
/// # Returns
/// ⌈m / mini_batch_size⌉ pairs (batch of x, batch of y)
///
/// ```
/// use cnn::datasets::random_mini_batches;
/// use cnn::prelude::*;
///
/// let x = Array4::<f32>::zeros((1080, 2, 2, 3));
/// let y = Array2::<f32>::zeros((1080, 6));
/// let batches = random_mini_batches(&x, &y, 64, 0);
/// assert_eq!(batches.len(), 17);
/// assert_eq!(batches[0].0.dim(), (64, 2, 2, 3));
/// assert_eq!(batches[16].1.dim(), (56, 6));
/// ```
///
/// # Panics
/// If `x` and `y` have different numbers of rows, or `mini_batch_size` is 0.
#[track_caller]
pub fn random_mini_batches<A, B, S, T, D, E>(
    x: &ArrayBase<S, D>,
    y: &ArrayBase<T, E>,
    mini_batch_size: usize,
    seed: u32,
) -> Vec<(Array<A, D>, Array<B, E>)>
where
    A: Clone,
    B: Clone,
    S: Data<Elem = A>,
    T: Data<Elem = B>,
    D: RemoveAxis,
    E: RemoveAxis,
{
    let m = x.len_of(Axis(0));
    assert!(
        m == y.len_of(Axis(0)),
        "random_mini_batches: expected as many rows in y as in x, got shapes {:?} and {:?}{}",
        y.shape(),
        x.shape(),
        if y.shape().last() == Some(&m) { "\nhelp: labels are in rows, one an example; transpose them" } else { "" }
    );
    assert!(mini_batch_size > 0, "random_mini_batches: expected a mini_batch_size of at least 1, got 0");

    let permutation = RandomState::new(seed).permutation(m).to_vec();
    permutation.chunks(mini_batch_size).map(|rows| (x.select(Axis(0), rows), y.select(Axis(0), rows))).collect()
}
