/*! The product of several tensors, element by element. */

use super::shared::merging::{Merging, MergingRule};
use crate::{
    graph::{self, ops},
    keras::scope::Scope,
};

/// Multiplies tensors of one shape, element by element: a gate on the channels of an image.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((4, 4, 8)).call();
/// let gate = Activation::new("sigmoid").call(&x);
/// assert_eq!(Multiply::new().call([&x, &gate]).shape(), x.shape());
/// ```
pub type Multiply = Merging<Product>;

/// The product.
#[derive(Debug, Clone, Copy)]
pub struct Product;

impl MergingRule for Product {
    const CLASS_NAME: &'static str = "Multiply";

    fn apply(scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        let product = scope.apply(ops::Multiply, &inputs[..2], "mul");
        inputs[2..].iter().fold(product, |product, x| scope.apply(ops::Multiply, &[&product, x], "mul"))
    }
}
