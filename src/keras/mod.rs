/*!
Keras' frontend of the engine: layers that are called on tensors, models of them, training.

It computes nothing itself; [`graph`](crate::graph) does. What Keras keeps per process (counters, the session) belongs
here to the tensors of one network.

```
use cnn::keras::{Model, layers::*};

let digits = Input::new((28, 28, 1)).call();
let maps = Conv2D::new(8, (5, 5)).activation("relu").call(&digits); // (m, 24, 24, 8)
let halved = MaxPooling2D::new((2, 2)).call(&maps); // (m, 12, 12, 8)
let scores = Dense::new(10).activation("softmax").call(&Flatten::new().call(&halved));
let model = Model::new(&digits, &scores).name("digits");
assert_eq!(model.count_params(), 208 + 11_530);
```

A model is trained in four steps: `compile`, `fit`, `evaluate`, `predict`.

```
use cnn::keras::{Adam, EarlyStopping, Model, Verbose, layers::*};
use cnn::prelude::*;

let mut rng = RandomState::new(1);
let x = rng.randn((200, 2));
let y = x.map_axis(Axis(1), |p| usize::from(p[0] * p[1] > 0.0));

let x_input = Input::new(2).call();
let hidden = Dense::new(16).activation("tanh").call(&x_input);
let mut model = Model::new(&x_input, &Dense::new(2).activation("softmax").call(&hidden));
model.compile(Adam::new().learning_rate(0.05), "sparse_categorical_crossentropy", ["accuracy"]);
let history = model
    .fit(&x, &y)
    .epochs(40)
    .validation_split(0.1)
    .callback(EarlyStopping::new("val_loss").patience(10))
    .verbose(Verbose::Silent)
    .run();
assert!(history["loss"].last() < history["loss"].first());
let preds = model.evaluate(&x, &y);
assert!(preds[1] > 0.9, "accuracy {}", preds[1]);
```

Reading order: [`layers`] are called one after the other, a [`Tensor`] connects them, and a [`Model`] consists of those
between some inputs and outputs.
*/

pub mod activations;
mod built_layer;
mod call;
pub mod callbacks;
mod compile;
mod compiled;
mod config;
mod context;
mod core;
mod evaluate;
mod examples;
mod fit;
mod gradient_tape;
mod history;
mod initializer_setting;
pub mod initializers;
pub mod inputs;
mod labels;
mod layer;
pub mod layers;
pub mod losses;
pub mod metrics;
mod mismatch;
mod model;
mod names;
mod network;
pub mod ops;
pub mod optimizers;
mod padding;
mod plot_model;
mod predict;
mod progress;
mod registry;
mod regularizers;
mod saving;
mod scope;
mod sequential;
mod setting;
mod size;
mod summary;
mod tensors;
mod topology;
mod watch;

pub use crate::graph::{Kernels, Padding, Shape};
pub use built_layer::{BuiltLayer, Tensor};
pub use call::Call;
pub use callbacks::{CSVLogger, Callback, EarlyStopping, ModelCheckpoint, ReduceLROnPlateau, Training};
pub use config::Config;
pub use evaluate::Evaluate;
pub use examples::ArrayLike;
pub use fit::Fit;
pub use gradient_tape::{ArrayOptimizer, GradientTape, Gradients};
pub use history::{History, Logs};
pub use initializers::{GlorotUniform, HeUniform, Initializer, Random, RandomUniform};
pub use layer::{Attributes, Layer};
pub use losses::{Loss, Losses};
pub use metrics::Metric;
pub use mismatch::Mismatch;
pub use model::Model;
pub use names::UnknownName;
pub use optimizers::{Adam, AdamW, Optimizer, RMSprop, SGD, schedules};
pub use plot_model::plot_model;
pub use predict::Predict;
pub use progress::Verbose;
pub use registry::LayerRegistry;
pub use regularizers::Regularizer;
pub use saving::{load_model, load_model_with};
pub use scope::{Scope, Weight};
pub use sequential::{IntoStage, Sequential};
pub use setting::Setting;
pub use tensors::Tensors;
