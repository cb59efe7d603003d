/*!
Bodies with one mistake each, or two, and right ones written another way, from a folder that is no part of the project:
`../shared/mistakes`, or the one that `MISTAKES` in the environment names. Without it there is nothing to test.
*/

use std::fs;
use std::path::PathBuf;

use course::Assignment;
use grader::grade::Grader;
use grader::report::text;
use serde::Deserialize;

use super::{grade, on_threads};

/// What the folder's list says of a body.
#[derive(Deserialize)]
struct Mistake {
    id: String,
    assignment: String,
    functions: Vec<String>,
    kind: String,
    what: String,
}

/// Of a usual run, every so many.
const SAMPLE: usize = 12;

/// What is wrong with the marks: a right body must get all points, a wrong one lose some in its functions and there only.
pub fn failures(grader: &Grader, assignments: &[Assignment], all: bool) -> Vec<String> {
    let folder = std::env::var_os("MISTAKES").map_or_else(|| grader.root().join("../shared/mistakes"), PathBuf::from);
    let Ok(list) = fs::read(folder.join("mistakes.json")) else {
        println!("no folder of mistakes: that test is skipped");
        return Vec::new();
    };
    let mistakes: Vec<Mistake> = serde_json::from_slice(&list).expect("the list of mistakes is JSON");
    let chosen: Vec<&Mistake> = mistakes.iter().step_by(if all { 1 } else { SAMPLE }).collect();
    let failed = on_threads(&chosen, |mistake| {
        let assignment = assignments.iter().find(|assignment| assignment.name == mistake.assignment)?;
        let path = folder.join(&mistake.assignment).join(format!("{}.rs", mistake.id));
        let submission = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        // What a body leaves out is not attempted; only what it holds counts.
        let report = grade(grader, &format!("{}.rs", assignment.name), &submission);
        let is_right = mistake.kind.starts_with("right");
        let wrong = report.functions.iter().find(|function| {
            let lost = function.points < function.max_points;
            let submitted = submission.contains(&format!("fn {}(", function.name));
            submitted && lost != (!is_right && mistake.functions.contains(&function.name))
        });
        wrong.map(|function| {
            let report = text::text(&report, false);
            format!("{} ({}): {} of {}\n{report}", mistake.id, mistake.what, function.name, function.max_points)
        })
    });
    println!("{} bodies from the folder of mistakes", chosen.len());
    failed
}
