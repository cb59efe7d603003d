/*! Limits of the gradients that an update uses. */

use std::borrow::Cow;

/// How gradients are limited before an update; each limit is left out where it is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Clipping {
    /// Each element is limited to ±value.
    pub value: Option<f32>,
    /// The gradient of each variable is scaled so that its norm is at most this.
    pub norm: Option<f32>,
    /// The gradients of all variables are scaled together so that their common norm is at most this.
    pub global_norm: Option<f32>,
}

impl Clipping {
    /// The gradient of a variable within the limits; `global` is the norm of all gradients, where it is limited.
    pub(crate) fn apply<'a>(&self, gradient: &'a [f32], global: Option<f32>) -> Cow<'a, [f32]> {
        let scaled = |norm: f32, limit: f32| -> Cow<'a, [f32]> {
            if norm > limit { gradient.iter().map(|g| g * (limit / norm)).collect() } else { Cow::Borrowed(gradient) }
        };
        match (self.norm, self.global_norm, self.value) {
            (Some(limit), ..) => scaled(norm([gradient]), limit),
            (None, Some(limit), _) => scaled(global.expect("computed before the updates"), limit),
            (None, None, Some(limit)) => gradient.iter().map(|g| g.clamp(-limit, limit)).collect(),
            (None, None, None) => Cow::Borrowed(gradient),
        }
    }
}

/// The norm of several arrays as one vector, summed in double precision.
pub(crate) fn norm<'a>(arrays: impl IntoIterator<Item = &'a [f32]>) -> f32 {
    let squares = arrays.into_iter().flatten().map(|x| f64::from(*x) * f64::from(*x));
    squares.sum::<f64>().sqrt() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradients_are_limited_by_value_and_by_norm() {
        let gradient = [3.0, -4.0];
        let none = Clipping::default();
        assert_eq!(*none.apply(&gradient, None), gradient);
        assert_eq!(*Clipping { value: Some(3.5), ..none }.apply(&gradient, None), [3.0, -3.5]);
        assert_eq!(*Clipping { norm: Some(2.5), ..none }.apply(&gradient, None), [1.5, -2.0]);
        assert_eq!(*Clipping { norm: Some(6.0), ..none }.apply(&gradient, None), gradient);
        assert_eq!(*Clipping { global_norm: Some(5.0), ..none }.apply(&gradient, Some(10.0)), [1.5, -2.0]);
    }
}
