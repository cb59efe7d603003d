/*!
The arithmetic of the engine: plain functions on slices, with a geometry that says what the slices mean.

Nothing here knows a graph, a tensor or a gradient tape.
*/

pub(crate) mod aligned;
pub mod exact;
pub mod fast;
pub mod geometry;
pub mod threads;
pub mod workspace;
