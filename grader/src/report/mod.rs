/*!
What the grader says of a submission: the data, and one file for each format that it is written in ([`mod@format`] lists them).

It decides nothing. What comes from a submission goes through [`sanitize`] before it becomes a part of a report.
*/

mod autolab;
pub mod class;
mod coursera;
pub mod csv;
mod ctrf;
mod exercism;
pub mod feedback;
pub mod format;
mod gradescope;
mod html;
pub mod json;
mod junit;
mod markdown;
mod markup;
mod prairielearn;
pub mod text;

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// A report, or why there is none: what every format can be written of.
pub type Graded<'a> = Result<&'a Report, &'a Error>;

/// The version of the report's layout; it grows when a field changes its meaning.
pub const VERSION: u32 = 2;

/// The result of grading one submission.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    /// [`VERSION`].
    pub version: u32,
    /// The assignment's name.
    pub assignment: String,
    /// The submission's file name.
    pub submission: String,
    /// Points for all functions together.
    pub score: f64,
    /// Points that can be had.
    pub max_score: f64,
    /// The seed that the hidden inputs were drawn from; only in a report for the instructor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// The layers of the sandbox that were active, and those that were missing, with the reason.
    pub sandbox: Vec<String>,
    /// What the learner should know about the submission as a whole.
    pub notes: Vec<String>,
    /// One entry for each graded function, in the order of the assignment.
    pub functions: Vec<FunctionReport>,
}

impl Report {
    /// The report as a learner may read it: without what would give the hidden inputs away.
    #[must_use]
    pub fn for_learner(self) -> Self {
        Self { seed: None, ..self }
    }
}

/// The result for one function.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FunctionReport {
    /// Its name.
    pub name: String,
    /// Points: those of the better of the two gradings.
    pub points: f64,
    /// Points that can be had.
    pub max_points: f64,
    /// The verdict of the better of the two gradings.
    pub verdict: Verdict,
    /// The grading with the learner's own functions upstream.
    pub own: Grading,
    /// The grading with the reference's functions upstream; none when it could not differ from the first.
    pub regraded: Option<Grading>,
    /// What came out of each case, in the better of the two gradings.
    pub cases: Vec<CaseReport>,
    /// What probably went wrong: the sentences of the typical mistakes that give the same answers.
    pub causes: Vec<String>,
    /// What the compiler said, how the program ended, and the like.
    pub messages: Vec<String>,
}

/// One of the two gradings of a function.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Grading {
    /// Its verdict.
    pub verdict: Verdict,
    /// The points that it gives.
    pub points: f64,
}

/// What came out of one case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseReport {
    /// What it is called; a hidden case has a number only.
    pub name: String,
    /// Whether the learner may see what was expected.
    pub visible: bool,
    /// How much of the function's points hang on it.
    pub weight: u64,
    /// The share of its points that the answer gives, from 0 to 1.
    pub share: f64,
    /// What came out.
    pub verdict: Verdict,
    /// For a wrong answer, in a visible case where and what was expected, in a hidden one the kind of difference.
    pub message: Option<String>,
}

/// What came out of a function or of one of its cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every answer is right.
    Passed,
    /// An answer is wrong.
    Wrong,
    /// The function panicked.
    Panicked,
    /// It did not finish in time.
    #[serde(rename = "timed out")]
    TimedOut,
    /// It asked for more memory than there is for it.
    #[serde(rename = "out of memory")]
    OutOfMemory,
    /// The program ended before the function returned.
    Crashed,
    /// It is missing, or still the stub.
    #[serde(rename = "not attempted")]
    NotAttempted,
    /// The compiler refuses it.
    #[serde(rename = "does not compile")]
    DoesNotCompile,
    /// Its arguments or its result are of other types than asked for.
    #[serde(rename = "wrong signature")]
    WrongSignature,
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Passed => "passed",
            Self::Wrong => "wrong",
            Self::Panicked => "panicked",
            Self::TimedOut => "timed out",
            Self::OutOfMemory => "out of memory",
            Self::Crashed => "crashed",
            Self::NotAttempted => "not attempted",
            Self::DoesNotCompile => "does not compile",
            Self::WrongSignature => "wrong signature",
        })
    }
}

/// A text that came from a submission, made fit for a terminal and a page, and with an end.
pub fn sanitize(text: &str) -> String {
    const LONGEST: usize = 600;
    let mut out = clean(text);
    if out.chars().count() > LONGEST {
        out = out.chars().take(LONGEST).chain([' ', '…']).collect();
    }
    out
}

/// A text of one line, such as a name, that came from a submission: fit for a terminal and a page, and with an end.
pub fn sanitize_line(text: &str) -> String {
    sanitize(&text.replace(['\n', '\u{2028}', '\u{2029}', '\u{85}', '\u{b}', '\u{c}'], " "))
}

/// A text in which every line after the first is indented and marked, so that none can pass for a line of the report.
pub fn marked(text: &str) -> String {
    text.replace('\n', "\n    | ")
}

/// A text without control characters and without what reorders or hides text.
pub fn clean(text: &str) -> String {
    let mut out = String::new();
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            // An escape sequence: ESC, a bracket, and all up to its final letter.
            '\u{1b}' => {
                if characters.next_if_eq(&'[').is_some() {
                    while characters.next_if(|c| !('@'..='~').contains(c)).is_some() {}
                    characters.next();
                }
            }
            '\n' => out.push('\n'),
            '\t' => out.push(' '),
            c if c.is_control() => {}
            // Directions, separators of lines and paragraphs, and what is invisible.
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => {}
            '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' | '\u{ad}' | '\u{180e}' => {}
            c => out.push(c),
        }
    }
    out.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strangers_text_cannot_paint_the_terminal() {
        assert_eq!(sanitize("a\u{1b}[31;1mred\u{1b}[0m\u{7}\r\tb\u{202e}c\n"), "ared bc");
        assert_eq!(sanitize("\u{1b}]0;title\u{7}x"), "]0;titlex");
        assert!(sanitize(&"é".repeat(10_000)).chars().count() < 700);
        assert_eq!(sanitize("a\u{2028}b\u{2029}c\u{85}d\u{61c}\u{2066}\u{e0041}e"), "abcde");
        assert_eq!(sanitize_line("a.rs\n100 of 100 points\r\n\u{2028}x"), "a.rs 100 of 100 points  x");
        assert_eq!(marked("a\n100 of 100 points\n"), "a\n    | 100 of 100 points\n    | ");
    }
}
