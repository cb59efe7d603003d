/*!
Keras' names for the engine: layers that are called on tensors, models of them, training.

It computes nothing itself; [`graph`](crate::graph) does. What Keras keeps per process (counters, the session) belongs
here to the tensors of one network.

```
use cnn::keras::{Model, layers::*};

let x_input = Input::new((64, 64, 3)).call();
let x = ZeroPadding2D::new((3, 3)).call(&x_input);
let x = Conv2D::new(32, (7, 7)).strides(1).name("conv0").call(&x);
let x = BatchNormalization::new().axis(3).name("bn0").call(&x);
let x = Activation::new("relu").call(&x);
let x = MaxPooling2D::new((2, 2)).name("max_pool").call(&x);
let x = Flatten::new().call(&x);
let x = Dense::new(1).activation("sigmoid").name("fc").call(&x);
let model = Model::new(&x_input, &x).name("HappyModel");
assert_eq!(model.count_params(), 37_633);
```

Reading order: [`layers`] are written down one after the other, a [`Tensor`] connects them, a [`Model`] is what lies
between some inputs and outputs.
*/

pub mod activations;
mod built_layer;
mod context;
mod examples;
pub mod initializers;
mod layer;
pub mod layers;
mod model;
mod predict;
mod summary;
mod tensor;
mod topology;

pub use crate::graph::{Kernels, Padding, Shape};
pub use built_layer::BuiltLayer;
pub use initializers::{GlorotUniform, HeUniform, Initializer, RandomUniform};
pub use layer::{Attributes, Layer, Scope, Weight};
pub use model::Model;
pub use tensor::{Tensor, Tensors};
