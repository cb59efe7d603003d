/*!
The arithmetic of the engine: plain functions on slices, with a geometry that says what the slices are.

Nothing here knows a graph, a tensor or a session.
*/

pub(crate) mod aligned;
pub mod epilogue;
pub mod exact;
pub mod fast;
pub mod geometry;
pub mod threads;
pub mod window;
pub mod workspace;
