/*! What layers often require of their inputs; each returns what it has found, or says what was expected. */

use super::mismatch::Mismatch;
use crate::graph::Shape;

/// A single tensor.
///
/// # Errors
/// If there are none, or several.
///
/// ```
/// use cnn::keras::{Shape, inputs};
/// let x = Shape::from([None, Some(4)]);
/// assert_eq!(inputs::one(std::slice::from_ref(&x))?, &x);
/// let error = inputs::one(&[x.clone(), x]).unwrap_err();
/// assert_eq!(error.to_string(), "expected one tensor, got 2\nhelp: Add and Concatenate take several");
/// # Ok::<(), cnn::keras::Mismatch>(())
/// ```
pub fn one(inputs: &[Shape]) -> Result<&Shape, Mismatch> {
    match inputs {
        [x] => Ok(x),
        _ => Err(Mismatch::new("one tensor", inputs.len().to_string()).help("Add and Concatenate take several")),
    }
}

/// Several tensors, such as the two paths that meet in `Add`.
///
/// # Errors
/// If there are fewer than two.
pub fn several(inputs: &[Shape]) -> Result<&[Shape], Mismatch> {
    let help = "as in Add::new().call([&x, &x_shortcut])";
    if inputs.len() > 1 {
        Ok(inputs)
    } else {
        Err(Mismatch::new("at least two tensors", inputs.len().to_string()).help(help))
    }
}

/// A single batch of images, shape (m, n_h, n_w, n_c), of which all but m is known.
///
/// # Returns
/// n_h, n_w and n_c.
///
/// # Errors
/// If it is of another rank, or there are several tensors.
pub fn images(inputs: &[Shape]) -> Result<[usize; 3], Mismatch> {
    let x = one(inputs)?;
    match x.dims() {
        [_, Some(n_h), Some(n_w), Some(n_c)] => Ok([*n_h, *n_w, *n_c]),
        _ => Err(Mismatch::new("a batch of images, shape (m, n_h, n_w, n_c)", format!("shape {x}"))),
    }
}

/// The shapes of several tensors, in one sentence.
pub(super) fn list(inputs: &[Shape]) -> String {
    inputs.iter().map(Shape::to_string).collect::<Vec<_>>().join(" and ")
}
