/*!
Optimizers: `tf.train`. The rules themselves are in [`graph::optimizers`](crate::graph::optimizers).

DIFFERENCE: TensorFlow adds the operations of the backward pass to the graph; here the engine plans them, and only the
training step itself is counted.
*/

use crate::graph::{
    Operation, Tensor,
    optimizers::{Adam, Momentum, Optimizer, RmsProp, Sgd},
};
use std::collections::HashSet;

macro_rules! optimizer {
    ($(#[$doc:meta])* $name:ident, $rule:ty, ($($arg:ident),*), $new:expr, $example:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name {
            /// The update rule with its coefficients.
            pub rule: $rule,
        }

        impl $name {
            /// TensorFlow's defaults for everything but the arguments.
            pub fn new($($arg: f32),*) -> Self {
                $name { rule: $new }
            }

            /// A training step: updates all trainable variables of the graph by the gradient of `loss`.
            ///
            /// ```
            /// use cnn::tf::{self, Graph, Session};
            /// let graph = Graph::new();
            /// let w = tf::get_variable(&graph, "w", &[], tf::constant_initializer(3.0));
            /// let loss = tf::multiply(&w, &w);
            #[doc = concat!("let step = tf::train::", stringify!($name), "::new(", $example, ").minimize(&loss);")]
            /// let session = Session::new(&graph);
            /// session.run(&tf::global_variables_initializer(&graph), &[]);
            /// session.run(&step, &[]);
            /// assert!(session.value(&w).sum() < 3.0);
            /// ```
            ///
            /// Fetching it, as in `session.run((&step, &cost), &feeds)`, executes it; the cost is that before the step.
            ///
            /// # Panics
            /// If the gradient of `loss` reaches no trainable variable.
            #[track_caller]
            pub fn minimize(&self, loss: &Tensor) -> Operation {
                let variables = loss.graph().trainable_variables();
                let variables: Vec<&Tensor> = variables.iter().collect();
                require_gradient(loss, &variables);
                loss.graph().minimize(loss, &variables, self.rule, self.rule.name())
            }
        }
    };
}

optimizer! {
    /// Adam with betas 0.9 and 0.999 and epsilon 1e-8: `tf.train.AdamOptimizer`.
    AdamOptimizer, Adam, (learning_rate), Adam::new(learning_rate), "0.01"
}

optimizer! {
    /// Gradient descent: `tf.train.GradientDescentOptimizer`.
    GradientDescentOptimizer, Sgd, (learning_rate), Sgd { learning_rate }, "0.01"
}

optimizer! {
    /// Gradient descent with momentum: `tf.train.MomentumOptimizer`.
    MomentumOptimizer, Momentum, (learning_rate, momentum), Momentum { learning_rate, momentum, nesterov: false }, "0.01, 0.9"
}

optimizer! {
    /// RMSProp with decay 0.9, no momentum and epsilon 1e-10: `tf.train.RMSPropOptimizer`.
    RMSPropOptimizer, RmsProp, (learning_rate), RmsProp::new(learning_rate), "0.01"
}

/// Requires that the loss depends on a variable, as TensorFlow does: "No gradients provided for any variable".
#[track_caller]
fn require_gradient(loss: &Tensor, variables: &[&Tensor]) {
    let (mut seen, mut open) = (HashSet::new(), vec![loss.clone()]);
    while let Some(tensor) = open.pop() {
        if variables.contains(&&tensor) {
            return;
        }
        if seen.insert(tensor.id()) {
            open.extend(tensor.differentiated_inputs());
        }
    }
    panic!(
        "minimize: expected a loss that depends on a trainable variable, the gradient of {loss} reaches none\nhelp: argmax \
         and equal have no gradient; minimize a cost, such as the mean of softmax_cross_entropy_with_logits"
    )
}
