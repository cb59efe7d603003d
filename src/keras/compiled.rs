/*! What [`Model::compile`](super::Model::compile) adds to a model. */

use super::{losses::Loss, metrics::Metric, optimizers::Optimizer};
use crate::{
    graph::{Operation, Tensor},
    numpy::RandomState,
};
use std::cell::OnceCell;

/// How a model is trained.
pub(super) struct Compiled {
    pub loss: Loss,
    pub metrics: Vec<Metric>,
    pub optimizer: Optimizer,
    /// The placeholder for labels.
    pub target: Tensor,
    /// The mean loss of a batch.
    pub cost: Tensor,
    pub step: Operation,
    /// The gradients of the cost with respect to each weight that an optimizer may update, created when first
    /// requested: a graph grows with each tensor that is added to it.
    pub gradients: OnceCell<Vec<Tensor>>,
    /// Shuffles the examples; its state carries over from one call of `fit` to the next.
    pub shuffle: RandomState,
}
