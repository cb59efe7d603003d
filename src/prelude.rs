/*!
The names that a notebook and a graded file use bare: `use cnn::prelude::*;`.

No graded function is among them, so a learner's `zero_pad` does not collide with the reference's.
*/

pub use crate::check::{check, run_test};
pub use crate::error::{Error, Result};
pub use crate::hparameters::{ConvCache, ConvHparameters, LayerHparameters, PoolCache, PoolHparameters, PoolMode};
pub use crate::numpy::{self as np, RandomState};
pub use crate::testing::{assert_close, numerical_gradient, relative_error};
pub use crate::{datasets, images, plot};
pub use ndarray::{
    Array, Array1, Array2, Array3, Array4, Array5, ArrayD, ArrayView1, ArrayView2, ArrayView3, ArrayView4, Axis, Zip,
    array, s,
};
