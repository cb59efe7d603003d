/*!
The convolution itself: at each position the squares' values times the filters', and what becomes of the products.

Filters' values take four times the memory of the filters, so they are made where they are used and do not leave the
cache of the processor that made them, unless there are few enough for all processors' caches or they serve many batches.
*/

use super::super::Isa;
use super::super::gemm::panels::Right;
use super::super::gemm::rows::{Shared, SharedFinish};
use super::super::gemm::tile::{Finish, MAX_ROWS, Panel, RowsTile, Run};
use super::super::slices::Parts;
use super::transform::{CELLS, OUTPUTS, PATCH, POSITIONS, Source, Target, Transforms};
use super::{GAP, Values, Winograd};
use crate::graph::kernels::threads::Threads;
use crate::graph::kernels::workspace::Workspace;
use std::ops::Range;

/// Most blocks that meet a panel of filters whose values a task has made.
const BLOCKS: usize = 4;

/// The filters of a convolution.
#[derive(Clone, Copy)]
pub(crate) enum Filters<'a> {
    /// As they are, or turned around: `9 n_c_prev` rows of `n_c` numbers.
    Cells(Right<'a>),
    /// What [`Winograd::transform_filters`] wrote.
    Transformed(&'a [f32]),
}

impl Winograd {
    /// Filters' values, of the packed panels that [`super::super::gemm::panels::pack`] wrote.
    pub fn transform_filters(&self, packed: &[f32], ws: &mut Workspace) -> Vec<f32> {
        let width = Panel::choose(ws.isa(), self.g.n_c).width;
        let mut filters = vec![0.0; self.filters_len(width)];
        let (threads, isa, scratch) = ws.parts(ws.threads().n() * self.plain_len(width));
        self.transform(threads, isa, Right::Packed(packed), Parts::new(scratch), &mut filters);
        filters
    }

    /// Convolves images with filters, which may be those that make the gradient of the images.
    ///
    /// # Safety
    /// `x` has the length that the plan's geometry says, `y` points to as many numbers as it says, which nobody else
    /// uses, and the pointers of `finish` reach as far as `n_c` and as far as `y`; its addend may be `y`.
    pub unsafe fn convolve(&self, x: &[f32], filters: Filters, y: *mut f32, finish: Finish, ws: &mut Workspace) {
        let (y, finish) = (Shared(y), SharedFinish::new(finish));
        if let Filters::Transformed(filters) = filters {
            assert!(filters.len() == self.filters_len(Panel::choose(ws.isa(), self.g.n_c).width));
        }
        // SAFETY: as the caller vouches.
        unsafe {
            if self.block_by_block {
                self.convolve_by_blocks(x, filters, y, finish, ws);
            } else {
                self.convolve_by_panels(x, filters, y, finish, ws);
            }
        }
    }

    /// Each task evaluates a block of squares and multiplies it with all filters.
    ///
    /// # Safety
    /// As for [`Self::convolve`].
    unsafe fn convolve_by_blocks(
        &self,
        x: &[f32],
        filters: Filters,
        y: Shared,
        finish: SharedFinish,
        ws: &mut Workspace,
    ) {
        let panel = Panel::choose(ws.isa(), self.g.n_c);
        let width = panel.width;
        let layout = self.values(self.g.n_c_prev);
        let filters_len = if matches!(filters, Filters::Cells(_)) { self.filters_len(width) } else { 0 };
        let seat_len = (layout.block() + self.sums_len(width)).max(self.plain_len(width));
        let (threads, isa, scratch) = ws.parts(filters_len + ws.threads().n() * seat_len);
        let (transformed, seats) = scratch.split_at_mut(filters_len);
        let seats = Parts::new(seats);
        let filters = match filters {
            Filters::Cells(right) => {
                self.transform(threads, isa, right, seats, transformed);
                &*transformed
            }
            Filters::Transformed(filters) => filters,
        };
        let (images, patch) = (self.images(x), Transforms::of(isa).patch);
        threads.run_with_seat(self.n_blocks, &|seat, block| {
            // SAFETY: tasks that run at the same time have different seats.
            let seat = unsafe { seats.get(seat * seat_len..(seat + 1) * seat_len) };
            let (values, sums) = seat.split_at_mut(layout.block());
            for (index, square) in self.squares(block).enumerate() {
                // SAFETY: the block has room for each of its squares.
                unsafe {
                    self.evaluate_square(patch, &images, square, values[index * layout.row_step..].as_mut_ptr(), layout)
                };
            }
            for (p, filters) in filters.chunks_exact(self.panel_len(width)).enumerate() {
                for chunk in self.chunks() {
                    let filters = &filters[self.chunk_start(&chunk, width)..];
                    self.multiply(panel, self.squares(block).len(), values, layout, chunk, filters, false, sums);
                }
                // SAFETY: the caller vouches for `y` and `finish`; each task writes its own squares.
                unsafe { self.write(isa, self.squares(block), p * width, width, sums, y, finish) };
            }
        });
    }

    /// All squares are evaluated; then each task multiplies some blocks of them with a panel of filters.
    ///
    /// # Safety
    /// As for [`Self::convolve`].
    unsafe fn convolve_by_panels(
        &self,
        x: &[f32],
        filters: Filters,
        y: Shared,
        finish: SharedFinish,
        ws: &mut Workspace,
    ) {
        let panel = Panel::choose(ws.isa(), self.g.n_c);
        let width = panel.width;
        let layout = self.values(self.g.n_c_prev);
        let n_panels = self.g.n_c.div_ceil(width);
        let (plain_len, chunk_len) = match filters {
            Filters::Cells(_) => (self.plain_len(width), self.chunk_len(&(0..self.chunk()), width)),
            Filters::Transformed(_) => (0, 0),
        };
        let n_groups = match filters {
            Filters::Cells(_) => (4 * ws.threads().n()).div_ceil(n_panels).max(self.n_blocks.div_ceil(BLOCKS)),
            Filters::Transformed(_) => self.n_blocks,
        };
        let blocks_per_group = self.n_blocks.div_ceil(n_groups);
        let n_groups = self.n_blocks.div_ceil(blocks_per_group);
        let sums_len = self.sums_len(width);
        let seat_len = blocks_per_group * sums_len + plain_len + chunk_len;
        let values_len = self.n_blocks * layout.block();
        let (threads, isa, scratch) = ws.parts(values_len + ws.threads().n() * seat_len);
        let (values, seats) = scratch.split_at_mut(values_len);
        self.evaluate(threads, Transforms::of(isa).patch, self.images(x), layout, values);
        let (values, seats) = (&*values, Parts::new(seats));
        let are_far = matches!(filters, Filters::Transformed(_));
        threads.run_with_seat(n_panels * n_groups, &|seat, task| {
            let (p, group) = (task / n_groups, task % n_groups);
            // SAFETY: tasks that run at the same time have different seats.
            let seat = unsafe { seats.get(seat * seat_len..(seat + 1) * seat_len) };
            let (plain, seat) = seat.split_at_mut(plain_len);
            let (transformed, sums) = seat.split_at_mut(chunk_len);
            let blocks = group * blocks_per_group..((group + 1) * blocks_per_group).min(self.n_blocks);
            for chunk in self.chunks() {
                let filters = match filters {
                    Filters::Cells(right) => {
                        self.transform_chunk(isa, right, p * width, width, &chunk, plain, transformed);
                        &*transformed
                    }
                    Filters::Transformed(filters) => {
                        &filters[p * self.panel_len(width) + self.chunk_start(&chunk, width)..]
                    }
                };
                for (block, sums) in blocks.clone().zip(sums.chunks_exact_mut(sums_len)) {
                    let values = &values[block * layout.block()..(block + 1) * layout.block()];
                    self.multiply(
                        panel,
                        self.squares(block).len(),
                        values,
                        layout,
                        chunk.clone(),
                        filters,
                        are_far,
                        sums,
                    );
                }
            }
            for (block, sums) in blocks.zip(sums.chunks_exact(sums_len)) {
                // SAFETY: the caller vouches for `y` and `finish`; each task writes its own squares and panel.
                unsafe { self.write(isa, self.squares(block), p * width, width, sums, y, finish) };
            }
        });
    }

    /// Adds to the sums of a block, or begins them with, the products of some channels at every position.
    #[allow(clippy::too_many_arguments)]
    fn multiply(
        &self,
        panel: &Panel,
        n_squares: usize,
        values: &[f32],
        layout: Values,
        channels: Range<usize>,
        filters: &[f32],
        filters_are_far: bool,
        sums: &mut [f32],
    ) {
        let (width, n_tiles) = (panel.width, n_squares.div_ceil(panel.max_rows()));
        let (filters_step, sums_step) =
            (self.chunk_len(&channels, width) / POSITIONS, self.sums_len(width) / POSITIONS);
        assert!(n_squares <= self.block && values.len() >= layout.block() && sums.len() >= self.sums_len(width));
        assert!(filters.len() >= self.chunk_len(&channels, width) && channels.end <= self.g.n_c_prev);
        let runs = [Run { x: 0, b: 0, len: channels.len() }];
        for position in 0..POSITIONS {
            let values = &values[position * layout.position_step + channels.start..];
            let sums = sums[position * sums_step..].as_mut_ptr();
            let add = if channels.start > 0 { sums.cast_const() } else { std::ptr::null() };
            for t in 0..n_tiles {
                let (first, last) = (n_squares * t / n_tiles, n_squares * (t + 1) / n_tiles);
                let (mut rows, mut y_rows) = ([std::ptr::null(); MAX_ROWS], [0; MAX_ROWS]);
                for (row, square) in (first..last).enumerate() {
                    (rows[row], y_rows[row]) = (values[square * layout.row_step..].as_ptr(), square * width);
                }
                let tile = RowsTile {
                    rows: rows.as_ptr(),
                    rows_step: 0,
                    runs: &runs,
                    b: filters[position * filters_step..].as_ptr(),
                    b_step: width,
                    b_is_far: filters_are_far,
                    y: sums,
                    y_rows: &y_rows,
                    n_columns: width,
                    finish: Finish { add, ..Finish::default() },
                };
                // SAFETY: values, filters and sums have the lengths that were asserted.
                unsafe { panel.rows[last - first - 1](&tile) };
            }
        }
    }

    /// Writes the outputs of some squares, of one panel of channels.
    ///
    /// # Safety
    /// `y` is the output, and the pointers of `finish` reach as far as `n_c` and as far as `y`.
    #[allow(clippy::too_many_arguments)]
    unsafe fn write(
        &self,
        isa: Isa,
        squares: Range<usize>,
        column: usize,
        width: usize,
        sums: &[f32],
        y: Shared,
        finish: SharedFinish,
    ) {
        let (g, sums_step) = (&self.g, self.sums_len(width) / POSITIONS);
        for (index, square) in squares.enumerate() {
            let [i, h, w] = self.locate(square);
            let at = ((i * g.n_h + h) * g.n_w + w) * g.n_c + column;
            let from = Source {
                start: sums[index * width..].as_ptr(),
                steps: [PATCH * sums_step, sums_step],
                rows: &(0..PATCH),
                columns: &(0..PATCH),
            };
            let to = Target {
                start: y.get().wrapping_add(at),
                steps: [g.n_w * g.n_c, g.n_c],
                rows: OUTPUTS.min(g.n_h - h),
                columns: OUTPUTS.min(g.n_w - w),
                finish: finish.at(column, at),
            };
            // SAFETY: the square's pixels lie inside `y`.
            unsafe { (Transforms::of(isa).output)(from, to, width.min(g.n_c - column)) };
        }
    }

    /// Numbers of a block's sums: a row as wide as a panel for each position and square.
    fn sums_len(&self, width: usize) -> usize {
        POSITIONS * (self.block * width + GAP)
    }

    /// Numbers of a chunk's values: for each position a row as wide as the panel for each channel.
    fn chunk_len(&self, chunk: &Range<usize>, width: usize) -> usize {
        POSITIONS * (chunk.len() * width + GAP)
    }

    /// Where a chunk starts in its panel.
    fn chunk_start(&self, chunk: &Range<usize>, width: usize) -> usize {
        POSITIONS * (chunk.start * width + chunk.start / self.chunk() * GAP)
    }

    fn panel_len(&self, width: usize) -> usize {
        POSITIONS * (self.g.n_c_prev * width + self.chunks().count() * GAP)
    }

    /// Numbers of all filters' values.
    fn filters_len(&self, width: usize) -> usize {
        self.g.n_c.div_ceil(width) * self.panel_len(width)
    }

    /// Numbers of a chunk's filters as they are.
    fn plain_len(&self, width: usize) -> usize {
        CELLS * CELLS * self.chunk() * width
    }

    /// Writes all filters' values; each thread has room for a chunk of the filters themselves.
    fn transform(&self, threads: &Threads, isa: Isa, right: Right, plain: Parts, filters: &mut [f32]) {
        let width = Panel::choose(isa, self.g.n_c).width;
        let (panel_len, plain_len) = (self.panel_len(width), self.plain_len(width));
        let filters = Parts::new(filters);
        threads.run_with_seat(self.g.n_c.div_ceil(width), &|seat, p| {
            // SAFETY: tasks that run at the same time have different seats, and each writes its own panel.
            let (plain, panel) = unsafe {
                let plain = plain.get(seat * plain_len..(seat + 1) * plain_len);
                (plain, filters.get(p * panel_len..(p + 1) * panel_len))
            };
            for chunk in self.chunks() {
                let out = &mut panel[self.chunk_start(&chunk, width)..];
                self.transform_chunk(isa, right, p * width, width, &chunk, plain, out);
            }
        });
    }

    /// Writes the values of a chunk of the panel that starts at `column`.
    #[allow(clippy::too_many_arguments)]
    fn transform_chunk(
        &self,
        isa: Isa,
        right: Right,
        column: usize,
        width: usize,
        chunk: &Range<usize>,
        plain: &mut [f32],
        out: &mut [f32],
    ) {
        let (k, len) = (self.g.n_c_prev, chunk.len() * width);
        assert!(out.len() >= self.chunk_len(chunk, width));
        for (cell, plain) in plain[..CELLS * CELLS * len].chunks_exact_mut(len).enumerate() {
            right.pack_rows(isa, self.g.n_c, cell * k + chunk.start..cell * k + chunk.end, column, width, plain);
        }
        let all = 0..CELLS;
        let from = Source { start: plain.as_ptr(), steps: [CELLS * len, len], rows: &all, columns: &all };
        let step = self.chunk_len(chunk, width) / POSITIONS;
        let to = Target::whole(out.as_mut_ptr(), [PATCH * step, step], PATCH);
        // SAFETY: three times three matrices lie in `plain`, and there is room for 36.
        unsafe { (Transforms::of(isa).filter)(from, to, len) };
    }
}
