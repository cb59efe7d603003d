/*!
How much of a case's points an answer gives.

An answer is right or wrong, with one exception: a network is written layer by layer, so that one slip costs what hangs on
it and not everything. Its layers, its numbers and its names count apart.
*/

use wire::Value;
use wire::network::{CALLED_ON, LAYER_NAME, MODEL_NAME};

use super::compare::difference;

/// What the names of layers and models are worth of a network.
const NAMES: f64 = 0.1;
/// What the numbers are worth that a network computes, where there are any. The rest is for the layers.
const NUMBERS: f64 = 0.5;

/// The share of a case's points, from 0 to 1, that `actual` gives where `expected` is right.
pub fn share(expected: &Value, actual: &Value) -> f64 {
    if difference(expected, actual, &[]).is_none() {
        return 1.0;
    }
    let (Value::Record(expected), Value::Record(actual)) = (expected, actual) else { return 0.0 };
    let (Some(layers), Some(came)) = (layers(expected), layers(actual)) else { return 0.0 };
    let names = |fields: &[(String, Value)], layers: &[Value]| {
        let model = fields.iter().filter(|(name, _)| name == MODEL_NAME).map(|(_, value)| value.clone());
        let mut names: Vec<Value> = layers.iter().filter_map(|layer| property(layer, LAYER_NAME).cloned()).collect();
        names.sort_by_key(|name| format!("{name:?}"));
        names.extend(model);
        names
    };
    let (right_names, came_names) = (names(expected, layers), names(actual, came));
    let numbers: Vec<bool> = expected
        .iter()
        .enumerate()
        .filter(|(_, (_, value))| is_array(value))
        .map(|(i, field)| {
            actual.get(i).is_some_and(|came| came.0 == field.0 && difference(&field.1, &came.1, &[]).is_none())
        })
        .collect();
    let for_names = if right_names.is_empty() { 0.0 } else { NAMES };
    let for_numbers = if numbers.is_empty() { 0.0 } else { NUMBERS };
    let structure = structure(expected, actual, layers, came);
    let of_numbers = if numbers.iter().all(|right| *right) { for_numbers } else { 0.0 };
    let earned = structure * (1.0 - for_names - for_numbers) + of_numbers;
    // Names alone are no network.
    if earned > 0.0 && right_names == came_names { earned + for_names } else { earned }
}

fn layers(fields: &[(String, Value)]) -> Option<&[Value]> {
    fields.iter().find_map(|(_, value)| match value {
        Value::List { items, .. } => Some(items.as_slice()),
        _ => None,
    })
}

fn property<'a>(layer: &'a Value, name: &str) -> Option<&'a Value> {
    let Value::Node { properties, .. } = layer else { return None };
    properties.iter().find(|(property, _)| property == name).map(|(_, value)| value)
}

fn is_array(value: &Value) -> bool {
    matches!(value, Value::Array { .. })
}

/// A layer without what only its place in the network or its name says.
fn bare(layer: &Value, without: &[&str]) -> Value {
    match layer {
        Value::Node { kind, properties } => {
            let properties = properties.iter().filter(|(name, _)| !without.contains(&name.as_str())).cloned().collect();
            Value::Node { kind: kind.clone(), properties }
        }
        other => other.clone(),
    }
}

/// How right the layers are, from 0 to 1: nothing where half of them are wrong, for a part of a network may be given.
fn structure(expected: &[(String, Value)], actual: &[(String, Value)], layers: &[Value], came: &[Value]) -> f64 {
    let list = |layers: &[Value], without: &[&str]| layers.iter().map(|layer| bare(layer, without)).collect::<Vec<_>>();
    let rest = |fields: &[(String, Value)]| {
        let rest = fields
            .iter()
            .filter(|(name, value)| name != MODEL_NAME && !is_array(value) && !matches!(value, Value::List { .. }));
        rest.cloned().collect::<Vec<_>>()
    };
    let n = layers.len().max(came.len()).max(1);
    if list(layers, &[LAYER_NAME]) == list(came, &[LAYER_NAME]) && rest(expected) == rest(actual) {
        return 1.0;
    }
    let without = [LAYER_NAME, CALLED_ON];
    let common = common(&list(layers, &without), &list(came, &without)).min(n - 1);
    (2.0 * common as f64 / n as f64 - 1.0).max(0.0)
}

/// The length of the longest sequence that stands in both, in order and with gaps.
fn common(a: &[Value], b: &[Value]) -> usize {
    let mut row = vec![0; b.len() + 1];
    for x in a {
        let mut diagonal = 0;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = if x == y { diagonal + 1 } else { above.max(row[j]) };
            diagonal = above;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(kind: &str, name: &str, number: usize) -> Value {
        let text = |text: String| Value::Text(text);
        let properties = vec![
            (CALLED_ON.to_owned(), text(format!("layer {number}"))),
            (LAYER_NAME.to_owned(), text(name.to_owned())),
        ];
        Value::Node { kind: kind.into(), properties }
    }

    fn network(kinds: &[&str], names: &[&str], number: f32) -> Value {
        let items = kinds.iter().zip(names).enumerate().map(|(i, (kind, name))| layer(kind, name, i)).collect();
        let list = Value::List { of: "layer".into(), items };
        Value::Record(vec![("layers".into(), list), ("output".into(), Value::f32_array(&[1], vec![number]))])
    }

    #[track_caller]
    fn check(kinds: &[&str], names: &[&str], number: f32, expected: f64) {
        let right = network(&["Conv2D", "BatchNorm", "Relu", "Dense"], &["a", "b", "c", "d"], 1.0);
        let got = share(&right, &network(kinds, names, number));
        assert!((got - expected).abs() < 1e-12, "{got} is not {expected}");
    }

    #[test]
    fn a_slip_costs_what_hangs_on_it() {
        let (kinds, names) = (["Conv2D", "BatchNorm", "Relu", "Dense"], ["a", "b", "c", "d"]);
        check(&kinds, &names, 1.0, 1.0);
        check(&kinds, &["a", "b", "c", "x"], 1.0, 0.9);
        check(&kinds, &names, 2.0, 0.5);
        check(&["Conv2D", "BatchNorm", "Dense"], &["a", "b", "d"], 2.0, 0.2);
        check(&["Conv2D", "Dense"], &["a", "d"], 2.0, 0.0);
        check(&["Flatten"; 4], &names, 2.0, 0.0);
        assert_eq!(share(&Value::Number(1.0), &Value::Number(2.0)), 0.0);
    }
}
