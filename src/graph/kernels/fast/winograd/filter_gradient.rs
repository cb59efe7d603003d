/*!
The gradient of the filters: at each position a sum over tiles of outer products of the transformed inputs and the
transformed gradients of the outputs.

Each element is summed by one task, tile after tile.
*/

use super::super::disjoint::DisjointSlices;
use super::super::disjoint::SharedPtr;
use super::super::gemm::tile::{OuterTile, Panel, PixelSegment};
use super::tiling::{Images, PADDING, TileLayout, Winograd};
use super::transform::{INPUT_TILE, OUTPUT_TILE, POSITIONS, Source, TAPS, Target, Transforms};
use crate::graph::kernels::workspace::Workspace;
use std::ops::Range;

/// Up to so many sums, there is a task for each position, so that each transformed tile is read once. With more, there
/// is a task for each chunk of channels, and its sums stay in the cache of its core. Chosen between the 0.6 million of
/// 128 to 128 channels and the 2.4 million of 256 to 256, by the traffic that either way causes in the third-level
/// cache.
const MAX_CACHED_SUMS: usize = 1 << 20;

/// The transformed tiles of both operands, and their layouts.
struct Operands<'a> {
    a: &'a [f32],
    a_layout: TileLayout,
    b: &'a [f32],
    b_layout: TileLayout,
    segments: Vec<PixelSegment>,
}

impl Winograd {
    /// The gradient of the filters.
    ///
    /// # Safety
    /// The slices have the lengths that the plan's geometry says.
    pub unsafe fn backward_filter(&self, x: &[f32], dy: &[f32], dw: &mut [f32], ws: &mut Workspace) {
        let (g, panel) = (&self.geometry, Panel::choose(ws.isa(), self.geometry.n_c));
        // The micro-kernels read whole panels.
        let (a_layout, b_layout) = (self.layout(g.n_c_prev), self.layout(g.n_c.next_multiple_of(panel.width)));
        let (a_len, b_len) = (self.n_blocks * a_layout.block_len(), self.n_blocks * b_layout.block_len());
        let by_positions = POSITIONS * g.n_c_prev * g.n_c <= MAX_CACHED_SUMS;
        let (chunk, n_chunks) = (self.chunk(), self.chunks().count());
        let sums_stride = if by_positions { g.n_c_prev * g.n_c } else { chunk * panel.width } + PADDING;
        let n_sums = if by_positions { 1 } else { ws.threads().n() };
        let (threads, isa, scratch) = ws.parts(a_len + b_len + n_sums * POSITIONS * sums_stride);
        let (a, scratch) = scratch.split_at_mut(a_len);
        let (b, sums) = scratch.split_at_mut(b_len);
        self.transform_tiles(threads, Transforms::of(isa).input, self.images(x), a_layout, a);
        let outputs = Images { elements: dy, n_h: g.n_h, n_w: g.n_w, n_c: g.n_c, pad: [0, 0], tile_size: OUTPUT_TILE };
        self.transform_tiles(threads, Transforms::of(isa).output_gradient, outputs, b_layout, b);
        let segment = |block: usize| PixelSegment {
            a: block * a_layout.block_len(),
            b: block * b_layout.block_len(),
            len: self.tiles(block).len(),
        };
        let operands = Operands { a, a_layout, b, b_layout, segments: (0..self.n_blocks).map(segment).collect() };
        let (parts, dw) = (DisjointSlices::new(sums), SharedPtr(dw.as_mut_ptr()));
        let matrix_len = g.n_c_prev * g.n_c;
        // Writes `len` elements of the gradient, from row `k` and column `c` on.
        let write = |sums: &[f32], k: usize, c: usize, len: usize| {
            let all = 0..INPUT_TILE;
            let strides = [INPUT_TILE * sums_stride, sums_stride];
            let from = Source { start: sums.as_ptr(), strides, rows: &all, columns: &all };
            let start = dw.get().wrapping_add(k * g.n_c + c);
            let to = Target::whole(start, [TAPS * matrix_len, matrix_len], TAPS);
            // SAFETY: there are sums for 36 positions and a gradient for nine taps; each row and column is written
            // once.
            unsafe { (Transforms::of(isa).filter_gradient)(from, to, len) };
        };
        if by_positions {
            threads.run(POSITIONS, &|position| {
                // SAFETY: each task writes its own position.
                let sums = unsafe { parts.get(position * sums_stride..(position + 1) * sums_stride) };
                for c in (0..g.n_c).step_by(panel.width) {
                    self.sum(panel, &operands, position, 0..g.n_c_prev, c, &mut sums[c..], g.n_c);
                }
            });
            threads.run(g.n_c_prev, &|k| {
                // SAFETY: the sums are complete, and only read.
                let sums = unsafe { parts.read(k * g.n_c..POSITIONS * sums_stride) };
                write(sums, k, 0, g.n_c);
            });
        } else {
            threads.run_with_worker(n_chunks * g.n_c.div_ceil(panel.width), &|worker, task| {
                let (c, k) = (task / n_chunks * panel.width, task % n_chunks * chunk);
                let channels = k..(k + chunk).min(g.n_c_prev);
                let worker_len = POSITIONS * sums_stride;
                // SAFETY: tasks that run at the same time have different worker indices.
                let sums = unsafe { parts.get(worker * worker_len..(worker + 1) * worker_len) };
                for position in 0..POSITIONS {
                    let sums = &mut sums[position * sums_stride..];
                    self.sum(panel, &operands, position, channels.clone(), c, sums, panel.width);
                }
                for (row, k) in channels.enumerate() {
                    write(&sums[row * panel.width..], k, c, panel.width.min(g.n_c - c));
                }
            });
        }
    }

    /// Sums some channels of the images and a panel of the outputs' at a position.
    #[allow(clippy::too_many_arguments)]
    fn sum(
        &self,
        panel: &Panel,
        operands: &Operands,
        position: usize,
        channels: Range<usize>,
        column: usize,
        sums: &mut [f32],
        stride: usize,
    ) {
        let n_columns = panel.width.min(self.geometry.n_c - column);
        assert!(sums.len() >= (channels.len() - 1) * stride + n_columns);
        let n_strips = channels.len().div_ceil(panel.max_rows());
        for strip in 0..n_strips {
            let (first, last) = (channels.len() * strip / n_strips, channels.len() * (strip + 1) / n_strips);
            let micro_tile = OuterTile {
                a: operands.a[position * operands.a_layout.position_stride + channels.start + first..].as_ptr(),
                b: operands.b[position * operands.b_layout.position_stride + column..].as_ptr(),
                segments: &operands.segments,
                repeats: 1,
                a_repeat: 0,
                b_repeat: 0,
                a_packed: false,
                a_stride: operands.a_layout.row_stride,
                b_stride: operands.b_layout.row_stride,
                c: sums[first * stride..].as_mut_ptr(),
                c_stride: stride,
                n_columns,
                accumulate: false,
            };
            // SAFETY: the segments hold transformed tiles, whole panels of them; the sums were asserted.
            unsafe { panel.outer[last - first - 1](&micro_tile) };
        }
    }
}
