/*! Slices that several tasks write at the same time, each its own range. */

use std::ops::Range;

/// A pointer that tasks share; every task writes its own range of what it points to.
#[derive(Clone, Copy)]
pub(crate) struct SharedPtr(pub *mut f32);

// SAFETY: the tasks of one call write disjoint ranges, and the call outlives them.
unsafe impl Send for SharedPtr {}
// SAFETY: as above.
unsafe impl Sync for SharedPtr {}

impl SharedPtr {
    /// The pointer; a method, so that closures capture the wrapper.
    pub fn get(self) -> *mut f32 {
        self.0
    }
}

/// A slice of which every task takes a range that no other task takes.
#[derive(Clone, Copy)]
pub(crate) struct DisjointSlices {
    start: SharedPtr,
    len: usize,
}

impl DisjointSlices {
    pub fn new(slice: &mut [f32]) -> Self {
        DisjointSlices { start: SharedPtr(slice.as_mut_ptr()), len: slice.len() }
    }

    /// # Safety
    /// No two tasks may hold ranges that overlap, and the slice must outlive them.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn get(&self, range: Range<usize>) -> &mut [f32] {
        assert!(range.start <= range.end && range.end <= self.len);
        // SAFETY: the range is inside the slice; the caller guarantees the rest.
        unsafe { std::slice::from_raw_parts_mut(self.start.get().add(range.start), range.len()) }
    }

    /// # Safety
    /// No task may hold a range for writing that overlaps, and the slice must outlive the range.
    pub unsafe fn read(&self, range: Range<usize>) -> &[f32] {
        assert!(range.start <= range.end && range.end <= self.len);
        // SAFETY: the range is inside the slice; the caller guarantees the rest.
        unsafe { std::slice::from_raw_parts(self.start.get().add(range.start), range.len()) }
    }
}
