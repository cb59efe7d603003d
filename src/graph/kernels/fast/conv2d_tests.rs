//! The fast convolution against the sum it stands for, in `f64`, over random shapes.

use super::Isa;
use super::conv2d::{self, Epilogue, Prepared};
use super::testing::{Shapes, assert_near};
use super::winograd::Winograd;
use crate::graph::kernels::geometry::Conv2dGeometry;
use crate::graph::kernels::workspace::Workspace;
use crate::graph::padding::Padding;

/// Calls `visit(x, w, y)` with the flat indices of every product of a convolution.
fn for_each_product(g: &Conv2dGeometry, mut visit: impl FnMut(usize, usize, usize)) {
    for pixel in 0..g.m * g.n_h * g.n_w {
        let (i, h, w) = (pixel / (g.n_h * g.n_w), pixel / g.n_w % g.n_h, pixel % g.n_w);
        for cell in 0..g.f_h * g.f_w {
            let row = (h * g.stride_h + cell / g.f_w).wrapping_sub(g.pad_top);
            let column = (w * g.stride_w + cell % g.f_w).wrapping_sub(g.pad_left);
            if row >= g.n_h_prev || column >= g.n_w_prev {
                continue;
            }
            for k in 0..g.n_c_prev {
                for c in 0..g.n_c {
                    let x = ((i * g.n_h_prev + row) * g.n_w_prev + column) * g.n_c_prev + k;
                    visit(x, (cell * g.n_c_prev + k) * g.n_c + c, pixel * g.n_c + c);
                }
            }
        }
    }
}

fn random_geometry(shapes: &mut Shapes) -> Conv2dGeometry {
    let (f_h, f_w) = (shapes.up_to(5), shapes.up_to(5));
    let strides = (shapes.up_to(3), shapes.up_to(3));
    let padding = if shapes.up_to(2) == 1 { Padding::Same } else { Padding::Valid };
    let (n_h, n_w) = (f_h - 1 + shapes.up_to(9), f_w - 1 + shapes.up_to(9));
    let (n_c_prev, n_c) = (shapes.up_to(20), shapes.up_to(40));
    Conv2dGeometry::new((shapes.up_to(5), n_h, n_w, n_c_prev), (f_h, f_w, n_c_prev, n_c), strides, padding)
}

/// Geometries that random draws miss: one image, wide panels, filters larger than the image, more padding than SAME.
fn special_geometries() -> Vec<Conv2dGeometry> {
    let conv = |batch, filters, strides, padding| Conv2dGeometry::new(batch, filters, strides, padding);
    let mut padded = conv((2, 6, 7, 3), (3, 3, 3, 5), (2, 1), Padding::Valid);
    (padded.pad_top, padded.pad_left, padded.n_h, padded.n_w) = (4, 5, 7, 15);
    vec![
        padded,
        conv((1, 2, 2, 64), (3, 3, 64, 96), (1, 1), Padding::Same),
        conv((3, 4, 4, 64), (1, 1, 64, 128), (2, 2), Padding::Valid),
        conv((2, 20, 20, 3), (7, 7, 3, 64), (2, 2), Padding::Valid),
        conv((2, 3, 2, 4), (5, 5, 4, 7), (1, 1), Padding::Same),
        conv((40, 1, 1, 33), (1, 1, 33, 6), (1, 1), Padding::Valid),
        conv((0, 4, 4, 2), (3, 3, 2, 3), (1, 1), Padding::Same),
    ]
}

/// Geometries that Winograd's convolution takes: whole squares and parts of one, every padding, ragged panels, few
/// filters and many.
fn winograd_geometries() -> Vec<Conv2dGeometry> {
    let conv = |m, n_h, n_w, n_c_prev, n_c, padding| {
        Conv2dGeometry::new((m, n_h, n_w, n_c_prev), (3, 3, n_c_prev, n_c), (1, 1), padding)
    };
    let mut padded = conv(3, 9, 8, 32, 48, Padding::Valid);
    (padded.pad_top, padded.pad_left, padded.n_h, padded.n_w) = (2, 0, 11, 7);
    vec![
        padded,
        conv(16, 4, 4, 64, 96, Padding::Same),
        conv(37, 4, 4, 48, 32, Padding::Same),
        conv(5, 8, 8, 32, 64, Padding::Same),
        conv(2, 15, 15, 64, 64, Padding::Same),
        conv(9, 6, 7, 32, 80, Padding::Same),
        conv(4, 14, 18, 32, 32, Padding::Valid),
        // Several chunks of channels and several blocks of squares; the gradient's sums by channels.
        conv(60, 4, 4, 112, 48, Padding::Same),
        conv(16, 4, 4, 192, 160, Padding::Same),
    ]
}

fn check(g: &Conv2dGeometry, shapes: &mut Shapes, ws: &mut Workspace) {
    let (x, w, dy) = (shapes.numbers(g.input_len()), shapes.numbers(g.filter_len()), shapes.numbers(g.output_len()));
    let (bias, old) = (shapes.numbers(g.n_c), shapes.numbers(g.input_len()));
    let what = format!("{g:?} {:?}", ws.isa());

    let mut expected = vec![0.0f64; g.output_len()];
    let mut expected_dx: Vec<f64> = old.iter().map(|&number| number.into()).collect();
    let mut expected_dw = vec![0.0f64; g.filter_len()];
    for_each_product(g, |i, j, o| {
        expected[o] += f64::from(x[i]) * f64::from(w[j]);
        expected_dx[i] += f64::from(dy[o]) * f64::from(w[j]);
        expected_dw[j] += f64::from(dy[o]) * f64::from(x[i]);
    });

    let mut y = vec![f32::NAN; g.output_len()];
    conv2d::forward(g, &x, &w, &mut y, Epilogue::default(), ws);
    assert_near(&y, &expected, &format!("forward {what}"));
    let mut prepared = Prepared::new(g, &w, ws);
    let mut again = vec![f32::NAN; g.output_len()];
    conv2d::forward_prepared(g, &x, &mut prepared, &mut again, Epilogue::default(), ws);
    assert!(again == y, "prepared filters give other numbers: {what}");

    let epilogue = Epilogue { bias: Some(&bias), add: Some(&dy), relu: true };
    conv2d::forward(g, &x, &w, &mut y, epilogue, ws);
    for (o, sum) in expected.iter_mut().enumerate() {
        *sum = (*sum + f64::from(bias[o % g.n_c]) + f64::from(dy[o])).max(0.0);
    }
    assert_near(&y, &expected, &format!("forward with bias, addition and relu {what}"));

    let mut dx = old.clone();
    conv2d::backward_input(g, &dy, &w, &mut dx, true, ws);
    assert_near(&dx, &expected_dx, &format!("backward_input, accumulated, {what}"));
    dx.fill(f32::NAN);
    conv2d::backward_input(g, &dy, &w, &mut dx, false, ws);
    expected_dx.iter_mut().zip(&old).for_each(|(sum, &old)| *sum -= f64::from(old));
    assert_near(&dx, &expected_dx, &format!("backward_input {what}"));

    let mut dw = vec![f32::NAN; g.filter_len()];
    conv2d::backward_filter(g, &x, &dy, &mut dw, ws);
    assert_near(&dw, &expected_dw, &format!("backward_filter {what}"));
}

#[test]
fn winograd_takes_what_is_worth_it() {
    for isa in Isa::all_available() {
        for g in winograd_geometries() {
            assert!(Winograd::plan(&g, isa).is_some(), "{g:?}");
            assert!(Winograd::plan_backward(&g, isa).is_some(), "{g:?}");
        }
        for g in special_geometries() {
            assert!(Winograd::plan(&g, isa).is_none(), "{g:?}");
        }
        // One picture, and images of which the filters see little.
        for (m, n) in [(1, 4), (32, 2), (32, 3)] {
            let g = Conv2dGeometry::new((m, n, n, 64), (3, 3, 64, 64), (1, 1), Padding::Same);
            assert!(Winograd::plan(&g, isa).is_none(), "{g:?}");
        }
    }
}

#[test]
fn convolutions_are_the_sums_they_stand_for() {
    for isa in Isa::all_available() {
        let mut shapes = Shapes::new(1);
        let mut ws = Workspace::new(2).with_isa(isa);
        for g in special_geometries().into_iter().chain(winograd_geometries()) {
            check(&g, &mut shapes, &mut ws);
        }
        for _ in 0..40 {
            check(&random_geometry(&mut shapes), &mut shapes, &mut ws);
        }
    }
}

#[test]
fn convolutions_have_the_same_bits_for_any_number_of_threads() {
    let mut shapes = Shapes::new(2);
    let mut geometries = special_geometries();
    geometries.extend(winograd_geometries());
    geometries.push(Conv2dGeometry::new((8, 15, 15, 24), (3, 3, 24, 70), (1, 1), Padding::Same));
    for g in geometries {
        let (x, w, dy) =
            (shapes.numbers(g.input_len()), shapes.numbers(g.filter_len()), shapes.numbers(g.output_len()));
        let run = |n_threads| {
            let mut ws = Workspace::new(n_threads);
            let (mut y, mut dx, mut dw) = (dy.clone(), x.clone(), w.clone());
            conv2d::forward(&g, &x, &w, &mut y, Epilogue::default(), &mut ws);
            conv2d::backward_input(&g, &dy, &w, &mut dx, true, &mut ws);
            conv2d::backward_filter(&g, &x, &dy, &mut dw, &mut ws);
            [y, dx, dw].map(|numbers| numbers.into_iter().map(f32::to_bits).collect::<Vec<_>>())
        };
        let expected = run(1);
        for n_threads in 2..=4 {
            assert!(run(n_threads) == expected, "{n_threads} threads give other bits than one: {g:?}");
        }
    }
}
