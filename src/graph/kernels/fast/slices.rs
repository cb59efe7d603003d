/*!
How a row-by-row kernel is cut into tasks: blocks of whole rows, their size given by the shape alone.
*/

use super::gemm::rows::Shared;
use crate::graph::kernels::threads::Threads;
use std::ops::Range;

/// Numbers that one task handles, so that a block stays in the second-level cache between two passes over it.
const TASK_LEN: usize = 16 << 10;

/// Rows of `width` numbers that one task handles.
pub(crate) fn rows_per_task(width: usize) -> usize {
    (TASK_LEN / width.max(1)).max(1)
}

/// Blocks that `rows` rows of `width` numbers are cut into.
pub(crate) fn n_blocks(rows: usize, width: usize) -> usize {
    rows.div_ceil(rows_per_task(width))
}

/// Calls `task(block, range of rows)` for each block.
pub(crate) fn for_each_block(
    threads: &Threads,
    rows: usize,
    width: usize,
    task: &(dyn Fn(usize, Range<usize>) + Sync),
) {
    let per_task = rows_per_task(width);
    threads.run(n_blocks(rows, width), &|block| task(block, block * per_task..((block + 1) * per_task).min(rows)));
}

/// A slice of which every task takes its own part.
#[derive(Clone, Copy)]
pub(crate) struct Parts {
    start: Shared,
    len: usize,
}

impl Parts {
    pub fn new(slice: &mut [f32]) -> Self {
        Parts { start: Shared(slice.as_mut_ptr()), len: slice.len() }
    }

    /// # Safety
    /// No two tasks may hold ranges that overlap, and the slice must outlive them.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn get(&self, range: Range<usize>) -> &mut [f32] {
        assert!(range.start <= range.end && range.end <= self.len);
        // SAFETY: the range lies inside the slice; the caller vouches for the rest.
        unsafe { std::slice::from_raw_parts_mut(self.start.get().add(range.start), range.len()) }
    }

    /// # Safety
    /// No task may hold a range for writing that overlaps, and the slice must outlive the range.
    pub unsafe fn read(&self, range: Range<usize>) -> &[f32] {
        assert!(range.start <= range.end && range.end <= self.len);
        // SAFETY: the range lies inside the slice; the caller vouches for the rest.
        unsafe { std::slice::from_raw_parts(self.start.get().add(range.start), range.len()) }
    }
}
