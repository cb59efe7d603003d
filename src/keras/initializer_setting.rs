/*! Initializers as Keras and other programs write them. */

use super::{
    initializers::{GlorotUniform, HeUniform, Initializer, Random, RandomUniform},
    setting::{Setting, decimal},
};
use serde_json::{Value, json};

impl Setting for Initializer {
    const EXPECTED: &'static str = "an initializer";

    /// As Keras writes it. A function of the program's own cannot be written: Keras' default stands for it.
    fn to_json(&self) -> Value {
        let (class_name, config) = match self {
            Initializer::Zeros | Initializer::Ones => (self.class_name(), json!({})),
            Initializer::Constant(value) => ("Constant", json!({ "value": decimal(*value) })),
            Initializer::RandomUniform(RandomUniform { minval, maxval, seed }) => {
                let config = json!({ "minval": decimal(*minval), "maxval": decimal(*maxval), "seed": seed });
                ("RandomUniform", config)
            }
            Initializer::GlorotUniform(GlorotUniform { seed }) => ("GlorotUniform", json!({ "seed": seed })),
            Initializer::HeUniform(HeUniform { seed }) => ("HeUniform", json!({ "seed": seed })),
            Initializer::Random(random) => random.parts(),
            Initializer::Custom(_) => ("GlorotUniform", json!({ "seed": null })),
        };
        json!({ "module": "keras.initializers", "class_name": class_name, "config": config, "registered_name": null })
    }

    fn from_json(value: &Value) -> Option<Self> {
        let config = &value["config"];
        let seed = config["seed"].as_u64();
        let number = |key: &str, default: f32| config[key].as_f64().map_or(default, |x| x as f32);
        let class_name = match value.as_str() {
            Some(name) => return Initializer::try_from(name).ok(),
            None => value["class_name"].as_str()?,
        };
        Some(match class_name {
            "Zeros" => Initializer::Zeros,
            "Ones" => Initializer::Ones,
            "Constant" => Initializer::Constant(number("value", 0.0)),
            "GlorotUniform" => GlorotUniform { seed }.into(),
            "HeUniform" => HeUniform { seed }.into(),
            "RandomUniform" => {
                let RandomUniform { minval, maxval, .. } = RandomUniform::default();
                RandomUniform { minval: number("minval", minval), maxval: number("maxval", maxval), seed }.into()
            }
            _ => Random::from_parts(class_name, config)?.into(),
        })
    }
}
