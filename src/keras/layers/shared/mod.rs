/*! What several layers have in common, written once. */

pub mod affine;
pub mod convolution;
pub mod depthwise;
pub mod global_pooling;
pub mod last_axes;
pub mod merging;
pub mod pooling;
pub mod separable;
pub mod transposed;
pub mod windows;
