/*!
Models that are a sequence of layers, one after the other.

What is built of one is a [`Model`] as any other.
*/

use super::{
    built_layer::{BuiltLayer, Tensor},
    call::{Call, call_built},
    layer::Layer,
    layers::Input,
    model::Model,
    network::Network,
};
use std::{any::Any, cell::RefCell, fmt};

/// A sequence of layers, of which each is called on the output of the one before.
///
/// It begins with an [`Input`], or its input is what it is first called on.
///
/// ```
/// use cnn::keras::{Sequential, layers::*};
/// let model = Sequential::new()
///     .layer(Input::new((64, 64, 3)))
///     .layer(Conv2D::new(32, (7, 7)).padding("same").activation("relu"))
///     .layer(MaxPooling2D::new((2, 2)))
///     .layer(Flatten::new())
///     .layer(Dense::new(6).activation("softmax"))
///     .build();
/// assert_eq!(model.predict(&ndarray::Array4::<f32>::zeros((5, 64, 64, 3))).shape(), [5, 6]);
/// ```
///
/// Called on tensors, it is a layer of another model; each further call shares the weights of the first one.
///
/// ```
/// use cnn::keras::{Model, Sequential, layers::*};
/// let mut encoder = Sequential::new().name("encoder");
/// encoder.add(Dense::new(16).activation("relu"));
/// encoder.add(Dense::new(4));
/// let left = Input::new(8).call();
/// let right = Input::new(8).beside(&left).call();
/// let both = Concatenate::new().call([&encoder.call(&left), &encoder.call(&right)]);
/// let model = Model::new([&left, &right], &both);
/// assert_eq!(model.count_params(), (8 * 16 + 16) + (16 * 4 + 4));
/// ```
pub struct Sequential {
    name: Option<String>,
    state: RefCell<State>,
}

enum State {
    Open(Vec<Stage>),
    Built(Box<Model>),
}

/// What a [`Sequential`] consists of: any layer, a layer of another network's place, a model, or another sequence.
pub trait IntoStage {
    /// The stage.
    #[doc(hidden)]
    fn stage(self) -> Stage;
}

/// One layer of a sequence.
#[doc(hidden)]
pub enum Stage {
    Input(Box<Input>),
    Call(Box<dyn FnOnce(&Tensor) -> Tensor>),
}

impl<L: Layer> IntoStage for L {
    fn stage(self) -> Stage {
        let layer: Box<dyn Any> = Box::new(self);
        match layer.downcast::<Input>() {
            Ok(input) => Stage::Input(input),
            Err(layer) => {
                let layer = *layer.downcast::<L>().expect("it is of this type");
                Stage::Call(Box::new(move |x| layer.call(x)))
            }
        }
    }
}

impl IntoStage for Model {
    fn stage(self) -> Stage {
        Stage::Call(Box::new(move |x| self.call(x)))
    }
}

impl IntoStage for &Model {
    fn stage(self) -> Stage {
        let core = self.as_layer();
        Stage::Call(Box::new(move |x| match call_built(core, vec![x.clone()]) {
            Ok(mut outputs) => outputs.remove(0),
            Err(mismatch) => panic!("Sequential: {mismatch}"),
        }))
    }
}

impl IntoStage for &BuiltLayer {
    fn stage(self) -> Stage {
        let layer = self.clone();
        Stage::Call(Box::new(move |x| layer.call(x)))
    }
}

impl IntoStage for Sequential {
    fn stage(self) -> Stage {
        Stage::Call(Box::new(move |x| self.call(x)))
    }
}

impl Sequential {
    /// No layers yet.
    #[expect(clippy::new_without_default, reason = "as all of Keras' objects here")]
    pub fn new() -> Self {
        Sequential { name: None, state: RefCell::new(State::Open(Vec::new())) }
    }

    /// Names the model.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Adds a layer at the end: as [`Sequential::add`], for a chain of calls.
    ///
    /// # Panics
    /// As [`Sequential::add`].
    #[must_use]
    #[track_caller]
    pub fn layer(mut self, layer: impl IntoStage) -> Self {
        self.add(layer);
        self
    }

    /// Adds a layer at the end: any layer, a [`Model`], a [`BuiltLayer`] whose weights are to be shared, or another
    /// sequence.
    ///
    /// # Panics
    /// If the sequence has been built or called already, or an [`Input`] is not the first layer.
    #[track_caller]
    pub fn add(&mut self, layer: impl IntoStage) {
        let stage = layer.stage();
        match self.state.get_mut() {
            State::Built(_) => panic!(
                "Sequential: expected layers before the sequence is built or called, got one afterwards\nhelp: add all \
                 layers first, or go on with another Sequential that begins with this one"
            ),
            State::Open(stages) => {
                assert!(
                    stages.is_empty() || matches!(stage, Stage::Call(_)),
                    "Sequential: expected an Input as the first layer alone, got one as layer {}",
                    stages.len() + 1
                );
                stages.push(stage);
            }
        }
    }

    /// The model.
    ///
    /// # Panics
    /// If there is no layer, the first one is no [`Input`], or a layer does not fit the one before.
    #[track_caller]
    pub fn build(self) -> Model {
        let stages = match self.state.into_inner() {
            State::Built(model) => return *model,
            State::Open(stages) => stages,
        };
        let mut stages = stages.into_iter();
        let Some(Stage::Input(input)) = stages.next() else {
            panic!(
                "Sequential: expected an Input as the first layer to build a model, got none\nhelp: begin with \
                 .layer(Input::new((64, 64, 3))), or call the sequence on a tensor"
            )
        };
        connect(self.name, input.call(), stages)
    }

    /// Calls the sequence on a tensor, as a layer of another model. The first call makes the weights, which all share.
    ///
    /// # Panics
    /// If there is no layer, a layer does not fit the one before, or the tensor has another shape than that of the first
    /// call or belongs to another network.
    #[track_caller]
    pub fn call(&self, input: &Tensor) -> Tensor {
        let state = &mut *self.state.borrow_mut();
        if let State::Open(stages) = state {
            let mut stages = std::mem::take(stages);
            let own = match stages.first() {
                Some(Stage::Input(_)) => match stages.remove(0) {
                    Stage::Input(own) => *own,
                    Stage::Call(_) => unreachable!("it is an input"),
                },
                _ => {
                    let example: Vec<usize> = input.shape().dims()[1..].iter().map(|dim| dim.unwrap_or(0)).collect();
                    Input::new(ndarray::IxDyn(&example))
                }
            };
            *state = State::Built(Box::new(connect(self.name.clone(), own.beside(input).call(), stages.into_iter())));
        }
        match state {
            State::Built(model) => model.call(input),
            State::Open(_) => unreachable!("it was built above"),
        }
    }
}

#[track_caller]
fn connect(name: Option<String>, input: Tensor, stages: impl ExactSizeIterator<Item = Stage>) -> Model {
    assert!(stages.len() > 0, "Sequential: expected at least one layer, got none");
    let mut x = input.clone();
    for stage in stages {
        x = match stage {
            Stage::Call(call) => call(&x),
            Stage::Input(_) => unreachable!("add takes an input as the first layer alone"),
        };
    }
    Model::of(Network::new("Sequential", name, vec![input], vec![x]))
}

impl fmt::Debug for Sequential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.state.borrow() {
            State::Open(stages) => write!(f, "<Sequential of {} layers>", stages.len()),
            State::Built(model) => model.fmt(f),
        }
    }
}
