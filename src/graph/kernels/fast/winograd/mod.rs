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

This file cuts images into squares and evaluates them; `convolve.rs` and `filter_gradient.rs` multiply.
*/

mod convolve;
mod filter_gradient;
mod transform;

use super::Isa;
use super::rows::Shared;
use super::tile::Panel;
use crate::graph::kernels::geometry::Conv2dGeometry;
use crate::graph::kernels::threads::Threads;
pub(crate) use convolve::Filters;
use std::ops::Range;
use transform::{CELLS, Kernel, LANES, OUTPUTS, PATCH, POSITIONS, Source, Target};

/// Squares from which on the products are worth their transformed filters, which take four times the memory.
const FEW_SQUARES: usize = 16;
/// Channels from which on the products outweigh the transforms.
const FEW_CHANNELS: usize = 32;
/// Tiles of the micro-kernels, one below the other, that a block of squares makes where all blocks meet one panel of
/// filters after the other.
const TILES: usize = 3;
/// Numbers of all filters' values that stay in the second-level cache beside a block of one tile's squares.
const FILTERS_NEAR: usize = 160 << 10;
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
    /// Rows above and columns to the left of the first square.
    pad: [usize; 2],
    /// Pixels of a square along an axis.
    size: usize,
}

/// Squares' values in memory: of each block 36 matrices with a row for each square and a column for each channel.
#[derive(Clone, Copy)]
struct Values {
    /// Numbers from one row to the next.
    row: usize,
    /// Numbers from one position's matrix to the next.
    position: usize,
}

impl Values {
    fn block(self) -> usize {
        POSITIONS * self.position
    }
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
        Values { row: n_c + GAP, position: self.block * (n_c + GAP) }
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
                let start = to.get().wrapping_add(block * layout.block() + index * layout.row);
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
        let inside = |first: usize, pad: usize, n: usize| {
            pad.saturating_sub(first).min(images.size)..(n + pad).saturating_sub(first).min(images.size)
        };
        let [pad_top, pad_left] = images.pad;
        let pixel = (i * images.n_h + row).wrapping_sub(pad_top).wrapping_mul(images.n_w);
        let pixel = pixel.wrapping_add(column).wrapping_sub(pad_left);
        let from = Source {
            start: images.numbers.as_ptr().wrapping_add(pixel.wrapping_mul(images.n_c)),
            steps: [images.n_w * images.n_c, images.n_c],
            rows: &inside(row, pad_top, images.n_h),
            columns: &inside(column, pad_left, images.n_w),
        };
        let to = Target::whole(start, [PATCH * layout.position, layout.position], PATCH);
        // SAFETY: only pixels inside the images are read; the caller vouches for the rest.
        unsafe { kernel(from, to, images.n_c) };
    }
}

/// Pairs of an output position and a filter cell along an axis that meet inside the image.
fn inside(n: usize, n_prev: usize, pad: usize) -> usize {
    (0..CELLS).map(|cell| (n_prev + pad).saturating_sub(cell).min(n).saturating_sub(pad.saturating_sub(cell))).sum()
}
