/*! Why nothing could be graded. A wrong submission is not an error: it has a verdict. */

use std::path::Path;

/// What went wrong, and what to do about it.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}\nhelp: {help}")]
pub struct Error {
    kind: Kind,
    message: String,
    help: String,
}

/// Who can do something about an error. The exit code says it to a pipeline.
///
/// | exit code | meaning |
/// | --- | --- |
/// | 0 | there is a report, whatever the score |
/// | 1 | the score is not the one that `--expect` names |
/// | 2 | usage: the command line cannot be carried out |
/// | 3 | nothing to grade: no file or several, no function of the assignment, another assignment |
/// | 4 | not readable: cut off, too large, not text, a link, an archive that is refused |
/// | 5 | machine: this machine or this installation could not grade, and nothing is marked; try again |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The command line asks for what is not there.
    Usage,
    /// There is a submission, and nothing of the assignment in it.
    #[serde(rename = "nothing to grade")]
    Nothing,
    /// What was handed in cannot be read.
    #[serde(rename = "not readable")]
    Unreadable,
    /// The machine or the installation is at fault, never the submission.
    Machine,
}

impl Kind {
    /// The program's exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::Nothing => 3,
            Self::Unreadable => 4,
            Self::Machine => 5,
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Usage => "usage",
            Self::Nothing => "nothing to grade",
            Self::Unreadable => "not readable",
            Self::Machine => "machine",
        })
    }
}

/// A result whose error is this package's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// What was expected and what came, and what to do next. It is the machine's or the installation's fault unless
    /// [`Error::of`] says another kind.
    pub fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::of(Kind::Machine, message, help)
    }

    /// An error of this kind.
    pub fn of(kind: Kind, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { kind, message: message.into(), help: help.into() }
    }

    /// A file that could not be read or written.
    pub fn io(path: &Path, source: &std::io::Error) -> Self {
        Self::new(format!("{}: {source}", path.display()), "check that the file exists and that you may use it")
    }

    /// A file of a submission that could not be read: without it there is nothing to grade.
    pub fn submitted(path: &Path, source: &std::io::Error) -> Self {
        let missing = source.kind() == std::io::ErrorKind::NotFound;
        Self::io(path, source).kind_is(if missing { Kind::Nothing } else { Kind::Unreadable })
    }

    /// A fault of the machine while the grader was `doing` something.
    pub fn machine(doing: impl std::fmt::Display, why: impl std::fmt::Display) -> Self {
        let help = "nothing was marked: free processors, memory or disk space, or wait, and run the same command again";
        Self::of(Kind::Machine, format!("this machine could not {doing}: {why}"), help)
    }

    /// The same error, of another kind.
    #[must_use]
    pub fn kind_is(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// Who can do something about it.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What was expected and what came.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do next.
    pub fn help(&self) -> &str {
        &self.help
    }
}

impl From<course::Error> for Error {
    fn from(error: course::Error) -> Self {
        let text = error.to_string();
        match text.rsplit_once("\nhelp: ") {
            Some((message, help)) => Self::new(message, help),
            None => Self::new(text, "the course's own sources must be right before anything is graded"),
        }
    }
}

impl From<crate::sandbox::Error> for Error {
    fn from(error: crate::sandbox::Error) -> Self {
        Self::new(error.to_string(), "nothing was graded, because nothing of a submission runs outside of the sandbox")
    }
}
