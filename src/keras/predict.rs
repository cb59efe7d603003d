/*! The predictions of a model. */

use super::{
    examples::{ArrayLike, Arrays, Examples, batches, require_batch_size},
    model::Model,
};
use crate::graph::{self, Feed, Shape};
use ndarray::{ArrayD, ArrayViewD, IxDyn};

/// A prediction to be; [`Predict::run`] carries it out. Made by [`Model::predict_with`].
#[must_use = "nothing is computed before .run()"]
#[derive(Debug)]
pub struct Predict<'a> {
    model: &'a Model,
    x: Arrays<'a>,
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
    ///
    /// # Panics
    /// If the model has several outputs.
    #[track_caller]
    pub fn run(self) -> ArrayD<f32> {
        self.model.only("output", self.model.outputs());
        self.run_all().remove(0)
    }

    /// Each of the model's outputs for each example.
    #[track_caller]
    pub fn run_all(self) -> Vec<ArrayD<f32>> {
        let Predict { model, x, batch_size } = self;
        let session = model.network.context.ready();
        let symbols: Vec<graph::Tensor> = model.outputs().iter().map(|output| output.symbol().clone()).collect();
        let mut values: Vec<Vec<f32>> = vec![Vec::new(); symbols.len()];
        let dims = |symbol: &graph::Tensor| symbol.shape().dims().iter().map(|dim| dim.unwrap_or(0)).collect();
        let mut dims: Vec<Vec<usize>> = symbols.iter().map(dims).collect();
        for batch in batches(x.len(), batch_size) {
            let rows = x.rows(batch);
            for (i, y) in session.run(&symbols, &model.feeds(&rows)).into_iter().enumerate() {
                dims[i] = y.shape().to_vec();
                values[i].extend(y);
            }
        }
        let array = |(values, mut dims): (Vec<f32>, Vec<usize>)| {
            dims[0] = x.len();
            ArrayD::from_shape_vec(IxDyn(&dims), values).expect("one output per example")
        };
        values.into_iter().zip(dims).map(array).collect()
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
    /// outputs, see [`Model::predict_all`].
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
        let x = self.check_input("predict", x.examples("predict"));
        Predict { model: self, x, batch_size: 32 }
    }

    /// As [`Model::predict`], for a model with several outputs: an array for each of them.
    ///
    /// ```
    /// use cnn::keras::{Model, layers::*};
    /// let x = Input::new(4).call();
    /// let model = Model::new(&x, [&Dense::new(2).call(&x), &Dense::new(3).call(&x)]);
    /// let y = model.predict_all(&ndarray::Array2::<f32>::ones((5, 4)));
    /// assert_eq!((y[0].shape(), y[1].shape()), (&[5, 2][..], &[5, 3][..]));
    /// ```
    ///
    /// # Panics
    /// As [`Model::predict`].
    #[track_caller]
    pub fn predict_all<'a>(&'a self, x: impl ArrayLike<'a>) -> Vec<ArrayD<f32>> {
        self.predict_with(x).run_all()
    }

    /// The arrays for the inputs, in their order.
    pub(super) fn feeds<'f>(&self, x: &'f [ArrayViewD<'_, f32>]) -> Vec<Feed<'f>> {
        self.inputs().iter().zip(x).map(|(input, x)| input.symbol().feed(x)).collect()
    }

    /// Requires examples of the inputs' shapes, without NaN: a relu would make a plausible 0 of it.
    #[track_caller]
    pub(super) fn check_input<'a>(&self, verb: &str, x: Vec<Examples<'a>>) -> Arrays<'a> {
        let name = self.get_name();
        assert!(
            x.len() == self.inputs().len(),
            "{verb}: {name} has {} inputs, got {} arrays\nhelp: as in [&x1, &x2], in the order of the inputs",
            self.inputs().len(),
            x.len()
        );
        for (x, input) in x.iter().zip(self.inputs()) {
            self.check_one(verb, x, &input.shape());
        }
        if let Some(other) = x.iter().find(|other| other.len() != x[0].len()) {
            panic!("{verb}: expected as many examples for each input, got {} and {}", x[0].len(), other.len())
        }
        Arrays(x)
    }

    #[track_caller]
    fn check_one(&self, verb: &str, x: &Examples<'_>, expected: &Shape) {
        let fits = expected.rank() == x.dims().len() && Shape::from(&expected.dims()[1..]).admits(x.example_dims());
        assert!(
            fits,
            "{verb}: {} takes examples of shape {expected}, got an array of shape {:?}{}",
            self.get_name(),
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
