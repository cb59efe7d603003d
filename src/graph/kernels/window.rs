/*! Which elements of the image a window covers. */

use super::geometry::{ConvGeometry, PoolGeometry};
use std::ops::Range;

/// The slices of the window at output slice `d` that are inside the image.
#[inline(always)]
pub fn slices(g: &PoolGeometry, d: usize) -> Range<usize> {
    inside(d * g.stride_d, g.pad_front, g.n_d_prev, g.f_d)
}

/// The rows of the window at output row `h` that are inside the image.
#[inline(always)]
pub fn rows(g: &PoolGeometry, h: usize) -> Range<usize> {
    inside(h * g.stride_h, g.pad_top, g.n_h_prev, g.f_h)
}

/// The columns of the window at output column `w` that are inside the image.
#[inline(always)]
pub fn columns(g: &PoolGeometry, w: usize) -> Range<usize> {
    inside(w * g.stride_w, g.pad_left, g.n_w_prev, g.f_w)
}

#[inline(always)]
fn inside(start: usize, pad: usize, n_prev: usize, f: usize) -> Range<usize> {
    pad.saturating_sub(start)..(n_prev + pad).saturating_sub(start).min(f)
}

/// Calls `f(offset, pixel)` for each element of a window that is inside the image: its offset in the window, counted
/// row by row, and where its pixel starts in `x`. `row` counts the output rows of all slices and images from the first
/// image of `x` on.
#[inline(always)]
pub fn for_each_offset(g: &PoolGeometry, row: usize, w: usize, mut f: impl FnMut(usize, usize)) {
    let (slice, h) = (row / g.n_h, row % g.n_h);
    let (i, d) = (slice / g.n_d, slice % g.n_d);
    for fd in slices(g, d) {
        let x_slice = i * g.n_d_prev + d * g.stride_d + fd - g.pad_front;
        for fh in rows(g, h) {
            let x_row = x_slice * g.n_h_prev + h * g.stride_h + fh - g.pad_top;
            for fw in columns(g, w) {
                let offset = (fd * g.f_h + fh) * g.f_w + fw;
                f(offset, (x_row * g.n_w_prev + w * g.stride_w + fw - g.pad_left) * g.n_c);
            }
        }
    }
}

/// How many elements of a window are inside the image; `row` as in [`for_each_offset`].
#[inline(always)]
pub fn n_inside(g: &PoolGeometry, row: usize, w: usize) -> usize {
    slices(g, row / g.n_h % g.n_d).len() * rows(g, row % g.n_h).len() * columns(g, w).len()
}

/// Where the pixel at an offset of the window at output row `row` (of all slices of the image) and column `w` starts in
/// its image.
#[inline(always)]
pub fn pixel(g: &PoolGeometry, row: usize, w: usize, offset: usize) -> usize {
    let (d, h) = (row / g.n_h, row % g.n_h);
    let slice = d * g.stride_d + offset / (g.f_h * g.f_w) - g.pad_front;
    let x_row = h * g.stride_h + offset / g.f_w % g.f_h - g.pad_top;
    let column = w * g.stride_w + offset % g.f_w - g.pad_left;
    ((slice * g.n_h_prev + x_row) * g.n_w_prev + column) * g.n_c
}

/// Calls `f(tap, pixel)` for each tap of a convolution's window that is inside the image: its number in the window and
/// that of its pixel in the batch. `position` counts the output pixels of all images.
#[inline(always)]
pub fn for_each_tap(g: &ConvGeometry, position: usize, mut f: impl FnMut(usize, usize)) {
    let (row, w) = (position / g.n_w, position % g.n_w);
    let (slice, h) = (row / g.n_h, row % g.n_h);
    let (i, d) = (slice / g.n_d, slice % g.n_d);
    let inside = |at: usize, pad: usize, n_prev: usize| at.checked_sub(pad).filter(|at| *at < n_prev);
    for fd in 0..g.f_d {
        let Some(slice) = inside(d * g.stride_d + fd * g.dilation_d, g.pad_front, g.n_d_prev) else { continue };
        for fh in 0..g.f_h {
            let Some(row) = inside(h * g.stride_h + fh * g.dilation_h, g.pad_top, g.n_h_prev) else { continue };
            for fw in 0..g.f_w {
                let column = inside(w * g.stride_w + fw * g.dilation_w, g.pad_left, g.n_w_prev);
                let Some(column) = column else { continue };
                let pixel = ((i * g.n_d_prev + slice) * g.n_h_prev + row) * g.n_w_prev + column;
                f((fd * g.f_h + fh) * g.f_w + fw, pixel);
            }
        }
    }
}
