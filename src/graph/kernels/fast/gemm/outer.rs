/*!
The gradient with respect to filters: a sum over output pixels of outer products of the input at a tap and the gradient
of the output.

Each element of the gradient is summed by one task, pixel after pixel in one fixed order, whatever the number of
threads.
*/

use super::super::disjoint::DisjointSlices;
use super::super::disjoint::SharedPtr;
use super::panels::{pack_columns, prefetch};
use super::tile::{OuterTile, Panel, PixelSegment};
use crate::graph::kernels::geometry::ConvGeometry;
use crate::graph::kernels::workspace::Workspace;
use std::ops::Range;

/// Pixels whose part of `dy` a task packs at once, so that it stays in the L2 cache.
const BLOCK_PIXELS: usize = 512;
/// Panels that share a packed tile of `x`.
const PANELS: usize = 4;
/// Tasks that a gradient is cut into where it is large enough.
const TASKS: usize = 32;
/// Pixels that are so many elements apart are packed: they would map to the same few sets of the caches.
const CONFLICT_STRIDE: usize = 1024;
/// Elements between two pixels of a packed tile of `x`: a cache line.
const A_STRIDE: usize = 16;

/// How many pixels ahead packing prefetches.
const PREFETCH_PIXELS: usize = 16;

/// See [`conv2d::backward_filter`](crate::graph::kernels::fast::conv2d::backward_filter).
pub(crate) fn backward_filter(g: &ConvGeometry, x: &[f32], dy: &[f32], dw: &mut [f32], ws: &mut Workspace) {
    let panel = Panel::choose(ws.isa(), g.n_c);
    let n_panels = g.n_c.div_ceil(panel.width);
    let image_pixels = g.pixels();
    let block = (BLOCK_PIXELS / image_pixels.max(1)).clamp(1, g.m.max(1));
    let x_len = g.pixels_prev() * g.n_c_prev;

    // The kernels read whole vectors, so a ragged last panel needs a copy that has the columns it lacks.
    let packs_dy = g.n_c >= CONFLICT_STRIDE || !g.n_c.is_multiple_of(panel.width);
    let x_stride = g.stride_w * g.n_c_prev;
    let packs_x = x_stride >= 2 * CONFLICT_STRIDE;
    let b_stride = if packs_dy { panel.width } else { g.n_c };
    let b_len = if packs_dy { block * image_pixels * b_stride } else { 0 };
    let a_len = if packs_x { block * image_pixels * A_STRIDE } else { 0 };

    let strips = strips(g, b_stride, panel.max_rows());
    let panels_per_task = PANELS.min(n_panels);
    let panel_groups = n_panels.div_ceil(panels_per_task);
    let strips_per_task = (strips.len() * panel_groups).div_ceil(TASKS).clamp(if packs_dy { 4 } else { 1 }, 64);
    let strip_groups = strips.len().div_ceil(strips_per_task);
    let (threads, _, scratch) = ws.parts(ws.threads().n() * (a_len + panels_per_task * b_len));
    let (scratch, dw) = (DisjointSlices::new(scratch), SharedPtr(dw.as_mut_ptr()));
    threads.run_with_worker(strip_groups * panel_groups, &|worker, task| {
        let (panel_group, strip_group) = (task / strip_groups, task % strip_groups);
        let panels = panel_group * panels_per_task..((panel_group + 1) * panels_per_task).min(n_panels);
        let strips = &strips[strip_group * strips_per_task..((strip_group + 1) * strips_per_task).min(strips.len())];
        let worker_len = a_len + panels_per_task * b_len;
        // SAFETY: tasks that run at the same time have different worker indices.
        let (a_packed, b_packed) =
            unsafe { scratch.get(worker * worker_len..(worker + 1) * worker_len) }.split_at_mut(a_len);
        for first_image in (0..g.m.max(1)).step_by(block) {
            let n_images = block.min(g.m - first_image);
            let pixels = first_image * image_pixels..(first_image + n_images) * image_pixels;
            let dy = &dy[pixels.start * g.n_c..pixels.end * g.n_c];
            let x = &x[first_image * x_len..(first_image + n_images) * x_len];
            if packs_dy {
                let b_packed = &mut b_packed[..panels.len() * dy.len() / g.n_c * b_stride];
                pack_columns(dy, g.n_c, panels.start * b_stride, b_stride, b_packed);
            }
            for strip in strips.iter().flatten() {
                if packs_x {
                    pack_rows(x, x_len, x_stride, strip, n_images, a_packed);
                }
                for (index, p) in panels.clone().enumerate() {
                    let column = p * panel.width;
                    let b = if packs_dy { &b_packed[index * pixels.len() * b_stride..] } else { &dy[column..] };
                    let n_columns = (g.n_c - column).min(panel.width);
                    let start = strip.row * g.n_c + column;
                    let tile = OuterTile {
                        a: if packs_x { a_packed.as_ptr() } else { x.as_ptr().wrapping_add(strip.x) },
                        b: b.as_ptr(),
                        segments: &strip.segments,
                        repeats: n_images,
                        a_repeat: x_len,
                        b_repeat: image_pixels * b_stride,
                        a_packed: packs_x,
                        a_stride: if packs_x { A_STRIDE } else { x_stride },
                        b_stride,
                        c: dw.get().wrapping_add(start),
                        c_stride: g.n_c,
                        n_columns,
                        accumulate: first_image > 0 || strip.accumulate,
                    };
                    // SAFETY: the segments hold pixels inside both images; the strip has one of the table's sizes;
                    // each task writes its own rows and panels of `dw`.
                    unsafe { panel.outer[strip.n - 1](&tile) };
                }
            }
        }
    });
}

/// Copies the input at the taps of a strip, pixel after pixel.
fn pack_rows(x: &[f32], x_len: usize, x_stride: usize, strip: &Strip, n_images: usize, packed: &mut [f32]) {
    let mut packed = packed.chunks_exact_mut(A_STRIDE);
    for i in 0..n_images {
        for segment in &strip.segments {
            let start = i * x_len + strip.x + segment.a;
            for (pixel, packed) in (&mut packed).take(segment.len).enumerate() {
                let from = &x[start + pixel * x_stride..];
                prefetch(from, PREFETCH_PIXELS * x_stride, A_STRIDE);
                // A whole cache line where there is one: a copy of known length is two instructions.
                match from.first_chunk::<A_STRIDE>() {
                    Some(line) => packed.copy_from_slice(line),
                    None => packed[..strip.n].copy_from_slice(&from[..strip.n]),
                }
            }
        }
    }
}

/// Neighbouring rows of the gradient, few enough for one tile, and the pixels of one image that they sum over.
struct Strip {
    /// The first row, and how many there are.
    row: usize,
    n: usize,
    /// Where the elements of these rows start in a pixel of `x`.
    x: usize,
    /// `a` counts from there, `b` in panels of `dy`.
    segments: Vec<PixelSegment>,
    /// Whether the sum is added to that of an earlier strip of the same rows.
    accumulate: bool,
}

/// Cuts the gradient's rows into strips of nearly equal height; those of one list belong to one task, in this order.
fn strips(g: &ConvGeometry, b_stride: usize, max_rows: usize) -> Vec<Vec<Strip>> {
    let columns = |kw: usize| covered(g.n_w, g.n_w_prev, kw * g.dilation_w, g.stride_w, g.pad_left);
    // Neighbouring taps read the same channels one pixel further on, so that several taps with few channels make one
    // tile, but only over the output columns for which all of them are inside the image.
    let same = (0..g.f_w).all(|kw| columns(kw) == columns(0));
    let together = match g.dilation_w {
        1 if same => g.f_w,
        1 => (max_rows / g.n_c_prev.max(1)).clamp(1, g.f_w),
        _ => 1,
    };
    let n_groups = g.f_w.div_ceil(together);
    let mut lists = Vec::new();
    for (kd, kh) in (0..g.f_d).flat_map(|kd| (0..g.f_h).map(move |kh| (kd, kh))) {
        let slices = covered(g.n_d, g.n_d_prev, kd * g.dilation_d, g.stride_d, g.pad_front);
        let rows = covered(g.n_h, g.n_h_prev, kh * g.dilation_h, g.stride_h, g.pad_top);
        let segments = |kw, columns| segments(g, b_stride, [kd, kh, kw], [&slices, &rows], columns);
        for group in 0..n_groups {
            let (first_kw, last_kw) = (g.f_w * group / n_groups, g.f_w * (group + 1) / n_groups);
            let kernel_row = |kw: usize| ((kd * g.f_h + kh) * g.f_w + kw) * g.n_c_prev;
            let start = (first_kw..last_kw).map(|kw| columns(kw).start).max().unwrap_or(0);
            let end = (first_kw..last_kw).map(|kw| columns(kw).end).min().unwrap_or(0).max(start);
            let shared = segments(first_kw, start..end);
            let n = (last_kw - first_kw) * g.n_c_prev;
            let n_tiles = n.div_ceil(max_rows);
            let first_list = lists.len();
            for t in 0..n_tiles {
                let (first, last) = (n * t / n_tiles, n * (t + 1) / n_tiles);
                let (row, segments) = (kernel_row(first_kw) + first, shared.clone());
                lists.push(vec![Strip { row, n: last - first, x: first, segments, accumulate: false }]);
            }
            for kw in first_kw..last_kw {
                let mut rest = segments(kw, columns(kw).start..start.min(columns(kw).end));
                rest.extend(segments(kw, end.max(columns(kw).start)..columns(kw).end));
                if !rest.is_empty() {
                    let (row, n) = (kernel_row(kw), g.n_c_prev);
                    lists[first_list].push(Strip { row, n, x: 0, segments: rest, accumulate: true });
                }
            }
        }
    }
    lists
}

/// The pixels of one image that a tap reads for these slices, rows and columns of the output.
fn segments(
    g: &ConvGeometry,
    b_stride: usize,
    [kd, kh, kw]: [usize; 3],
    [slices, rows]: [&Range<usize>; 2],
    columns: Range<usize>,
) -> Vec<PixelSegment> {
    if columns.is_empty() {
        return Vec::new();
    }
    let x_column = columns.start * g.stride_w + kw * g.dilation_w - g.pad_left;
    let segment = |d: usize, h: usize| {
        let slice = d * g.stride_d + kd * g.dilation_d - g.pad_front;
        let row = h * g.stride_h + kh * g.dilation_h - g.pad_top;
        PixelSegment {
            a: ((slice * g.n_h_prev + row) * g.n_w_prev + x_column) * g.n_c_prev,
            b: ((d * g.n_h + h) * g.n_w + columns.start) * b_stride,
            len: columns.len(),
        }
    };
    slices.clone().flat_map(|d| rows.clone().map(move |h| (d, h))).map(|(d, h)| segment(d, h)).collect()
}

/// The output positions for which the tap, so many pixels from the window's start, is inside the image.
fn covered(n: usize, n_prev: usize, tap: usize, stride: usize, pad: usize) -> Range<usize> {
    let start = pad.saturating_sub(tap).div_ceil(stride).min(n);
    let end = (n_prev + pad).saturating_sub(tap).div_ceil(stride).min(n).max(start);
    start..end
}
