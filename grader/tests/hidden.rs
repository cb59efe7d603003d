/*!
What must not come back from a submission: numbers of the hidden cases, answers of the reference, the seed.

Each submission tries one way out. The numbers that are looked for are those that the cases really hold.
*/

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

use course::{Assignment, Root};
use grader::grade::{Grader, Options};
use grader::judge::answers::{Case, cases};
use grader::report::{Report, text};
use wire::{Data, Value};

const SEED: u64 = 987_654_321_012_345_678;

fn main() -> ExitCode {
    grader::become_helper();
    let root = Root::find(Path::new(".")).unwrap_or_else(|error| panic!("{error}"));
    let grader = Grader::open(&root).unwrap_or_else(|error| panic!("{error}"));
    let assignment = Assignment::read(&root, "conv_step_by_step").unwrap_or_else(|error| panic!("{error}"));
    let all = cases(&root, &grader.compiler(), &assignment, SEED).unwrap_or_else(|error| panic!("{error}"));
    let secrets = secrets(&all);
    let mut faults = Vec::new();
    for (name, code) in ways_out() {
        let report = grade(&grader, code);
        let shown = [text::text(&report, false), serde_json::to_string(&report).unwrap()].concat();
        let found = numbers_in(&shown);
        let leaked: Vec<&String> = secrets.intersection(&found).collect();
        if !leaked.is_empty() {
            faults.push(format!("{name}: {leaked:?} in\n{shown}"));
        }
        // An answer of the reference that only the submission's own question gives, in decimals and in bits.
        for oracle in ["8.625", "4621045061403017216"] {
            if shown.contains(oracle) {
                faults.push(format!("{name}: the reference's answer {oracle} in\n{shown}"));
            }
        }
        for case in report.functions.iter().flat_map(|function| &function.cases).filter(|case| !case.visible) {
            let message = case.message.as_deref().unwrap_or("passed");
            if message.contains(|c: char| c.is_ascii_digit()) || message.contains("line") || message.len() > 80 {
                faults.push(format!("{name}: a hidden case says {message:?}"));
            }
        }
        if shown.contains(&SEED.to_string()) {
            faults.push(format!("{name}: the seed in\n{shown}"));
        }
        println!("{name}: {} points", report.score);
    }
    for fault in &faults {
        println!("FAILED {fault}");
    }
    if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn grade(grader: &Grader, code: &str) -> Report {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("submission.rs");
    std::fs::write(&file, format!("use cnn::prelude::*;\n{code}")).unwrap();
    let options = Options { assignment: Some("conv_step_by_step".into()), seed: SEED, ..Options::default() };
    grader.grade(&file, &options).unwrap_or_else(|error| panic!("{error}")).for_learner()
}

/// The numbers of the hidden cases that no visible case holds, as they are printed; short ones are no secret.
fn secrets(all: &[Case]) -> BTreeSet<String> {
    let printed = |visible: bool| {
        let mut numbers = BTreeSet::new();
        for case in all.iter().filter(|case| case.visible == visible) {
            collect(&case.arguments, &mut numbers);
            collect(&case.answer, &mut numbers);
        }
        numbers
    };
    let seen = printed(true);
    let secrets: BTreeSet<String> = printed(false).into_iter().filter(|number| !seen.contains(number)).collect();
    assert!(secrets.len() > 1000);
    secrets
}

fn collect(value: &Value, into: &mut BTreeSet<String>) {
    let mut push = |number: f64| {
        let number = format!("{:?}", number.abs());
        if number.len() > 8 {
            into.insert(number);
        }
    };
    match value {
        Value::Number(number) => push(*number),
        Value::Array { data: Data::Numbers(entries), .. } => entries.iter().copied().for_each(push),
        Value::Tuple(parts) => parts.iter().for_each(|part| collect(part, into)),
        Value::Record(fields) => fields.iter().for_each(|(_, field)| collect(field, into)),
        _ => {}
    }
}

fn numbers_in(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_ascii_digit() && c != '.').map(str::to_owned).collect()
}

/// Ways in which a submission may try to tell what it holds, each with its code.
fn ways_out() -> Vec<(&'static str, &'static str)> {
    vec![
        (
            "the memory of the visible case, in a panic",
            r#"unsafe extern "C" { fn syscall(n: i64, ...) -> i64; }
            /// Prints every number that lies in this process's memory.
            pub fn distribute_value(dz: f64, shape: (usize, usize)) -> Array2<f64> {
                let mapped = |p: usize| {
                    // access(2) with a bad pointer says EFAULT.
                    (unsafe { syscall(21, p as *const u8, 0i64) }) != -1
                        || std::io::Error::last_os_error().raw_os_error() != Some(14)
                };
                let mut out = String::new();
                let near = Box::new(0u64);
                let base = (&*near as *const u64 as usize) & !((64 << 20) - 1);
                for page in (base..base + (4 << 20)).step_by(4096).filter(|page| mapped(*page)) {
                    for word in 0..512 {
                        let number = f64::from_bits(unsafe { std::ptr::read_volatile((page + word * 8) as *const u64) });
                        if number.abs() > 1e-3 && number.abs() < 1e4 && out.len() < 100_000 {
                            out += &format!("{:?} ", number.abs());
                        }
                    }
                }
                panic!("{dz} {shape:?} {out}")
            }"#,
        ),
        (
            "the input channel, read ahead",
            r#"use std::io::Read;
            use std::os::fd::FromRawFd;
            pub fn distribute_value(dz: f64, shape: (usize, usize)) -> Array2<f64> {
                let mut bytes = [0u8; 65536];
                // SAFETY: not at all.
                let mut input = unsafe { std::fs::File::from_raw_fd(3) };
                let _ = shape;
                std::thread::spawn(move || {
                    std::thread::sleep(std::time::Duration::from_millis(300));
                    std::process::exit(3);
                });
                let n = input.read(&mut bytes).unwrap_or(0);
                let numbers: Vec<f64> = bytes[..n].windows(8).map(|b| f64::from_le_bytes(b.try_into().unwrap())).collect();
                panic!("{dz} {numbers:?}")
            }"#,
        ),
        (
            "hidden arguments, in panics and their lines",
            r#"pub fn distribute_value(dz: f64, _shape: (usize, usize)) -> Array2<f64> {
                match dz.to_bits() & 3 {
                    0 => panic!("{dz:?}"),
                    1 => panic!("{dz:?}"),
                    2 => panic!("{dz:?}"),
                    _ => panic!("{dz:?}"),
                }
            }"#,
        ),
        (
            "hidden arguments, in answers and shapes",
            r#"pub fn distribute_value(dz: f64, _shape: (usize, usize)) -> Array2<f64> {
                Array2::from_elem(((dz.to_bits() & 63) as usize, 7), dz)
            }
            pub fn conv_single_step(a: &ArrayView3<f64>, _w: &ArrayView3<f64>, _b: &ArrayView3<f64>) -> f64 { a[[0, 0, 0]] }
            pub fn create_mask_from_window(x: &ArrayView2<f64>) -> Array2<bool> { x.mapv(|x| x.to_bits() & 1 == 1) }"#,
        ),
        (
            "hidden arguments, in exit codes and signals",
            r#"pub fn distribute_value(dz: f64, shape: (usize, usize)) -> Array2<f64> {
                if dz.to_bits() & 1 == 1 { std::process::exit((dz.to_bits() >> 8) as i32 & 255) }
                if dz == 2.0 { return Array2::from_elem(shape, 0.5); }
                std::process::abort()
            }"#,
        ),
        (
            "hidden arguments, in what is printed",
            r#"pub fn distribute_value(dz: f64, shape: (usize, usize)) -> Array2<f64> {
                println!("memory allocation of {dz:?} bytes failed");
                eprintln!("has overflowed its stack {dz:?}");
                if shape == (2, 2) { return Array2::from_elem(shape, dz / 4.0); }
                std::process::abort()
            }"#,
        ),
        (
            "the reference upstream, asked and told in a panic",
            r#"pub fn conv_single_step(_a: &ArrayView3<f64>, _w: &ArrayView3<f64>, _b: &ArrayView3<f64>) -> f64 { 0.0 }
            pub fn conv_forward(a_prev: &Array4<f64>, w: &Array4<f64>, b: &Array4<f64>, hparameters: ConvHparameters)
                -> (Array4<f64>, ConvCache) {
                let x = Array3::from_shape_vec((1, 1, 2), vec![1.5, 2.5]).unwrap();
                let bias = Array3::from_elem((1, 1, 1), 0.125);
                let z = conv_single_step(&x.view(), &x.view(), &bias.view());
                let _ = (a_prev, w, b, hparameters);
                panic!("ORACLE {z:?} {}", z.to_bits())
            }"#,
        ),
        (
            "the reference upstream, asked and told in an answer",
            r#"pub fn conv_single_step(_a: &ArrayView3<f64>, _w: &ArrayView3<f64>, _b: &ArrayView3<f64>) -> f64 { 0.0 }
            pub fn conv_forward(a_prev: &Array4<f64>, w: &Array4<f64>, b: &Array4<f64>, hparameters: ConvHparameters)
                -> (Array4<f64>, ConvCache) {
                let x = Array3::from_shape_vec((1, 1, 2), vec![1.5, 2.5]).unwrap();
                let bias = Array3::from_elem((1, 1, 1), 0.125);
                let z = conv_single_step(&x.view(), &x.view(), &bias.view());
                let cache = ConvCache { a_prev: a_prev.clone(), w: w.clone(), b: b.clone(), hparameters };
                // The right shape, so that an entry is shown.
                (Array4::from_elem((10, 4, 4, 8), z), cache)
            }"#,
        ),
        (
            "the reference upstream, asked and told in an exit code",
            r#"pub fn create_mask_from_window(_x: &ArrayView2<f64>) -> Array2<bool> { Array2::from_elem((1, 1), false) }
            pub fn pool_backward(_da: &Array4<f64>, _cache: &PoolCache, _mode: PoolMode) -> Array4<f64> {
                let x = Array2::from_shape_vec((1, 3), vec![1.0, 5.0, 2.0]).unwrap();
                let mask = create_mask_from_window(&x.view());
                std::process::exit(if mask.get([0, 1]) == Some(&true) { 86 } else { 1 })
            }"#,
        ),
        (
            "the reference's text, through macros and paths",
            r#"macro_rules! s { ($($t:tt)*) => {{ panic!("TEXT 8.625 {}", stringify!($($t)*)) }} }
            macro_rules! assert { ($($t:tt)*) => {{ panic!("TEXT 8.625 {}", stringify!($($t)*)) }} }
            #[macro_export]
            macro_rules! vec { ($($t:tt)*) => {{ panic!("TEXT 8.625 {}", stringify!($($t)*)) }} }
            struct Mine;
            impl std::ops::Mul<Mine> for f64 { type Output = f64; fn mul(self, _: Mine) -> f64 { 8.625 } }
            pub fn zero_pad(x: &Array4<f64>, _pad: usize) -> Array4<f64> { x.clone() }
            pub fn conv_single_step(a: &ArrayView3<f64>, w: &ArrayView3<f64>, b: &ArrayView3<f64>) -> f64 {
                np::sum_of_products(a, w) + b[[0, 0, 0]]
            }
            pub fn conv_forward(a_prev: &Array4<f64>, w: &Array4<f64>, b: &Array4<f64>, hparameters: ConvHparameters)
                -> (Array4<f64>, ConvCache) {
                let _ = zero_pad(a_prev, 2);
                let cache = ConvCache { a_prev: a_prev.clone(), w: w.clone(), b: b.clone(), hparameters };
                (Array4::zeros((1, 1, 1, 1)), cache)
            }"#,
        ),
    ]
}
