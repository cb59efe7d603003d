/*!
Products whose left matrix is never built: each of its rows is a set of stretches of an image, and the tiles read them
where they lie.

A convolution, its gradient with respect to the image, and a dense layer all become such a product. Pixels are grouped
by the part of the filter that lies inside the image, so that no multiplication is spent on padding.
*/

use super::Isa;
use super::tile::{Finish, MAX_ROWS, Panel, RowsTile, Run};
use crate::graph::kernels::threads::Threads;

/// A pointer that tasks share; every task writes its own part of what it points to.
#[derive(Clone, Copy)]
pub(crate) struct Shared(pub *mut f32);

// SAFETY: the tasks of one call write disjoint ranges, and the call outlives them.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Shared {
    /// The pointer; a method, so that closures capture the wrapper.
    pub fn get(self) -> *mut f32 {
        self.0
    }
}

/// A rectangle of output pixels, in every image, that see the same part of the filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Region {
    /// Images, rows and columns.
    pub counts: [usize; 3],
    /// Where the first pixel's row of the left matrix starts, and how far the next image, row and column are.
    pub x_base: isize,
    pub x_steps: [usize; 3],
    /// The same for the output.
    pub y_base: usize,
    pub y_steps: [usize; 3],
    /// The stretches of the sum: indices into [`RowsProduct::runs`].
    pub runs: std::ops::Range<usize>,
}

/// `y[pixel][n] = sum over k of x[pixel][k] b[k][n]`, the left matrix given by regions and runs.
#[derive(Debug, Default)]
pub(crate) struct RowsProduct {
    pub regions: Vec<Region>,
    pub runs: Vec<Run>,
    /// Rows of the right matrix.
    pub k: usize,
    /// Columns of the right matrix and of the output.
    pub n: usize,
}

impl RowsProduct {
    /// Adds a region; runs that continue each other in both operands are joined.
    pub fn push(&mut self, mut region: Region, runs: impl IntoIterator<Item = Run>) {
        let start = self.runs.len();
        for run in runs.into_iter().filter(|run| run.len > 0) {
            match self.runs[start..].last_mut() {
                Some(last) if last.x + last.len as isize == run.x && last.b + last.len == run.b => last.len += run.len,
                _ => self.runs.push(run),
            }
        }
        region.runs = start..self.runs.len();
        if region.counts.iter().all(|&count| count > 0) {
            self.regions.push(region);
        }
    }

    /// Numbers that the right matrix takes once it is packed into panels.
    pub fn packed_len(&self, isa: Isa) -> usize {
        packed_len(isa, self.k, self.n)
    }

    /// Computes the product into `y`.
    ///
    /// # Safety
    /// Every row of every region lies inside `x` and `y`, `b` has [`Self::packed_len`] numbers, and the pointers of
    /// `finish` reach as far as `n` and as far as `y`.
    pub unsafe fn run(&self, threads: &Threads, isa: Isa, x: &[f32], b: &[f32], y: &mut [f32], finish: Finish) {
        let panel = Panel::choose(isa, self.n);
        let tiles = self.tiles(panel.max_rows());
        let n_panels = self.n.div_ceil(panel.width);
        // A task's panels stay in the second-level cache while its tiles pass over them.
        let panels_per_task = (PANEL_BYTES / (4 * self.k.max(1) * panel.width)).clamp(1, n_panels.max(1));
        let panel_groups = n_panels.div_ceil(panels_per_task);
        let tiles_per_task = (tiles.len() * panel_groups).div_ceil(TASKS).clamp(4, 64);
        let tile_groups = tiles.len().div_ceil(tiles_per_task);
        let y = Shared(y.as_mut_ptr());
        let (bias, add) = (Shared(finish.bias.cast_mut()), Shared(finish.add.cast_mut()));
        threads.run(tile_groups * panel_groups, &|task| {
            let (panel_group, tile_group) = (task / tile_groups, task % tile_groups);
            let panels = panel_group * panels_per_task..((panel_group + 1) * panels_per_task).min(n_panels);
            let group = &tiles[tile_group * tiles_per_task..((tile_group + 1) * tiles_per_task).min(tiles.len())];
            for &Tile { region, first, n } in group {
                let region = &self.regions[region];
                let mut rows = [std::ptr::null(); MAX_ROWS];
                let mut y_rows = [0; MAX_ROWS];
                region.locate(x.as_ptr(), first, &mut rows[..n], &mut y_rows[..n]);
                for p in panels.clone() {
                    let column = p * panel.width;
                    let tile = RowsTile {
                        rows: rows.as_ptr(),
                        rows_step: 0,
                        runs: &self.runs[region.runs.clone()],
                        b: b[p * self.k * panel.width..].as_ptr(),
                        b_step: panel.width,
                        y: y.get().wrapping_add(column),
                        y_rows: &y_rows,
                        n_columns: (self.n - column).min(panel.width),
                        finish: Finish {
                            bias: offset(bias.get(), column),
                            add: offset(add.get(), column),
                            relu: finish.relu,
                        },
                    };
                    // SAFETY: the caller vouches for the operands; the tile has `n` rows, one of the table's sizes.
                    unsafe { panel.rows[n - 1](&tile) };
                }
            }
        });
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

/// Bytes of panels that one task keeps in the second-level cache.
const PANEL_BYTES: usize = 256 << 10;
/// Tasks that a product is cut into where it is large enough: many more than there are threads, so that none waits
/// long for the last one.
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
        let (mut i, mut h, mut w) = (first / (n_h * n_w), first / n_w % n_h, first % n_w);
        for (row, y_row) in rows.iter_mut().zip(y_rows) {
            let at = |base: usize, steps: [usize; 3]| base + i * steps[0] + h * steps[1] + w * steps[2];
            *row = x.wrapping_offset(self.x_base + at(0, self.x_steps) as isize);
            *y_row = at(self.y_base, self.y_steps);
            w += 1;
            if w == n_w {
                (w, h) = (0, h + 1);
            }
            if h == n_h {
                (h, i) = (0, i + 1);
            }
        }
    }
}

/// `p` moved on by `column`, unless it is null.
fn offset(p: *const f32, column: usize) -> *const f32 {
    if p.is_null() { p } else { p.wrapping_add(column) }
}

/// Numbers that a matrix of `k` rows and `n` columns takes once it is packed into panels.
pub(crate) fn packed_len(isa: Isa, k: usize, n: usize) -> usize {
    let width = Panel::choose(isa, n).width;
    n.div_ceil(width) * width * k
}

/// Packs a matrix of `k` rows and `n` columns into panels, the columns that are missing in the last one zero.
pub(crate) fn pack(threads: &Threads, isa: Isa, k: usize, n: usize, matrix: &[f32], packed: &mut [f32]) {
    let width = Panel::choose(isa, n).width;
    assert_eq!((matrix.len(), packed.len()), (k * n, packed_len(isa, k, n)));
    if k == 0 || n == 0 {
        return;
    }
    let out = Shared(packed.as_mut_ptr());
    let rows_per_task = (PACK_LEN / width).max(1);
    let chunks = k.div_ceil(rows_per_task);
    threads.run(n.div_ceil(width) * chunks, &|task| {
        let (p, chunk) = (task / chunks, task % chunks);
        let (first, last) = (chunk * rows_per_task, ((chunk + 1) * rows_per_task).min(k));
        let (column, start) = (p * width, (p * k + first) * width);
        // SAFETY: the tasks write disjoint rows of disjoint panels.
        let out = unsafe { std::slice::from_raw_parts_mut(out.get().add(start), (last - first) * width) };
        let columns = (n - column).min(width);
        for (row, out) in matrix[first * n..last * n].chunks_exact(n).zip(out.chunks_exact_mut(width)) {
            out[..columns].copy_from_slice(&row[column..column + columns]);
            out[columns..].fill(0.0);
        }
    });
}

/// Packs the transposes of `taps` matrices of `n` rows and `k` columns one below the other: tap `t` stands in the
/// rows from `order[t] * k` on.
pub(crate) fn pack_transposed(
    threads: &Threads,
    isa: Isa,
    order: &[usize],
    k: usize,
    n: usize,
    matrices: &[f32],
    packed: &mut [f32],
) {
    let width = Panel::choose(isa, n).width;
    let all_k = k * order.len();
    assert_eq!((matrices.len(), packed.len()), (all_k * n, packed_len(isa, all_k, n)));
    if all_k == 0 || n == 0 {
        return;
    }
    let out = Shared(packed.as_mut_ptr());
    threads.run(n.div_ceil(width) * order.len(), &|task| {
        let (p, tap) = (task / order.len(), task % order.len());
        let (column, start) = (p * width, (p * all_k + order[tap] * k) * width);
        // SAFETY: the tasks write disjoint rows of disjoint panels.
        let out = unsafe { std::slice::from_raw_parts_mut(out.get().add(start), k * width) };
        let columns = (n - column).min(width);
        let matrix = &matrices[(tap * n + column) * k..(tap * n + column + columns) * k];
        if columns < width {
            out.fill(0.0);
        }
        // Blocks of 16 rows of the panel, so that what is written stays in the first-level cache.
        for (block, out) in out.chunks_mut(16 * width).enumerate() {
            for (c, row) in matrix.chunks_exact(k).enumerate() {
                let row = &row[block * 16..(block * 16 + 16).min(k)];
                for (out, &number) in out[c..].iter_mut().step_by(width).zip(row) {
                    *out = number;
                }
            }
        }
    });
}

/// Numbers that one packing task copies.
const PACK_LEN: usize = 64 << 10;
