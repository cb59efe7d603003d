/*!
The functions of the chapter on practice against NumPy, on a thousand random cases each.

`fixtures/practice.py` made the answers, and says how the inputs are drawn.
*/

#![cfg(feature = "graded")]

use cnn::graded::practice::*;
use cnn::images::PrincipalColors;
use cnn::prelude::*;
use ndarray::{ArrayBase, Data, Dimension, arr2};
use serde_json::Value;
use std::path::Path;

/// The answers for one function.
fn answers(name: &str) -> Vec<f64> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/practice.json");
    let text = std::fs::read_to_string(path).expect("the fixture");
    let all: Value = serde_json::from_str(&text).expect("JSON");
    let list: Vec<f64> = all[name].as_array().expect("a list").iter().map(|x| x.as_f64().expect("a number")).collect();
    assert_eq!(list.len(), 1000);
    list
}

/// Compares the sum of the entries with the weights 1, 2, 3, …
#[track_caller]
fn assert_near<S: Data<Elem = f64>, D: Dimension>(got: &ArrayBase<S, D>, expected: f64, case: usize) {
    let weighted: f64 = got.iter().zip(1..).map(|(entry, weight)| entry * f64::from(weight)).sum();
    assert!(
        (weighted - expected).abs() <= 1e-6 * expected.abs().max(1.0),
        "case {case}: {weighted}, expected {expected}"
    );
}

/// Counts from 1 to those given.
fn shape<const N: usize>(rng: &mut RandomState, most: [usize; N]) -> [usize; N] {
    most.map(|n| 1 + (rng.next_double() * n as f64) as usize)
}

#[test]
fn a_mirrored_picture_equals_numpy() {
    let mut rng = RandomState::new(1);
    for (case, expected) in answers("mirror").into_iter().enumerate() {
        let dims = shape(&mut rng, [6, 6, 4]);
        assert_near(&mirror(&rng.randn(dims)), expected, case);
    }
}

#[test]
fn a_random_crop_equals_numpy() {
    let mut rng = RandomState::new(2);
    for (case, expected) in answers("random_crop").into_iter().enumerate() {
        let [n_h, n_w, n_c] = shape(&mut rng, [8, 8, 3]);
        let [f_h, f_w] = shape(&mut rng, [n_h, n_w]);
        assert_near(&random_crop(&rng.randn((n_h, n_w, n_c)), f_h, f_w, case as u32), expected, case);
    }
}

#[test]
fn shifted_colours_equal_numpy_with_the_components_of_the_engine() {
    let mut rng = RandomState::new(3);
    for (case, expected) in answers("pca_color_augmentation").into_iter().enumerate() {
        let [n_h, n_w] = shape(&mut rng, [5, 5]);
        let image = rng.random_sample((n_h + 1, n_w + 1, 3));
        // The components are computed from the picture in single precision.
        let colors = PrincipalColors::of(&image.mapv(|value| value as f32).insert_axis(Axis(0)));
        let alpha = rng.randn(3);
        let variances = Array1::from(colors.variances.to_vec());
        let got = pca_color_augmentation(&image, &variances, &arr2(&colors.vectors), &alpha);
        assert_near(&got, expected, case);
    }
}

#[test]
fn ten_crops_equal_numpy() {
    let mut rng = RandomState::new(4);
    for (case, expected) in answers("ten_crop").into_iter().enumerate() {
        let [n_h, n_w, n_c] = shape(&mut rng, [7, 7, 3]);
        let [f_h, f_w] = shape(&mut rng, [n_h, n_w]);
        assert_near(&ten_crop(&rng.randn((n_h, n_w, n_c)), f_h, f_w), expected, case);
    }
}
