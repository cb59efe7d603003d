/*!
Winograd's convolution for 3x3 filters that move by one pixel: fewer multiplications, for some more additions.

Along one axis, four outputs of a filter of three cells are sums of twelve products. The product of a polynomial with
four coefficients and one with three has degree 5, so its values at six points say everything, and a value takes one
product. The convolution is the transpose of that map, and six products do for it, too: in two dimensions 36 where there
were 144, for a square of 4x4 outputs and its patch of 6x6 pixels. At each of the 36 positions stand matrices: the
patches' values (a row for each square, a column for each channel) times the filters' values.

```text
y = Aᵀ [ (G w Gᵀ) · (Bᵀ x B) ] A        dw = Gᵀ [ Σ (Bᵀ x B) · (A dy Aᵀ) ] G
```

In `transform.rs`, Bᵀ is `Patch`, G is `Filter`, Aᵀ is `Output`, A is `OutputGradient` and Gᵀ is `FilterGradient`. The
gradient of the images is the convolution of the outputs' gradients with the filters turned around.

DIFFERENCE: the sums round otherwise than the plain ones, by up to twice as much (`transform.rs`); an infinity or NaN in
a patch may reach all outputs of its square, and so may what overflows beyond about 1e37.

This file cuts images into squares and evaluates them; `convolve.rs` and `filter_gradient.rs` multiply.
*/

mod convolve;
mod filter_gradient;
mod transform;

use super::Isa;
use super::gemm::rows::Shared;
use super::gemm::tile::Panel;
use crate::graph::kernels::geometry::Conv2dGeometry;
use crate::graph::kernels::threads::Threads;
pub(crate) use convolve::Filters;
use std::ops::Range;
use transform::{CELLS, Kernel, LANES, OUTPUTS, PATCH, POSITIONS, Source, Target};

/// Squares from which on the products are worth their transformed filters, which take four times the memory: with fewer,
/// they would be read for little work.
const FEW_SQUARES: usize = 16;
/// Channels from which on the products outweigh the transforms.
const FEW_CHANNELS: usize = 32;
/// Tiles of the micro-kernels, one below the other, that a block of squares makes where all blocks meet one panel of
/// filters after the other.
const TILES: usize = 3;
/// Numbers of all filters' values that stay in the second-level cache (1 MiB is usual where there is AVX-512) beside a
/// block of one tile's squares.
const FILTERS_NEAR: usize = 160 << 10;
/// Most channels of the images whose filters' values, or whose gradient's sums, a task makes at once: beside the filters
/// themselves or a block's sums, they stay in the second-level cache.
const CHUNK: usize = 96;
/// Squares that a task evaluates.
const SQUARES: usize = 4;
/// Numbers between two matrices or rows beyond their own, so that they do not fall into the same lines of the cache.
const GAP: usize = 16;

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
    /// Whether a block meets all panels of filters before the next one comes.
    block_by_block: bool,
}

/// One side of a convolution: images whose squares are evaluated.
#[derive(Clone, Copy)]
struct Images<'a> {
    numbers: &'a [f32],
    n_h: usize,
    n_w: usize,
    n_c: usize,
    /// How many rows above and columns to the left of the image the first square begins.
    pad: [usize; 2],
    /// Pixels of a square along an axis.
    size: usize,
}

/// Squares' values in memory: of each block 36 matrices with a row for each square and a column for each channel.
#[derive(Clone, Copy)]
struct Values {
    /// Numbers from one row to the next.
    row_step: usize,
    /// Numbers from one position's matrix to the next.
    position_step: usize,
}

impl Values {
    fn block(self) -> usize {
        POSITIONS * self.position_step
    }
}

impl Winograd {
    /// The plan for a convolution, if it has 3x3 filters that move by one pixel, a padding below 3, enough squares, at
    /// least 32 channels on both sides in multiples of 16, and needs at most 0.6 of the multiplications that a sum over
    /// the pixels inside the images needs, so that the transforms are paid for.
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
        let block_by_block = POSITIONS * g.n_c_prev * g.n_c <= FILTERS_NEAR;
        let tiles = if block_by_block { 1 } else { TILES };
        let n_blocks = n.div_ceil(tiles * Panel::choose(isa, g.n_c).max_rows());
        Some(Winograd { g: *g, rows, columns, n, block: n.div_ceil(n_blocks), n_blocks, block_by_block })
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

    /// The images that are convolved.
    fn images<'a>(&self, x: &'a [f32]) -> Images<'a> {
        let g = &self.g;
        let pad = [g.pad_top, g.pad_left];
        Images { numbers: x, n_h: g.n_h_prev, n_w: g.n_w_prev, n_c: g.n_c_prev, pad, size: PATCH }
    }

    /// How the values of squares with `n_c` channels lie.
    fn values(&self, n_c: usize) -> Values {
        Values { row_step: n_c + GAP, position_step: self.block * (n_c + GAP) }
    }

    /// Channels of a chunk; the last one may have fewer.
    fn chunk(&self) -> usize {
        let k = self.g.n_c_prev;
        k.div_ceil(k.div_ceil(CHUNK)).next_multiple_of(LANES)
    }

    /// The channels of the images, in chunks.
    fn chunks(&self) -> impl Iterator<Item = Range<usize>> {
        let (k, chunk) = (self.g.n_c_prev, self.chunk());
        (0..k).step_by(chunk).map(move |start| start..(start + chunk).min(k))
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
    fn evaluate(&self, threads: &Threads, kernel: Kernel, images: Images, layout: Values, values: &mut [f32]) {
        assert!(values.len() == self.n_blocks * layout.block());
        let to = Shared(values.as_mut_ptr());
        threads.run(self.n.div_ceil(SQUARES), &|task| {
            for square in task * SQUARES..((task + 1) * SQUARES).min(self.n) {
                let (block, index) = (square / self.block, square % self.block);
                let start = to.get().wrapping_add(block * layout.block() + index * layout.row_step);
                // SAFETY: each square has values of its own.
                unsafe { self.evaluate_square(kernel, &images, square, start, layout) };
            }
        });
    }

    /// Writes the values of a square from `start` on.
    ///
    /// # Safety
    /// There is room for a row of each position.
    unsafe fn evaluate_square(&self, kernel: Kernel, images: &Images, square: usize, start: *mut f32, layout: Values) {
        let [i, row, column] = self.locate(square);
        // The square begins `pad` pixels before, which may be outside.
        let present = |first: usize, pad: usize, n: usize| {
            pad.saturating_sub(first).min(images.size)..(n + pad).saturating_sub(first).min(images.size)
        };
        let [pad_top, pad_left] = images.pad;
        let pixel = (i * images.n_h + row).wrapping_sub(pad_top).wrapping_mul(images.n_w);
        let pixel = pixel.wrapping_add(column).wrapping_sub(pad_left);
        let from = Source {
            start: images.numbers.as_ptr().wrapping_add(pixel.wrapping_mul(images.n_c)),
            steps: [images.n_w * images.n_c, images.n_c],
            rows: &present(row, pad_top, images.n_h),
            columns: &present(column, pad_left, images.n_w),
        };
        let to = Target::whole(start, [PATCH * layout.position_step, layout.position_step], PATCH);
        // SAFETY: only pixels inside the images are read; the caller vouches for the rest.
        unsafe { kernel(from, to, images.n_c) };
    }
}

/// Pairs of an output position and a filter cell along an axis that meet inside the image.
fn inside(n: usize, n_prev: usize, pad: usize) -> usize {
    (0..CELLS).map(|cell| (n_prev + pad).saturating_sub(cell).min(n).saturating_sub(pad.saturating_sub(cell))).sum()
}
