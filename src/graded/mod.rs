/*!
The graded functions, one file per assignment.

The only files with `START CODE HERE` and `END CODE HERE`. Nothing in the crate imports them: the same text compiles
here, in a notebook cell and in a submission.
*/

pub mod application;
pub mod classic_networks;
pub mod conv_step_by_step;
pub mod detection;
pub mod foundations;
pub mod keras_tutorial;
pub mod residual_networks;
pub mod style;
