/*!
Grades submissions of the course's assignments. It is not the command line: that is `main.rs`.

A submission is a stranger's code. It is read here as text, compiled and run in [`sandbox`], and judged here: the process
that runs it gets inputs and returns outputs, and never holds an expected answer.

Reading order: [`submission`] is what was handed in, [`assignment`] what was asked for; [`library`] is compiled once,
[`program`] is the text of a program over it, [`build`] finds a program that compiles, [`run`] runs it, [`evaluate`]
judges it; [`grade`] puts these together into a [`report`].
*/

pub mod answers;
pub mod assignment;
pub mod build;
pub mod causes;
pub mod compare;
pub mod compile;
pub mod error;
pub mod evaluate;
pub mod grade;
pub mod library;
pub mod misconceptions;
pub mod program;
pub mod progress;
pub mod report;
pub mod run;
pub mod sandbox;
pub mod submission;
pub mod text;
pub mod toolchain;

pub use error::{Error, Result};
