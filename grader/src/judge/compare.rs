/*! Compares an answer with the expected one. */

use wire::{Data, Value, network};

/// Largest accepted difference, relative to the expected number: sums in another order differ around 1e-15, numbers that
/// have been through 32 bits, as in the crate's own engine, by up to 6e-8.
pub const RELATIVE: f64 = 1e-9;
/// Largest accepted difference where the expected number is near zero.
pub const ABSOLUTE: f64 = 1e-11;
/// Largest accepted difference of numbers in single precision, relative to the expected one: the same sums in another
/// order differ around 1e-6, and a few training steps later around 1e-5.
pub const SINGLE_RELATIVE: f64 = 1e-4;
/// The same, relative to the largest expected number of the array: what is near zero is the rest of larger numbers that
/// cancel.
pub const SINGLE_SCALE: f64 = 1e-5;

/// How an answer differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which part of the answer differs and how: all that is said of a hidden case. It holds nothing of the answer that
    /// came, and of a list not where, because both are for the submission to choose.
    pub kind: String,
    /// Where, what was expected, and what came.
    pub detail: String,
}

/// Whether two numbers are the same for a grader. A number that is not one (NaN) is never right, and an infinity only
/// where the same infinity is expected.
pub fn close(expected: f64, actual: f64) -> bool {
    if expected.is_infinite() || actual.is_infinite() {
        return expected == actual;
    }
    // Written so that a NaN on either side makes it false.
    (actual - expected).abs() <= ABSOLUTE + RELATIVE * expected.abs()
}

/// As [`close`], for numbers in single precision; `scale` is the size of the largest one of the array.
pub fn close_single(expected: f32, actual: f32, scale: f64) -> bool {
    let (expected, actual) = (f64::from(expected), f64::from(actual));
    if expected.is_infinite() || actual.is_infinite() {
        return expected == actual;
    }
    (actual - expected).abs() <= SINGLE_SCALE * scale + SINGLE_RELATIVE * expected.abs()
}

/// The first difference between the values; `names` are what the function's results are called.
pub fn difference(expected: &Value, actual: &Value, names: &[String]) -> Option<Difference> {
    let name = match names {
        [name] => name.clone(),
        _ => String::new(),
    };
    differ(expected, actual, &name, names)
}

fn differ(expected: &Value, actual: &Value, name: &str, names: &[String]) -> Option<Difference> {
    let found = |kind: &str, text: String| Some(Difference { kind: kind.to_owned(), detail: within(name, &text) });
    // A part of an answer is named before what is wrong with it.
    let part = |name: &str, difference: Difference| Difference { kind: within(name, &difference.kind), ..difference };
    match (expected, actual) {
        (Value::Number(expected), Value::Number(actual)) => {
            let kind = if actual.is_nan() { "not a number (NaN)" } else { "a wrong value" };
            if close(*expected, *actual) { None } else { found(kind, format!("expected {expected:?}, got {actual:?}")) }
        }
        (Value::Array { shape: expected, data }, Value::Array { shape: actual, data: actual_data }) => {
            if expected != actual {
                return found("a wrong shape", format!("expected shape {}, got {}", tuple(expected), tuple(actual)));
            }
            entries(name, expected, data, actual_data)
        }
        (Value::Tuple(expected), Value::Tuple(actual)) if expected.len() == actual.len() => {
            let parts = expected.iter().zip(actual).enumerate();
            parts.into_iter().find_map(|(i, (expected, actual))| {
                let named = names.get(i).filter(|_| names.len() > 1).cloned();
                let name = named.unwrap_or_else(|| format!("{name}.{i}").trim_start_matches('.').to_owned());
                differ(expected, actual, &name, &[]).map(|difference| part(&name, difference))
            })
        }
        (Value::Record(expected), Value::Record(actual)) => {
            for ((field, expected), (actual_field, actual)) in expected.iter().zip(actual) {
                let named = if name.is_empty() { field.clone() } else { format!("{name}.{field}") };
                if field != actual_field {
                    return found("a value of another type", format!("expected {field}, got {actual_field}"));
                }
                if let Some(difference) = differ(expected, actual, &named, &[]) {
                    // The parts of a list say themselves which they are.
                    let listed = matches!(expected, Value::List { .. });
                    return Some(if listed { difference } else { part(field, difference) });
                }
            }
            let (n, came) = (expected.len(), actual.len());
            let text = || format!("expected {}, got {came}", count(n, "field"));
            if n == came { None } else { found("a value of another type", text()) }
        }
        (Value::List { of, items: expected }, Value::List { items: actual, .. }) => {
            let different = expected.iter().zip(actual).enumerate().find_map(|(i, (expected, actual))| {
                let item = format!("{of} {}", i + 1);
                // Where the first wrong one stands is for the submission to choose.
                let kind = format!("a wrong {of}");
                differ(expected, actual, &item, &[]).map(|difference| Difference { kind, ..difference })
            });
            different.or_else(|| {
                let (n, came) = (expected.len(), actual.len());
                let text = || format!("expected {}, got {came}", count(n, of));
                let kind = if came < n { "too few" } else { "too many" };
                (n != came).then(|| Difference { kind: format!("{kind} {of}s"), detail: within(name, &text()) })
            })
        }
        (Value::Node { kind, properties: expected }, Value::Node { kind: actual_kind, properties: actual }) => {
            if kind != actual_kind {
                return found(
                    &format!("expected {kind}, another kind came"),
                    format!("expected {kind}, got {actual_kind}"),
                );
            }
            let wrong = |property: &str, text: String| found(&format!("{kind} with wrong {}", aspect(property)), text);
            for (property, expected) in expected {
                match actual.iter().find(|(name, _)| name == property) {
                    Some((_, actual)) if expected == actual => {}
                    Some((_, actual)) => {
                        let text = format!("expected {kind} {property} {}, got {}", plain(expected), plain(actual));
                        return wrong(property, text);
                    }
                    None => {
                        return wrong(property, format!("expected {kind} {property} {}, got none", plain(expected)));
                    }
                }
            }
            let extra = actual.iter().find(|(name, _)| expected.iter().all(|(property, _)| property != name));
            let text = |(property, value): &(String, Value)| {
                format!("expected {kind} without {property}, got {}", plain(value))
            };
            extra.and_then(|extra| found(&format!("{kind} with something more"), text(extra)))
        }
        (Value::Bool(_), Value::Bool(_)) | (Value::Count(_), Value::Count(_)) | (Value::Text(_), Value::Text(_)) => {
            if expected == actual {
                None
            } else {
                found("a wrong value", format!("expected {}, got {}", plain(expected), plain(actual)))
            }
        }
        _ => found("a value of another type", format!("expected {}, got {}", sort(expected), sort(actual))),
    }
}

/// A text about the part `name`.
fn within(name: &str, text: &str) -> String {
    if name.is_empty() { text.to_owned() } else { format!("{name}: {text}") }
}

/// What a property is about, in a word: the harness's names are made to be read before a value.
fn aspect(property: &str) -> &str {
    match property {
        "of output shape" => "output shape",
        network::CALLED_ON => "inputs, which are the layers that it is called on",
        "with so many parameters:" => "number of parameters",
        network::LAYER_NAME => "name",
        other => other,
    }
}

/// What sort of value it is.
fn sort(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "a truth value",
        Value::Count(_) | Value::Number(_) => "a number",
        Value::Text(_) => "a text",
        Value::Array { .. } => "an array",
        Value::Tuple(_) => "a tuple",
        Value::Record(_) => "a record",
        Value::List { .. } => "a list",
        Value::Node { kind, .. } if kind == "nothing" => "nothing",
        Value::Node { .. } => "a single part",
    }
}

fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

fn entries(name: &str, shape: &[usize], expected: &Data, actual: &Data) -> Option<Difference> {
    let wrong: Vec<usize> = match (expected, actual) {
        (Data::Numbers(expected), Data::Numbers(actual)) => {
            (0..expected.len()).filter(|i| !close(expected[*i], actual[*i])).collect()
        }
        (Data::F32(expected), Data::F32(actual)) => {
            let finite = expected.iter().filter(|entry| entry.is_finite());
            let scale = finite.fold(0.0, |scale: f64, entry| scale.max(f64::from(entry.abs())));
            (0..expected.len()).filter(|i| !close_single(expected[*i], actual[*i], scale)).collect()
        }
        (Data::Bools(expected), Data::Bools(actual)) => {
            (0..expected.len()).filter(|i| expected[*i] != actual[*i]).collect()
        }
        _ => {
            let detail = within(name, "another type of entries");
            return Some(Difference { kind: "an array of another type".into(), detail });
        }
    };
    let first = *wrong.first()?;
    let (expected, came) = (entry(expected, first), entry(actual, first));
    let nan = match actual {
        Data::Numbers(actual) => wrong.iter().any(|i| actual[*i].is_nan()),
        Data::F32(actual) => wrong.iter().any(|i| actual[*i].is_nan()),
        Data::Bools(_) => false,
    };
    if shape.is_empty() {
        let kind = if nan { "not a number (NaN)" } else { "a wrong value" }.to_owned();
        return Some(Difference { kind, detail: within(name, &format!("expected {expected}, got {came}")) });
    }
    let kind = if nan { "not a number (NaN)" } else { "wrong values" }.to_owned();
    let index = index(shape, first).iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let n = shape.iter().product::<usize>();
    let count = match wrong.len() {
        1 => format!("1 of {n} entries differs"),
        wrong => format!("{wrong} of {n} entries differ, this is the first"),
    };
    let named = if name.is_empty() { "entry " } else { name };
    Some(Difference { kind, detail: format!("{named}[{index}]: expected {expected}, got {came} ({count})") })
}

fn entry(data: &Data, index: usize) -> String {
    match data {
        Data::Numbers(entries) => format!("{:?}", entries[index]),
        Data::F32(entries) => format!("{:?}", entries[index]),
        Data::Bools(entries) => entries[index].to_string(),
    }
}

/// The index of an entry of a row-major array.
fn index(shape: &[usize], mut entry: usize) -> Vec<usize> {
    let mut index = vec![0; shape.len()];
    for (axis, n) in shape.iter().enumerate().rev() {
        index[axis] = entry % n;
        entry /= n;
    }
    index
}

fn tuple(shape: &[usize]) -> String {
    match shape {
        [n] => format!("({n},)"),
        _ => format!("({})", shape.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Count(value) => value.to_string(),
        Value::Text(text) => text.clone(),
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expected: f64, actual: f64, same: bool) {
        assert_eq!(close(expected, actual), same, "{expected} {actual}");
    }

    #[test]
    fn nan_is_never_right_and_infinities_only_alike() {
        let (nan, infinity) = (f64::NAN, f64::INFINITY);
        check(1.0, 1.0 + 1e-12, true);
        check(1.0, 1.0 + 1e-6, false);
        check(0.0, 1e-12, true);
        check(0.0, -0.0, true);
        check(nan, nan, false);
        check(1.0, nan, false);
        check(nan, 1.0, false);
        check(infinity, infinity, true);
        check(infinity, -infinity, false);
        check(infinity, 1e308, false);
        check(1e308, infinity, false);
    }

    #[test]
    fn numbers_in_single_precision_are_measured_by_the_largest_one() {
        let array = |entries: [f32; 3]| Value::f32_array(&[3], entries.to_vec());
        let same = |actual| difference(&array([100.0, 0.0, 1.0]), &array(actual), &[]).is_none();
        assert!(same([100.009, 0.0009, 1.001]));
        assert!(!same([100.02, 0.0, 1.0]));
        assert!(!same([100.0, 0.0011, 1.0]));
        assert!(!same([100.0, f32::NAN, 1.0]));
        assert!(!same([100.0, 0.0, f32::INFINITY]));
        let scalar = |value| Value::f32_array(&[], vec![value]);
        let found = difference(&scalar(2.5), &scalar(f32::NAN), &["cost".into()]).unwrap();
        assert_eq!((&*found.kind, &*found.detail), ("not a number (NaN)", "cost: expected 2.5, got NaN"));
        assert!(difference(&array([0.0; 3]), &Value::numbers(&[3], vec![0.0; 3]), &[]).is_some());
    }

    #[test]
    fn a_wrong_layer_is_named_by_its_number() {
        let layer = |kind: &str, strides: &str| Value::Node {
            kind: kind.into(),
            properties: vec![("strides".into(), Value::Text(strides.into()))],
        };
        let network =
            |items: Vec<Value>| Value::Record(vec![("layers".into(), Value::List { of: "layer".into(), items })]);
        let expected = network(vec![layer("Conv2D", "(1, 1)"), layer("Conv2D", "(2, 2)")]);
        #[track_caller]
        fn check(expected: &Value, actual: &Value, kind: &str, detail: &str) {
            let found = difference(expected, actual, &[]).unwrap();
            assert_eq!((&*found.kind, &*found.detail), (kind, detail));
        }
        assert_eq!(difference(&expected, &expected, &[]), None);
        let actual = network(vec![layer("Conv2D", "(1, 1)"), layer("Conv2D", "(1, 1)")]);
        check(&expected, &actual, "a wrong layer", "layer 2: expected Conv2D strides (2, 2), got (1, 1)");
        let actual = network(vec![layer("Dense", "(1, 1)")]);
        check(&expected, &actual, "a wrong layer", "layer 1: expected Conv2D, got Dense");
        let bare = Value::Node { kind: "Conv2D".into(), properties: Vec::new() };
        let actual = network(vec![layer("Conv2D", "(1, 1)"), bare]);
        check(&expected, &actual, "a wrong layer", "layer 2: expected Conv2D strides (2, 2), got none");
        let actual = network(vec![layer("Conv2D", "(1, 1)")]);
        check(&expected, &actual, "too few layers", "layers: expected 2 layers, got 1");
        check(&expected, &Value::Record(Vec::new()), "a value of another type", "expected 1 field, got 0");
    }

    #[test]
    fn the_first_difference_is_named() {
        let expected = Value::Tuple(vec![
            Value::numbers(&[2, 3], vec![0.0; 6]),
            Value::Record(vec![("stride".into(), Value::Count(2))]),
        ]);
        let names = ["z".to_owned(), "cache".to_owned()];
        let mut actual = expected.clone();
        assert_eq!(difference(&expected, &actual, &names), None);
        let Value::Tuple(parts) = &mut actual else { unreachable!() };
        parts[1] = Value::Record(vec![("stride".into(), Value::Count(3))]);
        assert_eq!(difference(&expected, &actual, &names).unwrap().detail, "cache.stride: expected 2, got 3");
        let Value::Tuple(parts) = &mut actual else { unreachable!() };
        parts[0] = Value::numbers(&[2, 3], vec![0.0, 0.0, 0.0, 0.0, f64::NAN, 2.0]);
        let found = difference(&expected, &actual, &names).unwrap();
        assert_eq!(found.kind, "z: not a number (NaN)");
        assert_eq!(found.detail, "z[1, 1]: expected 0.0, got NaN (2 of 6 entries differ, this is the first)");
        let found =
            difference(&Value::numbers(&[4], vec![0.0; 4]), &Value::numbers(&[2, 2], vec![0.0; 4]), &["a".into()]);
        assert_eq!(found.unwrap().detail, "a: expected shape (4,), got (2, 2)");
    }
}
