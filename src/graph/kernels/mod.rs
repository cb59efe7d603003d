/*!
The engine's compute kernels: plain functions on slices, with a geometry that gives their shapes, strides and padding.

Kernels do not depend on graphs, tensors or sessions.
*/

pub(crate) mod aligned;
pub mod broadcast;
pub mod epilogue;
pub mod exact;
pub mod fast;
pub mod geometry;
pub mod grouped;
pub mod threads;
pub mod window;
pub mod workspace;
