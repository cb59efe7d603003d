//! The joined pass against the two kernels that it stands for, whose bits it has, over random shapes.

use super::isa::Isa;
use super::testing::RandomInputs;
use super::{conv2d, conv2d_max_pool, max_pool, relu};
use crate::graph::kernels::epilogue::Epilogue;
use crate::graph::kernels::geometry::{ConvGeometry, PoolGeometry};
use crate::graph::kernels::workspace::Workspace;
use crate::graph::network::padding::Padding;

fn check(conv: &ConvGeometry, pool: &PoolGeometry, random: &mut RandomInputs, ws: &mut Workspace) {
    // Few different numbers, so that several cells of a window are equal.
    let mut few = |len: usize| -> Vec<f32> { random.elements(len).iter().map(|x| x.round()).collect() };
    let (x, w) = (few(conv.input_len()), few(conv.filter_len()));
    let mut between = vec![f32::NAN; conv.output_len()];
    conv2d::forward(conv, &x, &w, &mut between, Epilogue::default(), ws);
    let (mut expected, mut expected_argmax) = (vec![f32::NAN; pool.output_len()], vec![f32::NAN; pool.output_len()]);
    max_pool::forward(pool, &between, &mut expected, &mut expected_argmax, ws);
    let what = format!("{conv:?} {pool:?} {:?}", ws.isa());
    let (mut y, mut argmax) = (vec![f32::NAN; pool.output_len()], vec![f32::NAN; pool.output_len()]);
    conv2d_max_pool::forward(conv, pool, &x, &w, &mut y, &mut argmax, false, ws);
    assert_eq!(y, expected, "{what}");
    assert_eq!(argmax, expected_argmax, "{what}");
    relu::forward(&mut expected, ws);
    y.fill(f32::NAN);
    conv2d_max_pool::forward(conv, pool, &x, &w, &mut y, &mut [], true, ws);
    assert_eq!(y, expected, "{what}, rectified");
}

#[test]
fn one_pass_has_the_bits_of_two() {
    let mut random = RandomInputs::new(11);
    for isa in Isa::all_available() {
        for n_threads in [1, 2] {
            let mut ws = Workspace::new(n_threads).with_isa(isa);
            for _ in 0..25 {
                let padding = if random.up_to(2) == 1 { Padding::Same } else { Padding::Valid };
                let (f_h, f_w) = (random.up_to(5), random.up_to(5));
                let (n_h, n_w) = (f_h + random.up_to(20), f_w + random.up_to(90));
                let (m, n_c_prev, n_c) = (random.up_to(4), random.up_to(4), random.up_to(17));
                let conv = ConvGeometry::new((m, n_h, n_w, n_c_prev), (f_h, f_w, n_c_prev, n_c), (1, 1), padding);
                let windows = (random.up_to(conv.n_h.min(9)), random.up_to(conv.n_w.min(9)));
                let padding = if random.up_to(2) == 1 { Padding::Same } else { Padding::Valid };
                let pool = PoolGeometry::new((m, conv.n_h, conv.n_w, n_c), windows, windows, padding);
                check(&conv, &pool, &mut random, &mut ws);
            }
            let conv = ConvGeometry::new((3, 64, 64, 3), (4, 4, 3, 8), (1, 1), Padding::Same);
            let pool = PoolGeometry::new((3, 64, 64, 8), (8, 8), (8, 8), Padding::Same);
            check(&conv, &pool, &mut random, &mut ws);
        }
    }
}

#[test]
#[should_panic(
    expected = "conv2d_max_pool: expected a convolution of stride 1 and windows as far apart as they are large"
)]
fn windows_that_overlap_are_refused() {
    let conv = ConvGeometry::new((1, 8, 8, 1), (1, 1, 1, 1), (1, 1), Padding::Valid);
    let pool = PoolGeometry::new((1, 8, 8, 1), (4, 4), (2, 2), Padding::Valid);
    let (x, mut y) = (vec![0.0; conv.input_len()], vec![0.0; pool.output_len()]);
    conv2d_max_pool::forward(&conv, &pool, &x, &[1.0], &mut y, &mut [], false, &mut Workspace::new(1));
}
