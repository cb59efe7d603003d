/*!
How Winograd's convolution cuts images into tiles, and the transform of the tiles of both operands.

The matrix products are in `convolve.rs` and `filter_gradient.rs`.
*/

use super::super::disjoint::SharedPtr;
use super::super::gemm::tile::Panel;
use super::super::isa::Isa;
use super::transform::{INPUT_TILE, Kernel, LANES, OUTPUT_TILE, POSITIONS, Source, TAPS, Target};
use crate::graph::kernels::geometry::ConvGeometry;
use crate::graph::kernels::threads::Threads;
use std::ops::Range;

/// With fewer output tiles, reading the transformed filters, which take four times the memory, costs more than it
/// saves.
const MIN_TILES: usize = 16;
/// With fewer channels, the transforms cost more than they save.
const MIN_CHANNELS: usize = 32;
/// Micro-tiles per block, along the rows, when the loop over panels of filters is outside the loop over blocks.
const ROW_BLOCKS: usize = 3;
/// Most elements of transformed filters that fit into the L2 cache (1 MiB is usual where there is AVX-512) together
/// with a block of one micro-tile.
const MAX_CACHED_FILTERS: usize = 160 << 10;
/// Most input channels that a task handles at once (the block size along k), so that their transformed filters, or the
/// sums of their gradient, fit into the L2 cache.
const MAX_CHUNK_CHANNELS: usize = 96;
/// Input tiles that a task transforms.
const TILES_PER_TASK: usize = 4;
/// Elements of padding after each row of tiles or matrix of sums and filters, against cache-set conflicts (power-of-two
/// strides).
pub(super) const PADDING: usize = 16;

/// How a convolution is cut into tiles, and these into blocks.
pub(crate) struct Winograd {
    pub(super) geometry: ConvGeometry,
    /// Output tiles of an image: rows and columns.
    rows: usize,
    columns: usize,
    /// Output tiles of all images.
    n_tiles: usize,
    /// Output tiles of a block; the last one may have fewer.
    pub(super) tiles_per_block: usize,
    pub(super) n_blocks: usize,
    /// Loop order: blocks outside, panels of filters inside; otherwise the reverse.
    pub(super) block_by_block: bool,
}

/// One operand of a convolution: images whose tiles are transformed.
#[derive(Clone, Copy)]
pub(super) struct Images<'a> {
    pub elements: &'a [f32],
    pub n_h: usize,
    pub n_w: usize,
    pub n_c: usize,
    /// How many rows above and columns to the left of the image the first tile begins.
    pub pad: [usize; 2],
    /// Pixels of a tile along an axis.
    pub tile_size: usize,
}

/// The layout of transformed tiles in memory: for each block 36 matrices with a row for each tile and a column for each
/// channel.
#[derive(Clone, Copy)]
pub(super) struct TileLayout {
    /// Elements from one row to the next.
    pub row_stride: usize,
    /// Elements from one position's matrix to the next.
    pub position_stride: usize,
}

impl TileLayout {
    pub fn block_len(self) -> usize {
        POSITIONS * self.position_stride
    }
}

impl Winograd {
    /// The plan for a convolution, if it has 3x3 filters of stride 1, a padding below 3, enough tiles, at least 32
    /// input and 32 output channels in multiples of 16, and needs at most 0.6 of the multiplications that a sum over
    /// the pixels inside the images needs, so that it is faster in spite of the transforms.
    pub fn plan(g: &ConvGeometry, isa: Isa) -> Option<Winograd> {
        let is_3x3_stride_1 = (g.f_h, g.f_w, g.stride_h, g.stride_w) == (TAPS, TAPS, 1, 1);
        let is_padding_small = g.pad_top < TAPS && g.pad_left < TAPS;
        let fills_vectors = g.n_c.is_multiple_of(LANES) && g.n_c_prev.is_multiple_of(LANES);
        if !(g.is_plain_2d()
            && is_3x3_stride_1
            && is_padding_small
            && fills_vectors
            && g.n_c.min(g.n_c_prev) >= MIN_CHANNELS)
        {
            return None;
        }
        let (rows, columns) = (g.n_h.div_ceil(OUTPUT_TILE), g.n_w.div_ceil(OUTPUT_TILE));
        let n_tiles = g.m * rows * columns;
        let direct_products =
            n_tap_pairs_inside(g.n_h, g.n_h_prev, g.pad_top) * n_tap_pairs_inside(g.n_w, g.n_w_prev, g.pad_left);
        if n_tiles < MIN_TILES || 10 * POSITIONS * rows * columns > 6 * direct_products {
            return None;
        }
        let block_by_block = POSITIONS * g.n_c_prev * g.n_c <= MAX_CACHED_FILTERS;
        let row_blocks = if block_by_block { 1 } else { ROW_BLOCKS };
        let n_blocks = n_tiles.div_ceil(row_blocks * Panel::choose(isa, g.n_c).max_rows());
        Some(Winograd {
            geometry: *g,
            rows,
            columns,
            n_tiles,
            tiles_per_block: n_tiles.div_ceil(n_blocks),
            n_blocks,
            block_by_block,
        })
    }

    /// As [`Self::plan`], for the convolution that computes the input gradient.
    pub fn plan_backward(g: &ConvGeometry, isa: Isa) -> Option<Winograd> {
        let backward_geometry = ConvGeometry {
            n_h_prev: g.n_h,
            n_w_prev: g.n_w,
            n_c_prev: g.n_c,
            n_h: g.n_h_prev,
            n_w: g.n_w_prev,
            n_c: g.n_c_prev,
            pad_top: (TAPS - 1).checked_sub(g.pad_top)?,
            pad_left: (TAPS - 1).checked_sub(g.pad_left)?,
            ..*g
        };
        Winograd::plan(&backward_geometry, isa)
    }

    /// The images that are convolved.
    pub(super) fn images<'a>(&self, x: &'a [f32]) -> Images<'a> {
        let g = &self.geometry;
        let pad = [g.pad_top, g.pad_left];
        Images { elements: x, n_h: g.n_h_prev, n_w: g.n_w_prev, n_c: g.n_c_prev, pad, tile_size: INPUT_TILE }
    }

    /// The layout of transformed tiles with `n_c` channels.
    pub(super) fn layout(&self, n_c: usize) -> TileLayout {
        TileLayout { row_stride: n_c + PADDING, position_stride: self.tiles_per_block * (n_c + PADDING) }
    }

    /// Channels of a chunk; the last one may have fewer.
    pub(super) fn chunk(&self) -> usize {
        let k = self.geometry.n_c_prev;
        k.div_ceil(k.div_ceil(MAX_CHUNK_CHANNELS)).next_multiple_of(LANES)
    }

    /// The channels of the images, in chunks.
    pub(super) fn chunks(&self) -> impl Iterator<Item = Range<usize>> {
        let (k, chunk) = (self.geometry.n_c_prev, self.chunk());
        (0..k).step_by(chunk).map(move |start| start..(start + chunk).min(k))
    }

    /// The tiles of a block.
    pub(super) fn tiles(&self, block: usize) -> Range<usize> {
        block * self.tiles_per_block..((block + 1) * self.tiles_per_block).min(self.n_tiles)
    }

    /// The index of a tile's image, and the row and column of its first output pixel.
    pub(super) fn locate(&self, tile: usize) -> [usize; 3] {
        let per_image = self.rows * self.columns;
        let within = tile % per_image;
        [tile / per_image, within / self.columns * OUTPUT_TILE, within % self.columns * OUTPUT_TILE]
    }

    /// Writes the transforms of all tiles of some images.
    pub(super) fn transform_tiles(
        &self,
        threads: &Threads,
        kernel: Kernel,
        images: Images,
        layout: TileLayout,
        transformed: &mut [f32],
    ) {
        assert!(transformed.len() == self.n_blocks * layout.block_len());
        let to = SharedPtr(transformed.as_mut_ptr());
        threads.run(self.n_tiles.div_ceil(TILES_PER_TASK), &|task| {
            for tile in task * TILES_PER_TASK..((task + 1) * TILES_PER_TASK).min(self.n_tiles) {
                let (block, index) = (tile / self.tiles_per_block, tile % self.tiles_per_block);
                let start = to.get().wrapping_add(block * layout.block_len() + index * layout.row_stride);
                // SAFETY: each tile is written by one task.
                unsafe { self.transform_tile(kernel, &images, tile, start, layout) };
            }
        });
    }

    /// Writes a tile's transform; `start` is its row in the matrix of position 0.
    ///
    /// # Safety
    /// For each of the 36 positions p, `start + p * position_stride` is valid for writing `n_c` elements, and no other
    /// task accesses them.
    pub(super) unsafe fn transform_tile(
        &self,
        kernel: Kernel,
        images: &Images,
        tile: usize,
        start: *mut f32,
        layout: TileLayout,
    ) {
        let [i, row, column] = self.locate(tile);
        // The tile begins `pad` pixels above and left of its output, possibly outside the image.
        let range_inside = |first: usize, pad: usize, n: usize| {
            pad.saturating_sub(first).min(images.tile_size)..(n + pad).saturating_sub(first).min(images.tile_size)
        };
        let [pad_top, pad_left] = images.pad;
        let pixel = (i * images.n_h + row).wrapping_sub(pad_top).wrapping_mul(images.n_w);
        let pixel = pixel.wrapping_add(column).wrapping_sub(pad_left);
        let from = Source {
            start: images.elements.as_ptr().wrapping_add(pixel.wrapping_mul(images.n_c)),
            strides: [images.n_w * images.n_c, images.n_c],
            rows: &range_inside(row, pad_top, images.n_h),
            columns: &range_inside(column, pad_left, images.n_w),
        };
        let to = Target::whole(start, [INPUT_TILE * layout.position_stride, layout.position_stride], INPUT_TILE);
        // SAFETY: only pixels inside the images are read; the caller guarantees the rest.
        unsafe { kernel(from, to, images.n_c) };
    }
}

/// Pairs of an output position and a filter tap along an axis for which the input is inside the image.
fn n_tap_pairs_inside(n: usize, n_prev: usize, pad: usize) -> usize {
    (0..TAPS).map(|tap| (n_prev + pad).saturating_sub(tap).min(n).saturating_sub(pad.saturating_sub(tap))).sum()
}
