/*!
One layer as a file lists it: its class, its name, its settings, and what it was called on.

The settings that every layer of Keras has are read here, the others by the layer itself.
*/

use super::inbound::Call;
use crate::keras::{
    built_layer::{BuiltLayer, Tensor},
    config::Config,
    context::Context,
    layer::Attributes,
    mismatch::Mismatch,
    registry::{ClassName, LayerRegistry},
    regularizers::Regularizer,
    setting::{Setting, positive},
};
use serde_json::{Map, Value, json};
use std::rc::Rc;

/// A layer of a file.
pub(super) struct Listed<'a> {
    pub name: &'a str,
    pub class: ClassName<'a>,
    pub config: Config,
    pub calls: Vec<Call<'a>>,
    /// Its `config` as it stands in the file.
    pub json: &'a Value,
}

/// Reads a layer, without the layers that it was called on.
pub(super) fn read(layer: &Value, is_keras_3: bool) -> Result<Listed<'_>, Mismatch> {
    let class_name = text(layer, "class_name").ok_or_else(|| Mismatch::new("the class of each layer", "none"))?;
    let name = text(layer, "name").or_else(|| text(&layer["config"], "name"));
    let name = name.filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Mismatch::new("the name of each layer", format!("a {class_name} without one")))?;
    let config = Config::from_json(&layer["config"], is_keras_3).map_err(|e| e.of_layer(name, class_name))?;
    let class = ClassName { name: class_name, registered_name: text(layer, "registered_name") };
    Ok(Listed { name, class, config, calls: Vec::new(), json: &layer["config"] })
}

impl Listed<'_> {
    /// Says of which layer an error is.
    pub fn mismatch(&self, mismatch: Mismatch) -> Mismatch {
        mismatch.of_layer(self.name, self.class.name)
    }

    /// Whether it is an input of the network.
    pub fn is_input(&self) -> bool {
        self.class.name == "InputLayer"
    }

    /// Whether it is a model within the model.
    pub fn is_model(&self) -> bool {
        matches!(self.class.name, "Functional" | "Model" | "Sequential")
    }

    /// The shape of the input that has no layer of its own, in the first layer of a sequence: with the number of
    /// examples in `batch_input_shape`, without it in Keras 1's `input_shape` and `input_dim`.
    pub fn input_shape(&self) -> Option<Value> {
        let without_batch = |mut example: Vec<Value>| {
            example.insert(0, Value::Null);
            json!(example)
        };
        let config = &self.config;
        let whole = config.value("batch_input_shape").or(config.value("batch_shape")).cloned();
        let example = || Some(without_batch(config.value("input_shape")?.as_array()?.clone()));
        let features = || Some(without_batch(vec![json!(positive(config.value("input_dim")?)?)]));
        whole.or_else(example).or_else(features)
    }

    /// Makes the layer and puts it behind `inputs`.
    pub fn place(
        &self,
        registry: &LayerRegistry,
        context: Rc<Context>,
        inputs: Vec<Tensor>,
    ) -> Result<Tensor, Mismatch> {
        let config = &self.config;
        require_float32(config)?;
        let attributes = Attributes {
            name: Some(self.name.to_owned()),
            trainable: config.get_or("trainable", true)?,
            training: self.calls.first().and_then(|call| call.training),
            training_only: training_only(config),
        };
        // Of a layer that is not the input, this is the shape of the input before it.
        let before = ["batch_input_shape", "batch_shape", "input_shape", "input_dim", "input_dtype"];
        if !self.is_input() {
            before.iter().for_each(|name| config.ignore(name));
        }
        config.ignore("name");
        registry.place(self.class, context, config, attributes, inputs)
    }
}

/// A layer's `config` in the form of Keras 2, which Keras 3 reads as well.
///
/// Settings of Keras that are not implemented here are left out: Keras takes their defaults.
pub(super) fn config(layer: &BuiltLayer) -> Value {
    let mut config = Map::new();
    config.insert("name".into(), layer.name().into());
    if !layer.inputs().is_empty() {
        config.insert("trainable".into(), layer.trainable().into());
    }
    config.insert("dtype".into(), "float32".into());
    config.extend(layer.config().iter().map(|(name, value)| (name.to_owned(), value.clone())));
    Value::Object(config)
}

/// Numbers of another type would be computed otherwise. Keras 3 writes an object that names the type.
fn require_float32(config: &Config) -> Result<(), Mismatch> {
    let Some(dtype) = config.value("dtype") else { return Ok(()) };
    let policy = || dtype.get("config")?.get("name")?.as_str();
    match dtype.as_str().or_else(policy) {
        Some("float32") => Ok(()),
        other => {
            let found = other.map_or_else(|| dtype.to_string(), str::to_owned);
            Err(Mismatch::new("dtype = float32", found).help("build the model in Keras with the type float32"))
        }
    }
}

/// Constraints, and regularizers that are not known here, change no prediction; training without them would be another
/// training.
fn training_only(config: &Config) -> Option<String> {
    let names: Vec<&str> = config.iter().map(|(name, _)| name).collect();
    let known = |name: &str| {
        let names = ["kernel_regularizer", "bias_regularizer", "depthwise_regularizer", "pointwise_regularizer"];
        names.contains(&name)
            && config.value(name).is_some_and(|value| Option::<Regularizer>::from_json(value).is_some())
    };
    let matter = |name: &&str| name.ends_with("_regularizer") && !known(name) || name.ends_with("_constraint");
    let found = names.into_iter().filter(matter).filter_map(|name| Some((name, config.value(name)?)));
    let found: Vec<String> = found.map(|(name, value)| format!("{name} = {value}")).collect();
    (!found.is_empty()).then(|| found.join(" and "))
}

pub(super) fn text<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object.get(key)?.as_str()
}
