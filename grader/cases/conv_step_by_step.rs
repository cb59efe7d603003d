/*!
The inputs that the functions of "Convolutional networks, step by step" are called with.

Inputs only: what is right is what the reference answers. Visible cases are the inputs of the notebook's demo cells; the
hidden ones are drawn, and each has a reason to be there.
*/

use crate::graded;
use cnn::prelude::*;
use harness::Cases;

pub fn zero_pad(cases: &mut Cases) {
    let mut random = np::RandomState::new(1);
    cases.visible("the notebook's example", (random.randn((4, 3, 3, 2)), 2)).weight(2);

    let (n_h, n_w) = (cases.between(3, 5), cases.between(6, 8));
    let x = cases.randn((2, n_h, n_w, 3));
    cases.hidden("wider than high", (x, 1));
    let x = cases.randn((1, 6, 2, 1));
    let pad = cases.between(3, 5);
    cases.hidden("more padding than image", (x, pad));
    let x = cases.randn((3, 4, 5, 2));
    cases.hidden("no padding", (x, 0)).trivial();
    let x = cases.randn((2, 2, 2, 6)) + 10.0;
    cases.hidden("an image without a zero", (x, 2));
}

pub fn conv_single_step(cases: &mut Cases) {
    let mut random = np::RandomState::new(1);
    let (a, w, b) = (random.randn((4, 4, 3)), random.randn((4, 4, 3)), random.randn((1, 1, 1)));
    cases.visible("the notebook's example", (a, w, b)).weight(2);

    for (f, n_c, name) in
        [(1, 1, "one pixel"), (1, 5, "one pixel of many channels"), (3, 2, "a usual filter"), (5, 4, "a large filter")]
    {
        let (a, w, b) = (cases.randn((f, f, n_c)), cases.randn((f, f, n_c)), cases.randn((1, 1, 1)) + 3.0);
        cases.hidden(name, (a, w, b));
    }
}

/// Input, filters and biases of a convolution.
type Convolution = (Array4<f64>, Array4<f64>, Array4<f64>);

/// A batch of `m` images and `n_c` filters of side `f`, all drawn.
fn convolution(
    cases: &mut Cases,
    (m, n_h, n_w, n_c_prev): (usize, usize, usize, usize),
    f: usize,
    n_c: usize,
) -> Convolution {
    (cases.randn((m, n_h, n_w, n_c_prev)), cases.randn((f, f, n_c_prev, n_c)), cases.randn((1, 1, 1, n_c)) + 1.0)
}

/// The convolution of the notebook's demo cells.
fn notebook_convolution() -> (Convolution, ConvHparameters) {
    let mut random = np::RandomState::new(1);
    let inputs = (random.randn((10, 4, 4, 3)), random.randn((2, 2, 3, 8)), random.randn((1, 1, 1, 8)));
    (inputs, ConvHparameters { pad: 2, stride: 2 })
}

/// Convolutions that differ in what a mistake may get wrong: name, shape of the images, side and number of the filters,
/// stride, padding.
fn hidden_convolutions(cases: &mut Cases) -> Vec<(&'static str, Convolution, ConvHparameters)> {
    let height = cases.between(5, 6);
    let table = [
        ("no padding", (2, 5, 5, 2), 3, 2, 1, 0),
        ("wider than high", (2, height, 8, 2), 3, 3, 1, 1),
        ("higher than wide, in steps of two", (1, 8, 5, 3), 2, 2, 2, 1),
        ("steps that do not divide", (2, 6, 7, 1), 3, 2, 3, 0),
        ("filters of one pixel", (3, 3, 4, 2), 1, 4, 2, 1),
        // n_h_prev - f is below zero, where an unsigned number panics; n_h_prev + 2 pad - f is not.
        ("filters higher than the image, which padding makes room for", (2, 2, 5, 2), 3, 2, 1, 1),
    ];
    let mut all = Vec::new();
    for (name, shape, f, n_c, stride, pad) in table {
        all.push((name, convolution(cases, shape, f, n_c), ConvHparameters { stride, pad }));
    }
    all
}

pub fn conv_forward(cases: &mut Cases) {
    let ((a_prev, w, b), hparameters) = notebook_convolution();
    cases.visible("the notebook's example", (a_prev, w, b, hparameters)).weight(2);
    for (name, (a_prev, w, b), hparameters) in hidden_convolutions(cases) {
        cases.hidden(name, (a_prev, w, b, hparameters));
    }
}

pub fn conv_backward(cases: &mut Cases) {
    let ((a_prev, w, b), hparameters) = notebook_convolution();
    // The notebook takes the forward pass's output for its gradient.
    let (z, cache) = graded::conv_forward(&a_prev, &w, &b, hparameters);
    cases.visible("the notebook's example", (z, cache)).weight(2);
    for (name, (a_prev, w, b), hparameters) in hidden_convolutions(cases) {
        let ConvHparameters { stride, pad } = hparameters;
        let (m, n_h_prev, n_w_prev, _) = a_prev.dim();
        let (f, _, _, n_c) = w.dim();
        let size = |n: usize| (n + 2 * pad - f) / stride + 1;
        let dz = cases.randn((m, size(n_h_prev), size(n_w_prev), n_c));
        cases.hidden(name, (dz, ConvCache { a_prev, w, b, hparameters }));
    }
}

/// Pooling layers that differ in what a mistake may get wrong: name, input, window and stride.
fn hidden_pools(cases: &mut Cases) -> Vec<(&'static str, Array4<f64>, PoolHparameters)> {
    let width = cases.between(7, 8);
    vec![
        ("windows side by side", cases.randn((2, 6, 4, 2)), PoolHparameters { f: 2, stride: 2 }),
        ("windows that overlap, wider than high", cases.randn((1, 4, width, 3)), PoolHparameters { f: 3, stride: 1 }),
        ("steps that do not divide", cases.randn((2, 8, 6, 1)), PoolHparameters { f: 3, stride: 2 }),
        ("steps larger than the window", cases.randn((2, 7, 5, 2)), PoolHparameters { f: 2, stride: 3 }),
        (
            "negative numbers only",
            cases.randn((1, 5, 5, 2)).mapv(|x| -x.abs() - 1.0),
            PoolHparameters { f: 2, stride: 1 },
        ),
    ]
}

pub fn pool_forward(cases: &mut Cases) {
    let a_prev = np::RandomState::new(1).randn((2, 4, 4, 3));
    let hparameters = PoolHparameters { f: 3, stride: 2 };
    cases.visible("the notebook's example, max", (a_prev.clone(), hparameters, PoolMode::Max));
    cases.visible("the notebook's example, average", (a_prev, hparameters, PoolMode::Average));
    for (name, a_prev, hparameters) in hidden_pools(cases) {
        cases.hidden(name, (a_prev.clone(), hparameters, PoolMode::Max));
        cases.hidden(name, (a_prev, hparameters, PoolMode::Average));
    }
}

pub fn create_mask_from_window(cases: &mut Cases) {
    cases.visible("the notebook's example", np::RandomState::new(1).randn((2, 3))).weight(2);

    let x = cases.randn((3, 3));
    cases.hidden("a square window", x);
    let x = cases.randn((4, 2)).mapv(|x| -x.abs() - 1.0);
    cases.hidden("negative numbers only", x);
    let mut x = cases.randn((3, 4));
    x[[0, 1]] = 7.0;
    x[[2, 3]] = 7.0;
    cases.hidden("two largest numbers", x);
    let level = cases.random().next_gauss();
    cases.hidden("all the same", Array2::from_elem((2, 2), level)).trivial();
    let x = cases.randn((1, 1));
    cases.hidden("a single number", x).trivial();
}

pub fn distribute_value(cases: &mut Cases) {
    cases.visible("the notebook's example", (2.0, (2, 2))).weight(2);

    let dz = cases.random().next_gauss();
    cases.hidden("wider than high", (dz, (2, 5)));
    let dz = -cases.random().next_double() - 1.0;
    let n_h = cases.between(3, 6);
    cases.hidden("a column, negative", (dz, (n_h, 1)));
    let dz = cases.random().next_gauss() + 5.0;
    cases.hidden("one entry", (dz, (1, 1)));
    let dz = cases.random().next_gauss() * 100.0;
    cases.hidden("a square of odd side", (dz, (3, 3)));
}

pub fn pool_backward(cases: &mut Cases) {
    let mut random = np::RandomState::new(1);
    let a_prev = random.randn((5, 5, 3, 2));
    let da = random.randn((5, 4, 2, 2));
    let cache = PoolCache { a_prev, hparameters: PoolHparameters { f: 2, stride: 1 } };
    cases.visible("the notebook's example, max", (da.clone(), cache.clone(), PoolMode::Max));
    cases.visible("the notebook's example, average", (da, cache, PoolMode::Average));

    let mut pools = hidden_pools(cases);
    // Small whole numbers: in many windows the largest one stands twice.
    let ties = cases.random().randint(0, 3, (2, 5, 6, 2)).mapv(|x| x as f64);
    pools.push(("windows with two largest numbers", ties, PoolHparameters { f: 2, stride: 2 }));
    for (name, a_prev, hparameters) in pools {
        let (m, n_h_prev, n_w_prev, n_c) = a_prev.dim();
        let size = |n: usize| (n - hparameters.f) / hparameters.stride + 1;
        let da = cases.randn((m, size(n_h_prev), size(n_w_prev), n_c)) + 0.5;
        let cache = PoolCache { a_prev, hparameters };
        cases.hidden(name, (da.clone(), cache.clone(), PoolMode::Max));
        cases.hidden(name, (da, cache, PoolMode::Average));
    }
}
