/*! The conversions by which a layer or a model takes one tensor or several. */

use super::built_layer::Tensor;

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
