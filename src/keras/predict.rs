/*! What a model says about examples. */

use super::{
    Model,
    examples::{Examples, batches, demand_batch_size},
};
use crate::graph::{Shape, fetch::Element};
use ndarray::{ArrayBase, ArrayD, Data, Dimension, IxDyn};

impl Model {
    /// The model's output for each example, in batches of 32.
    ///
    /// # Arguments
    /// * `x`: examples, shape (m, …) as the model's input
    ///
    /// # Returns
    /// An array of shape (m, …) as the model's output; of no examples, an empty one.
    ///
    /// ```
    /// use cnn::keras::{Model, layers::*};
    /// let x_input = Input::new((8, 8, 3)).call();
    /// let x = Flatten::new().call(&x_input);
    /// let model = Model::new(&x_input, &Dense::new(6).activation("softmax").call(&x));
    /// assert_eq!(model.predict(&ndarray::Array4::<f32>::zeros((5, 8, 8, 3))).shape(), [5, 6]);
    /// ```
    ///
    /// # Panics
    /// If the examples do not have the shape of the model's input or hold a NaN or an infinity, or the model has several
    /// inputs or outputs.
    #[track_caller]
    pub fn predict<A, S, D>(&self, x: &ArrayBase<S, D>) -> ArrayD<f32>
    where
        A: Element,
        S: Data<Elem = A>,
        D: Dimension,
    {
        self.predict_in_batches(x, 32)
    }

    /// As [`Model::predict`], in batches of the given size.
    ///
    /// # Panics
    /// As [`Model::predict`], and if the size is 0.
    #[track_caller]
    pub fn predict_in_batches<A, S, D>(&self, x: &ArrayBase<S, D>, batch_size: usize) -> ArrayD<f32>
    where
        A: Element,
        S: Data<Elem = A>,
        D: Dimension,
    {
        demand_batch_size("predict_in_batches", batch_size);
        let x = Examples::new("predict", x);
        self.check_input("predict", &x);
        let (input, output) = (self.only("input", &self.inputs), self.only("output", &self.outputs));
        let session = self.context.ready();
        let mut values = Vec::new();
        let mut dims: Vec<usize> = output.shape().dims().iter().map(|dim| dim.unwrap_or(0)).collect();
        for batch in batches(x.len(), batch_size) {
            let y = session.run(output.symbol(), &[input.symbol().feed(&x.rows(batch))]);
            dims = y.shape().to_vec();
            values.extend(y);
        }
        dims[0] = x.len();
        ArrayD::from_shape_vec(IxDyn(&dims), values).expect("one output per example")
    }

    /// Demands examples of the input's shape, without NaN: a relu would make a plausible 0 of it.
    #[track_caller]
    pub(super) fn check_input(&self, verb: &str, x: &Examples<'_>) {
        let expected = self.only("input", &self.inputs).shape();
        let fits = expected.rank() == x.dims().len() && Shape::from(&expected.dims()[1..]).admits(x.example_dims());
        assert!(
            fits,
            "{verb}: {} takes examples of shape {expected}, got an array of shape {:?}{}",
            self.name,
            x.dims(),
            if x.dims().len() + 1 == expected.rank() {
                "\nhelp: a single example is a batch of one: insert_axis(Axis(0))"
            } else {
                ""
            }
        );
        if let Some((i, number)) = x.find_unfit(f32::is_finite) {
            panic!(
                "{verb}: expected finite numbers, got {number} in example {i}\nhelp: look for a division by zero where \
                 the examples are prepared"
            )
        }
    }
}
