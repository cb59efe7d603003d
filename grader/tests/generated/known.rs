/*! Submissions that once lost points for which nobody could give a reason, each with the score that is due. */

use course::{Assignment, Source};
use grader::grade::Grader;
use grader::report::{Report, text};

use super::{grade, odd, on_threads};

/// A submission, the score that is due, and what its report must not say.
struct Known {
    what: &'static str,
    file: &'static str,
    text: String,
    due: f64,
    never: &'static str,
}

/// What is wrong with the reports of all of them.
pub fn failures(grader: &Grader, assignments: &[Assignment]) -> Vec<String> {
    let conv = assignments.iter().find(|assignment| assignment.name == "conv_step_by_step").expect("the assignment");
    let known = known(&conv.reference);
    let failed = on_threads(&known, |Known { what, file, text: submission, due, never }| {
        let report = grade(grader, file, submission);
        let said = text::text(&report, false);
        let wrong = report.score != *due || (!never.is_empty() && said.contains(never));
        wrong.then(|| format!("{what}: {} points, {due} due\n{said}", report.score))
    });
    println!("{} known submissions", known.len());
    failed.into_iter().chain(lone_backward(grader, &conv.reference)).collect()
}

/// A wrong `conv_backward` alone: what helps is the run with the reference's functions upstream.
fn lone_backward(grader: &Grader, reference: &Source) -> Option<String> {
    let backward = reference.function("conv_backward").expect("it exists").solution();
    let wrong = backward.replacen("[h, wi]", "[wi, h]", 1).replacen("h * stride, wi * stride", "h, wi", 1);
    assert_ne!(wrong, backward);
    let report: Report = grade(grader, "conv_step_by_step.rs", &format!("use cnn::prelude::*;\n{wrong}\n"));
    let said = text::text(&report, false);
    said.contains("not written yet").then(|| format!("a lone wrong conv_backward:\n{said}"))
}

fn known(reference: &Source) -> Vec<Known> {
    let solution = |name: &str| reference.function(name).expect("it exists").solution();
    let all: Vec<(&str, String)> =
        reference.exercises().map(|function| (function.name(), function.solution() + "\n")).collect();
    let head = "use cnn::prelude::*;\n".to_owned();
    let cells = || [vec![head.clone()], all.iter().map(|(_, text)| text.clone()).collect()].concat();
    let file = |before: &str, cells: Vec<String>| cells[0].clone() + before + &cells[1..].concat();
    let known = |what, text: String, due| {
        let file = if text.starts_with('{') { "conv_step_by_step.ipynb" } else { "conv_step_by_step.rs" };
        Known { what, file, text, due, never: "not written yet" }
    };

    let mut module = cells();
    module[1] = format!("mod mine {{\n    use cnn::prelude::*;\n{}\n}}\nuse mine::zero_pad;\n", solution("zero_pad"));
    let with = |scratch: &str| odd::notebook(&[&[head.clone(), scratch.to_owned()], &cells()[1..]].concat());
    let imports: Vec<String> = cells().iter().map(|cell| format!("use rand::prelude::*;\n{cell}")).collect();
    let deep = format!("{}1{}", "(".repeat(3000), ")".repeat(3000));
    let mut stops = cells();
    let at = all.iter().position(|(name, _)| *name == "create_mask_from_window").expect("it exists") + 1;
    stops[at] = stops[at].replacen("let x_max", &format!("let _ = {deep};\n    let x_max"), 1);
    let mut own_macro = cells();
    own_macro[0] += "macro_rules! s { ($a:expr) => { $a } }\n";
    own_macro[1] =
        "pub fn zero_pad(x: &Array4<f64>, pad: usize) -> Array4<f64> { let _ = pad; x.clone() }\n".to_owned();
    for cell in &mut own_macro[1..] {
        *cell = cell.replace("s![", "::ndarray::s![");
    }
    let mut wrong_pad = cells();
    wrong_pad[1] = own_macro[1].clone();
    // A helper that prints what a macro makes of the functions after it must not print the reference's.
    let reads = "macro_rules! s { ($($t:tt)*) => {{ println!(\"{}\", stringify!($($t)*)); ::ndarray::s![$($t)*] }} }\n";
    vec![
        known("zero_pad in a module", odd::notebook(&module), 100.0),
        known("an unrelated type and struct", with("type Cache = (usize, usize);\nstruct PoolCache;\n"), 70.0),
        known(
            "a pasted struct",
            with("#[derive(Debug, Clone, Copy)]\npub struct ConvHparameters { pub stride: usize, pub pad: usize }\n"),
            60.0,
        ),
        known("a crate that is not there, in every cell", odd::notebook(&imports), 100.0),
        known("a helper that stops the compiler", file(&format!("fn unused() -> u8 {{ {deep} }}\n"), cells()), 100.0),
        known("a function that stops the compiler", file("", stops), 95.0),
        known("an import of an exercise's name", file("use std::iter::zip as distribute_value;\n", cells()), 100.0),
        known("a macro called s beside a wrong zero_pad", own_macro.concat(), 90.0),
        known("a macro that would read the functions after it", file(reads, wrong_pad), 90.0),
    ]
}
