/*!
Times the eight functions of assignment 1 on the course's sizes, compared with the same loops in NumPy:
`cargo bench --bench step_by_step`.

NumPy's column needs a Python with NumPy: the one named by `PYTHON`, that of `.venv`, or `python3`. Without one, the
column stays empty. The fast kernels are not measured here; `kernels` does that.
*/

use std::collections::HashMap;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use cnn::graded::conv_step_by_step::*;
use cnn::prelude::*;

const SAMPLES: usize = 301;
const TIME_PER_SAMPLE: Duration = Duration::from_micros(200);

fn main() {
    let rust = rust_times();
    let numpy = numpy_times();
    let version = numpy.as_ref().map_or("NumPy".to_owned(), |(version, _)| format!("NumPy {version}"));
    println!("{:<25}{:>12}{version:>16}{:>9}", "median time", "Rust", "ratio");
    let mut ratios = Vec::new();
    for (name, seconds) in rust {
        let twin = numpy.as_ref().and_then(|(_, times)| times.get(name));
        let (twin, ratio) = match twin {
            Some(twin) => {
                ratios.push(twin / seconds);
                (microseconds(*twin), format!("{:.0} x", twin / seconds))
            }
            None => ("-".to_owned(), "-".to_owned()),
        };
        println!("{name:<25}{:>12}{twin:>16}{ratio:>9}", microseconds(seconds));
    }
    match ratios.iter().copied().reduce(f64::min) {
        Some(smallest) => println!("smallest ratio: {smallest:.0} x"),
        None => println!("no Python with NumPy found\n  help: PYTHON=path/to/python cargo bench --bench step_by_step"),
    }
}

/// The median time of every function, in seconds; the inputs are those of step_by_step.py.
fn rust_times() -> Vec<(&'static str, f64)> {
    let mut rng = RandomState::new(1);
    let x = rng.randn((4, 3, 3, 2));
    let (a_slice, w_slice, b_slice) = (rng.randn((4, 4, 3)), rng.randn((4, 4, 3)), rng.randn((1, 1, 1)));
    let (a_prev, w, b) = (rng.randn((10, 4, 4, 3)), rng.randn((2, 2, 3, 8)), rng.randn((1, 1, 1, 8)));
    let conv = ConvHparameters { stride: 2, pad: 2 };
    let (z, conv_cache) = conv_forward(&a_prev, &w, &b, conv);
    let (a_pool, pool) = (rng.randn((2, 4, 4, 3)), PoolHparameters { f: 3, stride: 2 });
    let window = rng.randn((2, 3));
    let (a_back, da) = (rng.randn((5, 5, 3, 2)), rng.randn((5, 4, 2, 2)));
    let (_, pool_cache) = pool_forward(&a_back, PoolHparameters { f: 2, stride: 1 }, PoolMode::Max);
    let (max, average) = (PoolMode::Max, PoolMode::Average);
    vec![
        ("zero_pad", median_time(|| zero_pad(black_box(&x), 2))),
        ("conv_single_step", {
            let (a, w, b) = (a_slice.view(), w_slice.view(), b_slice.view());
            median_time(|| conv_single_step(black_box(&a), black_box(&w), black_box(&b)))
        }),
        ("conv_forward", median_time(|| conv_forward(black_box(&a_prev), &w, &b, conv))),
        ("pool_forward max", median_time(|| pool_forward(black_box(&a_pool), pool, max))),
        ("pool_forward average", median_time(|| pool_forward(black_box(&a_pool), pool, average))),
        ("conv_backward", median_time(|| conv_backward(black_box(&z), &conv_cache))),
        ("create_mask_from_window", median_time(|| create_mask_from_window(black_box(&window.view())))),
        ("distribute_value", median_time(|| distribute_value(black_box(2.0), (2, 2)))),
        ("pool_backward max", median_time(|| pool_backward(black_box(&da), &pool_cache, max))),
        ("pool_backward average", median_time(|| pool_backward(black_box(&da), &pool_cache, average))),
    ]
}

/// NumPy's version and the median time of every function in seconds, or `None` if no Python has NumPy.
fn numpy_times() -> Option<(String, HashMap<String, f64>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let in_venv = root.join(".venv/bin/python").display().to_string();
    let pythons = std::env::var("PYTHON").into_iter().chain([in_venv, "python3".to_owned(), "python".to_owned()]);
    pythons.into_iter().find_map(|python| {
        let output = Command::new(python).arg(root.join("benches/step_by_step.py")).output().ok()?;
        let text = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
        let (version, lines) = text.split_once('\n')?;
        let times = lines.lines().filter_map(|line| line.split_once('\t'));
        Some((version.to_owned(), times.filter_map(|(name, t)| Some((name.to_owned(), t.parse().ok()?))).collect()))
    })
}

/// The median time of a call over many samples, each long enough for the clock and too short to be interrupted often.
fn median_time<T>(mut call: impl FnMut() -> T) -> f64 {
    let mut sample = |calls: u32| {
        let start = Instant::now();
        for _ in 0..calls {
            black_box(call());
        }
        start.elapsed()
    };
    let mut calls = 1;
    while sample(calls) < TIME_PER_SAMPLE {
        calls *= 2;
    }
    let mut times: Vec<f64> = (0..SAMPLES).map(|_| sample(calls).as_secs_f64() / f64::from(calls)).collect();
    times.sort_by(f64::total_cmp);
    times[SAMPLES / 2]
}

fn microseconds(seconds: f64) -> String {
    format!("{:.3} us", seconds * 1e6)
}
