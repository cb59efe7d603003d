/*!
The sum of the products of two arrays, entry by entry, rounded as NumPy's `np.sum(a * b)` rounds it.

Not `np.vdot`: that one leaves the order of its sum to a BLAS library.
*/

use ndarray::{ArrayBase, Data, Dimension};

use super::Float;
use super::iteration::is_in_memory_order;
use super::sum::{BLOCK, pairwise_sum, sum};

/// Σ a ⊙ b, the same bits as `np::sum(&(a * b))`; 0 for empty arrays.
///
/// A window of an image and a filter have few entries, and the array for their products takes longer than the sum. Up to
/// 128 products stay on the stack here.
///
/// ```
/// use cnn::prelude::*;
/// let a = array![[1.0, 2.0], [3.0, 4.0]]; // (2, 2)
/// let b = array![[0.5, 1.0], [0.0, -1.0]]; // (2, 2)
/// println!("{}", np::sum_of_products(&a, &b)); // -1.5
/// # assert_eq!(np::sum_of_products(&a, &b), -1.5);
/// ```
///
/// # Panics
/// When the arrays differ in shape. They are not broadcast: a sum over repeated entries is rarely meant.
#[track_caller]
pub fn sum_of_products<A: Float, S: Data<Elem = A>, T: Data<Elem = A>, D: Dimension>(
    a: &ArrayBase<S, D>,
    b: &ArrayBase<T, D>,
) -> A {
    if a.shape() != b.shape() {
        panic!("np::sum_of_products: expected two arrays of one shape, got {:?} and {:?}", a.shape(), b.shape());
    }
    let n = a.len();
    let in_memory_order = is_in_memory_order(a.shape(), a.strides()) && is_in_memory_order(b.shape(), b.strides());
    if n == 0 || n > BLOCK || !in_memory_order {
        return sum(&(a * b));
    }
    // Their product would lie row after row, so that its sum is one run.
    let mut products = [A::ZERO; BLOCK];
    match (a.as_slice(), b.as_slice()) {
        (Some(a), Some(b)) => set_products(&mut products, a, b),
        _ => {
            let mut left = products.iter_mut();
            a.rows().into_iter().zip(b.rows()).for_each(|(a, b)| set_products(left.by_ref(), a, b));
        }
    }
    A::ZERO + pairwise_sum(&products[..n])
}

fn set_products<'a, A: Float>(
    products: impl IntoIterator<Item = &'a mut A>,
    a: impl IntoIterator<Item = &'a A>,
    b: impl IntoIterator<Item = &'a A>,
) {
    // The products come last: a zip advances its first iterator first, and must not consume an output without a product for it.
    a.into_iter().zip(b).zip(products).for_each(|((&a, &b), product)| *product = a * b);
}
