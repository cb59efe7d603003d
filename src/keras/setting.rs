/*!
The types that a layer's settings have, as Keras and other programs write them: a whole number may come as `5.0`, one
number may stand for rows and columns.

Types with a file of their own, such as activations, have their setting there.
*/

use crate::graph::Padding;
use serde_json::{Value, json};

/// A size beyond this is damage, not a layer; it also keeps products of sizes from overflowing.
const LARGEST: i64 = 1 << 24;

/// A type that a setting can have.
pub trait Setting: Sized {
    /// What a file has to hold, for errors: `true or false`.
    const EXPECTED: &'static str;

    /// As Keras writes it.
    fn to_json(&self) -> Value;

    /// Reads it; `None` if `value` is something else.
    fn from_json(value: &Value) -> Option<Self>;
}

impl Setting for bool {
    const EXPECTED: &'static str = "true or false";

    fn to_json(&self) -> Value {
        json!(self)
    }

    fn from_json(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(flag) => Some(*flag),
            // As Python takes them.
            Value::Number(_) => whole(value).filter(|n| (0..2).contains(n)).map(|n| n == 1),
            _ => None,
        }
    }
}

impl Setting for usize {
    const EXPECTED: &'static str = "a whole number";

    fn to_json(&self) -> Value {
        json!(self)
    }

    fn from_json(value: &Value) -> Option<Self> {
        whole(value).filter(|n| (0..=LARGEST).contains(n)).map(|n| n as usize)
    }
}

impl Setting for isize {
    const EXPECTED: &'static str = "a whole number";

    fn to_json(&self) -> Value {
        json!(self)
    }

    fn from_json(value: &Value) -> Option<Self> {
        whole(value).filter(|n| (-LARGEST..=LARGEST).contains(n)).map(|n| n as isize)
    }
}

impl Setting for f32 {
    const EXPECTED: &'static str = "a number";

    fn to_json(&self) -> Value {
        json!(decimal(*self))
    }

    fn from_json(value: &Value) -> Option<Self> {
        value.as_f64().map(|x| x as f32)
    }
}

impl Setting for Vec<usize> {
    const EXPECTED: &'static str = "a list of whole numbers";

    fn to_json(&self) -> Value {
        json!(self)
    }

    fn from_json(value: &Value) -> Option<Self> {
        value.as_array()?.iter().map(usize::from_json).collect()
    }
}

/// A seed, or none.
impl Setting for Option<u64> {
    const EXPECTED: &'static str = "a whole number";

    fn to_json(&self) -> Value {
        json!(self)
    }

    fn from_json(value: &Value) -> Option<Self> {
        // No such seed exists here; Keras' generator of dropout masks is another one anyway.
        whole(value).map(|seed| u64::try_from(seed).ok())
    }
}

impl Setting for String {
    const EXPECTED: &'static str = "a text";

    fn to_json(&self) -> Value {
        json!(self)
    }

    fn from_json(value: &Value) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }
}

/// A text that is written but has only one value, such as `channels_last`.
impl Setting for &'static str {
    const EXPECTED: &'static str = "a text";

    fn to_json(&self) -> Value {
        json!(self)
    }

    fn from_json(_value: &Value) -> Option<Self> {
        None
    }
}

impl Setting for Padding {
    const EXPECTED: &'static str = "\"same\" or \"valid\"";

    fn to_json(&self) -> Value {
        json!(match self {
            Padding::Same => "same",
            Padding::Valid => "valid",
        })
    }

    fn from_json(value: &Value) -> Option<Self> {
        Padding::try_from(value.as_str()?).ok()
    }
}

/// A whole number; other programs write `5.0` for 5.
pub(super) fn whole(value: &Value) -> Option<i64> {
    let from_float = || value.as_f64().filter(|x| x.fract() == 0.0 && x.abs() < 2f64.powi(53)).map(|x| x as i64);
    value.as_i64().or_else(from_float)
}

/// A whole number of at least 1.
pub(super) fn positive(value: &Value) -> Option<usize> {
    usize::from_json(value).filter(|n| *n > 0)
}

/// The shortest decimal number that is this float: 0.001, not 0.0010000000474974513.
pub(super) fn decimal(x: f32) -> f64 {
    x.to_string().parse().expect("a float is written as a number")
}
