//! The fast matrix product, bias, relu, addition and Adam against plain loops.

use super::isa::Isa;
use super::testing::{RandomInputs, assert_near};
use super::{adam, add, bias_add, matmul, relu};
use crate::graph::kernels::epilogue::Epilogue;
use crate::graph::kernels::workspace::Workspace;

#[test]
fn matmul_agrees_with_plain_loops() {
    let mut random = RandomInputs::new(6);
    let mut ws = Workspace::new(2);
    for (m, k, n) in [(1, 1, 1), (5, 64, 6), (33, 7, 100), (0, 3, 2)] {
        let (x, w, dy) = (random.elements(m * k), random.elements(k * n), random.elements(m * n));
        let bias = random.elements(n);
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
        assert_near(&out, &y, "matmul forward");
        matmul::backward_input((m, k, n), &dy, &w, &mut d_x, false, &mut ws);
        assert_near(&d_x, &dx, "matmul backward_input");
        matmul::backward_weights((m, k, n), &x, &dy, &mut d_w, &mut ws);
        assert_near(&d_w, &dw, "matmul backward_weights");
    }
}

#[test]
fn elementwise_kernels_follow_their_equations() {
    let mut random = RandomInputs::new(7);
    for isa in Isa::all_available() {
        let mut ws = Workspace::new(3).with_isa(isa);
        let (rows, n_c) = (5000, 9);
        let (x, dy, bias) = (random.elements(rows * n_c), random.elements(rows * n_c), random.elements(n_c));

        let mut y = x.clone();
        bias_add::forward(&mut y, &bias, false, &mut ws);
        relu::forward(&mut y, &mut ws);
        assert!(y.iter().enumerate().all(|(i, y)| *y == (x[i] + bias[i % n_c]).max(0.0)));
        let mut fused = x.clone();
        bias_add::forward(&mut fused, &bias, true, &mut ws);
        assert!(fused == y);
        let mut g = dy.clone();
        relu::backward(&y, &mut g, &mut ws);
        assert!(g.iter().zip(&dy).zip(&y).all(|((g, dy), y)| *g == if *y > 0.0 { *dy } else { 0.0 }));
        add::add_assign(&mut g, &x, &mut ws);
        assert!(g.iter().zip(&dy).zip(&y).zip(&x).all(|(((g, dy), y), x)| *g == if *y > 0.0 { dy + x } else { *x }));
        let mut d_bias = vec![0.0; n_c];
        bias_add::backward(&dy, &mut d_bias, &mut ws);
        let sum = |c| dy.iter().skip(c).step_by(n_c).map(|&dy| f64::from(dy)).sum();
        assert_near(&d_bias, &(0..n_c).map(sum).collect::<Vec<f64>>(), "bias gradient");

        let coefficients = adam::Adam { alpha: 0.01, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8 };
        let (mut variable, mut mean, mut square) = (x.clone(), y.clone(), fused.clone());
        adam::step(coefficients, &dy, &mut variable, &mut mean, &mut square, &mut ws);
        for i in 0..rows * n_c {
            let m = y[i] + (dy[i] - y[i]) * (1.0 - coefficients.beta_1);
            let v = fused[i] + (dy[i] * dy[i] - fused[i]) * (1.0 - coefficients.beta_2);
            let expected = x[i] - m * coefficients.alpha / (v.sqrt() + coefficients.epsilon);
            assert!((variable[i], mean[i], square[i]) == (expected, m, v), "adam, element {i}");
        }
    }
}
