/*!
What evcxr's analyzer, rust-analyzer, is given to read: interfaces in place of whole packages, and answers of cargo that were
kept.

rust-analyzer tells evcxr the types of a cell's variables, and answers completion and inspection. It reads the source of every
package below the helper crate, which took most of the time and of the memory of a session.
*/

pub mod cargo;
mod interface;
mod library;
mod signatures;

pub use library::Library;
