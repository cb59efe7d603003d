//! The fast pools against plain loops.

use super::isa::Isa;
use super::testing::{RandomInputs, assert_near};
use super::{average_pool, max_pool};
use crate::graph::kernels::geometry::PoolGeometry;
use crate::graph::kernels::workspace::Workspace;
use crate::graph::network::padding::Padding;

/// The elements of output `o`'s window that are inside the image: their offset in the window and their index in `x`.
fn window(g: &PoolGeometry, o: usize) -> Vec<(usize, usize)> {
    let (pixel, c) = (o / g.n_c, o % g.n_c);
    let (i, h, w) = (pixel / (g.n_h * g.n_w), pixel / g.n_w % g.n_h, pixel % g.n_w);
    let mut elements = Vec::new();
    for offset in 0..g.f_h * g.f_w {
        let row = (h * g.stride_h + offset / g.f_w).wrapping_sub(g.pad_top);
        let column = (w * g.stride_w + offset % g.f_w).wrapping_sub(g.pad_left);
        if row < g.n_h_prev && column < g.n_w_prev {
            elements.push((offset, ((i * g.n_h_prev + row) * g.n_w_prev + column) * g.n_c + c));
        }
    }
    elements
}

fn check(g: &PoolGeometry, random: &mut RandomInputs, ws: &mut Workspace) {
    // Halves, so that several elements of a window are equal.
    let x: Vec<f32> = random.elements(g.input_len()).iter().map(|x| (2.0 * x).round() / 2.0).collect();
    let (dy, old) = (random.elements(g.output_len()), random.elements(g.input_len()));
    let (mut max, mut average) = (vec![0.0; g.output_len()], vec![0.0; g.output_len()]);
    let mut expected_argmax = vec![0.0; g.output_len()];
    let mut d_max: Vec<f64> = old.iter().map(|&old| old.into()).collect();
    let mut d_average = vec![0.0f64; g.input_len()];
    for o in 0..g.output_len() {
        let elements = window(g, o);
        let mut best = elements[0];
        for &(offset, at) in &elements {
            if x[at] > x[best.1] {
                best = (offset, at);
            }
            average[o] += f64::from(x[at]) / elements.len() as f64;
            d_average[at] += f64::from(dy[o]) / elements.len() as f64;
        }
        max[o] = f64::from(x[best.1]);
        expected_argmax[o] = best.0 as f32;
        d_max[best.1] += f64::from(dy[o]);
    }
    let what = format!("{g:?} {:?}", ws.isa());
    let (mut y, mut argmax) = (vec![f32::NAN; g.output_len()], vec![f32::NAN; g.output_len()]);
    max_pool::forward(g, &x, &mut y, &mut argmax, ws);
    assert_near(&y, &max, &what);
    assert_eq!(argmax, expected_argmax, "{what}");
    y.fill(f32::NAN);
    max_pool::forward(g, &x, &mut y, &mut [], ws);
    assert_near(&y, &max, &what);
    let mut dx = old.clone();
    max_pool::backward(g, &argmax, &dy, &mut dx, true, ws);
    assert_near(&dx, &d_max, &what);
    average_pool::forward(g, &x, &mut y, ws);
    assert_near(&y, &average, &what);
    dx.fill(f32::NAN);
    average_pool::backward(g, &dy, &mut dx, false, ws);
    assert_near(&dx, &d_average, &what);
}

#[test]
fn pools_agree_with_plain_loops() {
    for isa in Isa::all_available() {
        let mut random = RandomInputs::new(5);
        let mut ws = Workspace::new(2).with_isa(isa);
        check(&PoolGeometry::new((2, 32, 32, 8), (8, 8), (8, 8), Padding::Same), &mut random, &mut ws);
        check(&PoolGeometry::new((3, 5, 4, 9), (5, 4), (1, 1), Padding::Valid), &mut random, &mut ws);
        for _ in 0..40 {
            let (f_h, f_w) = (random.up_to(5), random.up_to(5));
            let padding = if random.up_to(2) == 1 { Padding::Same } else { Padding::Valid };
            let batch = (random.up_to(4), f_h - 1 + random.up_to(9), f_w - 1 + random.up_to(9), random.up_to(20));
            let strides = (random.up_to(4), random.up_to(4));
            check(&PoolGeometry::new(batch, (f_h, f_w), strides, padding), &mut random, &mut ws);
        }
    }
}
