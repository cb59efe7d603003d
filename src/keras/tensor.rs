/*!
The symbolic tensor that layers are called on, and the ways to hand several of them to a layer or a model.

It holds no numbers; a [`Model`](super::Model) computes them.
*/

use super::{BuiltLayer, built_layer::Placed};
use crate::graph::{self, Shape};
use std::{fmt, rc::Rc};

/// What a layer returned: a tensor that knows its shape and the layers that it came through. Cheap to clone.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((64, 64, 3)).call();
/// let y = Flatten::new().call(&x);
/// assert_eq!(y.shape().to_string(), "(?, 12288)");
/// assert_eq!(y.layer().name(), "flatten_1");
/// ```
#[derive(Clone)]
pub struct Tensor(pub(super) Rc<Placed>);

impl Tensor {
    /// Its shape; the number of examples is open.
    pub fn shape(&self) -> Shape {
        self.0.output.shape()
    }

    /// The layer that returned it.
    pub fn layer(&self) -> BuiltLayer {
        BuiltLayer(self.0.clone())
    }

    /// The engine's tensor behind it.
    pub fn symbol(&self) -> &graph::Tensor {
        &self.0.output
    }
}

impl fmt::Display for Tensor {
    /// As TensorFlow 1 prints it: `Tensor("conv1/BiasAdd:0", shape=(?, 32, 32, 64), dtype=float32)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tensor = &self.0.output;
        write!(f, "Tensor(\"{}:0\", shape={}, dtype={})", tensor.name(), tensor.shape(), tensor.dtype())
    }
}

impl fmt::Debug for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PartialEq for Tensor {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Tensor {}

/// One tensor, or several: `&x`, `[&x, &shortcut]`, `&tensors`.
pub trait Tensors {
    /// The tensors, in order.
    fn list(&self) -> Vec<Tensor>;
}

impl Tensors for Tensor {
    fn list(&self) -> Vec<Tensor> {
        vec![self.clone()]
    }
}

impl Tensors for [Tensor] {
    fn list(&self) -> Vec<Tensor> {
        self.to_vec()
    }
}

impl Tensors for Vec<Tensor> {
    fn list(&self) -> Vec<Tensor> {
        self.clone()
    }
}

impl<const N: usize> Tensors for [Tensor; N] {
    fn list(&self) -> Vec<Tensor> {
        self.to_vec()
    }
}

impl<const N: usize> Tensors for [&Tensor; N] {
    fn list(&self) -> Vec<Tensor> {
        self.iter().map(|tensor| (*tensor).clone()).collect()
    }
}

impl Tensors for [&Tensor] {
    fn list(&self) -> Vec<Tensor> {
        self.iter().map(|tensor| (*tensor).clone()).collect()
    }
}

impl<T: Tensors + ?Sized> Tensors for &T {
    fn list(&self) -> Vec<Tensor> {
        (**self).list()
    }
}
