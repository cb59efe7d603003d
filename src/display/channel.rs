/*! What this process's standard output is connected to. */

use std::ffi::OsStr;
use std::io::IsTerminal;

/// What reads this process's standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// A person at a terminal.
    Terminal,
    /// A file or a pipe.
    Plain,
    /// A notebook kernel, which shows rich content when the cell has ended.
    Notebook,
    /// A notebook kernel that shows content at once and replaces it.
    Live,
}

impl Channel {
    /// The channel of this process: `CNN_LIVE` is set by a kernel that offers live updates, `EVCXR_IS_RUNTIME` by every
    /// evcxr kernel.
    pub fn here() -> Channel {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| value != OsStr::new(""));
        if set("CNN_LIVE") {
            Channel::Live
        } else if set("EVCXR_IS_RUNTIME") {
            Channel::Notebook
        } else if std::io::stdout().is_terminal() {
            Channel::Terminal
        } else {
            Channel::Plain
        }
    }

    /// Whether rich content is understood.
    pub fn is_notebook(self) -> bool {
        matches!(self, Channel::Notebook | Channel::Live)
    }
}
