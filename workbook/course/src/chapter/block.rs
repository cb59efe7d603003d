/*! What a chapter consists of. */

/// A piece of a chapter, in reading order.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// Markdown.
    Prose {
        /// Its first line.
        line: usize,
        /// The text, without blank lines around it.
        text: String,
    },
    /// A code cell.
    Cell(Cell),
}

/// A code cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The line of its fence.
    pub line: usize,
    /// What it is for.
    pub kind: Kind,
    /// Its code; empty for an exercise, whose text stands in `src/graded`.
    pub code: String,
    /// What it must print, if the chapter says so.
    pub output: Option<Expected>,
    /// Whether a notebook shows it folded, because it is to be run and need not be read. Tests always are.
    pub folded: bool,
}

/// What a code cell is for.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// It shows something.
    Demo,
    /// The learner writes a graded function.
    Exercise(Exercise),
    /// It tests the exercise of this name, before the learner's eyes.
    Test {
        /// The exercise.
        name: String,
    },
}

/// A graded function, as the chapter gives it to the learner.
#[derive(Debug, Clone, PartialEq)]
pub struct Exercise {
    /// The function's name.
    pub name: String,
    /// What it is worth; more than 0.
    pub points: f64,
    /// What the learner builds, in a few words, for the table of exercises.
    pub builds: Option<String>,
}

/// What a cell must print.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    /// The line of its fence.
    pub line: usize,
    /// The text, with the line end of its last line.
    pub text: String,
    /// How exactly.
    pub precision: Precision,
}

/// How exactly a cell must print the stated text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Precision {
    /// To the last blank.
    Exact,
    /// A number may be off by this much, relative to the stated one.
    Tolerance(f64),
    /// Any number within a stated range, and any lines for a line that is left out: see [`ranges`](super::ranges).
    Ranges,
}
