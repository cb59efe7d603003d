/*!
Training: epochs of shuffled batches, validation, callbacks.

A single step is in the engine; see [`Session::run_training`](crate::graph::Session::run_training).
*/

use super::{
    callbacks::{Callback, Training},
    evaluate::Means,
    examples::{ArrayLike, Arrays, batches, require_batch_size},
    history::History,
    metrics::argmax,
    model::Model,
    progress::{Progress, Verbose},
    watch::Watch,
};
use crate::{
    display::{Channel, Interrupt},
    graph::fetch::Element,
    numpy::RandomState,
};
use ndarray::{Array1, ArrayBase, ArrayD, ArrayViewD, Axis, Ix1};

/// A training run to be; [`Fit::run`] carries it out. Made by [`Model::fit`].
#[must_use = "nothing is trained before .run()"]
pub struct Fit<'a> {
    model: &'a mut Model,
    x: Arrays<'a>,
    y: Arrays<'a>,
    sample_weight: Option<Array1<f32>>,
    class_weight: Vec<(usize, f32)>,
    epochs: usize,
    initial_epoch: usize,
    batch_size: usize,
    validation: Validation<'a>,
    shuffle: bool,
    callbacks: Vec<Box<dyn Callback + 'a>>,
    verbose: Verbose,
}

/// The examples that are never trained on.
enum Validation<'a> {
    None,
    /// The last of the training examples.
    Split(f64),
    Data(Arrays<'a>, Arrays<'a>),
}

impl Model {
    /// Trains the model, with optional settings; [`Fit::run`] carries it out.
    ///
    /// ```
    /// use cnn::keras::{Model, layers::*};
    /// use ndarray::array;
    /// let x_input = Input::new(1).call();
    /// let mut model = Model::new(&x_input, &Dense::new(1).call(&x_input));
    /// model.compile("sgd", "mse", ["mae"]);
    /// let (x, y) = (array![[0.0], [1.0], [2.0]], array![1.0, 3.0, 5.0]);
    /// let history = model.fit(&x, &y).epochs(200).batch_size(3).run();
    /// assert!(history["loss"][199] < 0.1 * history["loss"][0]);
    /// ```
    ///
    /// # Arguments
    /// * `x`: examples, shape (m, …) as the model's input
    /// * `y`: labels, shape (m, …) as the model's output; class indices, shape (m,), if the loss is sparse
    ///
    /// # Panics
    /// If the model has not been compiled, there are no examples, or an array does not fit the model: another shape, a
    /// NaN, a label that is no class or no probability.
    #[track_caller]
    pub fn fit<'a>(&'a mut self, x: impl ArrayLike<'a>, y: impl ArrayLike<'a>) -> Fit<'a> {
        let (x, y) = self.check_examples("fit", x.examples("fit"), y.examples("fit"));
        Fit {
            model: self,
            x,
            y,
            sample_weight: None,
            class_weight: Vec::new(),
            epochs: 1,
            initial_epoch: 0,
            batch_size: 32,
            validation: Validation::None,
            shuffle: true,
            callbacks: Vec::new(),
            verbose: Verbose::Auto,
        }
    }
}

impl<'a> Fit<'a> {
    /// The number of epochs; 1.
    pub fn epochs(mut self, epochs: usize) -> Self {
        self.epochs = epochs;
        self
    }

    /// The number of epochs that were trained before, of all [`Fit::epochs`]; 0. A model that a callback saved goes on as
    /// if it had not been interrupted, to the last bit.
    ///
    /// ```
    /// use cnn::keras::{Model, ModelCheckpoint, Verbose, layers::*, load_model};
    /// use ndarray::array;
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let path = dir.path().join("model.h5");
    /// let x_input = Input::new(1).call();
    /// let mut model = Model::new(&x_input, &Dense::new(1).call(&Dropout::new(0.5).call(&x_input)));
    /// model.compile("adam", "mse", ());
    /// let (x, y) = (array![[1.0], [2.0], [3.0]], array![3.0, 5.0, 7.0]);
    /// let checkpoint = ModelCheckpoint::new(path.display().to_string());
    /// model.fit(&x, &y).epochs(2).batch_size(1).callback(checkpoint).verbose(Verbose::Silent).run();
    /// let mut again = load_model(&path)?;
    /// for model in [&mut model, &mut again] {
    ///     let done = model.epochs();
    ///     model.fit(&x, &y).epochs(5).initial_epoch(done).batch_size(1).verbose(Verbose::Silent).run();
    /// }
    /// assert_eq!(again.get_weights(), model.get_weights());
    /// # Ok::<(), cnn::Error>(())
    /// ```
    pub fn initial_epoch(mut self, initial_epoch: usize) -> Self {
        self.initial_epoch = initial_epoch;
        self
    }

    /// How many examples each training step uses; 32. The last batch of an epoch may be smaller.
    ///
    /// # Panics
    /// If it is 0.
    #[track_caller]
    pub fn batch_size(mut self, batch_size: usize) -> Self {
        require_batch_size("batch_size", batch_size);
        self.batch_size = batch_size;
        self
    }

    /// Keeps this share of the examples for validation: the last ones, before any shuffling.
    ///
    /// # Panics
    /// If it is not in [0, 1).
    #[track_caller]
    pub fn validation_split(mut self, share: f64) -> Self {
        assert!(
            (0.0..1.0).contains(&share),
            "validation_split: expected a share in [0, 1), got {share}\nhelp: 0.1 keeps the last tenth of the examples; \
             examples of their own are given with validation_data"
        );
        self.validation = Validation::Split(share);
        self
    }

    /// Validates on these examples.
    ///
    /// # Panics
    /// If an array does not fit the model.
    #[track_caller]
    pub fn validation_data(mut self, x: impl ArrayLike<'a>, y: impl ArrayLike<'a>) -> Self {
        let (x, y) = (x.examples("validation_data"), y.examples("validation_data"));
        let (x, y) = self.model.check_examples("validation_data", x, y);
        self.validation = Validation::Data(x, y);
        self
    }

    /// How much each example counts in the loss; 1. Metrics and validation are not weighted.
    ///
    /// ```
    /// use cnn::keras::{Model, Verbose, layers::*};
    /// use ndarray::array;
    /// let x = Input::new(1).call();
    /// let mut model = Model::new(&x, &Dense::new(1).kernel_initializer("ones").call(&x));
    /// model.compile("sgd", "mse", ());
    /// let (x, y) = (array![[1.0], [2.0]], array![0.0, 0.0]);
    /// let history = model.fit(&x, &y).sample_weight(&array![1.0, 0.5]).verbose(Verbose::Silent).run();
    /// assert_eq!(history["loss"], [(1.0 + 0.5 * 4.0) / 2.0]);
    /// ```
    ///
    /// # Panics
    /// If there is not one finite weight, at least 0, for each example.
    #[track_caller]
    pub fn sample_weight<S: ndarray::Data<Elem: Element>>(mut self, weights: &ArrayBase<S, Ix1>) -> Self {
        let weights: Array1<f32> = weights.iter().map(|w| w.to_f32()).collect();
        let fit = weights.len() == self.x.len() && weights.iter().all(|w| w.is_finite() && *w >= 0.0);
        assert!(
            fit,
            "sample_weight: expected a finite weight of at least 0 for each of {} examples, got {} weights",
            self.x.len(),
            weights.len()
        );
        self.sample_weight = Some(weights);
        self
    }

    /// How much the examples of each class count in the loss, by class index; 1 for a class that is not named.
    ///
    /// # Panics
    /// If the model has several outputs, or a weight is negative or not finite.
    #[track_caller]
    pub fn class_weight(mut self, weights: &[(usize, f32)]) -> Self {
        self.model.only("output", self.model.outputs());
        if let Some((class, weight)) = weights.iter().find(|(_, weight)| !(weight.is_finite() && *weight >= 0.0)) {
            panic!("class_weight: expected a finite weight of at least 0, got {weight} for class {class}")
        }
        self.class_weight = weights.to_vec();
        self
    }

    /// Shuffles the examples before each epoch by NumPy's generator with this seed. Without it, the seed is 0 for the
    /// first run after compiling, and later runs continue its sequence.
    pub fn shuffle(mut self, seed: u32) -> Self {
        self.shuffle = true;
        self.model.compiled.as_mut().expect("checked by fit").shuffle = RandomState::new(seed).into();
        self
    }

    /// Leaves the examples in their order.
    pub fn without_shuffling(mut self) -> Self {
        self.shuffle = false;
        self
    }

    /// Adds a callback; several are called in the order in which they were added.
    ///
    /// `&mut callback` can be passed, too, to inspect it afterwards.
    pub fn callback(mut self, callback: impl Callback + 'a) -> Self {
        self.callbacks.push(Box::new(callback));
        self
    }

    /// As [`Fit::callback`], for several at once.
    pub fn callbacks(mut self, callbacks: impl IntoIterator<Item = Box<dyn Callback + 'a>>) -> Self {
        self.callbacks.extend(callbacks);
        self
    }

    /// What is printed.
    pub fn verbose(mut self, verbose: Verbose) -> Self {
        self.verbose = verbose;
        self
    }

    /// Trains, and returns loss and metrics of each epoch.
    ///
    /// Losses and metrics are means over the examples of an epoch, each taken before the training step that it belongs
    /// to.
    ///
    /// # Panics
    /// If the validation split leaves no examples to train on, or a callback monitors a quantity that does not exist. In
    /// a notebook, after a training step, when the user interrupts the cell: the model keeps its weights.
    #[track_caller]
    pub fn run(mut self) -> History {
        let n = match self.validation {
            // As Python's int(len(x) * (1. - validation_split)).
            Validation::Split(share) => {
                let (all, n) = (self.x.len(), (self.x.len() as f64 * (1.0 - share)) as usize);
                assert!(
                    n > 0,
                    "fit: expected a validation_split that leaves examples to train on, {share} of {all} leaves none\n\
                     help: take a smaller share, or more examples"
                );
                n
            }
            _ => self.x.len(),
        };
        match self.train(n) {
            Ok(history) => history,
            Err(epoch) => panic!(
                "fit: interrupted in epoch {} of {}; the model keeps the weights of its last step",
                epoch + 1,
                self.epochs
            ),
        }
    }

    /// The weight of each example, where one is set.
    fn weights(&self) -> Option<Array1<f32>> {
        if self.class_weight.is_empty() {
            return self.sample_weight.clone();
        }
        let of_example = |i: usize| {
            let label = self.y.0[0].rows(i..i + 1);
            let class = match label.len() {
                1 => label.iter().next().map_or(0, |class| class.round() as usize),
                _ => argmax(label.as_slice().expect("whole rows")),
            };
            let weight = self.class_weight.iter().find(|(own, _)| *own == class).map_or(1.0, |(_, weight)| *weight);
            weight * self.sample_weight.as_ref().map_or(1.0, |weights| weights[i])
        };
        Some((0..self.x.len()).map(of_example).collect())
    }

    /// Trains on the first `n` examples; when the user asks for the end, the error is the epoch, counted from 0.
    fn train(&mut self, n: usize) -> Result<History, usize> {
        let channel = Channel::here();
        let weights = self.weights();
        let (epochs, verbose, callbacks) = (self.epochs, self.verbose.resolve(channel), &mut self.callbacks);
        let ((x, x_rest), (y, y_rest)) = (self.x.split_at(n), self.y.split_at(n));
        let validation = match &self.validation {
            Validation::None => None,
            Validation::Split(_) => Some((&x_rest, &y_rest)).filter(|(x, _)| x.len() > 0),
            Validation::Data(x, y) => Some((x, y)),
        };
        match validation {
            _ if verbose == Verbose::Silent => {}
            Some((rest, _)) => println!("Train on {n} samples, validate on {} samples", rest.len()),
            None => println!("Train on {n} samples"),
        }
        let model = &*self.model;
        let compiled = model.compiled("fit");
        // Each epoch shuffles the order of the one before: training goes on with the last one.
        let goes_on = self.initial_epoch > 0 && compiled.order.borrow().len() == n;
        let mut order = Array1::from_iter(0..n);
        if goes_on {
            order.assign(&Array1::from(compiled.order.borrow().clone()));
        }
        let mut training = Training { model, stop: false };
        let mut history = History::default();
        let mut watch = (self.verbose == Verbose::Auto).then(|| Watch::new(channel, model.get_name(), epochs));
        let interrupt = Interrupt::watch();
        callbacks.iter_mut().for_each(|callback| callback.on_train_begin(&mut training));
        for epoch in self.initial_epoch..epochs {
            callbacks.iter_mut().for_each(|callback| callback.on_epoch_begin(epoch, &mut training));
            if verbose == Verbose::Bar {
                println!("Epoch {}/{epochs}", epoch + 1);
            }
            if self.shuffle {
                compiled.shuffle.borrow_mut().shuffle(&mut order);
            }
            let progress = Progress::new(verbose, channel, n);
            let (mut means, mut seen) = (Means::new(model), 0);
            for (i, batch) in batches(n, self.batch_size).enumerate() {
                let indices = &order.as_slice().expect("one row")[batch.clone()];
                let (x, y) = (x.gather(indices), y.gather(indices));
                let (x, y) = (views(&x), views(&y));
                let weights = weights.as_ref().map(|weights| weights.select(Axis(0), indices));
                let weights = weights.as_ref().map(|weights| weights.view());
                means.add(&model.run_batch(&x, &y, weights.as_ref(), true), &y);
                seen = batch.end;
                let logs = means.logs("");
                callbacks.iter_mut().for_each(|callback| callback.on_batch_end(i, &logs, &mut training));
                if interrupt.is_requested() {
                    return Err(epoch);
                }
                if training.stop {
                    break;
                }
                if seen < n {
                    progress.update(seen, &logs);
                }
                if let Some(watch) = &mut watch {
                    watch.batch(epoch, seen, n, &logs);
                }
            }
            let mut logs = means.logs("");
            if let Some((x, y)) = validation {
                let validated = model.test(x, y, self.batch_size, |_, _| {});
                validated.logs("val_").iter().for_each(|(name, value)| logs.set(name, value));
            }
            progress.finish(seen, &format!("Epoch {}/{epochs}", epoch + 1), &logs);
            compiled.epochs.set(epoch + 1);
            *compiled.order.borrow_mut() = order.to_vec();
            callbacks.iter_mut().for_each(|callback| callback.on_epoch_end(epoch, &mut logs, &mut training));
            history.push(&logs);
            if let Some(watch) = &mut watch {
                watch.epoch(&history);
            }
            if training.stop {
                break;
            }
        }
        callbacks.iter_mut().for_each(|callback| callback.on_train_end(&mut training));
        if let Some(watch) = watch {
            watch.finish(&history);
        }
        Ok(history)
    }
}

fn views(arrays: &[ArrayD<f32>]) -> Vec<ArrayViewD<'_, f32>> {
    arrays.iter().map(|array| array.view()).collect()
}
