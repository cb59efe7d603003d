/*!
Matrix products whose left matrix is never built: each of its rows is a set of contiguous segments of an image, and the
micro-kernels read them in place (an implicit im2col).

A convolution, its gradient with respect to the image, and a dense layer all become such a product. Pixels are grouped
by the part of the filter that is inside the image, so that no multiplication is spent on padding.
*/

use super::super::disjoint::{DisjointSlices, SharedPtr};
use super::super::isa::Isa;
use super::epilogue::{EpiloguePtrs, SharedEpilogue};
use super::panels::{self, RightMatrix};
use super::tile::{MAX_ROWS, Panel, RowSegment, RowsTile};
use crate::graph::kernels::threads::Threads;

/// A rectangle of output pixels, in every image, for which the same taps of the filter are inside the image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Region {
    /// Images, rows and columns.
    pub counts: [usize; 3],
    /// Where the first pixel's row of the left matrix starts, and the strides between images, rows and columns.
    pub x_base: isize,
    pub x_strides: [usize; 3],
    /// The same for the output.
    pub y_base: usize,
    pub y_strides: [usize; 3],
    /// The segments of the sum: indices into [`RowsProduct::segments`].
    pub segments: std::ops::Range<usize>,
}

/// `y[pixel][n] = sum over k of x[pixel][k] b[k][n]`, the left matrix given by regions and segments.
#[derive(Debug, Default)]
pub(crate) struct RowsProduct {
    pub regions: Vec<Region>,
    pub segments: Vec<RowSegment>,
    /// Rows of the right matrix.
    pub k: usize,
    /// Columns of the right matrix and of the output.
    pub n: usize,
}

impl RowsProduct {
    /// Adds a region; segments that continue each other in both operands are joined.
    pub fn push(&mut self, mut region: Region, segments: impl IntoIterator<Item = RowSegment>) {
        let start = self.segments.len();
        for segment in segments.into_iter().filter(|segment| segment.len > 0) {
            match self.segments[start..].last_mut() {
                Some(last) if last.x + last.len as isize == segment.x && last.b + last.len == segment.b => {
                    last.len += segment.len;
                }
                _ => self.segments.push(segment),
            }
        }
        region.segments = start..self.segments.len();
        if region.counts.iter().all(|&count| count > 0) {
            self.regions.push(region);
        }
    }

    /// Elements of scratch memory that [`Self::run`] needs.
    pub fn scratch_len(&self, threads: &Threads, isa: Isa, right: RightMatrix) -> usize {
        let cut = self.cut(isa, self.n_tiles(isa));
        let packed_len = if matches!(right, RightMatrix::Packed(_)) {
            0
        } else if cut.tile_groups == 1 {
            threads.n() * cut.panels_per_task * self.k * Panel::choose(isa, self.n).width
        } else {
            panels::packed_len(isa, self.k, self.n)
        };
        threads.n() * self.copied_len() + packed_len
    }

    /// Elements that the copy of a tile's rows takes, 0 if no region needs one.
    fn copied_len(&self) -> usize {
        self.regions
            .iter()
            .filter_map(|region| self.copied_segment(region))
            .map(|segment| MAX_ROWS * (segment.len + 16))
            .max()
            .unwrap_or(0)
    }

    /// The one segment of a region whose rows are a multiple of 4096 bytes apart, if it is such a region. All its rows
    /// would map to the same sets of the L1 cache and evict each other, so they are copied for each tile.
    fn copied_segment(&self, region: &Region) -> Option<RowSegment> {
        match &self.segments[region.segments.clone()] {
            [segment] if region.x_strides[2].is_multiple_of(1024) && self.n >= 64 => Some(*segment),
            _ => None,
        }
    }

    /// Computes the product into `y`.
    ///
    /// # Safety
    /// Every row of every region is inside `x` and `y`, `right` has `k` rows and `n` columns, `scratch` has
    /// [`Self::scratch_len`] elements, `y` points to as many elements as the regions say, which nothing else uses, and
    /// the pointers of `epilogue` are valid for `n` and for all of `y`; its addend may be `y`.
    #[allow(clippy::too_many_arguments)]
    pub unsafe fn run(
        &self,
        threads: &Threads,
        isa: Isa,
        scratch: &mut [f32],
        x: &[f32],
        right: RightMatrix,
        y: *mut f32,
        epilogue: EpiloguePtrs,
    ) {
        let panel = Panel::choose(isa, self.n);
        let tiles = self.tiles(panel.max_rows());
        let cut = self.cut(isa, tiles.len());
        let n_panels = self.n.div_ceil(panel.width);
        let panel_len = self.k * panel.width;
        // Where a panel is used by one task only, that task packs it, so that it stays in the cache of its core.
        let is_packed = matches!(right, RightMatrix::Packed(_));
        let packed_by_task = cut.tile_groups == 1 && !is_packed;
        if !packed_by_task && !is_packed {
            let packed = &mut scratch[threads.n() * self.copied_len()..][..panels::packed_len(isa, self.k, self.n)];
            panels::pack(threads, isa, self.k, self.n, right, packed);
        }
        let (copies, scratch) = scratch.split_at_mut(threads.n() * self.copied_len());
        let copied_len = self.copied_len();
        let (copies, scratch) = (DisjointSlices::new(copies), DisjointSlices::new(scratch));
        let (y, epilogue) = (SharedPtr(y), SharedEpilogue::new(epilogue));
        threads.run_with_worker(cut.tile_groups * cut.panel_groups, &|worker, task| {
            let (panel_group, tile_group) = (task / cut.tile_groups, task % cut.tile_groups);
            let first_panel = panel_group * cut.panels_per_task;
            let group_panels = cut.panels_per_task.min(n_panels - first_panel);
            let group =
                &tiles[tile_group * cut.tiles_per_task..((tile_group + 1) * cut.tiles_per_task).min(tiles.len())];
            let start = if packed_by_task { worker * cut.panels_per_task } else { first_panel } * panel_len;
            let range = start..start + group_panels * panel_len;
            let b = match right {
                RightMatrix::Packed(packed) => &packed[range],
                _ if packed_by_task => {
                    // SAFETY: tasks that run at the same time have different worker indices.
                    let b = unsafe { scratch.get(range) };
                    right.pack_panels(isa, self.k, self.n, first_panel * panel.width, panel.width, b);
                    &*b
                }
                // SAFETY: the panels were packed above, and are only read now.
                _ => unsafe { scratch.read(range) },
            };
            for &Tile { region, first, n } in group {
                let region = &self.regions[region];
                let mut rows = [std::ptr::null(); MAX_ROWS];
                let mut y_rows = [0; MAX_ROWS];
                region.locate(x.as_ptr(), first, &mut rows[..n], &mut y_rows[..n]);
                if let Some(segment) = self.copied_segment(region) {
                    // SAFETY: tasks that run at the same time have different worker indices; the segment is inside the
                    // rows.
                    unsafe {
                        copy_rows(&mut rows[..n], segment, copies.get(worker * copied_len..(worker + 1) * copied_len))
                    };
                }
                for p in 0..group_panels {
                    let column = (first_panel + p) * panel.width;
                    let tile = RowsTile {
                        rows: rows.as_ptr(),
                        rows_stride: 0,
                        segments: &self.segments[region.segments.clone()],
                        b: b[p * panel_len..].as_ptr(),
                        b_stride: panel.width,
                        prefetch_b: is_packed,
                        y: y.get().wrapping_add(column),
                        y_rows: &y_rows,
                        n_columns: (self.n - column).min(panel.width),
                        epilogue: epilogue.at(column, column),
                    };
                    // SAFETY: the caller guarantees the operands; the tile has `n` rows, one of the table's sizes.
                    unsafe { panel.rows[n - 1](&tile) };
                }
            }
        });
    }

    fn n_tiles(&self, isa: Isa) -> usize {
        let max_rows = Panel::choose(isa, self.n).max_rows();
        self.regions.iter().map(|region| region.counts.iter().product::<usize>().div_ceil(max_rows)).sum()
    }

    /// How the product is cut into tasks; its shape alone decides.
    fn cut(&self, isa: Isa, n_tiles: usize) -> Cut {
        let panel = Panel::choose(isa, self.n);
        let n_panels = self.n.div_ceil(panel.width);
        // A task's panels stay in the L2 cache while its tiles pass over them.
        let fit = (PANEL_BYTES / (4 * self.k.max(1) * panel.width)).max(1);
        let panels_per_task = if n_tiles < FEW_TILES { fit.min(n_panels.div_ceil(TASKS / 2)) } else { fit };
        let panels_per_task = panels_per_task.clamp(1, n_panels.max(1));
        let panel_groups = n_panels.div_ceil(panels_per_task);
        let tiles_per_task = (n_tiles * panel_groups).div_ceil(TASKS).clamp(FEW_TILES, 4 * FEW_TILES);
        Cut { panels_per_task, panel_groups, tiles_per_task, tile_groups: n_tiles.div_ceil(tiles_per_task) }
    }

    /// Cuts the regions into tiles of nearly equal height.
    fn tiles(&self, max_rows: usize) -> Vec<Tile> {
        let mut tiles = Vec::new();
        for (index, region) in self.regions.iter().enumerate() {
            let pixels = region.counts.iter().product::<usize>();
            let n_tiles = pixels.div_ceil(max_rows);
            for t in 0..n_tiles {
                let (first, last) = (pixels * t / n_tiles, pixels * (t + 1) / n_tiles);
                tiles.push(Tile { region: index, first, n: last - first });
            }
        }
        tiles
    }
}

/// How a product is cut into tasks: groups of tiles times groups of panels.
struct Cut {
    panels_per_task: usize,
    panel_groups: usize,
    tiles_per_task: usize,
    tile_groups: usize,
}

/// Tiles that are too few to share a packed panel between tasks.
const FEW_TILES: usize = 16;
/// Bytes of panels that one task keeps in the L2 cache.
const PANEL_BYTES: usize = 256 << 10;
/// Tasks that a product is cut into where it is large enough: many more than there are threads, so that they finish at
/// nearly the same time.
const TASKS: usize = 32;

/// Neighbouring pixels of a region.
struct Tile {
    region: usize,
    first: usize,
    n: usize,
}

impl Region {
    /// Where the rows of the pixels from `first` on start.
    fn locate(&self, x: *const f32, first: usize, rows: &mut [*const f32], y_rows: &mut [usize]) {
        let [_, n_h, n_w] = self.counts;
        let (mut image_row, mut w) = (first / n_w, first % n_w);
        let mut done = 0;
        // Row by row: within one, pixels are evenly spaced.
        while done < rows.len() {
            let (i, h) = (image_row / n_h, image_row % n_h);
            let start = |strides: [usize; 3]| i * strides[0] + h * strides[1] + w * strides[2];
            let mut row = x.wrapping_offset(self.x_base + start(self.x_strides) as isize);
            let mut y_row = self.y_base + start(self.y_strides);
            let n = (n_w - w).min(rows.len() - done);
            for (to, y_to) in rows[done..done + n].iter_mut().zip(&mut y_rows[done..done + n]) {
                (*to, *y_to) = (row, y_row);
                row = row.wrapping_add(self.x_strides[2]);
                y_row += self.y_strides[2];
            }
            (done, image_row, w) = (done + n, image_row + 1, 0);
        }
    }
}

/// Copies the segment of each row to where the rows map to different cache sets, and makes `rows` point to the copies.
///
/// # Safety
/// The segment must be inside the rows.
unsafe fn copy_rows(rows: &mut [*const f32], segment: RowSegment, copies: &mut [f32]) {
    for (row, copy) in rows.iter_mut().zip(copies.chunks_exact_mut(segment.len + 16)) {
        // SAFETY: the caller guarantees the segment.
        let from = unsafe { std::slice::from_raw_parts(row.wrapping_offset(segment.x), segment.len) };
        copy[..segment.len].copy_from_slice(from);
        *row = copy.as_ptr().wrapping_offset(-segment.x);
    }
}
