/*!
Training steps of the program's own: the gradients of any loss with respect to weights and inputs, and their application.

[`Model::fit`] needs none of it.
*/

use super::{examples::ArrayLike, model::Model, optimizers::Optimizer};
use crate::graph::{
    self, DType, Item, Kernels, Shape,
    backend::Backend,
    optimizers::{Update, norm},
};
use ndarray::ArrayD;
use std::{cell::RefCell, fmt};

/// A loss of a model's outputs, whose gradients are computed; made by [`Model::gradient_tape`].
pub struct GradientTape<'m> {
    model: &'m Model,
    loss: LossOfOutputs<'m>,
    /// The graph of the loss, for labels of these shapes.
    built: RefCell<Vec<(Vec<Shape>, Taped)>>,
}

/// From labels and outputs to a loss, whose sum is differentiated where it is no scalar.
type LossOfOutputs<'m> = Box<dyn Fn(&[graph::Tensor], &[graph::Tensor]) -> graph::Tensor + 'm>;

struct Taped {
    targets: Vec<graph::Tensor>,
    loss: graph::Tensor,
    /// With respect to the weights, then to the inputs.
    gradients: Vec<graph::Tensor>,
}

/// A loss and its gradients.
#[derive(Debug, Clone, PartialEq)]
pub struct Gradients {
    /// The loss.
    pub loss: f32,
    /// The model's outputs.
    pub outputs: Vec<ArrayD<f32>>,
    /// The gradient with respect to each weight that can be trained, in the order of the layers: what
    /// [`Model::apply_gradients`] takes.
    pub weights: Vec<ArrayD<f32>>,
    /// The gradient with respect to each input.
    pub inputs: Vec<ArrayD<f32>>,
}

impl Model {
    /// Prepares the gradients of a loss of the program's own: TensorFlow's `GradientTape`.
    ///
    /// # Arguments
    /// * `loss`: a function of the labels and of the model's outputs, one tensor for each; see
    ///   [`keras::ops`](super::ops) for what it is made of. Its sum is differentiated.
    ///
    /// ```
    /// use cnn::keras::{Model, SGD, layers::*, ops};
    /// use ndarray::array;
    /// let x_input = Input::new(1).call();
    /// let mut model = Model::new(&x_input, &Dense::new(1).kernel_initializer("ones").call(&x_input));
    /// model.compile(SGD::new().learning_rate(0.1), "mse", ());
    /// let (x, y) = (array![[3.0]], array![[1.0]]);
    ///
    /// let tape = model.gradient_tape(|y_true, y_pred| ops::mean(&ops::squared_difference(&y_pred[0], &y_true[0])));
    /// let gradients = tape.gradients(&x, &y);
    /// assert_eq!(gradients.loss, 4.0);
    /// assert_eq!(gradients.weights[0], array![[12.0f32]].into_dyn());
    /// assert_eq!(gradients.inputs[0], array![[4.0f32]].into_dyn());
    ///
    /// model.apply_gradients(&gradients.weights);
    /// assert!((model.get_weights()[0][[0, 0]] - (1.0 - 0.1 * 12.0)).abs() < 1e-6);
    /// ```
    pub fn gradient_tape<'m>(
        &'m self,
        loss: impl Fn(&[graph::Tensor], &[graph::Tensor]) -> graph::Tensor + 'm,
    ) -> GradientTape<'m> {
        GradientTape { model: self, loss: Box::new(loss), built: RefCell::default() }
    }

    /// Updates the weights by these gradients, as one training step of the compiled optimizer.
    ///
    /// # Arguments
    /// * `gradients`: one for each weight that can be trained, as [`GradientTape::gradients`] returns them
    ///
    /// # Panics
    /// If the model has not been compiled, or the number or a shape of the gradients is wrong.
    #[track_caller]
    pub fn apply_gradients(&self, gradients: &[ArrayD<f32>]) {
        let compiled = self.compiled("apply_gradients");
        let weights = self.trainable_weights();
        assert!(
            weights.len() == gradients.len(),
            "apply_gradients: expected a gradient for each of {} weights, got {}",
            weights.len(),
            gradients.len()
        );
        let session = self.network.context.ready();
        if let Some(schedule) = &compiled.optimizer.common().schedule {
            session.set_learning_rate(compiled.step(), schedule.at(compiled.iterations.get()));
        }
        compiled.iterations.set(compiled.iterations.get() + 1);
        let graph = &self.network.context.graph;
        let pairs = weights.iter().map(|weight| &weight.variable).zip(gradients);
        let pairs: Vec<_> = pairs.filter(|(variable, _)| graph.is_trainable(variable)).collect();
        session.apply_gradients(compiled.step(), &pairs);
    }
}

impl GradientTape<'_> {
    /// The loss on a batch and its gradients, with batch normalisation and dropout as in training. No weight changes, but
    /// for moving averages.
    ///
    /// # Arguments
    /// * `x`: examples, as for [`Model::fit`]
    /// * `y`: what the loss gets as labels, of any shape whose first axis counts examples
    ///
    /// # Panics
    /// If the examples do not fit the model, or the loss cannot be computed of such labels.
    #[track_caller]
    pub fn gradients<'a>(&self, x: impl ArrayLike<'a>, y: impl ArrayLike<'a>) -> Gradients {
        let model = self.model;
        let x = model.check_input("gradients", x.examples("gradients"));
        let y = y.examples("gradients");
        let shape = |y: &super::examples::Examples<'_>| {
            let example = y.example_dims().iter().copied().map(Some);
            Shape::from([None].into_iter().chain(example).collect::<Vec<_>>())
        };
        let shapes: Vec<Shape> = y.iter().map(shape).collect();
        if !self.built.borrow().iter().any(|(of, _)| *of == shapes) {
            let taped = self.build(&shapes);
            self.built.borrow_mut().push((shapes.clone(), taped));
        }
        let built = self.built.borrow();
        let (_, taped) = built.iter().find(|(of, _)| *of == shapes).expect("built above");
        let x = x.rows(0..x.len());
        let y: Vec<_> = y.iter().map(|y| y.rows(0..y.len())).collect();
        let mut feeds = model.feeds(&x);
        feeds.extend(taped.targets.iter().zip(&y).map(|(target, y)| target.feed(y)));
        let outputs: Vec<graph::Tensor> = model.outputs().iter().map(|output| output.symbol().clone()).collect();
        let session = model.network.context.ready();
        let (loss, outputs, mut weights) = session.run_training((&taped.loss, &outputs, &taped.gradients), &feeds);
        let inputs = weights.split_off(weights.len() - model.inputs().len());
        let loss = if loss.len() == 1 { loss.item() } else { loss.sum() };
        Gradients { loss, outputs, weights, inputs }
    }

    fn build(&self, shapes: &[Shape]) -> Taped {
        let (model, graph) = (self.model, &self.model.network.context.graph);
        let target = |shape: &Shape| graph.placeholder(shape.clone(), DType::Float32, "target");
        let targets: Vec<graph::Tensor> = shapes.iter().map(target).collect();
        let outputs: Vec<graph::Tensor> = model.outputs().iter().map(|output| output.symbol().clone()).collect();
        let loss = (self.loss)(&targets, &outputs);
        let weights = model.trainable_weights().into_iter().map(|weight| &weight.variable);
        let all: Vec<&graph::Tensor> = weights.chain(model.inputs().iter().map(|input| input.symbol())).collect();
        let gradients = graph.gradients(&loss, &all);
        Taped { targets, loss, gradients }
    }
}

impl fmt::Debug for GradientTape<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<GradientTape of {:?}>", self.model)
    }
}

/// An optimizer of arrays that are no weights, such as a picture that is changed step by step.
///
/// ```
/// use cnn::keras::{ArrayOptimizer, SGD};
/// use ndarray::array;
/// let mut picture = array![[1.0f32, 2.0]].into_dyn();
/// let mut optimizer = ArrayOptimizer::new(SGD::new().learning_rate(0.5));
/// optimizer.apply_gradients(&mut [&mut picture], &[array![[2.0f32, 4.0]].into_dyn()]);
/// assert_eq!(picture, array![[0.0f32, 0.0]].into_dyn());
/// ```
#[derive(Debug)]
pub struct ArrayOptimizer {
    optimizer: Optimizer,
    backend: Backend,
    scalars: Vec<f32>,
    /// What the rule remembers of each array.
    slots: Vec<Vec<Vec<f32>>>,
    iterations: u64,
}

impl ArrayOptimizer {
    /// An optimizer that has not made a step.
    pub fn new(optimizer: impl Into<Optimizer>) -> Self {
        let optimizer = optimizer.into();
        let scalars = optimizer.rule().scalars().iter().map(|(_, first)| *first).collect();
        let backend = Backend::new(Kernels::default());
        ArrayOptimizer { optimizer, backend, scalars, slots: Vec::new(), iterations: 0 }
    }

    /// Updates the arrays by their gradients. Every step takes the same arrays in the same order.
    ///
    /// # Panics
    /// If there is not one gradient of the same shape for each array.
    #[track_caller]
    pub fn apply_gradients(&mut self, arrays: &mut [&mut ArrayD<f32>], gradients: &[ArrayD<f32>]) {
        let fit = arrays.len() == gradients.len()
            && arrays.iter().zip(gradients).all(|(array, gradient)| array.shape() == gradient.shape())
            && (self.slots.is_empty() || self.slots.len() == arrays.len());
        assert!(
            fit,
            "apply_gradients: expected a gradient of the same shape for each of the {} arrays of the first step, got {} \
             arrays and {} gradients",
            if self.slots.is_empty() { arrays.len() } else { self.slots.len() },
            arrays.len(),
            gradients.len()
        );
        let rule = self.optimizer.rule();
        if self.slots.is_empty() {
            let fresh =
                |array: &&mut ArrayD<f32>| rule.slots().iter().map(|(_, first)| vec![*first; array.len()]).collect();
            self.slots = arrays.iter().map(fresh).collect();
        }
        let rows: Vec<Vec<f32>> = gradients.iter().map(|gradient| gradient.iter().copied().collect()).collect();
        let global = rule.clipping().global_norm.map(|_| norm(rows.iter().map(Vec::as_slice)));
        let schedule = self.optimizer.common().schedule.as_ref();
        let learning_rate = schedule.map_or(rule.learning_rate(), |schedule| schedule.at(self.iterations));
        for ((array, row), slots) in arrays.iter_mut().zip(&rows).zip(&mut self.slots) {
            let mut values: Vec<f32> = array.iter().copied().collect();
            rule.update(Update {
                backend: &mut self.backend,
                learning_rate,
                scalars: &self.scalars,
                variable: &mut values,
                gradient: &rule.clipping().apply(row, global),
                slots: &mut slots.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>(),
            });
            array.iter_mut().zip(values).for_each(|(element, value)| *element = value);
        }
        rule.finish(&mut self.scalars);
        self.iterations += 1;
    }
}
