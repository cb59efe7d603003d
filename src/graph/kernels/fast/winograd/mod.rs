/*!
Winograd's convolution for 3x3 filters that move by one pixel: fewer multiplications, for some more additions.

An output square of 4x4 pixels is the product of two polynomials in each direction, its patch of 6x6 pixels and the
filter. Both are known by their values at six points, so that 36 products for each pair of channels do what 144 did. At
each of the 36 positions stand matrices: the patches' values (a row for each square, a column for each channel) times the
filters' values.

```text
y = Aᵀ [ (G w Gᵀ) · (Bᵀ x B) ] A        dw = Gᵀ [ Σ (Bᵀ x B) · (A dy Aᵀ) ] G
```

The gradient of the images is the convolution of the outputs' gradients with the filters turned around. The sums round
otherwise than the plain ones, by about as much (see `transform.rs`); where a patch holds an infinity or NaN, its whole
square becomes NaN.
*/

mod transform;

use super::Isa;
use super::panels::Right;
use super::rows::{Shared, offset};
use super::slices::Parts;
use super::tile::{Finish, MAX_ROWS, OuterTile, Panel, RowsTile, Run, Segment};
use crate::graph::kernels::geometry::Conv2dGeometry;
use crate::graph::kernels::threads::Threads;
use crate::graph::kernels::workspace::Workspace;
use std::ops::Range;
use transform::{CELLS, Kernel, LANES, OUTPUTS, PATCH, POSITIONS, Source, Target, Transforms};

/// Squares from which on the products are worth their transformed filters, which take four times the memory.
const FEW_SQUARES: usize = 16;
/// Channels from which on the products outweigh the transforms.
const FEW_CHANNELS: usize = 32;
/// Tiles of the micro-kernels, one below the other, that a block of squares makes.
const TILES: usize = 3;
/// Squares that a task transforms.
const SQUARES: usize = 8;
/// Numbers between two pixels beyond their channels, so that they do not fall into the same lines of the cache.
const GAP: usize = 16;

/// The filters of a convolution.
#[derive(Clone, Copy)]
pub(crate) enum Filters<'a> {
    /// As they are: `9 n_c_prev` rows of `n_c` numbers.
    Plain(Right<'a>),
    /// What [`Winograd::transform_filters`] wrote.
    Transformed(&'a [f32]),
}

/// How a convolution is cut into squares, and these into blocks.
pub(crate) struct Winograd {
    g: Conv2dGeometry,
    /// Squares of an image: rows and columns.
    rows: usize,
    columns: usize,
    /// Squares of all images.
    n: usize,
    /// Squares of a block; the last one may have fewer.
    block: usize,
    n_blocks: usize,
}

/// One side of a convolution: images whose squares are transformed.
struct Images<'a> {
    numbers: &'a [f32],
    n_h: usize,
    n_w: usize,
    n_c: usize,
    /// Rows above and columns to the left of the first square.
    pad: [usize; 2],
    /// Pixels of a square along an axis.
    size: usize,
}

impl Winograd {
    /// The plan for a convolution, if it has 3x3 filters that move by one pixel, enough squares and channels, and
    /// needs at most 0.6 of the multiplications that a sum over the pixels inside the images needs.
    pub fn plan(g: &Conv2dGeometry, isa: Isa) -> Option<Winograd> {
        let is_simple = (g.f_h, g.f_w, g.stride_h, g.stride_w) == (CELLS, CELLS, 1, 1);
        let is_near = g.pad_top < CELLS && g.pad_left < CELLS;
        let are_whole = g.n_c.is_multiple_of(LANES) && g.n_c_prev.is_multiple_of(LANES);
        if !(is_simple && is_near && are_whole && g.n_c.min(g.n_c_prev) >= FEW_CHANNELS) {
            return None;
        }
        let (rows, columns) = (g.n_h.div_ceil(OUTPUTS), g.n_w.div_ceil(OUTPUTS));
        let n = g.m * rows * columns;
        let plain = inside(g.n_h, g.n_h_prev, g.pad_top) * inside(g.n_w, g.n_w_prev, g.pad_left);
        if n < FEW_SQUARES || 10 * POSITIONS * rows * columns > 6 * plain {
            return None;
        }
        let n_blocks = n.div_ceil(TILES * Panel::choose(isa, g.n_c).max_rows());
        Some(Winograd { g: *g, rows, columns, n, block: n.div_ceil(n_blocks), n_blocks })
    }

    /// As [`Self::plan`], for the convolution that makes the gradient of the images.
    pub fn plan_backward(g: &Conv2dGeometry, isa: Isa) -> Option<Winograd> {
        let back = Conv2dGeometry {
            n_h_prev: g.n_h,
            n_w_prev: g.n_w,
            n_c_prev: g.n_c,
            n_h: g.n_h_prev,
            n_w: g.n_w_prev,
            n_c: g.n_c_prev,
            pad_top: (CELLS - 1).checked_sub(g.pad_top)?,
            pad_left: (CELLS - 1).checked_sub(g.pad_left)?,
            ..*g
        };
        Winograd::plan(&back, isa)
    }

    /// Numbers that the transformed filters take.
    pub fn filters_len(&self, isa: Isa) -> usize {
        let width = Panel::choose(isa, self.g.n_c).width;
        self.g.n_c.div_ceil(width) * self.panel_len(width)
    }

    /// Between one position of a panel of transformed filters and the next.
    fn panel_step(&self, width: usize) -> usize {
        self.g.n_c_prev * width + GAP
    }

    fn panel_len(&self, width: usize) -> usize {
        POSITIONS * self.panel_step(width)
    }

    /// Writes panels of filters' values: for each position `n_c_prev` rows as wide as the panel. `plain` has room for a
    /// panel of the filters themselves for each thread.
    fn transform(&self, threads: &Threads, isa: Isa, right: Right, plain: Parts, out: &mut [f32]) {
        let width = Panel::choose(isa, self.g.n_c).width;
        let (k, plain_len) = (self.g.n_c_prev, CELLS * CELLS * self.g.n_c_prev * width);
        let out = Parts::new(out);
        threads.run_with_seat(self.g.n_c.div_ceil(width), &|seat, p| {
            // SAFETY: tasks that run at the same time have different seats, and each writes its own panel.
            let (plain, out) = unsafe {
                let out = out.get(p * self.panel_len(width)..(p + 1) * self.panel_len(width));
                (plain.get(seat * plain_len..(seat + 1) * plain_len), out)
            };
            right.pack_panels(isa, CELLS * CELLS * k, self.g.n_c, p * width, width, plain);
            let from = Source {
                start: plain.as_ptr(),
                steps: [CELLS * k * width, k * width],
                rows: &(0..CELLS),
                columns: &(0..CELLS),
            };
            let to = Target::whole(out.as_mut_ptr(), [PATCH * self.panel_step(width), self.panel_step(width)], PATCH);
            // SAFETY: three times three matrices of `k` rows lie in the panel, 36 in what it becomes.
            unsafe { (Transforms::of(isa).filter)(from, to, k * width) };
        });
    }

    /// Filters as the products read them, of the packed panels of [`panels::pack`].
    pub fn transform_filters(&self, packed: &[f32], ws: &mut Workspace) -> Vec<f32> {
        let mut out = vec![0.0; self.filters_len(ws.isa())];
        let len = ws.threads().n() * self.plain_len(ws.isa());
        let (threads, isa, scratch) = ws.parts(len);
        self.transform(threads, isa, Right::Packed(packed), Parts::new(scratch), &mut out);
        out
    }

    /// Numbers of a panel of filters.
    fn plain_len(&self, isa: Isa) -> usize {
        CELLS * CELLS * self.g.n_c_prev * Panel::choose(isa, self.g.n_c).width
    }

    /// Convolves images with filters, which may be those that make the gradient of the images.
    ///
    /// # Safety
    /// The slices have the lengths that the plan's geometry says, and the pointers of `finish` reach as far as `n_c`
    /// and as far as `y`.
    pub unsafe fn convolve(&self, x: &[f32], filters: Filters, y: &mut [f32], finish: Finish, ws: &mut Workspace) {
        let (g, isa) = (&self.g, ws.isa());
        let panel = Panel::choose(isa, g.n_c);
        let (width, k_step) = (panel.width, g.n_c_prev + GAP);
        let values_len = self.values_len(k_step);
        let filters_len = if matches!(filters, Filters::Plain(_)) { self.filters_len(isa) } else { 0 };
        let sums_step = self.block * width + GAP;
        let seat_len = (POSITIONS * sums_step).max(if filters_len > 0 { self.plain_len(isa) } else { 0 });
        let (threads, _, scratch) = ws.parts(values_len + filters_len + ws.threads().n() * seat_len);
        let (values, scratch) = scratch.split_at_mut(values_len);
        let (transformed, seats) = scratch.split_at_mut(filters_len);
        let seats = Parts::new(seats);
        let filters = match filters {
            Filters::Plain(right) => {
                self.transform(threads, isa, right, seats, transformed);
                &*transformed
            }
            Filters::Transformed(filters) => filters,
        };
        let pad = [g.pad_top, g.pad_left];
        let images = Images { numbers: x, n_h: g.n_h_prev, n_w: g.n_w_prev, n_c: g.n_c_prev, pad, size: PATCH };
        self.evaluate(threads, Transforms::of(isa).patch, images, k_step, values);
        let (values, y) = (&*values, Shared(y.as_mut_ptr()));
        let (bias, add) = (Shared(finish.bias.cast_mut()), Shared(finish.add.cast_mut()));
        threads.run_with_seat(g.n_c.div_ceil(width) * self.n_blocks, &|seat, task| {
            let (p, block) = (task / self.n_blocks, task % self.n_blocks);
            // SAFETY: tasks that run at the same time have different seats.
            let sums = unsafe { seats.get(seat * seat_len..seat * seat_len + POSITIONS * sums_step) };
            let filters = &filters[p * self.panel_len(width)..(p + 1) * self.panel_len(width)];
            let squares = self.squares(block);
            let rows_len = squares.len().div_ceil(panel.max_rows());
            for position in 0..POSITIONS {
                let values = &values[self.values_start(block, position, k_step)..];
                for t in 0..rows_len {
                    let rows = squares.len() * t / rows_len..squares.len() * (t + 1) / rows_len;
                    let (n, first) = (rows.len(), rows.start);
                    let x: [_; MAX_ROWS] =
                        std::array::from_fn(|row| values.as_ptr().wrapping_add((first + row.min(n - 1)) * k_step));
                    let y_rows = std::array::from_fn(|row| if row < n { (first + row) * width } else { 0 });
                    let tile = RowsTile {
                        rows: x.as_ptr(),
                        rows_step: 0,
                        runs: &[Run { x: 0, b: 0, len: g.n_c_prev }],
                        b: filters[position * self.panel_step(width)..].as_ptr(),
                        b_step: width,
                        y: sums[position * sums_step..].as_mut_ptr(),
                        y_rows: &y_rows,
                        n_columns: width,
                        finish: Finish::default(),
                    };
                    // SAFETY: rows, panel and sums have the lengths that the tile expects.
                    unsafe { panel.rows[n - 1](&tile) };
                }
            }
            let column = p * width;
            for (index, square) in squares.enumerate() {
                let [i, row, line] = self.locate(square);
                let at = ((i * g.n_h + row) * g.n_w + line) * g.n_c + column;
                let start = sums[index * width..].as_ptr();
                let from =
                    Source { start, steps: [PATCH * sums_step, sums_step], rows: &(0..PATCH), columns: &(0..PATCH) };
                let to = Target {
                    start: y.get().wrapping_add(at),
                    steps: [g.n_w * g.n_c, g.n_c],
                    rows: OUTPUTS.min(g.n_h - row),
                    columns: OUTPUTS.min(g.n_w - line),
                    finish: Finish { bias: offset(bias.get(), column), add: offset(add.get(), at), relu: finish.relu },
                };
                // SAFETY: the square's pixels lie inside `y`; each task writes its own squares and panel.
                unsafe { (Transforms::of(isa).output)(from, to, width.min(g.n_c - column)) };
            }
        });
    }

    /// The gradient of the filters.
    ///
    /// # Safety
    /// The slices have the lengths that the plan's geometry says.
    pub unsafe fn backward_filter(&self, x: &[f32], dy: &[f32], dw: &mut [f32], ws: &mut Workspace) {
        let (g, isa) = (&self.g, ws.isa());
        let panel = Panel::choose(isa, g.n_c);
        let a_step = g.n_c_prev + GAP;
        // The micro-kernels read whole panels.
        let b_step = g.n_c.next_multiple_of(panel.width) + GAP;
        let sums_step = g.n_c_prev * g.n_c + GAP;
        let (a_len, b_len) = (self.values_len(a_step), self.values_len(b_step));
        let (threads, _, scratch) = ws.parts(a_len + b_len + POSITIONS * sums_step);
        let (a, scratch) = scratch.split_at_mut(a_len);
        let (b, sums) = scratch.split_at_mut(b_len);
        let pad = [g.pad_top, g.pad_left];
        let images = Images { numbers: x, n_h: g.n_h_prev, n_w: g.n_w_prev, n_c: g.n_c_prev, pad, size: PATCH };
        self.evaluate(threads, Transforms::of(isa).patch, images, a_step, a);
        let outputs = Images { numbers: dy, n_h: g.n_h, n_w: g.n_w, n_c: g.n_c, pad: [0, 0], size: OUTPUTS };
        self.evaluate(threads, Transforms::of(isa).output_gradient, outputs, b_step, b);
        let (a, b) = (&*a, &*b);
        let segments: Vec<Segment> = (0..self.n_blocks)
            .map(|block| Segment {
                a: self.values_start(block, 0, a_step),
                b: self.values_start(block, 0, b_step),
                len: self.squares(block).len(),
            })
            .collect();
        let parts = Parts::new(sums);
        threads.run(POSITIONS, &|position| {
            // SAFETY: each task writes its own position.
            let sums = unsafe { parts.get(position * sums_step..(position + 1) * sums_step) };
            let n_strips = g.n_c_prev.div_ceil(panel.max_rows());
            for strip in 0..n_strips {
                let rows = g.n_c_prev * strip / n_strips..g.n_c_prev * (strip + 1) / n_strips;
                for column in (0..g.n_c).step_by(panel.width) {
                    let tile = OuterTile {
                        a: a[self.values_start(0, position, a_step) + rows.start..].as_ptr(),
                        b: b[self.values_start(0, position, b_step) + column..].as_ptr(),
                        segments: &segments,
                        repeats: 1,
                        a_repeat: 0,
                        b_repeat: 0,
                        a_packed: false,
                        a_step,
                        b_step,
                        c: sums[rows.start * g.n_c + column..].as_mut_ptr(),
                        c_step: g.n_c,
                        n_columns: panel.width.min(g.n_c - column),
                        accumulate: false,
                    };
                    // SAFETY: the segments hold the squares' values; the sums have `n_c_prev` rows.
                    unsafe { panel.outer[rows.len() - 1](&tile) };
                }
            }
        });
        let (sums, dw) = (&*sums, Shared(dw.as_mut_ptr()));
        threads.run(g.n_c_prev, &|k| {
            let (start, len) = (sums[k * g.n_c..].as_ptr(), g.n_c_prev * g.n_c);
            let from = Source { start, steps: [PATCH * sums_step, sums_step], rows: &(0..PATCH), columns: &(0..PATCH) };
            let to = Target::whole(dw.get().wrapping_add(k * g.n_c), [CELLS * len, len], CELLS);
            // SAFETY: each task writes its own row of each of the nine matrices.
            unsafe { (Transforms::of(isa).filter_gradient)(from, to, g.n_c) };
        });
    }

    /// Numbers that the values of all squares take, `step` for each square and position.
    fn values_len(&self, step: usize) -> usize {
        self.n_blocks * POSITIONS * self.block * step
    }

    /// Where the values of a block at a position start.
    fn values_start(&self, block: usize, position: usize, step: usize) -> usize {
        (block * POSITIONS + position) * self.block * step
    }

    /// The squares of a block.
    fn squares(&self, block: usize) -> Range<usize> {
        block * self.block..((block + 1) * self.block).min(self.n)
    }

    /// The image of a square, and its first row and column of outputs.
    fn locate(&self, square: usize) -> [usize; 3] {
        let per_image = self.rows * self.columns;
        let within = square % per_image;
        [square / per_image, within / self.columns * OUTPUTS, within % self.columns * OUTPUTS]
    }

    /// Writes the values of all squares of some images.
    fn evaluate(&self, threads: &Threads, kernel: Kernel, images: Images, step: usize, values: &mut [f32]) {
        assert!(values.len() == self.values_len(step));
        let to = Shared(values.as_mut_ptr());
        threads.run(self.n.div_ceil(SQUARES), &|task| {
            for square in task * SQUARES..((task + 1) * SQUARES).min(self.n) {
                let [i, row, column] = self.locate(square);
                // The square begins `pad` pixels before, which may be outside.
                let inside = |first: usize, pad: usize, n: usize| {
                    pad.saturating_sub(first).min(images.size)..(n + pad).saturating_sub(first).min(images.size)
                };
                let (rows, columns) =
                    (inside(row, images.pad[0], images.n_h), inside(column, images.pad[1], images.n_w));
                let pixel = (i * images.n_h + row).wrapping_sub(images.pad[0]).wrapping_mul(images.n_w);
                let pixel = pixel.wrapping_add(column).wrapping_sub(images.pad[1]);
                let start = images.numbers.as_ptr().wrapping_add(pixel.wrapping_mul(images.n_c));
                let from =
                    Source { start, steps: [images.n_w * images.n_c, images.n_c], rows: &rows, columns: &columns };
                let (block, index) = (square / self.block, square % self.block);
                let start = self.values_start(block, 0, step) + index * step;
                let to = to.get().wrapping_add(start);
                let to = Target::whole(to, [PATCH * self.block * step, self.block * step], PATCH);
                // SAFETY: only pixels inside the images are read; each square has values of its own.
                unsafe { kernel(from, to, images.n_c) };
            }
        });
    }
}

/// Pairs of an output position and a filter cell along an axis that meet inside the image.
fn inside(n: usize, n_prev: usize, pad: usize) -> usize {
    (0..CELLS).map(|cell| (n_prev + pad).saturating_sub(cell).min(n).saturating_sub(pad.saturating_sub(cell))).sum()
}
