/*!
Times the fast convolution kernels on the layers of the course's networks: `cargo bench --bench kernels -- [threads]
[batch]`.

Other kernels and the engine are not timed; the sum after each network is what the convolutions of a training step cost.
*/

use cnn::graph::kernels::epilogue::Epilogue;
use cnn::graph::kernels::fast::conv2d;
use cnn::graph::kernels::geometry::ConvGeometry;
use cnn::graph::kernels::workspace::Workspace;
use cnn::graph::padding::Padding;
use std::time::Instant;

mod clock;

/// The convolutions of ResNet-50 on 64x64 images (70x70 after the zero padding), each with its count.
fn resnet50(m: usize) -> Vec<(&'static str, usize, ConvGeometry)> {
    let conv = |n, n_c_prev, f, n_c, stride, padding| {
        ConvGeometry::new((m, n, n, n_c_prev), (f, f, n_c_prev, n_c), (stride, stride), padding)
    };
    let mut layers = vec![("conv1", 1, conv(70, 3, 7, 64, 2, Padding::Valid))];
    let stages = [(15, 1, 64, 64, 2), (15, 2, 256, 128, 3), (8, 2, 512, 256, 5), (4, 2, 1024, 512, 2)];
    for (n_prev, stride, n_c_prev, filters, n_identity) in stages {
        let n = (n_prev - 1) / stride + 1;
        layers.push(("first 1x1", 1, conv(n_prev, n_c_prev, 1, filters, stride, Padding::Valid)));
        layers.push(("shortcut", 1, conv(n_prev, n_c_prev, 1, 4 * filters, stride, Padding::Valid)));
        layers.push(("reduce 1x1", n_identity, conv(n, 4 * filters, 1, filters, 1, Padding::Valid)));
        layers.push(("3x3", n_identity + 1, conv(n, filters, 3, filters, 1, Padding::Same)));
        layers.push(("expand 1x1", n_identity + 1, conv(n, filters, 1, 4 * filters, 1, Padding::Valid)));
    }
    layers
}

/// The convolutions of the course's application network.
fn application(m: usize) -> Vec<(&'static str, usize, ConvGeometry)> {
    let conv =
        |n, n_c_prev, f, n_c| ConvGeometry::new((m, n, n, n_c_prev), (f, f, n_c_prev, n_c), (1, 1), Padding::Same);
    vec![("application 4x4", 1, conv(64, 3, 4, 8)), ("application 2x2", 1, conv(8, 8, 2, 16))]
}

/// Pseudo-random elements in [-1, 1).
fn elements(len: usize) -> Vec<f32> {
    (0..len as u32).map(|i| (i.wrapping_mul(2654435761) >> 8) as f32 / (1 << 23) as f32 - 1.0).collect()
}

/// The shortest of up to [`REPEATS`] runs, or of those that fit into one second, in seconds.
fn time(ws: &mut Workspace, mut f: impl FnMut(&mut Workspace)) -> f64 {
    f(ws);
    let start = Instant::now();
    let mut best = f64::MAX;
    for _ in 0..REPEATS {
        let before = clock::seconds(ws.threads().n());
        f(ws);
        best = best.min(clock::seconds(ws.threads().n()) - before);
        if start.elapsed().as_secs_f64() > 1.0 {
            break;
        }
    }
    best
}

const REPEATS: usize = 15;

fn bench_layers(title: &str, layers: &[(&str, usize, ConvGeometry)], ws: &mut Workspace) -> f64 {
    println!("{title}, batch {}: ms and GFLOP/s of forward, input gradient, filter gradient", layers[0].2.m);
    let (mut total, mut flops) = ([0.0; 3], 0.0);
    for &(name, count, g) in layers {
        let (x, w, dy) = (elements(g.input_len()), elements(g.filter_len()), elements(g.output_len()));
        let (mut y, mut dx, mut dw) = (dy.clone(), x.clone(), w.clone());
        let times = [
            Some(time(ws, |ws| conv2d::forward(&g, &x, &w, &mut y, Epilogue::default(), ws))),
            // Training does not compute the gradient of the network's input.
            (g.n_c_prev != 3).then(|| time(ws, |ws| conv2d::backward_input(&g, &dy, &w, &mut dx, false, ws))),
            Some(time(ws, |ws| conv2d::backward_filter(&g, &x, &dy, &mut dw, ws))),
        ];
        print!(
            "{:<48}",
            format!("{name} {}x{}x{} -> {}x{}x{} x{count}", g.n_h_prev, g.n_w_prev, g.n_c_prev, g.n_h, g.n_w, g.n_c)
        );
        for (total, time) in total.iter_mut().zip(times) {
            let Some(time) = time else {
                print!("{:>9} {:>5}", "-", "-");
                continue;
            };
            *total += count as f64 * time;
            flops += (count * g.flops()) as f64;
            print!("{:9.3} {:5.0}", 1e3 * time, g.flops() as f64 / time / 1e9);
        }
        println!();
    }
    let sum: f64 = total.iter().sum();
    println!(
        "sum: {:.1} + {:.1} + {:.1} = {:.1} ms, {:.0} GFLOP/s\n",
        1e3 * total[0],
        1e3 * total[1],
        1e3 * total[2],
        1e3 * sum,
        flops / sum / 1e9
    );
    sum
}

fn main() {
    let mut arguments = std::env::args().filter_map(|argument| argument.parse().ok());
    let (n_threads, m) = (arguments.next().unwrap_or(2), arguments.next().unwrap_or(32));
    let mut ws = Workspace::new(n_threads);
    println!("{n_threads} threads, {:?}", ws.isa());
    bench_layers("ResNet-50", &resnet50(m), &mut ws);
    bench_layers("Application network", &application(2 * m), &mut ws);
}
