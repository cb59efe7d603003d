/*!
The gradient of the filters: at each position a sum over squares of outer products of the images' values and those of
the outputs' gradients.

Each number is summed by one task, square after square.
*/

use super::super::gemm::rows::Shared;
use super::super::gemm::tile::{OuterTile, Panel, Segment};
use super::super::slices::Parts;
use super::transform::{CELLS, OUTPUTS, PATCH, POSITIONS, Source, Target, Transforms};
use super::{GAP, Images, Values, Winograd};
use crate::graph::kernels::workspace::Workspace;
use std::ops::Range;

/// Numbers of all sums up to which the tasks go by positions, so that each square's value is read once. Where there are
/// more, they go by channels, and each task's sums stay in its cache. Chosen between the 0.6 million of 128 to 128
/// channels and the 2.4 million of 256 to 256, by the traffic that either way makes in the third-level cache.
const SUMS_NEAR: usize = 1 << 20;

/// The values of both sides, and how they lie.
struct Sides<'a> {
    a: &'a [f32],
    a_layout: Values,
    b: &'a [f32],
    b_layout: Values,
    segments: Vec<Segment>,
}

impl Winograd {
    /// The gradient of the filters.
    ///
    /// # Safety
    /// The slices have the lengths that the plan's geometry says.
    pub unsafe fn backward_filter(&self, x: &[f32], dy: &[f32], dw: &mut [f32], ws: &mut Workspace) {
        let (g, panel) = (&self.g, Panel::choose(ws.isa(), self.g.n_c));
        // The micro-kernels read whole panels.
        let (a_layout, b_layout) = (self.values(g.n_c_prev), self.values(g.n_c.next_multiple_of(panel.width)));
        let (a_len, b_len) = (self.n_blocks * a_layout.block(), self.n_blocks * b_layout.block());
        let by_positions = POSITIONS * g.n_c_prev * g.n_c <= SUMS_NEAR;
        let (chunk, n_chunks) = (self.chunk(), self.chunks().count());
        let sums_step = if by_positions { g.n_c_prev * g.n_c } else { chunk * panel.width } + GAP;
        let n_sums = if by_positions { 1 } else { ws.threads().n() };
        let (threads, isa, scratch) = ws.parts(a_len + b_len + n_sums * POSITIONS * sums_step);
        let (a, scratch) = scratch.split_at_mut(a_len);
        let (b, sums) = scratch.split_at_mut(b_len);
        self.evaluate(threads, Transforms::of(isa).patch, self.images(x), a_layout, a);
        let outputs = Images { numbers: dy, n_h: g.n_h, n_w: g.n_w, n_c: g.n_c, pad: [0, 0], size: OUTPUTS };
        self.evaluate(threads, Transforms::of(isa).output_gradient, outputs, b_layout, b);
        let segment = |block: usize| Segment {
            a: block * a_layout.block(),
            b: block * b_layout.block(),
            len: self.squares(block).len(),
        };
        let sides = Sides { a, a_layout, b, b_layout, segments: (0..self.n_blocks).map(segment).collect() };
        let (parts, dw) = (Parts::new(sums), Shared(dw.as_mut_ptr()));
        let matrix_len = g.n_c_prev * g.n_c;
        // Writes `len` numbers of the gradient, from row `k` and column `c` on.
        let write = |sums: &[f32], k: usize, c: usize, len: usize| {
            let all = 0..PATCH;
            let steps = [PATCH * sums_step, sums_step];
            let from = Source { start: sums.as_ptr(), steps, rows: &all, columns: &all };
            let start = dw.get().wrapping_add(k * g.n_c + c);
            let to = Target::whole(start, [CELLS * matrix_len, matrix_len], CELLS);
            // SAFETY: the sums go on for 36 positions, the gradient for nine cells; each row and column is written once.
            unsafe { (Transforms::of(isa).filter_gradient)(from, to, len) };
        };
        if by_positions {
            threads.run(POSITIONS, &|position| {
                // SAFETY: each task writes its own position.
                let sums = unsafe { parts.get(position * sums_step..(position + 1) * sums_step) };
                for c in (0..g.n_c).step_by(panel.width) {
                    self.sum(panel, &sides, position, 0..g.n_c_prev, c, &mut sums[c..], g.n_c);
                }
            });
            threads.run(g.n_c_prev, &|k| {
                // SAFETY: the sums are complete, and only read.
                let sums = unsafe { parts.read(k * g.n_c..POSITIONS * sums_step) };
                write(sums, k, 0, g.n_c);
            });
        } else {
            threads.run_with_seat(n_chunks * g.n_c.div_ceil(panel.width), &|seat, task| {
                let (c, k) = (task / n_chunks * panel.width, task % n_chunks * chunk);
                let channels = k..(k + chunk).min(g.n_c_prev);
                let seat_len = POSITIONS * sums_step;
                // SAFETY: tasks that run at the same time have different seats.
                let sums = unsafe { parts.get(seat * seat_len..(seat + 1) * seat_len) };
                for position in 0..POSITIONS {
                    let sums = &mut sums[position * sums_step..];
                    self.sum(panel, &sides, position, channels.clone(), c, sums, panel.width);
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
        sides: &Sides,
        position: usize,
        channels: Range<usize>,
        column: usize,
        sums: &mut [f32],
        step: usize,
    ) {
        let n_columns = panel.width.min(self.g.n_c - column);
        assert!(sums.len() >= (channels.len() - 1) * step + n_columns);
        let n_strips = channels.len().div_ceil(panel.max_rows());
        for strip in 0..n_strips {
            let (first, last) = (channels.len() * strip / n_strips, channels.len() * (strip + 1) / n_strips);
            let tile = OuterTile {
                a: sides.a[position * sides.a_layout.position_step + channels.start + first..].as_ptr(),
                b: sides.b[position * sides.b_layout.position_step + column..].as_ptr(),
                segments: &sides.segments,
                repeats: 1,
                a_repeat: 0,
                b_repeat: 0,
                a_packed: false,
                a_step: sides.a_layout.row_step,
                b_step: sides.b_layout.row_step,
                c: sums[first * step..].as_mut_ptr(),
                c_step: step,
                n_columns,
                accumulate: false,
            };
            // SAFETY: the segments hold the squares' values, whole panels of them; the sums were asserted.
            unsafe { panel.outer[last - first - 1](&tile) };
        }
    }
}
