/*! The losses of a model with several outputs. */

use super::{BinaryCrossentropy, CategoricalCrossentropy, Loss, SparseCategoricalCrossentropy};
use crate::keras::names::UnknownName;
use std::fmt::Display;

/// A loss for each output, each with a weight in their sum.
///
/// ```
/// use cnn::keras::{Losses, Model, layers::*};
/// let x = Input::new(4).call();
/// let hidden = Dense::new(8).activation("relu").call(&x);
/// let class = Dense::new(3).activation("softmax").name("class").call(&hidden);
/// let size = Dense::new(1).name("size").call(&hidden);
/// let mut model = Model::new(&x, [&class, &size]);
/// let losses = Losses::new().output("class", "sparse_categorical_crossentropy").weighted_output("size", "mse", 0.1);
/// model.compile("adam", losses, ());
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Losses {
    given: Vec<(Option<String>, Loss, f32)>,
}

/// What [`Model::compile`](crate::keras::Model::compile) takes as loss: a loss or its name for all outputs, an array of
/// them with one for each output, in their order, or [`Losses`] by the outputs' names.
pub trait IntoLosses {
    /// The losses.
    ///
    /// # Errors
    /// If there is no loss of such a name.
    fn losses(self) -> Result<Losses, UnknownName>;
}

impl Losses {
    /// None yet.
    #[expect(clippy::new_without_default, reason = "as all of Keras' objects here")]
    pub fn new() -> Self {
        Losses { given: Vec::new() }
    }

    /// The loss of the output of this name, which is that of its layer, with weight 1.
    ///
    /// # Panics
    /// If there is no loss of such a name.
    #[must_use]
    #[track_caller]
    pub fn output(self, name: &str, loss: impl TryInto<Loss, Error: Display>) -> Self {
        self.weighted_output(name, loss, 1.0)
    }

    /// The same, with a weight.
    ///
    /// # Panics
    /// As [`Losses::output`].
    #[must_use]
    #[track_caller]
    pub fn weighted_output(mut self, name: &str, loss: impl TryInto<Loss, Error: Display>, weight: f32) -> Self {
        self.given.push((Some(name.to_owned()), crate::keras::names::parsed(loss), weight));
        self
    }

    /// For outputs of these names, in order, the loss and its weight; or why the losses do not fit.
    pub(in crate::keras) fn for_outputs(&self, names: &[&str]) -> Result<Vec<(Loss, f32)>, String> {
        let list = || names.join(", ");
        if let [(None, loss, weight)] = self.given.as_slice() {
            return Ok(vec![(loss.clone(), *weight); names.len()]);
        }
        if let Some(unknown) = self.given.iter().filter_map(|(name, ..)| name.as_deref()).find(|n| !names.contains(n)) {
            return Err(format!("expected losses of the outputs {}, got one of {unknown}", list()));
        }
        if self.given.len() != names.len() {
            let n = self.given.len();
            return Err(format!("expected a loss for each of the {} outputs {}, got {n}", names.len(), list()));
        }
        let find = |(i, output): (usize, &&str)| {
            let of_name = self.given.iter().find(|(name, ..)| name.as_deref() == Some(output));
            let in_order = Some(&self.given[i]).filter(|(name, ..)| name.is_none());
            let (_, loss, weight) = of_name.or(in_order).ok_or(format!("expected one loss for {output}, got none"))?;
            Ok((loss.clone(), *weight))
        };
        names.iter().enumerate().map(find).collect()
    }
}

impl IntoLosses for Losses {
    fn losses(self) -> Result<Losses, UnknownName> {
        Ok(self)
    }
}

impl IntoLosses for &str {
    fn losses(self) -> Result<Losses, UnknownName> {
        Ok(Losses { given: vec![(None, Loss::try_from(self)?, 1.0)] })
    }
}

macro_rules! one_loss {
    ($($loss:ty),+) => {
        $(impl IntoLosses for $loss {
            fn losses(self) -> Result<Losses, UnknownName> {
                Ok(Losses { given: vec![(None, self.into(), 1.0)] })
            }
        })+
    };
}

one_loss!(Loss, CategoricalCrossentropy, SparseCategoricalCrossentropy, BinaryCrossentropy);

impl<L: TryInto<Loss>, const N: usize> IntoLosses for [L; N]
where
    UnknownName: From<L::Error>,
{
    fn losses(self) -> Result<Losses, UnknownName> {
        let given = self.into_iter().map(|loss| Ok((None, loss.try_into()?, 1.0)));
        Ok(Losses { given: given.collect::<Result<_, UnknownName>>()? })
    }
}

impl<L: TryInto<Loss>> IntoLosses for Vec<L>
where
    UnknownName: From<L::Error>,
{
    fn losses(self) -> Result<Losses, UnknownName> {
        let given = self.into_iter().map(|loss| Ok((None, loss.try_into()?, 1.0)));
        Ok(Losses { given: given.collect::<Result<_, UnknownName>>()? })
    }
}
