/*!
The helper crate of the CNN workbook: what the notebooks, the graded functions and the grader stand on.

It is not the course: the lessons are in `workbook/chapters`, and the program that checks and builds them is the
package `workbook`.

Reading order: [`numpy`] gives arrays their numbers and their printed form; [`hparameters`] names what a layer is told
and what it hands to its backward pass; [`graded`] holds the assignments; [`plot`] draws.
*/

extern crate self as cnn;

pub mod check;
pub mod datasets;
pub mod display;
pub mod error;
#[cfg(feature = "graded")]
pub mod graded;
pub mod graph;
mod hdf5_file;
pub mod hparameters;
pub mod images;
pub mod keras;
pub mod numpy;
pub mod plot;
pub mod prelude;
pub mod testing;
pub mod tf;

pub use error::{Error, Result};
/// The arrays that everything here takes and returns. A notebook depends on `cnn` alone, and can name their types so.
pub use ndarray;
