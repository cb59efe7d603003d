/*! Penalties of weights that are added to the loss: Keras' regularizers. */

use super::{
    names::UnknownName,
    setting::{Setting, decimal},
};
use crate::graph::{Tensor, ops::WeightPenalty};
use serde_json::{Value, json};

/// l1 Σ|w| + l2 Σ w², added to the loss. Layers also take a name: `"l1"`, `"l2"` or `"l1_l2"`, each with the factor 0.01.
///
/// ```
/// use cnn::keras::{Model, Regularizer, layers::*};
/// use ndarray::array;
/// let x = Input::new(1).call();
/// let dense = Dense::new(1).kernel_initializer("ones").kernel_regularizer(Regularizer::l2(0.5));
/// let mut model = Model::new(&x, &dense.call(&x));
/// model.compile("sgd", "mse", ());
/// assert_eq!(model.evaluate(&array![[3.0]], &array![3.0]), [0.5]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Regularizer {
    /// The factor of the absolute values.
    pub l1: f32,
    /// The factor of the squares.
    pub l2: f32,
}

impl Regularizer {
    /// factor Σ|w|.
    pub fn l1(factor: f32) -> Self {
        Regularizer { l1: factor, l2: 0.0 }
    }

    /// factor Σ w².
    pub fn l2(factor: f32) -> Self {
        Regularizer { l1: 0.0, l2: factor }
    }

    /// Both.
    pub fn l1_l2(l1: f32, l2: f32) -> Self {
        Regularizer { l1, l2 }
    }

    /// The penalty of a weight.
    pub(super) fn penalty(self, weight: &Tensor) -> Tensor {
        weight.graph().add(WeightPenalty { l1: self.l1, l2: self.l2 }, &[weight], "loss/regularizer")
    }
}

impl TryFrom<&str> for Regularizer {
    type Error = UnknownName;

    /// The regularizer of this name, with the factor 0.01.
    fn try_from(name: &str) -> Result<Self, UnknownName> {
        match name {
            "l1" | "L1" => Ok(Regularizer::l1(0.01)),
            "l2" | "L2" => Ok(Regularizer::l2(0.01)),
            "l1_l2" | "L1L2" => Ok(Regularizer::l1_l2(0.01, 0.01)),
            _ => Err(UnknownName::new("regularizer", name, "the regularizers are l1, l2 and l1_l2")),
        }
    }
}

/// A regularizer, or none.
impl Setting for Option<Regularizer> {
    const EXPECTED: &'static str = "L1, L2 or L1L2";

    fn to_json(&self) -> Value {
        let Some(Regularizer { l1, l2 }) = self else { return Value::Null };
        let (class_name, config) = match (*l1, *l2) {
            (_, 0.0) => ("L1", json!({ "l1": decimal(*l1) })),
            (0.0, _) => ("L2", json!({ "l2": decimal(*l2) })),
            _ => ("L1L2", json!({ "l1": decimal(*l1), "l2": decimal(*l2) })),
        };
        json!({ "module": "keras.regularizers", "class_name": class_name, "config": config, "registered_name": null })
    }

    fn from_json(value: &Value) -> Option<Self> {
        if let Some(name) = value.as_str() {
            return Regularizer::try_from(name).ok().map(Some);
        }
        let factor = |key: &str| value["config"][key].as_f64().unwrap_or(0.0) as f32;
        let known = matches!(value["class_name"].as_str()?, "L1" | "L2" | "L1L2");
        known.then(|| Some(Regularizer { l1: factor("l1"), l2: factor("l2") }))
    }
}
