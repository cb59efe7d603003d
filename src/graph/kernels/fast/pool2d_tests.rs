//! The fast pools and the number-by-number kernels against plain loops.

use super::testing::{Shapes, assert_near};
use super::{Isa, adam, elementwise, matmul, pool2d, softmax};
use crate::graph::kernels::fast::conv2d::Epilogue;
use crate::graph::kernels::geometry::Pool2dGeometry;
use crate::graph::kernels::workspace::Workspace;
use crate::graph::padding::Padding;

/// The cells of output `o`'s window that lie inside the image: their number in the window and their index in `x`.
fn cells(g: &Pool2dGeometry, o: usize) -> Vec<(usize, usize)> {
    let (pixel, c) = (o / g.n_c, o % g.n_c);
    let (i, h, w) = (pixel / (g.n_h * g.n_w), pixel / g.n_w % g.n_h, pixel % g.n_w);
    let mut cells = Vec::new();
    for cell in 0..g.f_h * g.f_w {
        let row = (h * g.stride_h + cell / g.f_w).wrapping_sub(g.pad_top);
        let column = (w * g.stride_w + cell % g.f_w).wrapping_sub(g.pad_left);
        if row < g.n_h_prev && column < g.n_w_prev {
            cells.push((cell, ((i * g.n_h_prev + row) * g.n_w_prev + column) * g.n_c + c));
        }
    }
    cells
}

fn check(g: &Pool2dGeometry, shapes: &mut Shapes, ws: &mut Workspace) {
    // Halves, so that several cells of a window are equal.
    let x: Vec<f32> = shapes.numbers(g.input_len()).iter().map(|x| (2.0 * x).round() / 2.0).collect();
    let (dy, old) = (shapes.numbers(g.output_len()), shapes.numbers(g.input_len()));
    let (mut max, mut average) = (vec![0.0; g.output_len()], vec![0.0; g.output_len()]);
    let mut expected_chosen = vec![0.0; g.output_len()];
    let mut d_max: Vec<f64> = old.iter().map(|&old| old.into()).collect();
    let mut d_average = vec![0.0f64; g.input_len()];
    for o in 0..g.output_len() {
        let cells = cells(g, o);
        let mut best = cells[0];
        for &(cell, at) in &cells {
            if x[at] > x[best.1] {
                best = (cell, at);
            }
            average[o] += f64::from(x[at]) / cells.len() as f64;
            d_average[at] += f64::from(dy[o]) / cells.len() as f64;
        }
        max[o] = f64::from(x[best.1]);
        expected_chosen[o] = best.0 as f32;
        d_max[best.1] += f64::from(dy[o]);
    }
    let what = format!("{g:?} {:?}", ws.isa());
    let (mut y, mut chosen) = (vec![f32::NAN; g.output_len()], vec![f32::NAN; g.output_len()]);
    pool2d::max_forward(g, &x, &mut y, &mut chosen, ws);
    assert_near(&y, &max, &what);
    assert_eq!(chosen, expected_chosen, "{what}");
    y.fill(f32::NAN);
    pool2d::max_forward(g, &x, &mut y, &mut [], ws);
    assert_near(&y, &max, &what);
    let mut dx = old.clone();
    pool2d::max_backward(g, &chosen, &dy, &mut dx, true, ws);
    assert_near(&dx, &d_max, &what);
    pool2d::average_forward(g, &x, &mut y, ws);
    assert_near(&y, &average, &what);
    dx.fill(f32::NAN);
    pool2d::average_backward(g, &dy, &mut dx, false, ws);
    assert_near(&dx, &d_average, &what);
}

#[test]
fn pools_are_the_loops_they_stand_for() {
    for isa in Isa::all_available() {
        let mut shapes = Shapes::new(5);
        let mut ws = Workspace::new(2).with_isa(isa);
        check(&Pool2dGeometry::new((2, 32, 32, 8), (8, 8), (8, 8), Padding::Same), &mut shapes, &mut ws);
        check(&Pool2dGeometry::new((3, 5, 4, 9), (5, 4), (1, 1), Padding::Valid), &mut shapes, &mut ws);
        for _ in 0..40 {
            let (f_h, f_w) = (shapes.up_to(5), shapes.up_to(5));
            let padding = if shapes.up_to(2) == 1 { Padding::Same } else { Padding::Valid };
            let batch = (shapes.up_to(4), f_h - 1 + shapes.up_to(9), f_w - 1 + shapes.up_to(9), shapes.up_to(20));
            let strides = (shapes.up_to(4), shapes.up_to(4));
            check(&Pool2dGeometry::new(batch, (f_h, f_w), strides, padding), &mut shapes, &mut ws);
        }
    }
}

#[test]
fn dense_is_a_matrix_product() {
    let mut shapes = Shapes::new(6);
    let mut ws = Workspace::new(2);
    for (m, k, n) in [(1, 1, 1), (5, 64, 6), (33, 7, 100), (0, 3, 2)] {
        let (x, w, dy) = (shapes.numbers(m * k), shapes.numbers(k * n), shapes.numbers(m * n));
        let bias = shapes.numbers(n);
        let (mut y, mut dx, mut dw) = (vec![0.0f64; m * n], vec![0.0f64; m * k], vec![0.0f64; k * n]);
        for i in 0..m * k * n {
            let (r, j, c) = (i / (k * n), i / n % k, i % n);
            y[r * n + c] += f64::from(x[r * k + j]) * f64::from(w[j * n + c]);
            dx[r * k + j] += f64::from(dy[r * n + c]) * f64::from(w[j * n + c]);
            dw[j * n + c] += f64::from(dy[r * n + c]) * f64::from(x[r * k + j]);
        }
        y.iter_mut().enumerate().for_each(|(i, y)| *y += f64::from(bias[i % n]));
        let epilogue = Epilogue { bias: Some(&bias), ..Epilogue::default() };
        let (mut out, mut d_x, mut d_w) = (vec![f32::NAN; m * n], vec![f32::NAN; m * k], vec![f32::NAN; k * n]);
        matmul::forward((m, k, n), &x, &w, &mut out, epilogue, &mut ws);
        assert_near(&out, &y, "dense forward");
        matmul::backward_input((m, k, n), &dy, &w, &mut d_x, false, &mut ws);
        assert_near(&d_x, &dx, "dense backward_input");
        matmul::backward_weights((m, k, n), &x, &dy, &mut d_w, &mut ws);
        assert_near(&d_w, &dw, "dense backward_weights");
    }
}

#[test]
fn number_by_number_kernels_follow_their_equations() {
    let mut shapes = Shapes::new(7);
    for isa in Isa::all_available() {
        let mut ws = Workspace::new(3).with_isa(isa);
        let (rows, n_c) = (5000, 9);
        let (x, dy, bias) = (shapes.numbers(rows * n_c), shapes.numbers(rows * n_c), shapes.numbers(n_c));

        let mut y = x.clone();
        elementwise::bias_add(&mut y, &bias, false, &mut ws);
        elementwise::relu(&mut y, &mut ws);
        assert!(y.iter().enumerate().all(|(i, y)| *y == (x[i] + bias[i % n_c]).max(0.0)));
        let mut fused = x.clone();
        elementwise::bias_add(&mut fused, &bias, true, &mut ws);
        assert!(fused == y);
        let mut g = dy.clone();
        elementwise::relu_backward(&y, &mut g, &mut ws);
        assert!(g.iter().zip(&dy).zip(&y).all(|((g, dy), y)| *g == if *y > 0.0 { *dy } else { 0.0 }));
        elementwise::add_assign(&mut g, &x, &mut ws);
        assert!(g.iter().zip(&dy).zip(&y).zip(&x).all(|(((g, dy), y), x)| *g == if *y > 0.0 { dy + x } else { *x }));
        let mut d_bias = vec![0.0; n_c];
        elementwise::bias_gradient(&dy, &mut d_bias, &mut ws);
        let sum = |c| dy.iter().skip(c).step_by(n_c).map(|&dy| f64::from(dy)).sum();
        assert_near(&d_bias, &(0..n_c).map(sum).collect::<Vec<f64>>(), "bias gradient");

        let hyper = adam::Adam { alpha: 0.01, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8 };
        let (mut variable, mut mean, mut square) = (x.clone(), y.clone(), fused.clone());
        adam::step(hyper, &dy, &mut variable, &mut mean, &mut square, &mut ws);
        for i in 0..rows * n_c {
            let m = y[i] + (dy[i] - y[i]) * (1.0 - hyper.beta_1);
            let v = fused[i] + (dy[i] * dy[i] - fused[i]) * (1.0 - hyper.beta_2);
            let expected = x[i] - m * hyper.alpha / (v.sqrt() + hyper.epsilon);
            assert!((variable[i], mean[i], square[i]) == (expected, m, v), "adam, number {i}");
        }
    }
}

#[test]
fn cross_entropy_is_minus_the_logarithm_of_the_right_class() {
    let z = [1.0, 2.0, 3.0, 1000.0, 0.0, 0.0];
    let labels = [0.0, 0.0, 1.0, 1.0, 0.0, 0.0];
    let (mut loss, mut p, mut dz) = ([0.0; 2], [0.0; 6], [0.0; 6]);
    softmax::cross_entropy(&z, &labels, 3, &mut loss, &mut p);
    // numpy: -np.log(np.exp([1, 2, 3]) / np.exp([1, 2, 3]).sum())[2]
    assert_near(&loss, &[0.40760596444438, 0.0], "loss");
    assert_near(&p, &[0.09003057317038046, 0.24472847105479764, 0.6652409557748218, 1.0, 0.0, 0.0], "softmax");
    softmax::cross_entropy_backward(&p, &labels, &[2.0, 1.0], 3, &mut dz);
    assert_near(&dz, &[0.18006114634, 0.48945694211, -0.66951808845, 0.0, 0.0, 0.0], "gradient");
}
