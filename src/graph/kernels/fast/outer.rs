/*!
The gradient with respect to filters: a sum over pixels of outer products of what a filter's cell saw and what came
back.

Each number of the gradient is summed by one task, pixel after pixel in one fixed order, whatever the number of threads.
*/

use super::Isa;
use super::rows::Shared;
use super::tile::{OuterTile, Panel, Segment};
use crate::graph::kernels::geometry::Conv2dGeometry;
use crate::graph::kernels::threads::Threads;
use crate::graph::kernels::workspace::Workspace;

/// Numbers of `x` and `dy` together that a block of images may have, so that it stays in the second-level cache.
const BLOCK_LEN: usize = 128 << 10;
/// Tasks that a gradient is cut into where it is large enough.
const TASKS: usize = 32;

/// See [`super::conv2d::backward_filter`].
pub(crate) fn backward_filter(g: &Conv2dGeometry, x: &[f32], dy: &[f32], dw: &mut [f32], ws: &mut Workspace) {
    let isa = ws.isa();
    let panel = Panel::choose(isa, g.n_c);
    let whole = g.n_c.next_multiple_of(panel.width);
    let pixels = g.m * g.n_h * g.n_w;
    // The kernels read whole vectors, so a ragged last panel needs a copy that has the columns it lacks.
    let padded_len = if whole == g.n_c { 0 } else { pixels * whole };
    let (threads, isa, padded) = ws.parts(padded_len);
    if whole == g.n_c {
        sum(g, threads, isa, x, dy, g.n_c, dw);
    } else {
        for (row, dy) in padded.chunks_exact_mut(whole).zip(dy.chunks_exact(g.n_c)) {
            row[..g.n_c].copy_from_slice(dy);
            row[g.n_c..].fill(0.0);
        }
        sum(g, threads, isa, x, padded, whole, dw);
    }
}

/// Cells of a filter that lie side by side in a row, and the pixels of one image through which they saw it.
struct Cells {
    /// Rows of `dw`: from `first` on, `n` of them.
    first: usize,
    n: usize,
    segments: Vec<Segment>,
}

fn sum(g: &Conv2dGeometry, threads: &Threads, isa: Isa, x: &[f32], dy: &[f32], dy_step: usize, dw: &mut [f32]) {
    let panel = Panel::choose(isa, g.n_c);
    let n_panels = g.n_c.div_ceil(panel.width);
    let cells = cells(g, dy_step);
    let x_len = g.n_h_prev * g.n_w_prev * g.n_c_prev;
    let dy_len = g.n_h * g.n_w * dy_step;
    let images_per_block = (BLOCK_LEN / (x_len + dy_len).max(1)).clamp(1, g.m.max(1));

    // Rows of a filter's cells, cut into tiles of nearly equal height.
    struct Tile {
        cells: usize,
        first: usize,
        n: usize,
    }
    let mut tiles = Vec::new();
    for (index, cells) in cells.iter().enumerate() {
        let n_tiles = cells.n.div_ceil(panel.max_rows());
        for t in 0..n_tiles {
            let (first, last) = (cells.n * t / n_tiles, cells.n * (t + 1) / n_tiles);
            tiles.push(Tile { cells: index, first, n: last - first });
        }
    }
    let tiles_per_task = (tiles.len() * n_panels).div_ceil(TASKS).clamp(1, 64).min(tiles.len().max(1));
    let tile_groups = tiles.len().div_ceil(tiles_per_task);
    let dw = Shared(dw.as_mut_ptr());
    threads.run(tile_groups * n_panels, &|task| {
        let (p, tile_group) = (task / tile_groups, task % tile_groups);
        let group = &tiles[tile_group * tiles_per_task..((tile_group + 1) * tiles_per_task).min(tiles.len())];
        let column = p * panel.width;
        for first_image in (0..g.m.max(1)).step_by(images_per_block) {
            let n_images = images_per_block.min(g.m - first_image);
            for tile in group {
                let cells = &cells[tile.cells];
                let c = dw.get().wrapping_add((cells.first + tile.first) * g.n_c + column);
                let tile_call = OuterTile {
                    a: x.as_ptr().wrapping_add(first_image * x_len + tile.first),
                    b: dy.as_ptr().wrapping_add(first_image * dy_len + column),
                    segments: &cells.segments,
                    repeats: n_images,
                    a_repeat: x_len,
                    b_repeat: dy_len,
                    a_step: g.stride_w * g.n_c_prev,
                    b_step: dy_step,
                    c,
                    c_step: g.n_c,
                    n_columns: (g.n_c - column).min(panel.width),
                    accumulate: first_image > 0,
                };
                // SAFETY: segments hold pixels inside both images; each task writes its own tiles of `dw`.
                unsafe { panel.outer[tile.n - 1](&tile_call) };
            }
        }
    });
}

/// The cells of each row of the filter, those together that saw the same pixels.
fn cells(g: &Conv2dGeometry, dy_step: usize) -> Vec<Cells> {
    let row_len = g.n_w_prev * g.n_c_prev;
    let rows = |kh: usize| seen(g.n_h, g.n_h_prev, kh, g.stride_h, g.pad_top);
    let columns = |kw: usize| seen(g.n_w, g.n_w_prev, kw, g.stride_w, g.pad_left);
    let mut cells = Vec::new();
    for kh in 0..g.f_h {
        let mut kw = 0;
        while kw < g.f_w {
            let seen_columns = columns(kw);
            let together = (kw..g.f_w).take_while(|&other| columns(other) == seen_columns).count();
            let segments = rows(kh)
                .filter(|_| !seen_columns.is_empty())
                .map(|h| {
                    let x_row = h * g.stride_h + kh - g.pad_top;
                    let x_column = seen_columns.start * g.stride_w + kw - g.pad_left;
                    Segment {
                        a: x_row * row_len + x_column * g.n_c_prev,
                        b: (h * g.n_w + seen_columns.start) * dy_step,
                        len: seen_columns.len(),
                    }
                })
                .collect();
            cells.push(Cells { first: (kh * g.f_w + kw) * g.n_c_prev, n: together * g.n_c_prev, segments });
            kw += together;
        }
    }
    cells
}

/// The output positions whose window's `cell` lies inside the image.
fn seen(n: usize, n_prev: usize, cell: usize, stride: usize, pad: usize) -> std::ops::Range<usize> {
    let start = pad.saturating_sub(cell).div_ceil(stride).min(n);
    let end = (n_prev + pad).saturating_sub(cell).div_ceil(stride).min(n).max(start);
    start..end
}
