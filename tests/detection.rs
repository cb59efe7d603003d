/*!
The functions of the chapter on detection against NumPy and TensorFlow, on a thousand random cases each.

`fixtures/detection.py` made the answers, and says how the inputs are drawn.
*/

#![cfg(feature = "graded")]

use cnn::graded::detection::*;
use cnn::prelude::*;
use serde_json::Value;
use std::path::Path;

const CASES: usize = 1000;

/// The answers for one function.
fn answers(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/detection.json");
    let text = std::fs::read_to_string(path).expect("the fixture");
    let all: Value = serde_json::from_str(&text).expect("JSON");
    let list = all[name].as_array().expect("a list of answers").clone();
    assert_eq!(list.len(), CASES);
    list
}

#[track_caller]
fn assert_near(got: f64, expected: &Value, case: usize) {
    let expected = expected.as_f64().expect("a number");
    assert!((got - expected).abs() <= 1e-9 * expected.abs().max(1.0), "case {case}: {got}, expected {expected}");
}

/// The sum with the weights 1, 2, 3, … in C order.
fn weighted<'a>(entries: impl IntoIterator<Item = &'a f64>) -> f64 {
    entries.into_iter().zip(1..).map(|(entry, weight)| entry * f64::from(weight)).sum()
}

fn corners(u: &Array2<f64>) -> Array2<f64> {
    let mut boxes = u * 4.0;
    for (mut corner, u) in boxes.rows_mut().into_iter().zip(u.rows()) {
        corner[2] = corner[0] + 0.2 + 3.0 * u[2];
        corner[3] = corner[1] + 0.2 + 3.0 * u[3];
    }
    boxes
}

/// A count from 1 to `n`.
fn count(rng: &mut RandomState, n: usize) -> usize {
    1 + (rng.next_double() * n as f64) as usize
}

#[test]
fn iou_equals_numpy() {
    let mut rng = RandomState::new(1);
    for (case, expected) in answers("iou").iter().enumerate() {
        let pair = corners(&rng.random_sample((2, 4)));
        assert_near(iou(&pair.row(0), &pair.row(1)), expected, case);
        assert_near(iou(&pair.row(1), &pair.row(0)), expected, case);
    }
}

#[test]
fn boxes_without_area_share_nothing() {
    let point = array![1.0, 1.0, 1.0, 1.0];
    assert_eq!(iou(&point.view(), &point.view()), 0.0);
    assert_eq!(iou(&array![0.0, 0.0, 1.0, 1.0].view(), &array![1.0, 0.0, 2.0, 1.0].view()), 0.0);
}

#[test]
fn localization_loss_equals_numpy() {
    let mut rng = RandomState::new(2);
    for (case, expected) in answers("localization_loss").iter().enumerate() {
        let (y_hat, mut y): (Array1<f64>, Array1<f64>) = (rng.random_sample(8), rng.random_sample(8));
        y[0] = if rng.next_double() < 0.5 { 1.0 } else { 0.0 };
        assert_near(localization_loss(&y_hat, &y), expected, case);
    }
}

#[test]
fn non_max_suppression_equals_tensorflow() {
    let mut rng = RandomState::new(3);
    for (case, expected) in answers("non_max_suppression").iter().enumerate() {
        let n = count(&mut rng, 12);
        let threshold = 0.2 + 0.6 * rng.next_double();
        let scores = rng.random_sample(n);
        let boxes = corners(&rng.random_sample((n, 4)));
        let kept = non_max_suppression(&scores, &boxes, threshold);
        let expected: Vec<u64> = expected.as_array().unwrap().iter().map(|i| i.as_u64().unwrap()).collect();
        assert_eq!(kept.mapv(|i| i as u64).to_vec(), expected, "case {case}");
    }
}

#[test]
fn encode_targets_equals_numpy() {
    let mut rng = RandomState::new(4);
    for (case, expected) in answers("encode_targets").iter().enumerate() {
        let [rows, columns, n_anchors, n_classes, n] = [5, 5, 3, 4, 5].map(|most| count(&mut rng, most));
        let anchors = 0.3 + 3.0 * rng.random_sample((n_anchors, 2));
        let mut objects: Array2<f64> = rng.random_sample((n, 5));
        objects.column_mut(4).mapv_inplace(|class| (class * n_classes as f64).floor());
        let volume = encode_targets(&objects, &anchors, (rows, columns), n_classes);
        assert_eq!(volume.dim(), (rows, columns, n_anchors, 5 + n_classes));
        assert_near(weighted(&volume), expected, case);
    }
}

#[test]
fn yolo_eval_equals_numpy_and_tensorflow() {
    let mut rng = RandomState::new(5);
    for (case, expected) in answers("yolo_eval").iter().enumerate() {
        let [rows, columns, n_anchors, n_classes] = [4, 4, 3, 4].map(|most| count(&mut rng, most));
        let [n_h, n_w] = [(); 2].map(|()| 20 + (rng.next_double() * 100.0) as usize);
        let (score_threshold, iou_threshold) = (0.1 + 0.4 * rng.next_double(), 0.2 + 0.6 * rng.next_double());
        let mut volume: Array4<f64> = rng.random_sample((rows, columns, n_anchors, 5 + n_classes));
        volume.slice_mut(s![.., .., .., 3..5]).mapv_inplace(|size| 0.2 + 3.0 * size);
        let (scores, boxes, classes) = yolo_eval(&volume, (n_h, n_w), score_threshold, iou_threshold);
        assert_eq!(Some(scores.len() as u64), expected[0].as_u64(), "case {case}");
        assert_near(weighted(&scores), &expected[1], case);
        assert_near(weighted(&boxes), &expected[2], case);
        assert_near(weighted(&classes.mapv(|class| class as f64)), &expected[3], case);
    }
}

#[test]
fn what_is_encoded_is_found_again() {
    let scenes = datasets::synthetic_scenes(50, 3);
    let anchors = array![[1.7, 3.0], [3.2, 1.4]];
    for objects in &scenes.objects {
        let volume = encode_targets(objects, &anchors, (8, 8), 3);
        let n_places = volume.slice(s![.., .., .., 0]).sum() as usize;
        let (scores, boxes, classes) = yolo_eval(&volume, (64, 64), 0.6, 1.1); // nothing is suppressed
        assert_eq!(scores.len(), n_places);
        for (found, class) in boxes.rows().into_iter().zip(&classes) {
            let is_same = |object: ArrayView1<f64>| {
                let (x, y, h, w) = (object[0] * 64.0, object[1] * 64.0, object[2] * 64.0, object[3] * 64.0);
                let corners = array![x - w / 2.0, y - h / 2.0, x + w / 2.0, y + h / 2.0];
                object[4] as usize == *class && (&corners - &found).iter().all(|error| error.abs() < 1e-9)
            };
            assert!(objects.rows().into_iter().any(is_same), "{found} is none of {objects}");
        }
    }
}
