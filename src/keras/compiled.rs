/*! What [`Model::compile`](super::Model::compile) adds to a model. */

use super::{losses::Loss, metrics::Metric, optimizers::Optimizer};
use crate::{
    graph::{Operation, Session, Tensor},
    numpy::RandomState,
};
use std::cell::{Cell, OnceCell, RefCell};

/// How a model is trained.
pub(super) struct Compiled {
    /// The loss of each output and its weight in the sum.
    pub losses: Vec<(Loss, f32)>,
    /// The metrics of each output.
    pub metrics: Vec<Vec<Metric>>,
    pub optimizer: Optimizer,
    /// The placeholders for labels, one for each output.
    pub targets: Vec<Tensor>,
    pub objective: Objective,
    /// The same with weights of the examples, created when first needed.
    pub weighted: OnceCell<Objective>,
    /// Which of the two has what the optimizer remembers.
    pub is_weighted: Cell<bool>,
    /// How many training steps there were.
    pub iterations: Cell<u64>,
    /// The gradients of the cost with respect to each weight that an optimizer may update, created when first
    /// requested: a graph grows with each tensor that is added to it.
    pub gradients: OnceCell<Vec<Tensor>>,
    /// Shuffles the examples; its state carries over from one call of `fit` to the next.
    pub shuffle: RefCell<RandomState>,
    /// The order of the examples in the last epoch, which the next shuffling begins with.
    pub order: RefCell<Vec<usize>>,
    /// How many epochs there were in the last call of `fit`, counted from its initial epoch.
    pub epochs: Cell<usize>,
}

/// What is minimized.
pub(super) struct Objective {
    /// The placeholder for the weights of the examples.
    pub weights: Option<Tensor>,
    /// The mean loss of a batch, with the penalties of the weights.
    pub cost: Tensor,
    /// The mean loss of each output, where there are several.
    pub costs: Vec<Tensor>,
    pub step: Operation,
}

impl Compiled {
    /// The training step that has what the optimizer remembers.
    pub fn step(&self) -> &Operation {
        let weighted = self.weighted.get().filter(|_| self.is_weighted.get());
        &weighted.unwrap_or(&self.objective).step
    }

    /// Hands the optimizer's memory to the objective with, or without, weights of the examples.
    pub fn switch(&self, weighted: bool, session: &Session) -> &Objective {
        let other = if weighted { self.weighted.get().expect("created before") } else { &self.objective };
        if self.is_weighted.get() != weighted {
            session.move_optimizer_state(self.step(), &other.step);
            self.is_weighted.set(weighted);
        }
        other
    }
}
