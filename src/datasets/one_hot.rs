/*!
Labels as one-hot columns.
*/

use ndarray::{Array2, ArrayBase, Data, Dimension};

/// Turns labels into one-hot columns: `out[[y[i], i]] = 1`, all else 0.
///
/// As the course's `np.eye(C)[Y.reshape(-1)].T`, in float32. The course transposes the result for training:
/// `convert_to_one_hot(&y_train, 6).t().to_owned()`, (m, 6).
///
/// # Arguments
/// * `y`: labels, of any shape with m elements, each below `c`
/// * `c`: the number of classes
///
/// # Returns
/// (c, m)
///
/// ```
/// use cnn::datasets::convert_to_one_hot;
/// use cnn::prelude::*;
///
/// let y = convert_to_one_hot(&array![1, 2, 0], 3);
/// assert_eq!(y, array![[0., 0., 1.], [1., 0., 0.], [0., 1., 0.]]);
/// ```
///
/// # Panics
/// If a label is `c` or more.
#[track_caller]
pub fn convert_to_one_hot<S: Data<Elem = usize>, D: Dimension>(y: &ArrayBase<S, D>, c: usize) -> Array2<f32> {
    let mut one_hot = Array2::zeros((c, y.len())); // (c, m)
    for (i, &label) in y.iter().enumerate() {
        assert!(
            label < c,
            "convert_to_one_hot: expected labels below {c}, the number of classes, got {label} at position {i}\nhelp: \
             labels count from 0"
        );
        one_hot[[label, i]] = 1.0;
    }
    one_hot
}
