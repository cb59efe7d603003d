/*!
What a kernel needs besides its operands: threads, scratch memory that is kept between calls, and which instructions
the processor has.

A workspace is a value that the caller holds; nothing is kept in statics.
*/

use super::aligned::Aligned;
use super::fast::Isa;
use super::threads::Threads;

/// Threads, scratch memory and the instruction set, held by whoever runs kernels one after the other.
///
/// ```
/// use cnn::graph::kernels::workspace::Workspace;
/// let workspace = Workspace::new(2);
/// assert_eq!(workspace.threads().n(), 2);
/// ```
#[derive(Debug)]
pub struct Workspace {
    threads: Threads,
    isa: Isa,
    scratch: Aligned,
}

impl Workspace {
    /// A workspace with `n_threads` threads and the best instructions that this processor has.
    pub fn new(n_threads: usize) -> Self {
        Workspace { threads: Threads::new(n_threads), isa: Isa::detect(), scratch: Aligned::default() }
    }

    /// A workspace with as many threads as the machine offers.
    pub fn available() -> Self {
        Workspace { threads: Threads::available(), isa: Isa::detect(), scratch: Aligned::default() }
    }

    /// The same workspace, restricted to the instructions of `isa`.
    ///
    /// # Panics
    /// If this processor does not have them.
    pub fn with_isa(mut self, isa: Isa) -> Self {
        assert!(isa.is_available(), "expected instructions that this processor has, got {isa:?}");
        self.isa = isa;
        self
    }

    /// The threads.
    pub fn threads(&self) -> &Threads {
        &self.threads
    }

    /// The instructions that kernels use.
    pub fn isa(&self) -> Isa {
        self.isa
    }

    /// The threads, the instructions, and `len` elements of scratch memory with whatever the last kernel left in them.
    pub(crate) fn parts(&mut self, len: usize) -> (&Threads, Isa, &mut [f32]) {
        if self.scratch.len() < len {
            self.scratch = Aligned::zeros(len);
        }
        (&self.threads, self.isa, &mut self.scratch[..len])
    }
}
