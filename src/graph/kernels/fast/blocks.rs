/*!
How a row-by-row kernel is cut into tasks: blocks of whole rows, their size given by the shape alone.
*/

use crate::graph::kernels::threads::Threads;
use std::ops::Range;

/// Elements that one task handles, so that a block stays in the L2 cache between two passes over it.
const TASK_LEN: usize = 16 << 10;

/// Rows of `width` elements that one task handles.
pub(crate) fn rows_per_task(width: usize) -> usize {
    (TASK_LEN / width.max(1)).max(1)
}

/// Blocks that `rows` rows of `width` elements are cut into.
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
