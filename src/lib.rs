/*!
The helper crate of the CNN workbook: the library that notebooks, graded functions and the grader use.

It is not the course: the lessons are in `workbook/chapters`, and the program that checks and builds them is the
package `workbook`.

Reading order: [`numpy`] has NumPy's random numbers, sums and printed arrays; [`hparameters`] the hyperparameters of a
layer and the cache for its backward pass; [`graded`] the assignments; [`graph`] the engine, with [`tf`] and [`keras`] as
its frontends; [`plot`] the figures.
*/

#![warn(missing_docs)]

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
/// The arrays that everything here takes and returns, re-exported because a notebook depends on `cnn` alone.
pub use ndarray;
