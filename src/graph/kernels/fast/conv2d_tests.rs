//! The fast convolution against the sum it stands for, in `f64`, over random shapes.

use super::conv2d::{self, Prepared};
use super::isa::Isa;
use super::testing::{RandomInputs, assert_near};
use super::winograd::Winograd;
use crate::graph::kernels::epilogue::Epilogue;
use crate::graph::kernels::geometry::ConvGeometry;
use crate::graph::kernels::workspace::Workspace;
use crate::graph::network::padding::Padding;

/// Calls `visit(x, w, y)` with the flat indices of every product of a convolution.
fn for_each_product(g: &ConvGeometry, mut visit: impl FnMut(usize, usize, usize)) {
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

fn random_geometry(random: &mut RandomInputs) -> ConvGeometry {
    let (f_h, f_w) = (random.up_to(5), random.up_to(5));
    let strides = (random.up_to(3), random.up_to(3));
    let padding = if random.up_to(2) == 1 { Padding::Same } else { Padding::Valid };
    let (n_h, n_w) = (f_h - 1 + random.up_to(9), f_w - 1 + random.up_to(9));
    let (n_c_prev, n_c) = (random.up_to(20), random.up_to(40));
    ConvGeometry::new((random.up_to(5), n_h, n_w, n_c_prev), (f_h, f_w, n_c_prev, n_c), strides, padding)
}

/// Geometries that random draws miss: one image, wide panels, filters larger than the image, more padding than SAME.
fn special_geometries() -> Vec<ConvGeometry> {
    let conv = |batch, filters, strides, padding| ConvGeometry::new(batch, filters, strides, padding);
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

/// 3x3 filters that move by one pixel, over a batch `(m, n_h, n_w, n_c_prev)`.
fn three_by_three(batch: (usize, usize, usize, usize), n_c: usize, padding: Padding) -> ConvGeometry {
    ConvGeometry::new(batch, (3, 3, batch.3, n_c), (1, 1), padding)
}

/// The same with other padding above and to the left than either name gives, and as much below and to the right.
fn padded(batch: (usize, usize, usize, usize), n_c: usize, (top, left): (usize, usize)) -> ConvGeometry {
    let mut g = three_by_three(batch, n_c, Padding::Valid);
    (g.pad_top, g.pad_left, g.n_h, g.n_w) = (top, left, batch.1 - 2 + 2 * top, batch.2 - 2 + 2 * left);
    g
}

/// Geometries that Winograd's convolution takes, and why each is here.
fn winograd_geometries() -> Vec<ConvGeometry> {
    let same = |batch, n_c| three_by_three(batch, n_c, Padding::Same);
    vec![
        // Block by block: whole squares, parts of squares, every padding, ragged panels, two chunks of channels.
        same((37, 4, 4, 48), 32),
        same((5, 8, 8, 32), 64),
        same((2, 15, 15, 64), 64),
        same((9, 6, 7, 32), 80),
        three_by_three((4, 14, 18, 32), 32, Padding::Valid),
        padded((3, 9, 8, 32), 48, (2, 0)),
        padded((3, 8, 9, 48), 32, (0, 2)),
        same((16, 4, 4, 128), 32),
        // Panel by panel: the same, a last block that is shorter, three chunks of channels.
        same((16, 4, 4, 64), 96),
        same((59, 4, 4, 112), 48),
        same((3, 17, 9, 208), 48),
        padded((4, 7, 10, 64), 80, (2, 2)),
        padded((4, 9, 7, 96), 64, (1, 0)),
        // The gradient of the filters by channels, with a ragged panel and several blocks.
        same((45, 4, 4, 192), 176),
    ]
}

fn check(g: &ConvGeometry, random: &mut RandomInputs, ws: &mut Workspace) {
    let (x, w, dy) = (random.elements(g.input_len()), random.elements(g.filter_len()), random.elements(g.output_len()));
    let (bias, old) = (random.elements(g.n_c), random.elements(g.input_len()));
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

    let epilogue = Epilogue { bias: Some(&bias), norm: None, add: Some(&dy), relu: true };
    conv2d::forward(g, &x, &w, &mut y, epilogue, ws);
    for (o, sum) in expected.iter_mut().enumerate() {
        *sum = (*sum + f64::from(bias[o % g.n_c]) + f64::from(dy[o])).max(0.0);
    }
    assert_near(&y, &expected, &format!("forward with bias, addition and relu {what}"));

    conv2d::forward_prepared(g, &x, &mut prepared, &mut again, epilogue, ws);
    assert!(again == y, "prepared filters give other numbers with bias, addition and relu: {what}");

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
        let mut others: Vec<ConvGeometry> = vec![
            // One picture, and images of which the filters see little.
            three_by_three((1, 4, 4, 64), 64, Padding::Same),
            three_by_three((32, 2, 2, 64), 64, Padding::Same),
            three_by_three((32, 3, 3, 64), 64, Padding::Same),
            // Channels that are no whole registers, or few; padding without end.
            three_by_three((32, 8, 8, 64), 40, Padding::Same),
            three_by_three((32, 8, 8, 16), 64, Padding::Same),
            padded((32, 8, 8, 64), 64, (3, 3)),
        ];
        for (f, strides) in [(3, (1, 2)), (3, (2, 1)), (5, (1, 1)), (1, (1, 1))] {
            others.push(ConvGeometry::new((32, 8, 8, 64), (f, f, 64, 64), strides, Padding::Same));
        }
        for g in others {
            assert!(Winograd::plan(&g, isa).is_none(), "{g:?}");
        }
    }
}

#[test]
fn convolutions_agree_with_plain_sums() {
    for isa in Isa::all_available() {
        let mut random = RandomInputs::new(1);
        let mut ws = Workspace::new(2).with_isa(isa);
        for g in special_geometries().into_iter().chain(winograd_geometries()) {
            check(&g, &mut random, &mut ws);
        }
        for _ in 0..40 {
            check(&random_geometry(&mut random), &mut random, &mut ws);
        }
    }
}

#[test]
fn convolutions_have_the_same_bits_for_any_number_of_threads() {
    let mut random = RandomInputs::new(2);
    let mut geometries = special_geometries();
    geometries.push(three_by_three((8, 15, 15, 24), 70, Padding::Same));
    geometries.extend(winograd_geometries());
    // Several blocks of squares for each task, with two chunks of channels.
    geometries.push(three_by_three((200, 4, 4, 112), 48, Padding::Same));
    for g in geometries {
        let (x, w, dy) =
            (random.elements(g.input_len()), random.elements(g.filter_len()), random.elements(g.output_len()));
        for isa in Isa::all_available() {
            let run = |n_threads| {
                let mut ws = Workspace::new(n_threads).with_isa(isa);
                let (mut y, mut dx, mut dw) = (dy.clone(), x.clone(), w.clone());
                conv2d::forward(&g, &x, &w, &mut y, Epilogue::default(), &mut ws);
                conv2d::backward_input(&g, &dy, &w, &mut dx, true, &mut ws);
                conv2d::backward_filter(&g, &x, &dy, &mut dw, &mut ws);
                [y, dx, dw].map(|numbers| numbers.into_iter().map(f32::to_bits).collect::<Vec<_>>())
            };
            let expected = run(1);
            for n_threads in [2, 3, 16] {
                assert!(run(n_threads) == expected, "{n_threads} threads give other bits than one, {isa:?}: {g:?}");
            }
        }
    }
}

#[test]
fn prepared_filters_serve_batches_and_images_of_any_size() {
    let mut random = RandomInputs::new(3);
    for isa in Isa::all_available() {
        let mut ws = Workspace::new(2).with_isa(isa);
        let first = three_by_three((1, 4, 4, 64), 96, Padding::Same);
        let w = random.elements(first.filter_len());
        let mut prepared = Prepared::new(&first, &w, &ws);
        for (m, n) in [(1, 4), (16, 4), (1, 4), (3, 15), (40, 4)] {
            let g = three_by_three((m, n, n, 64), 96, Padding::Same);
            let x = random.elements(g.input_len());
            let (mut expected, mut y) = (vec![f32::NAN; g.output_len()], vec![f32::NAN; g.output_len()]);
            conv2d::forward(&g, &x, &w, &mut expected, Epilogue::default(), &mut ws);
            conv2d::forward_prepared(&g, &x, &mut prepared, &mut y, Epilogue::default(), &mut ws);
            assert!(y == expected, "{m} images of {n}x{n}, {isa:?}");
        }
    }
}

#[test]
#[should_panic(expected = "expected filters packed for (taps, channels in, channels out, instruction set) (9, 32, 64,")]
fn prepared_filters_of_another_shape_are_refused() {
    let mut ws = Workspace::new(1);
    let (g, other) =
        (three_by_three((16, 4, 4, 32), 64, Padding::Same), three_by_three((16, 4, 4, 64), 32, Padding::Same));
    let mut prepared = Prepared::new(&other, &vec![0.0; other.filter_len()], &ws);
    let (x, mut y) = (vec![0.0; g.input_len()], vec![0.0; g.output_len()]);
    conv2d::forward_prepared(&g, &x, &mut prepared, &mut y, Epilogue::default(), &mut ws);
}

#[test]
fn what_an_earlier_kernel_left_in_the_scratch_memory_does_no_harm() {
    let mut random = RandomInputs::new(4);
    for isa in Isa::all_available() {
        let mut ws = Workspace::new(2).with_isa(isa);
        let large = three_by_three((45, 8, 8, 64), 96, Padding::Same);
        let not_a_number = vec![f32::NAN; large.input_len()];
        let w = random.elements(large.filter_len());
        let mut y = vec![0.0; large.output_len()];
        for g in [three_by_three((9, 6, 7, 32), 80, Padding::Same), three_by_three((59, 4, 4, 112), 48, Padding::Same)]
        {
            conv2d::forward(&large, &not_a_number, &w, &mut y, Epilogue::default(), &mut ws);
            assert!(y.iter().all(|y| y.is_nan()));
            check(&g, &mut random, &mut ws);
        }
    }
}
