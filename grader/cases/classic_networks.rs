/*!
The inputs that the functions of "Classic networks" are called with.

Inputs only; the harness turns them into layers, draws the weights and runs them.
*/

use cnn::prelude::*;
use harness::Cases;

/// Images in single precision, drawn.
fn images(random: &mut np::RandomState, shape: (usize, usize, usize, usize)) -> Array4<f32> {
    random.randn(shape).mapv(|pixel| pixel as f32)
}

pub fn lenet5(cases: &mut Cases) {
    let x = images(&mut np::RandomState::new(1), (2, 32, 32, 1));
    cases.visible("two digits of 32 x 32", (x, 10_usize, 1_usize)).weight(2);

    let (classes, seed) = (cases.between(2, 7), cases.between(1, 1_000_000));
    let x = images(cases.random(), (2, 20, 28, 3));
    cases.hidden("wider than high, with colours", (x, classes, seed));
    let x = images(cases.random(), (3, 17, 19, 2));
    cases.hidden("images whose sides are odd", (x, classes + 1, seed));
}

pub fn bottleneck_cost(cases: &mut Cases) {
    cases.visible("the notebook's example, 28 x 28 x 192", ((28, 28, 192), 5, 16, 32)).weight(2);

    for (name, f) in [("filters of 3 x 3", 3), ("filters of 7 x 7", 7), ("filters of one pixel", 1)] {
        let (n_h, n_w) = (cases.between(6, 9), cases.between(10, 15));
        let (n_c_prev, bottleneck, filters) = (cases.between(20, 30), cases.between(3, 6), cases.between(7, 12));
        cases.hidden(name, ((n_h, n_w, n_c_prev), f, bottleneck, filters));
    }
}

pub fn inception_module(cases: &mut Cases) {
    let x = images(&mut np::RandomState::new(1), (2, 6, 6, 5));
    let filters = (3_usize, 2_usize, 4_usize, 1_usize, 2_usize, 2_usize);
    cases.visible("the notebook's example", (x, filters, "inception_1", 1_usize)).weight(2);

    let seed = cases.between(1, 1_000_000);
    let x = images(cases.random(), (2, 7, 9, 3));
    let filters = (2_usize, 3_usize, 5_usize, 2_usize, 4_usize, 6_usize);
    cases.hidden("wider than high", (x, filters, "inception_3a", seed));
    let x = images(cases.random(), (1, 5, 4, 4));
    let filters = (4_usize, 4_usize, 4_usize, 4_usize, 4_usize, 4_usize);
    cases.hidden("as many filters in every branch as channels", (x, filters, "mixed", seed));
    let x = images(cases.random(), (2, 8, 3, 2)) - 2.0;
    let filters = (1_usize, 6_usize, 2_usize, 5_usize, 3_usize, 1_usize);
    cases.hidden("negative numbers", (x, filters, "inception_4b", seed));
}

pub fn separable_cost(cases: &mut Cases) {
    cases.visible("the notebook's example, 6 x 6 x 3", ((6, 6, 3), 3, 5)).weight(2);

    for (name, f) in [("filters of 3 x 3", 3), ("filters of 5 x 5", 5), ("filters of 2 x 2", 2), ("filters of one pixel", 1)] {
        let (n_h, n_w) = (cases.between(6, 9), cases.between(10, 15));
        let (n_c_prev, filters) = (cases.between(3, 6), cases.between(7, 12));
        cases.hidden(name, ((n_h, n_w, n_c_prev), f, filters));
    }
}
