/*!
The settings of one layer in a file, read with a check of each.

Which settings a layer has is written in [`layers`](super::layers).
*/

use super::problem::{Problem, Result};
use crate::{
    graph::Padding,
    keras::{GlorotUniform, HeUniform, Initializer, RandomUniform, activations::Function, layers::Size},
};
use serde_json::{Map, Value, json};

/// A size beyond this is damage, not a layer; it also keeps products of sizes from overflowing.
const LARGEST: u64 = 1 << 24;

const NOT_KNOWN: &str = "the file may be in order: this setting is not known here; give the layer another one";

/// A layer's `config`.
#[derive(Clone, Copy)]
pub(super) struct Settings<'a>(&'a Map<String, Value>);

impl<'a> Settings<'a> {
    pub fn new(config: &'a Value) -> Result<Self> {
        config.as_object().map(Settings).ok_or_else(|| unfit("config", "an object of settings", Some(config)))
    }

    pub fn get(self, key: &str) -> Option<&'a Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    /// A number of at least 1.
    pub fn positive(self, key: &str) -> Result<usize> {
        let value = self.get(key);
        value.and_then(positive).ok_or_else(|| unfit(key, "a whole number of at least 1", value))
    }

    /// Rows and columns, or one number for both.
    pub fn size(self, key: &str) -> Result<Size> {
        let value = self.get(key);
        let pair = |list: &Vec<Value>| match list.as_slice() {
            [rows, columns] => Some(Size::from((positive(rows)?, positive(columns)?))),
            _ => None,
        };
        let size = match value {
            Some(Value::Array(list)) => pair(list),
            Some(one) => positive(one).map(Size::from),
            None => None,
        };
        size.ok_or_else(|| unfit(key, "[rows, columns], each at least 1", value))
    }

    /// As [`Settings::size`], with a default.
    pub fn size_or(self, key: &str, default: Size) -> Result<Size> {
        if self.get(key).is_some() { self.size(key) } else { Ok(default) }
    }

    pub fn number(self, key: &str, default: f32) -> Result<f32> {
        let Some(value) = self.get(key) else { return Ok(default) };
        value.as_f64().map(|x| x as f32).ok_or_else(|| unfit(key, "a number", Some(value)))
    }

    pub fn integer(self, key: &str) -> Result<Option<i64>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        value.as_i64().map(Some).ok_or_else(|| unfit(key, "a whole number", Some(value)))
    }

    pub fn flag(self, key: &str, default: bool) -> Result<bool> {
        let Some(value) = self.get(key) else { return Ok(default) };
        value.as_bool().ok_or_else(|| unfit(key, "true or false", Some(value)))
    }

    pub fn padding(self, key: &str) -> Result<Padding> {
        match self.get(key).map(|value| (value.as_str(), value)) {
            None => Ok(Padding::Valid),
            Some((Some("valid"), _)) => Ok(Padding::Valid),
            Some((Some("same"), _)) => Ok(Padding::Same),
            Some((_, value)) => Err(unfit(key, "\"same\" or \"valid\"", Some(value))),
        }
    }

    pub fn activation(self, key: &str) -> Result<Function> {
        let Some(value) = self.get(key) else { return Ok(Function::Linear) };
        let function = value.as_str().and_then(Function::named);
        function.ok_or_else(|| unfit(key, "linear, relu, sigmoid, tanh or softmax", Some(value)).help(NOT_KNOWN))
    }

    /// Where a weight began. It has a value in the file, so an initializer that is not known does not matter.
    pub fn initializer(self, key: &str, default: Initializer) -> Initializer {
        let Some(value) = self.get(key) else { return default };
        let config = value.get("config").unwrap_or(&Value::Null);
        let seed = config.get("seed").and_then(Value::as_u64);
        let number = |key: &str, default: f32| config.get(key).and_then(Value::as_f64).map_or(default, |x| x as f32);
        match value.get("class_name").and_then(Value::as_str).unwrap_or_default() {
            "Zeros" => Initializer::Zeros,
            "Ones" => Initializer::Ones,
            "Constant" => Initializer::Constant(number("value", 0.0)),
            "GlorotUniform" => GlorotUniform { seed }.into(),
            "HeUniform" => HeUniform { seed }.into(),
            "RandomUniform" => {
                let RandomUniform { minval, maxval, .. } = RandomUniform::default();
                RandomUniform { minval: number("minval", minval), maxval: number("maxval", maxval), seed }.into()
            }
            _ => default,
        }
    }

    /// Demands that a setting, if it is there, has the only value that there is here.
    pub fn demand(self, key: &str, only: &Value) -> Result<()> {
        match self.get(key) {
            Some(value) if value != only => Err(unfit(key, &only.to_string(), Some(value)).help(NOT_KNOWN)),
            _ => Ok(()),
        }
    }
}

fn positive(value: &Value) -> Option<usize> {
    value.as_u64().filter(|n| (1..=LARGEST).contains(n)).map(|n| n as usize)
}

pub(super) fn unfit(key: &str, expected: &str, found: Option<&Value>) -> Problem {
    let found = found.map_or("no such setting".to_string(), |value| format!("{key} = {value}"));
    Problem::new(format!("{key} = {expected}"), found)
}

/// An initializer as Keras writes it. One's own function cannot be written: the default stands for it.
pub(super) fn initializer_config(initializer: &Initializer) -> Value {
    let (class_name, config) = match initializer {
        Initializer::Zeros | Initializer::Ones => (initializer.class_name(), json!({})),
        Initializer::Constant(value) => ("Constant", json!({ "value": decimal(*value) })),
        Initializer::RandomUniform(RandomUniform { minval, maxval, seed }) => {
            let config = json!({ "minval": decimal(*minval), "maxval": decimal(*maxval), "seed": seed });
            ("RandomUniform", config)
        }
        Initializer::GlorotUniform(GlorotUniform { seed }) => ("GlorotUniform", json!({ "seed": seed })),
        Initializer::HeUniform(HeUniform { seed }) => ("HeUniform", json!({ "seed": seed })),
        Initializer::Own(_) => ("GlorotUniform", json!({ "seed": null })),
    };
    json!({ "module": "keras.initializers", "class_name": class_name, "config": config, "registered_name": null })
}

/// The shortest decimal number that is this float: 0.001, not 0.0010000000474974513.
pub(super) fn decimal(x: f32) -> f64 {
    x.to_string().parse().expect("a float is written as a number")
}
