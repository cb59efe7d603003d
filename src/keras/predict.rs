/*! The predictions of a model. */

use super::{
    examples::{ArrayLike, Examples, batches, require_batch_size},
    model::Model,
};
use crate::graph::Shape;
use ndarray::{ArrayD, IxDyn};

/// A prediction to be; [`Predict::run`] carries it out. Made by [`Model::predict_with`].
#[must_use = "nothing is computed before .run()"]
#[derive(Debug)]
pub struct Predict<'a> {
    model: &'a Model,
    x: Examples<'a>,
    batch_size: usize,
}

impl Predict<'_> {
    /// How many examples are computed at once; 32.
    ///
    /// # Panics
    /// If it is 0.
    #[track_caller]
    pub fn batch_size(mut self, batch_size: usize) -> Self {
        require_batch_size("batch_size", batch_size);
        self.batch_size = batch_size;
        self
    }

    /// The model's output for each example.
    #[track_caller]
    pub fn run(self) -> ArrayD<f32> {
        let Predict { model, x, batch_size } = self;
        let (input, output) = (model.only("input", &model.inputs), model.only("output", &model.outputs));
        let session = model.context.ready();
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
}

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
    pub fn predict<'a>(&'a self, x: impl ArrayLike<'a>) -> ArrayD<f32> {
        self.predict_with(x).run()
    }

    /// As [`Model::predict`], with optional settings; [`Predict::run`] carries it out.
    ///
    /// ```
    /// use cnn::keras::{Model, layers::*};
    /// let x_input = Input::new(4).call();
    /// let model = Model::new(&x_input, &Dense::new(2).call(&x_input));
    /// assert_eq!(model.predict_with(&ndarray::Array2::<f32>::ones((5, 4))).batch_size(2).run().shape(), [5, 2]);
    /// ```
    ///
    /// # Panics
    /// As [`Model::predict`].
    #[track_caller]
    pub fn predict_with<'a>(&'a self, x: impl ArrayLike<'a>) -> Predict<'a> {
        let x = x.examples("predict");
        self.check_input("predict", &x);
        self.only("output", &self.outputs);
        Predict { model: self, x, batch_size: 32 }
    }

    /// Requires examples of the input's shape, without NaN: a relu would make a plausible 0 of it.
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
