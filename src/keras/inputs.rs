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

/// A single batch of sequences, images or volumes, with `rank` axes between examples and channels, of which all but the
/// number of examples is known.
///
/// # Returns
/// The sizes, and the number of channels.
///
/// # Errors
/// If it is of another rank, or there are several tensors.
///
/// ```
/// use cnn::keras::{Shape, inputs};
/// let x = Shape::from([None, Some(100), Some(4)]);
/// assert_eq!(inputs::spatial(&[x], 1)?, (vec![100], 4));
/// # Ok::<(), cnn::keras::Mismatch>(())
/// ```
pub fn spatial(inputs: &[Shape], rank: usize) -> Result<(Vec<usize>, usize), Mismatch> {
    if rank == 2 {
        let [n_h, n_w, n_c] = images(inputs)?;
        return Ok((vec![n_h, n_w], n_c));
    }
    let x = one(inputs)?;
    let known = (x.rank() == rank + 2).then(|| x.dims()[1..].iter().copied().collect::<Option<Vec<_>>>());
    let Some(mut sizes) = known.flatten() else {
        let axes = if rank == 1 { "(m, n, n_c)" } else { "(m, n_d, n_h, n_w, n_c)" };
        return Err(Mismatch::new(format!("a batch of {}, shape {axes}", kind(rank)), format!("shape {x}")));
    };
    let n_c = sizes.pop().expect("channels");
    Ok((sizes, n_c))
}

/// What has so many axes between examples and channels.
pub(super) fn kind(rank: usize) -> &'static str {
    ["sequences", "images", "volumes"][rank - 1]
}

/// The shapes of several tensors, in one sentence.
pub(super) fn list(inputs: &[Shape]) -> String {
    inputs.iter().map(Shape::to_string).collect::<Vec<_>>().join(" and ")
}
