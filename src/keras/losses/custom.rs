/*! Losses of the program's own. */

use crate::graph::Tensor;
use std::{fmt, rc::Rc};

/// A function of labels and predictions; see [`Loss::custom`](super::Loss::custom).
#[derive(Clone)]
pub struct CustomLoss {
    name: String,
    function: Function,
}

/// From labels and predictions to a tensor whose mean is the loss.
type Function = Rc<dyn Fn(&Tensor, &Tensor) -> Tensor>;

impl CustomLoss {
    pub(super) fn new(name: impl Into<String>, function: impl Fn(&Tensor, &Tensor) -> Tensor + 'static) -> Self {
        CustomLoss { name: name.into(), function: Rc::new(function) }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn elements(&self, output: &Tensor, target: &Tensor) -> Tensor {
        (self.function)(target, output)
    }
}

impl PartialEq for CustomLoss {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && Rc::ptr_eq(&self.function, &other.function)
    }
}

impl fmt::Debug for CustomLoss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
