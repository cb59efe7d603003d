/*!
The functions of the chapter on style against TensorFlow, on a thousand random cases each.

`fixtures/style.py` made the answers, and says how the inputs are drawn.
*/

#![cfg(feature = "graded")]

use crate::expect_panic::expect_panic;
use cnn::graded::style::*;
use cnn::prelude::*;
use serde_json::Value;
use std::path::Path;

/// The answers for one function.
fn answers(name: &str) -> Vec<f64> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/style.json");
    let text = std::fs::read_to_string(path).expect("the fixture");
    let all: Value = serde_json::from_str(&text).expect("JSON");
    let list: Vec<f64> = all[name].as_array().expect("a list").iter().map(|x| x.as_f64().expect("a number")).collect();
    assert_eq!(list.len(), 1000);
    list
}

#[track_caller]
fn assert_near(got: f64, expected: f64, case: usize) {
    assert!((got - expected).abs() <= 1e-9 * expected.abs().max(1.0), "case {case}: {got}, expected {expected}");
}

/// Counts from 1 to those given.
fn shape<const N: usize>(rng: &mut RandomState, most: [usize; N]) -> [usize; N] {
    most.map(|n| 1 + (rng.next_double() * n as f64) as usize)
}

#[test]
fn the_content_cost_equals_tensorflow() {
    let mut rng = RandomState::new(1);
    for (case, expected) in answers("compute_content_cost").into_iter().enumerate() {
        let [n_h, n_w, n_c] = shape(&mut rng, [6, 6, 5]);
        let (a_c, a_g) = (rng.randn((n_h, n_w, n_c)), rng.randn((n_h, n_w, n_c)));
        assert_near(compute_content_cost(&a_c, &a_g), expected, case);
    }
}

#[test]
fn the_gram_matrix_equals_tensorflow() {
    let mut rng = RandomState::new(2);
    for (case, expected) in answers("gram_matrix").into_iter().enumerate() {
        let [n_c, n] = shape(&mut rng, [6, 20]);
        let gram = gram_matrix(&rng.randn((n_c, n)));
        assert_eq!(gram.dim(), (n_c, n_c));
        assert_near(gram.iter().zip(1..).map(|(entry, weight)| entry * f64::from(weight)).sum(), expected, case);
    }
}

#[test]
fn the_style_cost_of_a_layer_equals_tensorflow() {
    let mut rng = RandomState::new(3);
    for (case, expected) in answers("compute_layer_style_cost").into_iter().enumerate() {
        let [n_h, n_w, n_c] = shape(&mut rng, [6, 6, 5]);
        let (a_s, a_g) = (rng.randn((n_h, n_w, n_c)), rng.randn((n_h, n_w, n_c)));
        assert_near(compute_layer_style_cost(&a_s, &a_g), expected, case);
    }
}

#[test]
fn the_sums_of_costs_equal_tensorflow() {
    let mut rng = RandomState::new(4);
    let (styles, totals) = (answers("compute_style_cost"), answers("total_cost"));
    for case in 0..styles.len() {
        let [n] = shape(&mut rng, [6]);
        let (costs, lambdas): (Array1<f64>, Array1<f64>) = (rng.random_sample(n), rng.random_sample(n));
        let style = compute_style_cost(&costs, &lambdas);
        assert_near(style, styles[case], case);
        let [content, alpha, beta] = [(); 3].map(|()| rng.next_double());
        assert_near(total_cost(content, style, alpha, beta), totals[case], case);
    }
}

#[test]
fn a_layer_without_a_weight_is_refused() {
    expect_panic(
        || compute_style_cost(&array![1.0, 2.0], &array![1.0]),
        &["expected a weight for each of 2 layers, got 1"],
    );
}
