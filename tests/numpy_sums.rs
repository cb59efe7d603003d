/*!
Sums, means and extremes against NumPy's, bit for bit, over plain arrays and over permuted, cut and reversed views.

`tests/fixtures/numpy_fixtures.py` made the expected bits.
*/

use crate::fixtures;
use cnn::prelude::*;
use ndarray::{ArrayViewD, Slice};
use serde_json::Value;

/// A float that can be made from a double and whose bits can be compared.
trait Bits: np::Float {
    fn bits(self) -> u64;
}

impl Bits for f32 {
    fn bits(self) -> u64 {
        u64::from(self.to_bits())
    }
}

impl Bits for f64 {
    fn bits(self) -> u64 {
        self.to_bits()
    }
}

/// The view that numpy_fixtures.py describes in a case.
fn view<'a, A>(a: &'a ArrayD<A>, case: &Value) -> ArrayViewD<'a, A> {
    let mut view = a.view().permuted_axes(fixtures::numbers(&case["axes"]));
    for (axis, cut) in case["cuts"].as_array().unwrap().iter().enumerate() {
        let [start, stop, step] = [0, 1, 2].map(|k| cut[k].as_i64().unwrap() as isize);
        view.slice_axis_inplace(Axis(axis), Slice::new(start, Some(stop), step));
        if cut[3].as_bool().unwrap() {
            view.invert_axis(Axis(axis));
        }
    }
    view
}

fn check<A: Bits>(case: &Value, bytes: usize) {
    let seed = case["seed"].as_u64().unwrap() as u32;
    let a = RandomState::new(seed).randn(fixtures::numbers(&case["shape"])).mapv(A::from_f64);
    let view = view(&a, case);
    let same = |what: &str, x: A| {
        assert_eq!(vec![x.bits()], fixtures::bits(&case[what], bytes), "{what} of {case}, which is {x}");
    };
    same("sum", np::sum(&view));
    same("mean", np::mean(&view));
    same("max", np::max(&view));
    same("min", np::min(&view));
    for axis in 0..view.ndim() {
        let fold = |x: ArrayD<A>| format!("{:x}", x.iter().fold(0, |bits, x| bits ^ x.bits()));
        assert_eq!(fold(np::sum_axis(&view, Axis(axis))), case["sum_axis"][axis], "sum along axis {axis} of {case}");
        assert_eq!(fold(np::mean_axis(&view, Axis(axis))), case["mean_axis"][axis], "mean along axis {axis} of {case}");
    }
}

#[test]
fn sums_and_means_have_numpys_bits() {
    let cases = fixtures::cases("numpy_sums.json");
    assert!(cases.len() > 400);
    for case in cases {
        match case["dtype"].as_str().unwrap() {
            "f8" => check::<f64>(&case, 8),
            "f4" => check::<f32>(&case, 4),
            other => panic!("unknown dtype {other}"),
        }
    }
}

#[test]
fn a_sum_of_products_has_the_bits_of_the_products_sum() {
    let cases = fixtures::cases("numpy_sums.json");
    let pairs = cases.iter().filter(|case| case["dtype"] == "f8").flat_map(|case| {
        let other = |axes: Vec<usize>| RandomState::new(99).randn(axes).mapv(|x: f64| 10.0 * x);
        let a: ArrayD<f64> = RandomState::new(7).randn(fixtures::numbers(&case["shape"]));
        let a = view(&a, case).to_owned();
        // One array as it lies, one whose axes lie the other way round, one of which every second number is used.
        let reversed = other(a.shape().iter().rev().copied().collect()).reversed_axes();
        let mut wide = a.shape().to_vec();
        wide.push(2);
        let strided = other(wide).index_axis_move(Axis(a.ndim()), 1);
        [other(a.shape().to_vec()), reversed, strided].map(|b| (a.clone(), b))
    });
    let mut n_pairs = 0;
    for (a, b) in pairs {
        let what = format!("shape {:?}, strides {:?} and {:?}", a.shape(), a.strides(), b.strides());
        let expected = np::sum(&(&a * &b)).to_bits();
        assert_eq!(np::sum_of_products(&a, &b).to_bits(), expected, "{what}");
        assert_eq!(np::sum_of_products(&b, &a).to_bits(), expected, "{what}, exchanged");
        n_pairs += 1;
    }
    assert!(n_pairs > 500, "{n_pairs}");
}

#[test]
fn a_window_times_a_filter_has_the_bits_of_the_products_sum() {
    let mut rng = RandomState::new(3);
    let image: Array3<f64> = rng.randn((9, 9, 5));
    for (f, n_c_prev) in [(1, 1), (2, 3), (3, 5), (5, 5), (5, 1), (7, 2), (7, 5)] {
        let w: Array4<f64> = rng.randn((f, f, n_c_prev, 4));
        let window = image.slice(s![1..1 + f, 2..2 + f, ..n_c_prev]);
        for c in 0..4 {
            let w_c = w.index_axis(Axis(3), c);
            let expected = np::sum(&(&window * &w_c));
            assert_eq!(np::sum_of_products(&window, &w_c).to_bits(), expected.to_bits(), "{f}, {n_c_prev}, {c}");
        }
    }
}

#[test]
fn the_sum_of_no_products_or_of_negative_zeros_is_zero() {
    let empty = Array2::<f64>::zeros((0, 3));
    assert_eq!(np::sum_of_products(&empty, &empty).to_bits(), 0.0f64.to_bits());
    assert_eq!(np::sum_of_products(&array![-0.0f64], &array![1.0]).to_bits(), 0.0f64.to_bits());
}

#[test]
#[should_panic(expected = "np::sum_of_products: expected two arrays of one shape, got [2, 3] and [3]")]
fn arrays_of_two_shapes_have_no_sum_of_products() {
    let (a, b) = (Array2::<f64>::zeros((2, 3)).into_dyn(), Array1::<f64>::zeros(3).into_dyn());
    np::sum_of_products(&a, &b);
}

#[test]
fn the_order_of_summation_is_not_that_of_a_plain_loop() {
    let x: Array1<f64> = RandomState::new(0).randn(1000);
    assert_ne!(np::sum(&x), x.iter().sum::<f64>());
}

#[test]
fn empty_arrays_sum_to_zero_and_have_no_mean() {
    let empty = Array2::<f64>::zeros((0, 3));
    assert_eq!(np::sum(&empty).to_bits(), 0.0f64.to_bits());
    assert!(np::mean(&empty).is_nan());
    assert_eq!(np::sum_axis(&empty, Axis(0)), Array1::<f64>::zeros(3));
}

#[test]
fn negative_zeros_sum_to_zero() {
    // np.sum(np.array([-0.0])) is 0.0 in NumPy 2.4.6.
    assert_eq!(np::sum(&array![-0.0f64]).to_bits(), 0.0f64.to_bits());
    assert_eq!(np::sum_axis(&array![[-0.0f64], [-0.0]], Axis(0))[0].to_bits(), 0.0f64.to_bits());
}

#[test]
fn a_nan_anywhere_is_the_largest_and_the_smallest() {
    for a in [array![f64::NAN, 1.0, 2.0], array![1.0, f64::NAN, 2.0], array![1.0, 2.0, f64::NAN]] {
        assert!(np::max(&a).is_nan() && np::min(&a).is_nan(), "{a}");
    }
    assert_eq!((np::max(&array![-1.0, -3.0]), np::min(&array![-1.0, -3.0])), (-1.0, -3.0));
    assert_eq!(np::max(&array![f64::NEG_INFINITY]), f64::NEG_INFINITY);
}

#[test]
#[should_panic(expected = "np::max: expected at least one entry, got an empty array of shape [0, 2]")]
fn an_empty_array_has_no_largest_entry() {
    np::max(&Array2::<f64>::zeros((0, 2)));
}
