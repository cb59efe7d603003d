/*!
Running a graph: the session that holds values, the execution of plans, what goes in and comes out, and the backend that
computes.
*/

pub mod backend;
mod execute;
pub mod fetch;
pub mod session;
mod state;
mod training;

pub use backend::Kernels;
pub use fetch::{Feed, Fetch, Item};
pub use session::Session;
