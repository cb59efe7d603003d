/*!
What the optimizer of a training step remembers: read, set, used without a plan, and handed on to another step.

Steps themselves are executed as every run, see [`Session::run_training`].
*/

use super::{execute::update, session::Session};
use crate::graph::{
    network::{Operation, Tensor},
    optimizers::norm,
};
use ndarray::ArrayD;
use std::mem;

impl Session {
    /// Updates variables by these gradients, as one step of `step` would: with its rule, its learning rate and what it
    /// remembers.
    ///
    /// # Panics
    /// If the operation is no training step of this graph, a tensor is no variable with a value, or a gradient has another
    /// shape than its variable.
    #[track_caller]
    pub fn apply_gradients(&self, step: &Operation, gradients: &[(&Tensor, &ArrayD<f32>)]) {
        let optimizer = self.optimizer(step, "apply_gradients");
        let state = &mut *self.state.borrow_mut();
        state.variables_changed();
        let training = state.training.entry(step.id()).or_default();
        training.prepare(&*optimizer);
        let rows: Vec<Vec<f32>> = gradients.iter().map(|(_, gradient)| gradient.iter().copied().collect()).collect();
        if optimizer.clipping().global_norm.is_some() {
            training.norm = Some(norm(rows.iter().map(Vec::as_slice)));
        }
        for ((variable, gradient), row) in gradients.iter().zip(&rows) {
            assert!(
                variable.shape().admits(gradient.shape()),
                "apply_gradients: expected a gradient of shape {} for {variable}, got shape {:?}",
                variable.shape(),
                gradient.shape()
            );
            let Some(value) = state.variables.get_mut(&variable.id()) else {
                panic!("apply_gradients: the variable {variable} has no value yet")
            };
            update(&*optimizer, &mut state.backend, training, (variable.id(), value), row);
        }
        optimizer.finish(&mut training.scalars);
    }

    /// Hands what one training step remembers on to another with the same rule: its averages, and its learning rate.
    pub fn move_optimizer_state(&self, from: &Operation, to: &Operation) {
        let state = &mut self.state.borrow_mut();
        let moved = state.training.get_mut(&from.id()).map(mem::take);
        if let Some(moved) = moved {
            state.training.insert(to.id(), moved);
        }
    }

    /// What the optimizer of a training step remembers as a whole, such as the powers of its decay rates; empty before
    /// the first step.
    pub fn optimizer_scalars(&self, step: &Operation) -> Vec<f32> {
        self.state.borrow().training.get(&step.id()).map_or(Vec::new(), |training| training.scalars.clone())
    }

    /// Sets what the optimizer of a training step remembers, see [`Session::slots`] and [`Session::optimizer_scalars`].
    ///
    /// # Panics
    /// If the operation is no training step of this graph, or the number or the shapes of the arrays are others than those
    /// of the rule.
    #[track_caller]
    pub fn set_optimizer_state(&self, step: &Operation, scalars: Vec<f32>, slots: &[(&Tensor, Vec<ArrayD<f32>>)]) {
        let optimizer = self.optimizer(step, "set_optimizer_state");
        assert!(
            scalars.len() == optimizer.scalars().len(),
            "set_optimizer_state: expected {} scalars, got {}",
            optimizer.scalars().len(),
            scalars.len()
        );
        let state = &mut self.state.borrow_mut();
        let training = state.training.entry(step.id()).or_default();
        training.scalars = scalars;
        for (variable, arrays) in slots {
            let fit = arrays.len() == optimizer.slots().len()
                && arrays.iter().all(|array| variable.shape().admits(array.shape()));
            assert!(
                fit,
                "set_optimizer_state: expected {} arrays of shape {} for {variable}, got {}",
                optimizer.slots().len(),
                variable.shape(),
                arrays.len()
            );
            let rows = arrays.iter().map(|array| array.iter().copied().collect()).collect();
            training.slots.insert(variable.id(), rows);
        }
    }

    /// How many blocks the random operation that makes a tensor has drawn from its stream.
    pub fn random_position(&self, tensor: &Tensor) -> u64 {
        self.state.borrow().counters.get(&tensor.id()).copied().unwrap_or(0)
    }

    /// Sets the position of a random operation in its stream, see [`Session::random_position`].
    pub fn set_random_position(&self, tensor: &Tensor, position: u64) {
        self.state.borrow_mut().counters.insert(tensor.id(), position);
    }
}
