/*! An epilogue as the micro-kernels take it: pointers whose lengths were checked before. */

use crate::graph::kernels::epilogue::Epilogue;

/// What happens to a sum before it is written.
#[derive(Clone, Copy)]
pub(crate) struct EpiloguePtrs {
    /// Added to every row, from the tile's first column on, if not null.
    pub bias: *const f32,
    /// A matrix laid out as the output and added to it, if not null; it may be the output itself.
    pub add: *const f32,
    /// Whether negative results become zero.
    pub relu: bool,
}

impl Default for EpiloguePtrs {
    /// Nothing happens.
    fn default() -> EpiloguePtrs {
        EpiloguePtrs { bias: std::ptr::null(), add: std::ptr::null(), relu: false }
    }
}

impl EpiloguePtrs {
    /// The pointers of an epilogue for an output of `len` elements in rows of `n_c`.
    ///
    /// # Panics
    /// If a slice has another length, or if the epilogue normalises: that is folded into the filters before, see
    /// [`Prepared::normalised`](crate::graph::kernels::fast::conv2d::Prepared::normalised).
    #[track_caller]
    pub fn checked(epilogue: Epilogue, n_c: usize, len: usize) -> EpiloguePtrs {
        let Epilogue { bias, norm, add, relu } = epilogue;
        assert!(norm.is_none(), "epilogue: expected statistics that are folded into the filters, got a normalisation");
        for (name, slice, expected) in [("bias", bias, n_c), ("add", add, len)] {
            let actual = slice.map_or(expected, <[f32]>::len);
            assert!(actual == expected, "epilogue: expected {name} to have {expected} elements, got {actual}");
        }
        let pointer = |slice: Option<&[f32]>| slice.map_or(std::ptr::null(), <[f32]>::as_ptr);
        EpiloguePtrs { bias: pointer(bias), add: pointer(add), relu }
    }
}

/// [`EpiloguePtrs`] that tasks share.
#[derive(Clone, Copy)]
pub(crate) struct SharedEpilogue(EpiloguePtrs);

// SAFETY: tasks read the bias, and of the addend, which may be the output, only what they are about to write.
unsafe impl Send for SharedEpilogue {}
// SAFETY: as above.
unsafe impl Sync for SharedEpilogue {}

impl SharedEpilogue {
    pub fn new(epilogue: EpiloguePtrs) -> Self {
        SharedEpilogue(epilogue)
    }

    /// The epilogue from element `column` of the bias and element `start` of the output on.
    pub fn at(self, column: usize, start: usize) -> EpiloguePtrs {
        let offset = |p: *const f32, n: usize| if p.is_null() { p } else { p.wrapping_add(n) };
        let EpiloguePtrs { bias, add, relu } = self.0;
        EpiloguePtrs { bias: offset(bias, column), add: offset(add, start), relu }
    }
}
