//! The fast batch normalisation against a reference in `f64`.

use super::batch_norm::{self, Statistics};
use super::isa::Isa;
use super::testing::{RandomInputs, assert_near};
use crate::graph::kernels::epilogue::Epilogue;
use crate::graph::kernels::workspace::Workspace;

/// What the kernels compute: y, dx, d_gamma, d_beta.
type Results = [Vec<f32>; 4];

/// The epilogue under test: none, a relu, or an addition and a relu, whose gradients another kernel computes.
#[derive(Debug, Clone, Copy)]
struct Fused {
    relu: bool,
    add: bool,
}

fn run(
    random: &mut RandomInputs,
    rows: usize,
    n_c: usize,
    fused: Fused,
    ws: &mut Workspace,
) -> (Results, [Vec<f64>; 4]) {
    let len = rows * n_c;
    // A mean far from zero: E[x²] − E[x]² would cancel.
    let x: Vec<f32> = random.elements(len).iter().map(|x| 50.0 + x).collect();
    let (add, dy) = (random.elements(len), random.elements(len));
    let (gamma, beta) = (random.elements(n_c), random.elements(n_c));
    let epsilon = 1e-3f64;

    let (mut mean, mut variance) = (vec![0.0; n_c], vec![0.0; n_c]);
    batch_norm::moments(&x, &mut mean, &mut variance, ws);
    let column = |c: usize| x.iter().skip(c).step_by(n_c).map(|&x| f64::from(x));
    let means: Vec<f64> = (0..n_c).map(|c| column(c).sum::<f64>() / rows as f64).collect();
    let variances: Vec<f64> =
        (0..n_c).map(|c| column(c).map(|x| (x - means[c]).powi(2)).sum::<f64>() / rows as f64).collect();
    assert_near(&mean, &means, "mean");
    assert_near(&variance, &variances, "variance");

    let inv_std: Vec<f32> = variance.iter().map(|v| (1.0 / (f64::from(*v) + epsilon).sqrt()) as f32).collect();
    let s = Statistics { mean: &mean, inv_std: &inv_std, gamma: &gamma, beta: &beta };
    let mut y = vec![f32::NAN; len];
    let epilogue = Epilogue { add: fused.add.then_some(&add[..]), relu: fused.relu, ..Epilogue::default() };
    batch_norm::forward(&s, &x, &mut y, epilogue, ws);

    let fused_relu = fused.relu && !fused.add;
    let mut dx = vec![f32::NAN; len];
    let (mut d_gamma, mut d_beta) = (vec![0.0; n_c], vec![0.0; n_c]);
    batch_norm::backward(&s, fused_relu, &x, Some(&dy), &mut dx, &mut d_gamma, &mut d_beta, ws);
    let mut in_place = dy.clone();
    batch_norm::backward(&s, fused_relu, &x, None, &mut in_place, &mut d_gamma, &mut d_beta, ws);
    assert!(in_place == dx, "the in-place result differs");

    let mut expected_y = vec![0.0; len];
    let (mut g, mut x_hat) = (vec![0.0; len], vec![0.0; len]);
    let (mut sums, mut products) = (vec![0.0; n_c], vec![0.0; n_c]);
    for i in 0..len {
        let c = i % n_c;
        x_hat[i] = (f64::from(x[i]) - f64::from(mean[c])) * f64::from(inv_std[c]);
        let z = x_hat[i] * f64::from(gamma[c]) + f64::from(beta[c]) + if fused.add { f64::from(add[i]) } else { 0.0 };
        expected_y[i] = if fused.relu { z.max(0.0) } else { z };
        // The sign of the relu's input is taken from the computed output, because near zero rounding decides it.
        g[i] = if fused_relu && y[i] <= 0.0 { 0.0 } else { f64::from(dy[i]) };
        sums[c] += g[i];
        products[c] += g[i] * x_hat[i];
    }
    let expected_dx = (0..len).map(|i| {
        let c = i % n_c;
        f64::from(gamma[c]) * f64::from(inv_std[c]) * (g[i] - (sums[c] + x_hat[i] * products[c]) / rows as f64)
    });
    let expected_dx = expected_dx.collect();
    ([y, dx, d_gamma, d_beta], [expected_y, expected_dx, products, sums])
}

const FUSED: [Fused; 3] =
    [Fused { relu: false, add: false }, Fused { relu: true, add: false }, Fused { relu: true, add: true }];

#[test]
fn batch_norm_matches_the_reference() {
    for isa in Isa::all_available() {
        let mut random = RandomInputs::new(3);
        let mut ws = Workspace::new(2).with_isa(isa);
        for fused in FUSED {
            for (rows, n_c) in [(1, 3), (7, 1), (33, 20), (3000, 6), (130, 512)] {
                let (results, expected) = run(&mut random, rows, n_c, fused, &mut ws);
                for (name, (result, expected)) in
                    ["y", "dx", "d_gamma", "d_beta"].iter().zip(results.iter().zip(&expected))
                {
                    assert_near(result, expected, &format!("{name} of {rows}x{n_c} {fused:?} {isa:?}"));
                }
            }
        }
    }
}

#[test]
fn batch_norm_has_the_same_bits_for_any_number_of_threads_and_any_instruction_set() {
    let (rows, n_c) = (3000, 37);
    for fused in FUSED {
        let run = |n_threads, isa| {
            let mut ws = Workspace::new(n_threads).with_isa(isa);
            run(&mut RandomInputs::new(4), rows, n_c, fused, &mut ws)
                .0
                .map(|v| v.into_iter().map(f32::to_bits).collect())
        };
        let expected: [Vec<u32>; 4] = run(1, Isa::Portable);
        for isa in Isa::all_available() {
            for n_threads in 1..=4 {
                assert!(run(n_threads, isa) == expected, "{n_threads} threads, {isa:?}");
            }
        }
    }
}
