/*!
The inputs that the functions of "Residual networks" are called with.

Inputs only; the harness turns them into layers and runs them. The blocks are small; the whole network is run once, on
two pictures, and otherwise only written down.
*/

use cnn::prelude::*;
use harness::Cases;

/// Images in single precision, drawn.
fn images(random: &mut np::RandomState, shape: (usize, usize, usize, usize)) -> Array4<f32> {
    random.randn(shape).mapv(|pixel| pixel as f32)
}

pub fn identity_block(cases: &mut Cases) {
    let x = images(&mut np::RandomState::new(1), (3, 4, 4, 6));
    cases.visible("the notebook's example", (x, 2_usize, (2_usize, 4_usize, 6_usize), 1_usize, "a")).weight(2);

    let stage = cases.between(2, 5);
    let x = images(cases.random(), (2, 5, 8, 4));
    cases.hidden("wider than high", (x, 3_usize, (3_usize, 5_usize, 4_usize), stage, "b"));
    let x = images(cases.random(), (2, 4, 3, 5));
    cases.hidden("filters of one pixel", (x, 1_usize, (5_usize, 5_usize, 5_usize), stage, "f"));
    let x = images(cases.random(), (2, 7, 6, 3));
    cases.hidden("large filters", (x, 5_usize, (4_usize, 2_usize, 3_usize), stage, "c"));
}

pub fn convolutional_block(cases: &mut Cases) {
    let x = images(&mut np::RandomState::new(1), (3, 4, 4, 6));
    let filters = (2_usize, 4_usize, 6_usize);
    cases.visible("the notebook's example", (x, 2_usize, filters, 1_usize, "a", 2_usize)).weight(2);

    let stage = cases.between(2, 5);
    let x = images(cases.random(), (2, 6, 9, 3));
    cases.hidden("wider than high", (x, 3_usize, (3_usize, 2_usize, 5_usize), stage, "a", 2_usize));
    // Where the shape does not change, a shortcut without its convolution can be added, too.
    let x = images(cases.random(), (2, 5, 4, 6));
    cases.hidden("a shape that stays", (x, 3_usize, (6_usize, 4_usize, 6_usize), stage, "b", 1_usize));
    let x = images(cases.random(), (2, 7, 8, 2));
    cases.hidden("steps of three", (x, 3_usize, (4_usize, 3_usize, 4_usize), stage, "c", 3_usize));
    // A single pixel has the same shape after any stride.
    let x = images(cases.random(), (4, 1, 1, 4));
    cases.hidden("images of one pixel", (x, 1_usize, (4_usize, 4_usize, 4_usize), stage, "d", 2_usize));
}

pub fn resnet50(cases: &mut Cases) {
    let none = Array4::<f32>::zeros((0, 64, 64, 3));
    cases.visible("the notebook's example", ((64_usize, 64_usize, 3_usize), 6_usize, none)).weight(2);

    let classes = cases.between(2, 5);
    let x = images(cases.random(), (2, 64, 64, 1));
    cases.hidden("two gray pictures", ((64_usize, 64_usize, 1_usize), classes, x));
    let classes = cases.between(7, 20);
    let none = Array4::<f32>::zeros((0, 96, 128, 3));
    cases.hidden("wider than high", ((96_usize, 128_usize, 3_usize), classes, none));
}
