/*! What several layers have in common, written once. */

pub mod affine;
pub mod global_pooling;
pub mod merging;
pub mod pooling;
pub mod windows;
