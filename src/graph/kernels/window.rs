/*! Which elements of the image a pooling window covers. */

use super::geometry::Pool2dGeometry;
use std::ops::Range;

/// The rows of the window at output row `h` that are inside the image.
#[inline(always)]
pub fn rows(g: &Pool2dGeometry, h: usize) -> Range<usize> {
    let start = h * g.stride_h;
    g.pad_top.saturating_sub(start)..(g.n_h_prev + g.pad_top).saturating_sub(start).min(g.f_h)
}

/// The columns of the window at output column `w` that are inside the image.
#[inline(always)]
pub fn columns(g: &Pool2dGeometry, w: usize) -> Range<usize> {
    let start = w * g.stride_w;
    g.pad_left.saturating_sub(start)..(g.n_w_prev + g.pad_left).saturating_sub(start).min(g.f_w)
}

/// Calls `f(offset, pixel)` for each element of a window that is inside the image: its offset in the window, counted
/// row by row, and where its pixel starts in `x`. `row` counts the output rows of all images from the first image of
/// `x` on.
#[inline(always)]
pub fn for_each_offset(g: &Pool2dGeometry, row: usize, w: usize, mut f: impl FnMut(usize, usize)) {
    let (i, h) = (row / g.n_h, row % g.n_h);
    for fh in rows(g, h) {
        let x_row = i * g.n_h_prev + h * g.stride_h + fh - g.pad_top;
        for fw in columns(g, w) {
            f(fh * g.f_w + fw, (x_row * g.n_w_prev + w * g.stride_w + fw - g.pad_left) * g.n_c);
        }
    }
}

/// Where the pixel at an offset of the window at output row `h` and column `w` starts in its image.
#[inline(always)]
pub fn pixel(g: &Pool2dGeometry, h: usize, w: usize, offset: usize) -> usize {
    let row = h * g.stride_h + offset / g.f_w - g.pad_top;
    let column = w * g.stride_w + offset % g.f_w - g.pad_left;
    (row * g.n_w_prev + column) * g.n_c
}
