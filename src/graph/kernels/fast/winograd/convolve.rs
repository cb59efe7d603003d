/*!
The convolution itself: at each position, transformed input tiles times transformed filters, and the output transform of
the products.

Transformed filters take four times the memory of the filters. They are computed where they are used and stay in the
cache of that core, unless they are few enough for the caches of all cores or serve many batches.
*/

use super::super::disjoint::DisjointSlices;
use super::super::disjoint::SharedPtr;
use super::super::gemm::epilogue::EpiloguePtrs;
use super::super::gemm::epilogue::SharedEpilogue;
use super::super::gemm::panels::RightMatrix;
use super::super::gemm::tile::{MAX_ROWS, Panel, RowSegment, RowsTile};
use super::super::isa::Isa;
use super::tiling::{PADDING, TileLayout, Winograd};
use super::transform::{INPUT_TILE, OUTPUT_TILE, POSITIONS, Source, TAPS, Target, Transforms};
use crate::graph::kernels::threads::Threads;
use crate::graph::kernels::workspace::Workspace;
use std::ops::Range;

/// Most blocks that are multiplied with a panel of filters that a task has transformed.
const BLOCKS: usize = 4;

/// The filters of a convolution.
#[derive(Clone, Copy)]
pub(crate) enum Filters<'a> {
    /// As they are, or rotated by 180°: `9 n_c_prev` rows of `n_c` elements.
    Plain(RightMatrix<'a>),
    /// What [`Winograd::transform_filters`] wrote.
    Transformed(&'a [f32]),
}

impl Winograd {
    /// The transforms of packed panels that [`super::super::gemm::panels::pack`] wrote.
    pub fn transform_filters(&self, packed: &[f32], ws: &mut Workspace) -> Vec<f32> {
        let width = Panel::choose(ws.isa(), self.geometry.n_c).width;
        let mut filters = vec![0.0; self.filters_len(width)];
        let (threads, isa, scratch) = ws.parts(ws.threads().n() * self.plain_len(width));
        self.transform(threads, isa, RightMatrix::Packed(packed), DisjointSlices::new(scratch), &mut filters);
        filters
    }

    /// Convolves images with filters; with rotated filters, outputs' gradients give the gradient of the images.
    ///
    /// # Safety
    /// `x` has the length that the plan's geometry says, `y` points to as many elements as it says, which nothing
    /// else uses, and the pointers of `epilogue` are valid for `n_c` and for all of `y`; its addend may be `y`.
    pub unsafe fn convolve(
        &self,
        x: &[f32],
        filters: Filters,
        y: *mut f32,
        epilogue: EpiloguePtrs,
        ws: &mut Workspace,
    ) {
        let (y, epilogue) = (SharedPtr(y), SharedEpilogue::new(epilogue));
        if let Filters::Transformed(filters) = filters {
            assert!(filters.len() == self.filters_len(Panel::choose(ws.isa(), self.geometry.n_c).width));
        }
        // SAFETY: as the caller guarantees.
        unsafe {
            if self.block_by_block {
                self.convolve_by_blocks(x, filters, y, epilogue, ws);
            } else {
                self.convolve_by_panels(x, filters, y, epilogue, ws);
            }
        }
    }

    /// Each task transforms a block of tiles and multiplies it with all filters.
    ///
    /// # Safety
    /// As for [`Self::convolve`].
    unsafe fn convolve_by_blocks(
        &self,
        x: &[f32],
        filters: Filters,
        y: SharedPtr,
        epilogue: SharedEpilogue,
        ws: &mut Workspace,
    ) {
        let panel = Panel::choose(ws.isa(), self.geometry.n_c);
        let width = panel.width;
        let layout = self.layout(self.geometry.n_c_prev);
        let filters_len = if matches!(filters, Filters::Plain(_)) { self.filters_len(width) } else { 0 };
        let worker_len = (layout.block_len() + self.sums_len(width)).max(self.plain_len(width));
        let (threads, isa, scratch) = ws.parts(filters_len + ws.threads().n() * worker_len);
        let (transformed, worker_scratch) = scratch.split_at_mut(filters_len);
        let worker_scratch = DisjointSlices::new(worker_scratch);
        let filters = match filters {
            Filters::Plain(right) => {
                self.transform(threads, isa, right, worker_scratch, transformed);
                &*transformed
            }
            Filters::Transformed(filters) => filters,
        };
        let (images, kernel) = (self.images(x), Transforms::of(isa).input);
        threads.run_with_worker(self.n_blocks, &|worker, block| {
            // SAFETY: tasks that run at the same time have different worker indices.
            let worker = unsafe { worker_scratch.get(worker * worker_len..(worker + 1) * worker_len) };
            let (transformed, sums) = worker.split_at_mut(layout.block_len());
            for (index, tile) in self.tiles(block).enumerate() {
                // SAFETY: the block has room for each of its tiles.
                unsafe {
                    self.transform_tile(
                        kernel,
                        &images,
                        tile,
                        transformed[index * layout.row_stride..].as_mut_ptr(),
                        layout,
                    )
                };
            }
            for (p, filters) in filters.chunks_exact(self.panel_len(width)).enumerate() {
                for chunk in self.chunks() {
                    let filters = &filters[self.chunk_start(&chunk, width)..];
                    self.multiply(panel, self.tiles(block).len(), transformed, layout, chunk, filters, false, sums);
                }
                // SAFETY: the caller guarantees `y` and `epilogue`; each task writes its own tiles.
                unsafe { self.write(isa, self.tiles(block), p * width, width, sums, y, epilogue) };
            }
        });
    }

    /// All tiles are transformed; then each task multiplies some blocks of them with a panel of filters.
    ///
    /// # Safety
    /// As for [`Self::convolve`].
    unsafe fn convolve_by_panels(
        &self,
        x: &[f32],
        filters: Filters,
        y: SharedPtr,
        epilogue: SharedEpilogue,
        ws: &mut Workspace,
    ) {
        let panel = Panel::choose(ws.isa(), self.geometry.n_c);
        let width = panel.width;
        let layout = self.layout(self.geometry.n_c_prev);
        let n_panels = self.geometry.n_c.div_ceil(width);
        let (plain_len, chunk_len) = match filters {
            Filters::Plain(_) => (self.plain_len(width), self.chunk_len(&(0..self.chunk()), width)),
            Filters::Transformed(_) => (0, 0),
        };
        let n_groups = match filters {
            Filters::Plain(_) => (4 * ws.threads().n()).div_ceil(n_panels).max(self.n_blocks.div_ceil(BLOCKS)),
            Filters::Transformed(_) => self.n_blocks,
        };
        let blocks_per_group = self.n_blocks.div_ceil(n_groups);
        let n_groups = self.n_blocks.div_ceil(blocks_per_group);
        let sums_len = self.sums_len(width);
        let worker_len = blocks_per_group * sums_len + plain_len + chunk_len;
        let tiles_len = self.n_blocks * layout.block_len();
        let (threads, isa, scratch) = ws.parts(tiles_len + ws.threads().n() * worker_len);
        let (tiles, worker_scratch) = scratch.split_at_mut(tiles_len);
        self.transform_tiles(threads, Transforms::of(isa).input, self.images(x), layout, tiles);
        let (tiles, worker_scratch) = (&*tiles, DisjointSlices::new(worker_scratch));
        let prefetch_filters = matches!(filters, Filters::Transformed(_));
        threads.run_with_worker(n_panels * n_groups, &|worker, task| {
            let (p, group) = (task / n_groups, task % n_groups);
            // SAFETY: tasks that run at the same time have different worker indices.
            let worker = unsafe { worker_scratch.get(worker * worker_len..(worker + 1) * worker_len) };
            let (plain, worker) = worker.split_at_mut(plain_len);
            let (transformed, sums) = worker.split_at_mut(chunk_len);
            let blocks = group * blocks_per_group..((group + 1) * blocks_per_group).min(self.n_blocks);
            for chunk in self.chunks() {
                let filters = match filters {
                    Filters::Plain(right) => {
                        self.transform_chunk(isa, right, p * width, width, &chunk, plain, transformed);
                        &*transformed
                    }
                    Filters::Transformed(filters) => {
                        &filters[p * self.panel_len(width) + self.chunk_start(&chunk, width)..]
                    }
                };
                for (block, sums) in blocks.clone().zip(sums.chunks_exact_mut(sums_len)) {
                    let tiles = &tiles[block * layout.block_len()..(block + 1) * layout.block_len()];
                    self.multiply(
                        panel,
                        self.tiles(block).len(),
                        tiles,
                        layout,
                        chunk.clone(),
                        filters,
                        prefetch_filters,
                        sums,
                    );
                }
            }
            for (block, sums) in blocks.zip(sums.chunks_exact(sums_len)) {
                // SAFETY: the caller guarantees `y` and `epilogue`; each task writes its own tiles and panel.
                unsafe { self.write(isa, self.tiles(block), p * width, width, sums, y, epilogue) };
            }
        });
    }

    /// Adds the products of some channels at every position to the sums of a block; the first channels overwrite them.
    #[allow(clippy::too_many_arguments)]
    fn multiply(
        &self,
        panel: &Panel,
        n_tiles: usize,
        tiles: &[f32],
        layout: TileLayout,
        channels: Range<usize>,
        filters: &[f32],
        prefetch_filters: bool,
        sums: &mut [f32],
    ) {
        let (width, n_row_blocks) = (panel.width, n_tiles.div_ceil(panel.max_rows()));
        let (filters_stride, sums_stride) =
            (self.chunk_len(&channels, width) / POSITIONS, self.sums_len(width) / POSITIONS);
        assert!(
            n_tiles <= self.tiles_per_block && tiles.len() >= layout.block_len() && sums.len() >= self.sums_len(width)
        );
        assert!(filters.len() >= self.chunk_len(&channels, width) && channels.end <= self.geometry.n_c_prev);
        let segments = [RowSegment { x: 0, b: 0, len: channels.len() }];
        for position in 0..POSITIONS {
            let tiles = &tiles[position * layout.position_stride + channels.start..];
            let sums = sums[position * sums_stride..].as_mut_ptr();
            let add = if channels.start > 0 { sums.cast_const() } else { std::ptr::null() };
            for t in 0..n_row_blocks {
                let (first, last) = (n_tiles * t / n_row_blocks, n_tiles * (t + 1) / n_row_blocks);
                let (mut rows, mut y_rows) = ([std::ptr::null(); MAX_ROWS], [0; MAX_ROWS]);
                for (row, tile) in (first..last).enumerate() {
                    (rows[row], y_rows[row]) = (tiles[tile * layout.row_stride..].as_ptr(), tile * width);
                }
                let micro_tile = RowsTile {
                    rows: rows.as_ptr(),
                    rows_stride: 0,
                    segments: &segments,
                    b: filters[position * filters_stride..].as_ptr(),
                    b_stride: width,
                    prefetch_b: prefetch_filters,
                    y: sums,
                    y_rows: &y_rows,
                    n_columns: width,
                    epilogue: EpiloguePtrs { add, ..EpiloguePtrs::default() },
                };
                // SAFETY: tiles, filters and sums have the lengths that were asserted.
                unsafe { panel.rows[last - first - 1](&micro_tile) };
            }
        }
    }

    /// Writes the outputs of some tiles, of one panel of channels.
    ///
    /// # Safety
    /// `y` is the output, and the pointers of `epilogue` are valid for `n_c` and for all of `y`.
    #[allow(clippy::too_many_arguments)]
    unsafe fn write(
        &self,
        isa: Isa,
        tiles: Range<usize>,
        column: usize,
        width: usize,
        sums: &[f32],
        y: SharedPtr,
        epilogue: SharedEpilogue,
    ) {
        let (g, sums_stride) = (&self.geometry, self.sums_len(width) / POSITIONS);
        for (index, tile) in tiles.enumerate() {
            let [i, h, w] = self.locate(tile);
            let at = ((i * g.n_h + h) * g.n_w + w) * g.n_c + column;
            let from = Source {
                start: sums[index * width..].as_ptr(),
                strides: [INPUT_TILE * sums_stride, sums_stride],
                rows: &(0..INPUT_TILE),
                columns: &(0..INPUT_TILE),
            };
            let to = Target {
                start: y.get().wrapping_add(at),
                strides: [g.n_w * g.n_c, g.n_c],
                rows: OUTPUT_TILE.min(g.n_h - h),
                columns: OUTPUT_TILE.min(g.n_w - w),
                epilogue: epilogue.at(column, at),
            };
            // SAFETY: the tile's pixels are inside `y`.
            unsafe { (Transforms::of(isa).output)(from, to, width.min(g.n_c - column)) };
        }
    }

    /// Elements of a block's sums: a row as wide as a panel for each position and tile.
    fn sums_len(&self, width: usize) -> usize {
        POSITIONS * (self.tiles_per_block * width + PADDING)
    }

    /// Elements of a chunk's transformed filters: for each position a row as wide as the panel for each channel.
    fn chunk_len(&self, chunk: &Range<usize>, width: usize) -> usize {
        POSITIONS * (chunk.len() * width + PADDING)
    }

    /// Where a chunk starts in its panel.
    fn chunk_start(&self, chunk: &Range<usize>, width: usize) -> usize {
        POSITIONS * (chunk.start * width + chunk.start / self.chunk() * PADDING)
    }

    fn panel_len(&self, width: usize) -> usize {
        POSITIONS * (self.geometry.n_c_prev * width + self.chunks().count() * PADDING)
    }

    /// Elements of all transformed filters.
    fn filters_len(&self, width: usize) -> usize {
        self.geometry.n_c.div_ceil(width) * self.panel_len(width)
    }

    /// Elements of a chunk's filters before their transform.
    fn plain_len(&self, width: usize) -> usize {
        TAPS * TAPS * self.chunk() * width
    }

    /// Transforms all filters; each worker has scratch memory for a chunk of the filters themselves.
    fn transform(&self, threads: &Threads, isa: Isa, right: RightMatrix, plain: DisjointSlices, filters: &mut [f32]) {
        let width = Panel::choose(isa, self.geometry.n_c).width;
        let (panel_len, plain_len) = (self.panel_len(width), self.plain_len(width));
        let filters = DisjointSlices::new(filters);
        threads.run_with_worker(self.geometry.n_c.div_ceil(width), &|worker, p| {
            // SAFETY: tasks that run at the same time have different worker indices, and each writes its own panel.
            let (plain, panel) = unsafe {
                let plain = plain.get(worker * plain_len..(worker + 1) * plain_len);
                (plain, filters.get(p * panel_len..(p + 1) * panel_len))
            };
            for chunk in self.chunks() {
                let out = &mut panel[self.chunk_start(&chunk, width)..];
                self.transform_chunk(isa, right, p * width, width, &chunk, plain, out);
            }
        });
    }

    /// Transforms a chunk of the panel that starts at `column`.
    #[allow(clippy::too_many_arguments)]
    fn transform_chunk(
        &self,
        isa: Isa,
        right: RightMatrix,
        column: usize,
        width: usize,
        chunk: &Range<usize>,
        plain: &mut [f32],
        out: &mut [f32],
    ) {
        let (k, len) = (self.geometry.n_c_prev, chunk.len() * width);
        assert!(out.len() >= self.chunk_len(chunk, width));
        for (tap, plain) in plain[..TAPS * TAPS * len].chunks_exact_mut(len).enumerate() {
            right.pack_rows(isa, self.geometry.n_c, tap * k + chunk.start..tap * k + chunk.end, column, width, plain);
        }
        let all = 0..TAPS;
        let from = Source { start: plain.as_ptr(), strides: [TAPS * len, len], rows: &all, columns: &all };
        let stride = self.chunk_len(chunk, width) / POSITIONS;
        let to = Target::whole(out.as_mut_ptr(), [INPUT_TILE * stride, stride], INPUT_TILE);
        // SAFETY: `plain` has nine matrices, and `out` has room for 36.
        unsafe { (Transforms::of(isa).filter)(from, to, len) };
    }
}
