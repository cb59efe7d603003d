/*!
Comparing numbers that were rounded differently, and checking gradients numerically.

The visible tests of the exercises, which speak to a learner, are in [`check`](crate::check); this is for everybody
else.
*/

mod close;
mod gradient;

pub use close::{Values, assert_close};
pub use gradient::{numerical_gradient, relative_error};
