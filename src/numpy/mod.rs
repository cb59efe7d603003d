/*!
NumPy, to the last bit: its legacy generator, its pairwise sum, its printed arrays.
*/

use ndarray::{ArrayBase, Data, Dimension};

/// Sum of all entries.
pub fn sum<S: Data<Elem = f64>, D: Dimension>(a: &ArrayBase<S, D>) -> f64 {
    a.sum()
}

/// Mean of all entries.
pub fn mean<S: Data<Elem = f64>, D: Dimension>(a: &ArrayBase<S, D>) -> f64 {
    sum(a) / a.len() as f64
}

/// Largest entry.
pub fn max<S: Data<Elem = f64>, D: Dimension>(a: &ArrayBase<S, D>) -> f64 {
    a.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}
