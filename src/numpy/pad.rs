/*!
A border around an array: `np.pad` in its mode `constant`.
*/

use ndarray::{Array, ArrayBase, Axis, Data, Dimension, Slice};

/// Adds entries before and after each axis: `np.pad(a, pad_width, 'constant', constant_values=value)`.
///
/// # Arguments
/// * `a`: an array of any shape
/// * `pad_width`: (before, after) for each axis
/// * `value`: what the new entries are
///
/// # Returns
/// An array with before + after more entries along each axis.
///
/// ```
/// use cnn::prelude::*;
/// let a = array![[1.0, 2.0], [3.0, 4.0]];
/// println!("{}", np::show(&np::pad(&a, &[(0, 0), (1, 2)], 0.0)));
/// // [[0. 1. 2. 0. 0.]
/// //  [0. 3. 4. 0. 0.]]
/// # assert_eq!(np::pad(&a, &[(0, 0), (1, 2)], 0.0), array![[0.0, 1.0, 2.0, 0.0, 0.0], [0.0, 3.0, 4.0, 0.0, 0.0]]);
/// ```
///
/// # Panics
/// When `pad_width` has not one pair for each axis.
#[track_caller]
pub fn pad<A: Clone, S: Data<Elem = A>, D: Dimension>(
    a: &ArrayBase<S, D>,
    pad_width: &[(usize, usize)],
    value: A,
) -> Array<A, D> {
    assert!(
        pad_width.len() == a.ndim(),
        "pad: expected one pair (before, after) for each of the {} axes, got {}\nhelp: an axis that stays as it is has \
         the pair (0, 0)",
        a.ndim(),
        pad_width.len()
    );
    let mut shape = a.raw_dim();
    for (axis, &(before, after)) in pad_width.iter().enumerate() {
        shape[axis] += before + after;
    }
    let mut padded = Array::from_elem(shape, value);
    let mut middle = padded.view_mut();
    for (axis, &(before, _)) in pad_width.iter().enumerate() {
        middle.slice_axis_inplace(Axis(axis), Slice::from(before..before + a.len_of(Axis(axis))));
    }
    middle.assign(a);
    padded
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array0, Array3, array};

    /// `np.pad(a, ((0,0), (1,1), (0,0), (3,3), (0,0)), 'constant', constant_values=…)`, NumPy's own example of shapes.
    #[test]
    fn every_axis_has_its_own_border() {
        let a = Array::<f64, _>::ones((5, 5, 5, 5, 5));
        let padded = pad(&a, &[(0, 0), (1, 1), (0, 0), (3, 3), (0, 0)], 7.0);
        assert_eq!(padded.shape(), [5, 7, 5, 11, 5]);
        assert_eq!(padded.iter().filter(|&&x| x == 1.0).count(), a.len());
        for ((_, i, _, j, _), &x) in padded.indexed_iter() {
            let inside = (1..6).contains(&i) && (3..8).contains(&j);
            assert_eq!(x, if inside { 1.0 } else { 7.0 });
        }
    }

    #[test]
    fn before_and_after_may_differ_and_be_nothing() {
        assert_eq!(pad(&array![1, 2, 3], &[(2, 1)], 0), array![0, 0, 1, 2, 3, 0]);
        assert_eq!(pad(&array![[1, 2, 3], [4, 5, 6]].t(), &[(0, 0), (0, 0)], 0), array![[1, 4], [2, 5], [3, 6]]);
        assert_eq!(pad(&Array3::<u8>::zeros((0, 2, 1)), &[(1, 0), (0, 1), (0, 0)], 9), Array3::from_elem((1, 3, 1), 9));
        assert_eq!(pad(&Array0::from_elem((), 4), &[], 0), Array0::from_elem((), 4));
    }

    #[test]
    #[should_panic(expected = "expected one pair (before, after) for each of the 2 axes, got 1")]
    fn each_axis_needs_its_pair() {
        pad(&array![[1.0]], &[(1, 1)], 0.0);
    }
}
