/*!
The instructor's bench: what a class is given (`workbook export`), and which bodies of the graded functions the crate
compiles (`workbook stub`, `workbook solve`).

It grades nothing; what it writes holds no answer of a function that a learner is to write.
*/

mod choice;
mod export;
mod manifest;
mod swap;

pub use export::{Export, export};
pub use swap::{Body, swap};
