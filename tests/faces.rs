/*!
The functions of the assignment on faces against NumPy and TensorFlow, on a thousand random cases each.

`fixtures/faces.py` made the answers, and says how the inputs are drawn.
*/

#![cfg(feature = "graded")]

use cnn::graded::faces::*;
use cnn::prelude::*;
use serde_json::Value;
use std::path::Path;

/// The answers for one function.
fn answers(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/faces.json");
    let text = std::fs::read_to_string(path).expect("the fixture");
    let all: Value = serde_json::from_str(&text).expect("JSON");
    let list = all[name].as_array().expect("a list of answers").clone();
    assert_eq!(list.len(), 1000);
    list
}

#[track_caller]
fn assert_near(got: f64, expected: &Value, case: usize) {
    let expected = expected.as_f64().expect("a number");
    assert!((got - expected).abs() <= 1e-9 * expected.abs().max(1.0), "case {case}: {got}, expected {expected}");
}

/// Counts from 1 to those given.
fn counts<const N: usize>(rng: &mut RandomState, most: [usize; N]) -> [usize; N] {
    most.map(|n| 1 + (rng.next_double() * n as f64) as usize)
}

#[test]
fn triplet_loss_equals_tensorflow() {
    let mut rng = RandomState::new(1);
    for (case, expected) in answers("triplet_loss").iter().enumerate() {
        let [m, n] = counts(&mut rng, [6, 8]);
        let alpha = 2.0 * rng.next_double();
        let [anchors, positives, negatives] = [(); 3].map(|()| rng.randn((m, n)));
        assert_near(triplet_loss(&anchors, &positives, &negatives, alpha), expected, case);
    }
}

#[test]
fn select_hard_triplets_equals_numpy() {
    let mut rng = RandomState::new(2);
    for (case, expected) in answers("select_hard_triplets").iter().enumerate() {
        let [m, n, n_people] = counts(&mut rng, [10, 5, 4]);
        let encodings = rng.randn((m, n));
        let people: Array1<f64> = rng.random_sample(m);
        let people = people.mapv(|u| (u * n_people as f64) as usize);
        let triplets = select_hard_triplets(&encodings, &people);
        let expected: Vec<usize> = expected.as_array().unwrap().iter().map(|i| i.as_u64().unwrap() as usize).collect();
        assert_eq!(triplets.iter().copied().collect::<Vec<_>>(), expected, "case {case}");
    }
}

#[test]
fn verify_and_who_is_it_equal_numpy() {
    let mut rng = RandomState::new(3);
    for (case, expected) in answers("who_is_it").iter().enumerate() {
        let [n_people, n] = counts(&mut rng, [6, 5]);
        let threshold = 0.3 + 2.0 * rng.next_double();
        let (encoding, gallery): (Array1<f64>, Array2<f64>) = (rng.randn(n), rng.randn((n_people, n)));
        let (distance, person) = who_is_it(&encoding, &gallery, threshold);
        assert_near(distance, &expected[0], case);
        assert_eq!(person.map_or(-1, |person| person as i64), expected[1].as_i64().unwrap(), "case {case}");
        let (distance, is_same) = verify(&encoding, &gallery.row(0).to_owned(), threshold);
        assert_near(distance, &expected[2], case);
        assert_eq!(is_same, expected[3].as_bool().unwrap(), "case {case}");
    }
}
