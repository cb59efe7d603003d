/*!
The inputs that the functions of "Foundations" are called with.

Inputs only: what is right is what the reference answers. Visible cases are the inputs of the notebook's demo cells; the
hidden ones are drawn, and each has a reason to be there.
*/

use cnn::prelude::*;
use harness::Cases;

pub fn output_size(cases: &mut Cases) {
    cases.visible("the notebook's example, 7 x 7", (7, 3, 0, 2)).weight(2);

    let n = cases.between(8, 12);
    cases.hidden("no padding, one step at a time", (n, 4, 0, 1));
    let n = cases.between(8, 12);
    cases.hidden("padding", (n, 5, 2, 1));
    let rest = cases.between(1, 2);
    cases.hidden("steps of three that leave a rest", (3 * 4 + 5 + rest, 5, 0, 3));
    cases.hidden("steps of three that leave no rest", (3 * 4 + 5, 5, 0, 3));
    // n - f is below zero, where an unsigned number panics; n + 2 pad - f is not.
    cases.hidden("a window longer than the axis, which padding makes room for", (2, 5, 3, 2));
    let n = cases.between(3, 9);
    cases.hidden("a window as long as the axis", (n, n, 0, 2)).trivial();
}

pub fn same_padding(cases: &mut Cases) {
    cases.visible("the notebook's example, an even filter", (6, 4, 1)).weight(2);

    let n = cases.between(8, 14);
    cases.hidden("an odd filter", (n, 5, 1));
    let n = cases.between(8, 14);
    cases.hidden("an even filter", (n, 6, 1));
    let half = cases.between(4, 7);
    cases.hidden("steps of two, an even length", (2 * half, 3, 2));
    cases.hidden("steps of two, an odd length", (2 * half + 1, 3, 2));
    cases.hidden("steps of three", (11, 6, 3));
    let n = cases.between(3, 5);
    cases.hidden("steps longer than the filter", (2 * n, 1, 2));
}

pub fn count_parameters(cases: &mut Cases) {
    use LayerHparameters::{Conv, Dense, Pool};
    let layers = vec![
        Conv { f: 5, pad: 0, stride: 1, filters: 6 },
        Pool { f: 2, stride: 2 },
        Conv { f: 5, pad: 0, stride: 1, filters: 16 },
        Pool { f: 2, stride: 2 },
        Dense { units: 120 },
        Dense { units: 84 },
        Dense { units: 10 },
    ];
    cases.visible("the notebook's example, 32 x 32 x 3", ((32, 32, 3), layers)).weight(2);

    let (n, filters) = (cases.between(8, 12), cases.between(3, 7));
    cases.hidden("one convolution of an image with colours", ((n, n, 3), vec![Conv { f: 3, pad: 0, stride: 1, filters }]));
    let units = cases.between(2, 9);
    cases.hidden("one fully connected layer", ((4, 6, 5), vec![Dense { units }, Dense { units: 3 }]));
    let n = cases.between(7, 11);
    let padded = vec![Conv { f: 5, pad: 2, stride: 1, filters }, Dense { units: 4 }];
    cases.hidden("padding", ((n, n + 3, 2), padded));
    let n = cases.between(9, 14);
    let strides = vec![Conv { f: 3, pad: 0, stride: 3, filters: 4 }, Conv { f: 2, pad: 1, stride: 2, filters }, Dense { units }];
    cases.hidden("strides, wider than high", ((n, n + 6, 1), strides));
    let pools = vec![Pool { f: 3, stride: 2 }, Conv { f: 2, pad: 0, stride: 1, filters }, Pool { f: 2, stride: 1 }, Dense { units }];
    cases.hidden("pooling windows that overlap", ((n + 2, n, 3), pools));
}

/// Convolutions that differ in what a mistake may get wrong: name, side and number of the filters, stride, padding.
const CONVOLUTIONS: [(&str, usize, usize, usize, usize); 6] = [
    ("no padding", 3, 2, 1, 0),
    ("padding", 3, 3, 1, 1),
    ("an even filter in steps of two", 2, 2, 2, 1),
    ("steps that do not divide", 3, 2, 3, 0),
    ("filters of length one", 1, 4, 2, 1),
    ("more padding than filter", 2, 2, 1, 3),
];

pub fn conv1d_forward(cases: &mut Cases) {
    let mut rng = np::RandomState::new(1);
    let (a_prev, w, b) = (rng.randn((2, 14, 1)), rng.randn((5, 1, 16)), rng.randn(16));
    cases.visible("the notebook's example", (a_prev, w, b, ConvHparameters { stride: 1, pad: 0 })).weight(2);
    for (name, f, n_c, stride, pad) in CONVOLUTIONS {
        let n = cases.between(7, 10);
        let (a_prev, w, b) = (cases.randn((2, n, 3)), cases.randn((f, 3, n_c)), cases.randn(n_c) + 1.0);
        cases.hidden(name, (a_prev, w, b, ConvHparameters { stride, pad }));
    }
}

pub fn conv3d_forward(cases: &mut Cases) {
    let mut rng = np::RandomState::new(1);
    let (a_prev, w, b) = (rng.randn((1, 4, 5, 6, 2)), rng.randn((3, 3, 3, 2, 2)), rng.randn(2));
    cases.visible("the notebook's example", (a_prev, w, b, ConvHparameters { stride: 1, pad: 1 })).weight(2);
    for (name, f, n_c, stride, pad) in CONVOLUTIONS {
        // Three axes of three lengths: an exchange of two shows.
        let n = cases.between(4, 5);
        let (a_prev, w, b) = (cases.randn((2, n, n + 2, n + 1, 2)), cases.randn((f, f, f, 2, n_c)), cases.randn(n_c) + 1.0);
        cases.hidden(name, (a_prev, w, b, ConvHparameters { stride, pad }));
    }
}
