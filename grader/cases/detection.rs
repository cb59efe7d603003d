/*!
The inputs that the functions of "Detection" are called with.

Inputs only: what is right is what the reference answers. Visible cases are the inputs of the notebook's demo cells; the
hidden ones are drawn, and each has a reason to be there.
*/

use cnn::prelude::*;
use harness::Cases;

pub fn localization_loss(cases: &mut Cases) {
    let y_hat = array![0.8, 0.5, 0.4, 0.3, 0.6, 0.1, 0.7, 0.2];
    let car = array![1.0, 0.45, 0.5, 0.25, 0.5, 0.0, 1.0, 0.0];
    let background = array![0.0, 7.0, 7.0, 7.0, 7.0, 7.0, 7.0, 7.0];
    cases.visible("the notebook's example, a car", (y_hat.clone(), car));
    cases.visible("the notebook's example, background", (y_hat, background));

    let (mut y_hat, mut y) = (cases.randn(8), cases.randn(8));
    y[0] = 1.0;
    y_hat[0] = 0.8; // the network sees the object
    cases.hidden("an object", (y_hat, y));
    let (mut y_hat, mut y) = (cases.randn(6), cases.randn(6));
    y[0] = 1.0;
    y_hat[0] = 0.7;
    cases.hidden("one class only", (y_hat, y));
    let (mut y_hat, mut y) = (cases.randn(9), cases.randn(9));
    y[0] = 0.0;
    y_hat[0] = 0.9; // the network is sure of an object that is not there
    cases.hidden("background, and an answer that is sure of an object", (y_hat, y));
    let (mut y_hat, mut y) = (cases.randn(7), cases.randn(7));
    y[0] = 1.0;
    y_hat[0] = 0.2;
    cases.hidden("an object that the answer does not see", (y_hat, y));
}

/// `n` boxes with positive sizes, within about 8 × 8.
fn boxes(cases: &mut Cases, n: usize) -> Array2<f64> {
    let u: Array2<f64> = cases.random().random_sample((n, 4));
    let mut boxes = &u * 4.0;
    for (mut corner, u) in boxes.rows_mut().into_iter().zip(u.rows()) {
        corner[2] = corner[0] + 0.5 + 3.0 * u[2];
        corner[3] = corner[1] + 0.5 + 2.0 * u[3];
    }
    boxes
}

pub fn iou(cases: &mut Cases) {
    cases.visible("the notebook's example", (array![2.0, 1.0, 4.0, 3.0], array![1.0, 2.0, 3.0, 4.0])).weight(2);

    let size = 2.0 + cases.random().next_double();
    let first = array![1.0, 2.0, 1.0 + size, 5.0];
    cases.hidden("overlap at a corner", (first.clone(), array![2.0, 3.5, 5.5, 6.0]));
    cases.hidden("overlap at the other corner", (array![2.0, 3.5, 5.5, 6.0], first.clone()));
    cases.hidden("one within the other", (array![-1.0, -2.0, 9.0, 8.0], first.clone()));
    cases.hidden("the same box twice", (first.clone(), first.clone()));
    cases.hidden("apart to the right", (first.clone(), array![6.0, 2.5, 8.0, 4.0])).trivial();
    cases.hidden("apart downwards", (first.clone(), array![1.5, 7.0, 2.5, 9.0])).trivial();
    cases.hidden("apart in both directions", (first, array![7.0, 8.0, 9.0, 9.5])).trivial();
    cases.hidden("a cross", (array![0.0, 2.0, 6.0, 3.0], array![2.0, 0.0, 3.0 + size, 6.0]));
}

/// Objects with drawn places, sizes and classes: (n, 5).
fn objects(cases: &mut Cases, n: usize, n_classes: usize) -> Array2<f64> {
    let mut objects: Array2<f64> = cases.random().random_sample((n, 5));
    objects.column_mut(4).mapv_inplace(|class| (class * n_classes as f64).floor());
    objects
}

pub fn encode_targets(cases: &mut Cases) {
    let notebook = array![[0.45, 0.55, 0.7, 0.2, 0.0], [0.45, 0.6, 0.2, 0.5, 1.0]];
    let anchors = array![[2.0, 0.7], [0.8, 1.6]];
    cases.visible("the notebook's example", (notebook, anchors.clone(), (3, 3), 3)).weight(2);

    let objects_of_three = objects(cases, 3, 3);
    cases.hidden("more columns than rows", (objects_of_three, anchors.clone(), (2, 5), 3));
    let objects_of_two = objects(cases, 3, 2);
    cases.hidden("more rows than columns, three anchors", (
        objects_of_two,
        array![[0.5, 0.5], [3.0, 0.4], [1.0, 2.0]],
        (6, 2),
        2,
    ));
    let x = 0.1 + 0.3 * cases.random().next_double();
    // As high as wide in parts of the picture, but the grid has more columns: in cells it is wide.
    cases.hidden("a shape that depends on the grid", (array![[x, 0.3, 0.5, 0.5, 1.0]], anchors.clone(), (2, 6), 2));
    // Larger than every anchor: the product of the sizes says nothing, the IoU does.
    cases.hidden("an anchor of the right area and the wrong shape", (
        array![[x, 0.7, 0.9, 0.3, 0.0]],
        array![[1.64, 1.64], [2.6, 0.6]],
        (3, 3),
        1,
    ));
    let pair = array![[x, 0.40, 0.2, 0.4, 2.0], [x + 0.02, 0.45, 0.2, 0.4, 0.0]];
    cases.hidden("two objects for one place", (pair, anchors, (2, 2), 3));
    cases.hidden("two anchors that fit equally well", (
        array![[x, 0.2, 0.3, 0.4, 0.0]],
        array![[0.6, 0.8], [0.6, 0.8]],
        (2, 2),
        1,
    ));
    cases.hidden("no object", (Array2::<f64>::zeros((0, 5)), array![[1.0, 1.0]], (2, 3), 2)).trivial();
}

pub fn yolo_filter_boxes(cases: &mut Cases) {
    let boxes = array![[[[0.0, 0.0, 4.0, 2.0]], [[5.0, 0.0, 6.0, 3.0]], [[8.0, 1.0, 9.0, 2.0]]]];
    let probabilities = array![[[[0.2, 0.8]], [[0.9, 0.1]], [[0.5, 0.5]]]];
    let notebook = (array![[[0.9], [0.8], [0.3]]], boxes, probabilities, 0.6);
    cases.visible("the notebook's example", notebook).weight(2);

    for (name, (rows, columns, n_anchors, n_classes), threshold) in [
        ("more columns than rows", (2, 3, 2, 3), 0.3),
        ("more rows than columns", (4, 1, 3, 4), 0.4),
        ("a small threshold", (2, 2, 1, 2), 0.1),
    ] {
        let confidence: Array3<f64> = 0.5 + 0.5 * cases.random().random_sample((rows, columns, n_anchors));
        let boxes = cases.randn((rows, columns, n_anchors, 4));
        let probabilities: Array4<f64> = cases.random().random_sample((rows, columns, n_anchors, n_classes));
        cases.hidden(name, (confidence, boxes, probabilities, threshold));
    }
    let boxes = cases.randn((1, 2, 1, 4));
    let probabilities = array![[[[0.5, 1.0]], [[0.25, 0.75]]]];
    cases.hidden("a score of exactly the threshold", (array![[[0.5], [1.0]]], boxes, probabilities, 0.5));
    let boxes = cases.randn((1, 1, 1, 4));
    cases.hidden("two classes that are equally likely", (array![[[0.9]]], boxes, array![[[[0.1, 0.8, 0.8]]]], 0.5));
    let boxes = cases.randn((1, 1, 2, 4));
    let probabilities = array![[[[0.3, 0.9], [0.4, 0.2]]]];
    cases.hidden("nothing reaches the threshold", (array![[[0.3, 0.5]]], boxes, probabilities, 0.7)).trivial();
}

pub fn non_max_suppression(cases: &mut Cases) {
    let scores = array![0.9, 0.7, 0.6, 0.65, 0.95, 0.8];
    let notebook = array![
        [10.0, 20.0, 50.0, 42.0],
        [13.0, 22.0, 55.0, 45.0],
        [6.0, 17.0, 46.0, 40.0],
        [44.0, 22.0, 82.0, 46.0],
        [62.0, 26.0, 98.0, 47.0],
        [65.0, 23.0, 99.0, 44.0]
    ];
    cases.visible("the notebook's example", (scores, notebook, 0.5)).weight(2);

    for (name, n, threshold) in
        [("many boxes", 12, 0.3), ("many boxes, a large threshold", 10, 0.6), ("few boxes", 5, 0.2)]
    {
        let scores = cases.random().random_sample(n);
        let drawn = boxes(cases, n);
        cases.hidden(name, (scores, drawn, threshold));
    }
    let step = 2.5 + 0.5 * cases.random().next_double();
    let chain = Array2::from_shape_fn((4, 4), |(i, k)| [0.0, 0.0, 10.0, 1.0][k] + if k % 2 == 0 { i as f64 * step } else { 0.0 });
    cases.hidden("a chain of boxes", (array![0.6, 0.9, 0.8, 0.7], chain, 0.5));
    let halves = array![[0.0, 0.0, 2.0, 1.0], [0.0, 0.0, 1.0, 1.0], [5.0, 5.0, 6.0, 6.0]];
    cases.hidden("an IoU of exactly the threshold", (array![0.6, 0.9, 0.7], halves, 0.5));
    let apart = array![[0.0, 0.0, 1.0, 1.0], [3.0, 0.0, 4.0, 1.0], [0.0, 3.0, 1.0, 4.0]];
    cases.hidden("boxes that share nothing, worst first", (array![0.2, 0.5, 0.9], apart, 0.5));
    cases.hidden("no boxes", (Array1::<f64>::zeros(0), Array2::<f64>::zeros((0, 4)), 0.5)).trivial();
}

pub fn yolo_eval(cases: &mut Cases) {
    let mut notebook: Array4<f64> = Array4::zeros((3, 3, 2, 8));
    notebook.slice_mut(s![1, 1, 0, ..]).assign(&array![1.0, 0.35, 0.65, 2.1, 0.6, 1.0, 0.0, 0.0]);
    notebook.slice_mut(s![1, 1, 1, ..]).assign(&array![1.0, 0.35, 0.8, 0.6, 1.5, 0.0, 1.0, 0.0]);
    notebook.slice_mut(s![1, 2, 1, ..]).assign(&array![0.7, -0.6, 0.8, 0.6, 1.5, 0.0, 1.0, 0.0]);
    cases.visible("the notebook's example", (notebook, (100, 200), 0.6, 0.5)).weight(2);

    for (name, shape, image_shape) in [
        ("more columns than rows", (2, 4, 2, 8), (40, 90)),
        ("more rows than columns", (5, 2, 1, 7), (120, 50)),
        ("one class", (3, 2, 3, 6), (64, 64)),
        ("four classes", (3, 3, 2, 9), (64, 32)),
    ] {
        let mut volume: Array4<f64> = cases.random().random_sample(shape);
        volume.slice_mut(s![.., .., .., 0]).mapv_inplace(|p_c| 0.6 + 0.4 * p_c);
        volume.slice_mut(s![.., .., .., 3..5]).mapv_inplace(|size| 0.5 + 3.0 * size);
        cases.hidden(name, (volume, image_shape, 0.2, 0.3));
    }
    // Equal boxes of two classes, and two of one class.
    let mut volume: Array4<f64> = Array4::zeros((1, 1, 3, 7));
    let size = 0.5 + 0.3 * cases.random().next_double();
    for (anchor, (p_c, first, second)) in [(0.7, 0.0, 1.0), (0.8, 1.0, 0.0), (0.9, 0.0, 1.0)].into_iter().enumerate() {
        volume.slice_mut(s![0, 0, anchor, ..]).assign(&array![p_c, 0.5, 0.5, size, size, first, second]);
    }
    cases.hidden("equal boxes of two classes", (volume, (30, 20), 0.5, 0.5));
    let volume = 0.3 * cases.random().random_sample((2, 2, 1, 7));
    cases.hidden("nothing found", (volume, (20, 20), 0.6, 0.5)).trivial();
}
