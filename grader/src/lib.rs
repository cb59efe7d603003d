/*!
Grades submissions of the course's assignments. It is not the command line: that is `main.rs`.

A submission is untrusted code. It is read here as text, compiled and run in [`sandbox`], and judged here: the process
that runs it gets inputs and returns outputs, and never holds an expected answer.

Reading order: [`submission`] is what was handed in, [`assignment`] what was asked for; [`program`] is what is compiled of
it, [`judge`] says what is right; [`grade`] puts these together into a [`report`]. A [`gradebook`] holds the reports of a class;
[`command`] is what the command line offers.
*/

pub mod assignment;
pub mod command;
pub mod error;
pub mod grade;
pub mod gradebook;
pub mod judge;
pub mod program;
pub mod progress;
pub mod report;
pub mod sandbox;
pub mod submission;

pub use error::{Error, Result};

/// Turns this process into the sandbox's helper, or into the one that reads a submission first, if it was started as one of
/// them, and then never returns.
///
/// The first line of `main` in every program that reads or grades a submission: both start this program again.
pub fn become_helper() {
    sandbox::become_helper();
    submission::budget::become_reader();
}
