/*!
The inputs that the functions of "Practice" are called with.

Inputs only: what is right is what the reference answers. Visible cases are the inputs of the notebook's demo cells; the
hidden ones are drawn, and each has a reason to be there.
*/

use cnn::prelude::*;
use harness::Cases;

/// A picture whose entries are all different: row · 100 + column · 10 + channel, as in the notebook.
fn numbered(n_h: usize, n_w: usize) -> Array3<f64> {
    Array3::from_shape_fn((n_h, n_w, 2), |(i, j, c)| (100 * i + 10 * j + c) as f64)
}

pub fn mirror(cases: &mut Cases) {
    cases.visible("the notebook's example", numbered(2, 3)).weight(2);

    for (name, shape) in [("wider than high", (3, 7, 3)), ("higher than wide", (6, 2, 3)), ("as high as wide", (4, 4, 3))] {
        let image = cases.randn(shape);
        cases.hidden(name, image);
    }
    let image = cases.randn((3, 4, 5));
    cases.hidden("five channels", image);
    let image = cases.randn((4, 1, 2));
    cases.hidden("one column", image).trivial();
}

pub fn random_crop(cases: &mut Cases) {
    cases.visible("the notebook's example", (numbered(5, 7), 2, 3, 1)).weight(2);

    // Several seeds each, so that a place that is never or too often drawn shows.
    for (name, shape, f) in [
        ("wider than high", (4, 9, 3), (2, 3)),
        ("higher than wide", (8, 4, 3), (5, 2)),
        ("a part of the full height", (3, 6, 2), (3, 4)),
        ("a part one row and one column smaller", (5, 5, 1), (4, 4)),
    ] {
        for _ in 0..4 {
            let (image, seed) = (cases.randn(shape), cases.between(0, 100_000));
            cases.hidden(name, (image, f.0, f.1, seed));
        }
    }
    let image = cases.randn((4, 3, 2));
    cases.hidden("the whole picture", (image, 4, 3, 5)).trivial();
}

pub fn pca_color_augmentation(cases: &mut Cases) {
    let image = array![[[0.2, 0.5, 0.6], [0.9, 0.1, 0.4]]];
    let variances = array![0.2, 0.05, 0.01];
    let components = array![[0.6, 0.8, 0.0], [-0.8, 0.6, 0.0], [0.0, 0.0, 1.0]];
    let alpha = array![1.0, -2.0, 5.0];
    cases.visible("the notebook's example", (image, variances.clone(), components.clone(), alpha)).weight(2);

    for (name, shape, size) in
        [("small shifts", (2, 5, 3), 0.3), ("shifts that leave the range", (4, 3, 3), 6.0), ("one pixel", (1, 1, 3), 0.4)]
    {
        // Directions of length 1 at right angles, turned by an angle about each of two axes.
        let (a, b) = (cases.random().next_double() * 3.0, cases.random().next_double() * 3.0);
        let about_blue = array![[a.cos(), a.sin(), 0.0], [-a.sin(), a.cos(), 0.0], [0.0, 0.0, 1.0]];
        let about_red = array![[1.0, 0.0, 0.0], [0.0, b.cos(), b.sin()], [0.0, -b.sin(), b.cos()]];
        let (components, alpha) = (about_blue.dot(&about_red), cases.randn(3) * size);
        let image = Array3::from_shape_fn(shape, |_| cases.random().next_double());
        let variances = Array1::from_shape_fn(3, |k| cases.random().next_double() / (k + 1) as f64);
        cases.hidden(name, (image, variances, components, alpha));
    }
    let image = Array3::from_shape_fn((2, 2, 3), |_| cases.random().next_double());
    cases.hidden("no shift at all", (image, variances, components, Array1::<f64>::zeros(3))).trivial();
}

pub fn ten_crop(cases: &mut Cases) {
    cases.visible("the notebook's example", (numbered(4, 5), 2, 3)).weight(2);

    for (name, shape, f) in [
        ("wider than high", (4, 9, 3), (2, 3)),
        ("higher than wide", (9, 4, 2), (4, 3)),
        ("an odd number of free rows and columns", (8, 7, 1), (3, 4)),
        ("parts as high as the picture", (3, 6, 2), (3, 2)),
    ] {
        let image = cases.randn(shape);
        cases.hidden(name, (image, f.0, f.1));
    }
    let image = cases.randn((3, 4, 2));
    cases.hidden("the whole picture ten times", (image, 3, 4)).trivial();
}
