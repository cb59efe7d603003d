/*!
Which kernels a session computes with, and on how many threads.

It is a value that the session holds; nothing about it is global.
*/

use crate::graph::kernels::workspace::Workspace;

/// The two sets of kernels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kernels {
    /// Plain loops in the order in which TensorFlow 1 added, multiplication and addition rounded separately: prints the
    /// documents' digits, and is what `Fast` is tested against.
    Exact,
    /// Matrix products with vector instructions, on several threads. The result does not depend on their number.
    Fast {
        /// How many threads; 0 means as many as the machine has.
        threads: usize,
    },
}

impl Default for Kernels {
    fn default() -> Self {
        Kernels::Fast { threads: 0 }
    }
}

/// What the operations compute with.
#[derive(Debug)]
pub struct Backend {
    kernels: Kernels,
    workspace: Option<Workspace>,
}

impl Backend {
    /// Prepares the kernels, and starts the threads that they need.
    pub fn new(kernels: Kernels) -> Self {
        let workspace = match kernels {
            Kernels::Exact => None,
            Kernels::Fast { threads: 0 } => Some(Workspace::available()),
            Kernels::Fast { threads } => Some(Workspace::new(threads)),
        };
        Backend { kernels, workspace }
    }

    /// The kernels.
    pub fn kernels(&self) -> Kernels {
        self.kernels
    }

    /// The workspace of the fast kernels; `None` if the exact ones are to be used.
    pub fn fast(&mut self) -> Option<&mut Workspace> {
        self.workspace.as_mut()
    }
}
