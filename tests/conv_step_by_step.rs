/*!
The reference functions of assignment 1: the documents' printed values to every digit, NumPy's bits on odd shapes,
numerical gradients, and what a wrong call is told.
*/

#![cfg(feature = "graded")]

use crate::fixtures;
use cnn::graded::conv_step_by_step::*;
use cnn::prelude::*;
use serde_json::Value;

/// What the panic of `f` said.
fn message<T>(f: impl FnOnce() -> T + std::panic::UnwindSafe) -> String {
    let panic = std::panic::catch_unwind(|| _ = f()).expect_err("this should have panicked");
    panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|s| s.to_string())).unwrap()
}

/// Checks a number in both print styles.
#[track_caller]
fn prints_number(x: f64, modern: &str, legacy: &str) {
    assert_eq!((np::str(x).as_str(), np::str_legacy(x).as_str()), (modern, legacy));
}

/// Checks an array in both print styles.
#[track_caller]
fn prints<D: ndarray::Dimension>(a: &Array<f64, D>, modern: &str, legacy: &str) {
    assert_eq!((np::array_str(a).as_str(), np::array_str_legacy(a).as_str()), (modern, legacy));
}

// --- The documents' printed values ------------------------------------------------------------------------------------

#[test]
fn zero_pad_as_printed() {
    let x = RandomState::new(1).randn((4, 3, 3, 2));
    let x_pad = zero_pad(&x, 2);
    assert_eq!((np::shape(&x), np::shape(&x_pad)), ("(4, 3, 3, 2)".into(), "(4, 7, 7, 2)".into()));
    let corner = x.slice(s![1, 1, .., ..]).to_owned();
    prints(
        &corner,
        "[[ 0.90085595 -0.68372786]\n [-0.12289023 -0.93576943]\n [-0.26788808  0.53035547]]",
        "[[ 0.90085595 -0.68372786]\n [-0.12289023 -0.93576943]\n [-0.26788808  0.53035547]]",
    );
    let zeros = x_pad.slice(s![1, 1, .., ..]).to_owned();
    prints(&zeros, &rows("[0. 0.]", 7), &rows("[ 0.  0.]", 7));
    assert_eq!(x_pad.slice(s![.., 2..5, 2..5, ..]), x);
    assert_eq!(x_pad.iter().filter(|&&x| x != 0.0).count(), x.len());
}

/// `n` equal rows in brackets.
fn rows(row: &str, n: usize) -> String {
    format!("[{}]", vec![row; n].join("\n "))
}

#[test]
fn conv_single_step_as_printed() {
    let mut rng = RandomState::new(1);
    let (a_slice_prev, w, b) = (rng.randn((4, 4, 3)), rng.randn((4, 4, 3)), rng.randn((1, 1, 1)));
    let z = conv_single_step(&a_slice_prev.view(), &w.view(), &b.view());
    prints_number(z, "-6.999089450680221", "-6.99908945068");
}

/// conv_forward's test input: a_prev, w and b after `np.random.seed(1)`.
fn convolution() -> (Array4<f64>, ConvCache) {
    let mut rng = RandomState::new(1);
    let (a_prev, w, b) = (rng.randn((10, 4, 4, 3)), rng.randn((2, 2, 3, 8)), rng.randn((1, 1, 1, 8)));
    conv_forward(&a_prev, &w, &b, ConvHparameters { stride: 2, pad: 2 })
}

#[test]
fn conv_forward_as_printed() {
    let (z, cache) = convolution();
    prints_number(np::mean(&z), "0.048995203528855794", "0.0489952035289");
    let row = "[-0.61490741 -6.7439236  -2.55153897  1.75698377  3.56208902  0.53036437\n  5.18531798  8.75898442]";
    prints(&z.slice(s![3, 2, 1, ..]).to_owned(), row, row);
    let kept = cache.a_prev.slice(s![1, 2, 3, ..]).to_owned();
    prints(&kept, "[-0.20075807  0.18656139  0.41005165]", "[-0.20075807  0.18656139  0.41005165]");
}

#[test]
fn conv_backward_as_printed() {
    // The documents' expected 1.4524377754, 1.7269914581 and 7.8392325642 lost one digit each; these are the true ones.
    let (z, cache) = convolution();
    let (da_prev, dw, db) = conv_backward(&z, &cache);
    prints_number(np::mean(&da_prev), "1.4524377775388075", "1.45243777754");
    prints_number(np::mean(&dw), "1.7269914583139097", "1.72699145831");
    prints_number(np::mean(&db), "7.839232564616838", "7.83923256462");
    assert_eq!((da_prev.dim(), dw.dim(), db.dim()), ((10, 4, 4, 3), (2, 2, 3, 8), (1, 1, 1, 8)));
}

#[test]
fn pool_forward_as_printed() {
    let a_prev = RandomState::new(1).randn((2, 4, 4, 3));
    let hparameters = PoolHparameters { f: 3, stride: 2 };
    let (a, cache) = pool_forward(&a_prev, hparameters, PoolMode::Max);
    prints(
        &a,
        "[[[[1.74481176 0.86540763 1.13376944]]]\n\n\n [[[1.13162939 1.51981682 2.18557541]]]]",
        "[[[[ 1.74481176  0.86540763  1.13376944]]]\n\n\n [[[ 1.13162939  1.51981682  2.18557541]]]]",
    );
    assert_eq!((np::shape(&a), cache.a_prev, cache.hparameters), ("(2, 1, 1, 3)".into(), a_prev.clone(), hparameters));
    let (a, _) = pool_forward(&a_prev, hparameters, PoolMode::Average);
    let average = "[[[[ 0.02105773 -0.20328806 -0.40389855]]]\n\n\n [[[-0.22154621  0.51716526  0.48155844]]]]";
    prints(&a, average, average);
}

#[test]
fn create_mask_from_window_as_printed() {
    let x = RandomState::new(1).randn((2, 3));
    let window = "[[ 1.62434536 -0.61175641 -0.52817175]\n [-1.07296862  0.86540763 -2.3015387 ]]";
    prints(&x, window, window);
    let mask = create_mask_from_window(&x.view());
    assert_eq!(np::array_str(&mask), "[[ True False False]\n [False False False]]");
    assert_eq!(np::array_str_legacy(&mask), "[[ True False False]\n [False False False]]");
}

#[test]
fn distribute_value_as_printed() {
    prints(&distribute_value(2.0, (2, 2)), "[[0.5 0.5]\n [0.5 0.5]]", "[[ 0.5  0.5]\n [ 0.5  0.5]]");
}

#[test]
fn pool_backward_as_printed() {
    // One document's "expected" arrays come from a wrong rule, which takes dA's window for its entry; the arrays that
    // its student printed are right, and stand here.
    let mut rng = RandomState::new(1);
    let a_prev = rng.randn((5, 5, 3, 2));
    let (_, cache) = pool_forward(&a_prev, PoolHparameters { f: 2, stride: 1 }, PoolMode::Max);
    let da = rng.randn((5, 4, 2, 2));
    prints_number(np::mean(&da), "0.14571390272918056", "0.145713902729");
    let da_prev = pool_backward(&da, &cache, PoolMode::Max);
    prints(
        &da_prev.slice(s![1, 1, .., ..]).to_owned(),
        "[[ 0.          0.        ]\n [ 5.05844394 -1.68282702]\n [ 0.          0.        ]]",
        "[[ 0.          0.        ]\n [ 5.05844394 -1.68282702]\n [ 0.          0.        ]]",
    );
    let da_prev = pool_backward(&da, &cache, PoolMode::Average);
    let average = "[[ 0.08485462  0.2787552 ]\n [ 1.26461098 -0.25749373]\n [ 1.17975636 -0.53624893]]";
    prints(&da_prev.slice(s![1, 1, .., ..]).to_owned(), average, average);
}

// --- NumPy's bits on odd shapes ---------------------------------------------------------------------------------------

/// Checks shape and bits of an array.
#[track_caller]
fn same_bits(case: &Value, what: &str, a: &Array4<f64>) {
    let expected = fixtures::bits(&case[what], 8);
    assert_eq!(a.len(), expected.len(), "{what}");
    let bits: Vec<u64> = a.iter().map(|x| x.to_bits()).collect();
    let shape = (&case["layer"], &case["a_prev"], &case["f"], &case["stride"], &case["pad"], &case["mode"]);
    assert!(bits == expected, "{what} of {shape:?} differs from NumPy's in some bits");
}

/// A list of four whole numbers as a shape.
fn shape(list: &Value) -> (usize, usize, usize, usize) {
    let [m, n_h, n_w, n_c] = fixtures::numbers(list).try_into().expect("a shape of four axes");
    (m, n_h, n_w, n_c)
}

#[test]
fn every_bit_is_numpys() {
    let cases = fixtures::cases("conv_step_by_step.json");
    assert_eq!(cases.len(), 24);
    for case in &cases {
        let number = |name: &str| case[name].as_u64().unwrap() as usize;
        let mut rng = RandomState::new(number("seed") as u32);
        let (a_prev, f, stride) = (rng.randn(shape(&case["a_prev"])), number("f"), number("stride"));
        if case["layer"] == "conv" {
            let w = rng.randn((f, f, a_prev.dim().3, number("n_c")));
            let b = rng.randn((1, 1, 1, number("n_c")));
            let (z, cache) = conv_forward(&a_prev, &w, &b, ConvHparameters { stride, pad: number("pad") });
            assert_eq!(z.dim(), shape(&case["z_shape"]));
            same_bits(case, "z", &z);
            let (da_prev, dw, db) = conv_backward(&rng.randn(z.dim()), &cache);
            same_bits(case, "da_prev", &da_prev);
            same_bits(case, "dw", &dw);
            same_bits(case, "db", &db);
        } else {
            let mode = if case["mode"] == "max" { PoolMode::Max } else { PoolMode::Average };
            let (a, cache) = pool_forward(&a_prev, PoolHparameters { f, stride }, mode);
            assert_eq!(a.dim(), shape(&case["a_shape"]));
            same_bits(case, "a", &a);
            same_bits(case, "da_prev", &pool_backward(&rng.randn(a.dim()), &cache, mode));
        }
    }
}

#[test]
fn equal_maxima_are_all_marked_and_all_get_the_gradient() {
    let x = array![[1.0, 3.0], [3.0, 2.0]];
    assert_eq!(create_mask_from_window(&x.view()), array![[false, true], [true, false]]);
    let a_prev = x.into_shape_with_order((1, 2, 2, 1)).unwrap();
    let (_, cache) = pool_forward(&a_prev, PoolHparameters { f: 2, stride: 1 }, PoolMode::Max);
    let da_prev = pool_backward(&Array4::from_elem((1, 1, 1, 1), 5.0), &cache, PoolMode::Max);
    assert_eq!(da_prev.iter().copied().collect::<Vec<_>>(), [0.0, 5.0, 5.0, 0.0]);
}

#[test]
fn a_batch_without_examples_stays_empty() {
    let (a_prev, w, b) = (Array4::zeros((0, 4, 4, 3)), Array4::ones((2, 2, 3, 5)), Array4::ones((1, 1, 1, 5)));
    let (z, cache) = conv_forward(&a_prev, &w, &b, ConvHparameters { stride: 1, pad: 0 });
    assert_eq!(z.dim(), (0, 3, 3, 5));
    let (da_prev, dw, _) = conv_backward(&z, &cache);
    assert_eq!((da_prev.dim(), dw.sum()), ((0, 4, 4, 3), 0.0));
    let (a, cache) = pool_forward(&a_prev, PoolHparameters { f: 2, stride: 2 }, PoolMode::Average);
    assert_eq!(pool_backward(&a, &cache, PoolMode::Average).dim(), (0, 4, 4, 3));
}

// --- Numerical gradients ----------------------------------------------------------------------------------------------

#[test]
fn conv_backward_is_the_gradient_of_conv_forward() {
    // (m, n_h, n_w, n_c), f, filters, stride, pad
    let layers = [
        ((2, 4, 4, 3), 2, 3, 2, 2),
        ((1, 5, 7, 2), 3, 2, 1, 0),
        ((2, 7, 4, 1), 3, 2, 2, 1),
        ((3, 3, 6, 2), 1, 2, 1, 1),
        ((1, 6, 5, 2), 4, 1, 3, 1),
    ];
    for (seed, (dim, f, n_c, stride, pad)) in layers.into_iter().enumerate() {
        let mut rng = RandomState::new(seed as u32);
        let (a_prev, w, b) = (rng.randn(dim), rng.randn((f, f, dim.3, n_c)), rng.randn((1, 1, 1, n_c)));
        let hparameters = ConvHparameters { stride, pad };
        let (z, cache) = conv_forward(&a_prev, &w, &b, hparameters);
        let dz = rng.randn(z.dim());
        let cost = |a_prev: &_, w: &_, b: &_| (conv_forward(a_prev, w, b, hparameters).0 * &dz).sum();
        let (da_prev, dw, db) = conv_backward(&dz, &cache);
        // The cost is linear in each argument, so central differences err by rounding alone.
        assert_close(&da_prev, numerical_gradient(|a_prev| cost(a_prev, &w, &b), &a_prev, 1e-3), 1e-8, 1e-8);
        assert_close(&dw, numerical_gradient(|w| cost(&a_prev, w, &b), &w, 1e-3), 1e-8, 1e-8);
        assert_close(&db, numerical_gradient(|b| cost(&a_prev, &w, b), &b, 1e-3), 1e-8, 1e-8);
    }
}

#[test]
fn pool_backward_is_the_gradient_of_pool_forward() {
    // (m, n_h, n_w, n_c), f, stride
    let layers = [((2, 4, 4, 3), 3, 2), ((1, 5, 7, 2), 2, 1), ((2, 7, 4, 1), 2, 3), ((3, 3, 6, 2), 1, 1)];
    for (seed, (dim, f, stride)) in layers.into_iter().enumerate() {
        let mut rng = RandomState::new(seed as u32);
        let a_prev = rng.randn(dim);
        for mode in [PoolMode::Max, PoolMode::Average] {
            let hparameters = PoolHparameters { f, stride };
            let (a, cache) = pool_forward(&a_prev, hparameters, mode);
            let da = rng.randn(a.dim());
            let cost = |a_prev: &_| (pool_forward(a_prev, hparameters, mode).0 * &da).sum();
            assert_close(pool_backward(&da, &cache, mode), numerical_gradient(cost, &a_prev, 1e-6), 1e-6, 1e-8);
        }
    }
}

// --- What a wrong call is told ----------------------------------------------------------------------------------------

#[test]
fn wrong_shapes_are_told_what_was_expected_and_what_came() {
    let conv = |a_prev: [usize; 4], w: [usize; 4], b: [usize; 4], stride, pad| {
        let [a_prev, w, b] = [a_prev, w, b].map(Array4::<f64>::zeros);
        message(move || conv_forward(&a_prev, &w, &b, ConvHparameters { stride, pad }))
    };
    let (a, w, b) = ([10, 5, 7, 4], [3, 3, 4, 8], [1, 1, 1, 8]);
    assert_eq!(
        conv(a, [3, 3, 3, 8], b, 1, 0),
        "conv_forward: w has 3 input channels (shape (3, 3, 3, 8)), a_prev has 4 (shape (10, 5, 7, 4))\n\
         help: axis 2 of w and axis 3 of a_prev are both n_c_prev"
    );
    assert_eq!(
        conv(a, [3, 2, 4, 8], b, 1, 0),
        "conv_forward: expected square filters, w of shape (f, f, n_c_prev, n_c) with f >= 1, \
         got w of shape (3, 2, 4, 8)"
    );
    assert_eq!(
        conv(a, w, [1, 1, 8, 1], 1, 0),
        "conv_forward: expected b of shape (1, 1, 1, 8), one bias for each of the 8 filters of w, \
         got b of shape (1, 1, 8, 1)"
    );
    assert_eq!(conv(a, w, b, 0, 0), "conv_forward: expected a stride of at least 1, got 0");
    assert_eq!(
        conv(a, [6, 6, 4, 8], b, 1, 0),
        "conv_forward: expected a filter no larger than the (padded) image of 5 x 7, got one of 6 x 6\n\
         help: pad the image or make the filter smaller"
    );
    let pool = |f, stride| {
        message(move || pool_forward(&Array4::zeros((1, 4, 3, 1)), PoolHparameters { f, stride }, PoolMode::Max))
    };
    assert_eq!(pool(0, 1), "pool_forward: expected a window of side f >= 1, got f = 0");
    assert_eq!(pool(2, 0), "pool_forward: expected a stride of at least 1, got 0");
    assert_eq!(
        pool(4, 1),
        "pool_forward: expected a window no larger than the image of 4 x 3, got one of 4 x 4\n\
         help: make the window smaller"
    );
}

#[test]
fn wrong_gradients_are_told_the_forward_passs_shape() {
    let (z, cache) = convolution();
    let dz = z.slice(s![.., .., 1.., ..]).to_owned();
    assert_eq!(
        message(move || conv_backward(&dz, &cache)),
        "conv_backward: expected dz of shape (10, 4, 4, 8), the shape of the forward pass's output, got (10, 4, 3, 8)"
    );
    let cache = PoolCache { a_prev: Array4::zeros((2, 4, 4, 3)), hparameters: PoolHparameters { f: 3, stride: 2 } };
    assert_eq!(
        message(move || pool_backward(&Array4::zeros((2, 1, 1, 2)), &cache, PoolMode::Max)),
        "pool_backward: expected da of shape (2, 1, 1, 3), the shape of the forward pass's output, got (2, 1, 1, 2)"
    );
}

#[test]
fn a_window_of_another_shape_than_the_filter_is_refused() {
    let told = message(|| {
        let (window, w, b) = (Array3::zeros((2, 3, 1)), Array3::zeros((3, 3, 1)), Array3::zeros((1, 1, 1)));
        conv_single_step(&window.view(), &w.view(), &b.view())
    });
    assert_eq!(told, "conv_single_step: expected a window of the filter's shape (3, 3, 1), got one of (2, 3, 1)");
}
