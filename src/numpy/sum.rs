/*!
Sums and means that round as NumPy's do, so that their last printed digits agree.

The aim is equality with NumPy, not accuracy: it adds in eight lanes and halves long runs
(pairwise summation), and which entries form a run depends on how the array lies in memory.
*/

use ndarray::{Array, ArrayBase, Axis, Data, Dimension, RemoveAxis};

use super::Float;
use super::iteration::{Runs, innermost_axis, is_in_memory_order, memory_order};

/// Partial sums that are kept side by side.
const LANES: usize = 8;
/// The longest run that is not halved.
pub(super) const BLOCK: usize = 128;

/// Sum of all entries, rounded as `np.sum(a)` rounds it; 0 for an empty array.
///
/// ```
/// use cnn::prelude::*;
/// let a = Array1::from_elem(1000, 0.1);
/// println!("{} {}", np::sum(&a), a.fold(0.0, |sum, x| sum + x)); // 100.00000000000001 99.9999999999986
/// # assert_eq!((np::sum(&a), a.fold(0.0, |sum, x| sum + x)), (100.00000000000001, 99.9999999999986));
/// ```
///
/// Source: `pairwise_sum` in NumPy's loops_utils.h, and the buffering of its iterator (nditer_constr.c) as of NumPy
/// 2.3.
///
/// DIFFERENCE: before 2.3, NumPy cut arrays of more than 8,192 entries that are not contiguous into other runs.
pub fn sum<A: Float, S: Data<Elem = A>, D: Dimension>(a: &ArrayBase<S, D>) -> A {
    if a.is_empty() {
        return A::ZERO;
    }
    if let Some(entries) = a.as_slice() {
        return A::ZERO + pairwise_sum(entries);
    }
    if a.len() <= BLOCK && is_in_memory_order(a.shape(), a.strides()) {
        // A window of an image: one run (see `Runs`), and small enough for the stack.
        let mut entries = [A::ZERO; BLOCK];
        entries.iter_mut().zip(a).for_each(|(entry, &x)| *entry = x);
        return A::ZERO + pairwise_sum(&entries[..a.len()]);
    }
    let order = memory_order(a.shape(), a.strides());
    let runs = Runs::new(a.shape(), a.strides(), &order);
    if order.is_sorted() {
        sum_runs(a.iter().copied(), &runs)
    } else {
        sum_runs(a.view().into_dyn().permuted_axes(order).iter().copied(), &runs)
    }
}

/// Mean of all entries, rounded as `np.mean(a)` rounds it; NaN for an empty array.
///
/// ```
/// use cnn::prelude::*;
/// let x = RandomState::new(1).randn((5, 4, 2, 2)); // (5, 4, 2, 2)
/// println!("{}", np::str(np::mean(&x))); // 0.04950719503003956
/// # assert_eq!(np::str(np::mean(&x)), "0.04950719503003956");
/// ```
pub fn mean<A: Float, S: Data<Elem = A>, D: Dimension>(a: &ArrayBase<S, D>) -> A {
    divide(sum(a), a.len())
}

/// Sums along one axis, rounded as `np.sum(a, axis)` rounds them.
///
/// The axis whose neighbours lie closest in memory is summed pairwise, any other entry by entry.
///
/// ```
/// use cnn::prelude::*;
/// let a = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]; // (2, 3)
/// println!("{} {}", np::show(&np::sum_axis(&a, Axis(0))), np::show(&np::sum_axis(&a, Axis(1)))); // [5. 7. 9.] [ 6. 15.]
/// # assert_eq!(np::array_str(&np::sum_axis(&a, Axis(1))), "[ 6. 15.]");
/// ```
///
/// # Panics
/// When the array has no such axis.
pub fn sum_axis<A: Float, S: Data<Elem = A>, D: RemoveAxis>(a: &ArrayBase<S, D>, axis: Axis) -> Array<A, D::Smaller> {
    if innermost_axis(a.shape(), a.strides()).is_none_or(|innermost| innermost == axis.index()) {
        return a.map_axis(axis, |lane| match lane.as_slice() {
            Some(entries) => A::ZERO + pairwise_sum(entries),
            None => A::ZERO + pairwise_sum(&lane.to_vec()),
        });
    }
    let mut sums = Array::from_elem(a.raw_dim().remove_axis(axis), A::ZERO);
    for entry in a.axis_iter(axis) {
        sums.zip_mut_with(&entry, |sum, &x| *sum = *sum + x);
    }
    sums
}

/// Means along one axis, rounded as `np.mean(a, axis)` rounds them.
///
/// # Panics
/// When the array has no such axis.
pub fn mean_axis<A: Float, S: Data<Elem = A>, D: RemoveAxis>(a: &ArrayBase<S, D>, axis: Axis) -> Array<A, D::Smaller> {
    let n = a.len_of(axis);
    sum_axis(a, axis).mapv_into(|sum| divide(sum, n))
}

/// A sum divided by a count, through double precision: NumPy divides a float32 by its int64 count there.
fn divide<A: Float>(sum: A, n: usize) -> A {
    A::from_f64(sum.to_f64() / n as f64)
}

/// Adds up the entries run by run: pairwise within a run, then the runs' sums one after another.
fn sum_runs<A: Float>(mut entries: impl Iterator<Item = A>, runs: &Runs) -> A {
    let mut total = A::ZERO; // not -0.0: NumPy's sum of negative zeros is positive
    let mut run = Vec::with_capacity(runs.longest());
    for length in runs.lengths() {
        run.clear();
        run.extend(entries.by_ref().take(length));
        total = total + pairwise_sum(&run);
    }
    total
}

/// The sum of a run: in order below 8 entries, in eight lanes up to 128, and by halves above.
pub(super) fn pairwise_sum<A: Float>(entries: &[A]) -> A {
    let n = entries.len();
    if n < LANES {
        // Negative zero is what leaves every number unchanged, a negative zero included.
        return entries.iter().fold(-A::ZERO, |sum, &x| sum + x);
    }
    if n > BLOCK {
        let half = n / 2 - (n / 2) % LANES;
        return pairwise_sum(&entries[..half]) + pairwise_sum(&entries[half..]);
    }
    let mut rows = entries.chunks_exact(LANES);
    let mut r: [A; LANES] = std::array::from_fn(|lane| entries[lane]);
    for row in rows.by_ref().skip(1) {
        for lane in 0..LANES {
            r[lane] = r[lane] + row[lane];
        }
    }
    let lanes = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
    entries[n - n % LANES..].iter().fold(lanes, |sum, &x| sum + x)
}
