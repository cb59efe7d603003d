/*!
`assert_close`, `numerical_gradient` and `relative_error`: what they let pass, what they refuse, what they say.
*/

use cnn::prelude::*;

/// What the panic of `f` said.
fn message(f: impl FnOnce() + std::panic::UnwindSafe) -> String {
    let panic = std::panic::catch_unwind(f).expect_err("this should have panicked");
    panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|s| s.to_string())).unwrap()
}

#[test]
fn tolerances_are_relative_to_desired() {
    // |1.1 - 1.0| = 0.1 is 0.1 |1.0| but less than 0.1 |1.1|.
    assert_close(&array![1.0], &array![1.1], 0.0999, 0.0);
    assert!(message(|| assert_close(&array![1.1], &array![1.0], 0.0999, 0.0)).contains("Mismatched elements: 1 / 1"));
    assert_close(1e-9, 0.0, 0.0, 1e-8);
    assert!(message(|| assert_close(1e-9, 0.0, 1.0, 0.0)).starts_with("Not equal to tolerance rtol=1e0, atol=0e0"));
}

#[test]
fn any_dimension_layout_and_float_is_compared() {
    let x: Array4<f64> = RandomState::new(1).randn((2, 3, 4, 5));
    assert_close(&x, x.mapv(|x| x as f32), 1e-7, 0.0);
    assert_close(x.view().reversed_axes(), x.clone().reversed_axes(), 0.0, 0.0);
    assert_close(Array2::<f64>::ones((2, 2)), 1.0, 0.0, 0.0);
    assert_close(x.clone().into_dyn(), &x, 0.0, 0.0);
    assert_close(Array2::<f64>::zeros((0, 2)), Array2::<f64>::zeros((0, 2)), 0.0, 0.0);
}

#[test]
fn the_message_counts_locates_and_measures() {
    let actual = array![[1.0, 2.0, 3.0], [4.0, 5.5, 7.0]];
    let desired = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
    let expected = "Not equal to tolerance rtol=1e-7, atol=0e0\n\n\
                    Mismatched elements: 2 / 6 (33.333%)\n\
                    First mismatch at [1, 1]: actual 5.5, desired 5.0\n\
                    Max absolute difference among violations: 1.0\n\
                    Max relative difference among violations: 0.16666666666666666\n \
                    ACTUAL, shape (2, 3):\n\
                    [[1.  2.  3. ]\n [4.  5.5 7. ]]\n \
                    DESIRED:\n\
                    [[1. 2. 3.]\n [4. 5. 6.]]";
    assert_eq!(message(move || assert_close(&actual, &desired, 1e-7, 0.0)), expected);
}

#[test]
fn different_shapes_are_never_close() {
    for (a, d) in [((2, 3), (3, 2)), ((2, 3), (1, 3)), ((1, 3), (2, 3))] {
        let told = message(move || assert_close(Array2::<f64>::zeros(a), Array2::<f64>::zeros(d), 1.0, 1.0));
        let expected = format!("expected the shape of desired, {d:?}, got actual of shape {a:?}");
        assert!(told.contains(&expected), "{told}");
    }
    assert!(message(|| assert_close(1.0, &array![1.0, 1.0], 1.0, 1.0)).contains("(2,), got actual of shape ()"));
}

#[test]
fn a_nan_is_close_to_nothing_and_an_infinity_to_itself() {
    let nan = array![1.0, f64::NAN];
    assert!(message(move || assert_close(&nan, &nan, 1.0, 1.0)).contains("NaN in actual: 1"));
    assert!(message(|| assert_close(1.0, f64::NAN, 1.0, 1.0)).contains("NaN in desired: 1"));
    let inf = f64::INFINITY;
    assert_close(&array![inf, -inf], &array![inf, -inf], 0.0, 0.0);
    for (a, d) in [(inf, -inf), (1.0, inf), (inf, 1.0)] {
        assert!(message(move || assert_close(a, d, 1.0, 1.0)).contains("Mismatched elements: 1 / 1"), "{a} {d}");
    }
}

#[test]
fn the_numerical_gradient_keeps_shape_and_order() {
    let x: Array3<f64> = RandomState::new(4).randn((2, 3, 4));
    let weights: Array3<f64> = RandomState::new(5).randn((2, 3, 4));
    let gradient = numerical_gradient(|x| (x * &weights).sum(), &x, 1e-5);
    assert!(relative_error(&gradient, &weights) < 1e-8);
    // A transposed array, whose memory runs the other way.
    let transposed = x.clone().reversed_axes();
    let gradient = numerical_gradient(|x| (x * x).sum(), &transposed, 1e-5);
    assert!(relative_error(&gradient, &(&transposed * 2.0)) < 1e-8);
    assert_eq!(numerical_gradient(|x| x[()].powi(3), &ndarray::arr0(2.0), 1e-5).ndim(), 0);
}

#[test]
fn the_relative_error_tells_right_from_wrong() {
    assert_eq!(relative_error(&array![1.0, 2.0], &array![1.0, 2.0]), 0.0);
    assert_eq!(relative_error(&array![1.0, -1.0], &array![1.0, 1.0]), 1.0);
    assert_eq!(relative_error(&array![0.0], &array![0.0]), 0.0);
    assert!((relative_error(1.0, 1.01) - 0.01 / 2.01).abs() < 1e-12);
    assert!(relative_error(&array![f64::NAN, 0.0], &array![0.0, 0.0]).is_nan());
    let told = message(|| _ = relative_error(&array![1.0], &array![[1.0]]));
    assert_eq!(told, "relative_error: expected two arrays of one shape, got (1,) and (1, 1)");
}
