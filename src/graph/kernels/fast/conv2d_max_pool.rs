/*!
A convolution with few filters and the max pooling that follows it in one pass: the output of the convolution is never
written to memory.

It is not for windows that overlap, nor for strides of the convolution, and it computes no gradient of the images.
Vectors hold neighbouring pixels of one channel here, while those of `conv2d` hold the channels of one pixel: eight
filters would leave half of a register unused.

What it is worth: an epoch of the application network (`benches/networks.rs`) on one core of an AMD EPYC with AVX2 takes
144 ms, without this kernel and its gradient 191 ms, and 229 ms when the gradient of the filters is a dense product, too
(see `conv2d_sparse.rs`): medians of three runs of five epochs each, processor time.
*/

#![allow(clippy::needless_range_loop)] // Loops over registers must stay loops over constants.

use super::disjoint::DisjointSlices;
use super::gemm::tile::{MAX_ROWS, unroll};
use super::isa::Isa;
use super::isa::for_each_isa;
use super::simd::Simd;
use crate::graph::kernels::geometry::{ConvGeometry, PoolGeometry};
use crate::graph::kernels::window::{columns, rows};
use crate::graph::kernels::workspace::Workspace;

/// Writes the maximum of each window of the convolution into `y`, rectified with `relu`, and its offset in the window
/// into `argmax`, if that is not empty: the results of [`super::conv2d::forward`] followed by
/// [`super::max_pool::forward`].
///
/// # Panics
/// If the convolution has strides, if windows overlap or leave gaps, if `pool` is not over the convolution's output, or
/// if a slice does not have the length that the geometry says.
#[allow(clippy::too_many_arguments)]
pub fn forward(
    conv: &ConvGeometry,
    pool: &PoolGeometry,
    x: &[f32],
    w: &[f32],
    y: &mut [f32],
    argmax: &mut [f32],
    relu: bool,
    ws: &mut Workspace,
) {
    check(conv, pool, x, w, y, argmax);
    let kernel = Kernel::choose(ws.isa());
    let n_columns = conv.n_w.next_multiple_of(kernel.n_columns);
    let planes = Planes { row_len: n_columns + conv.f_w - 1, n_rows: conv.n_h + conv.f_h - 1 };
    let n_blocks = conv.n_c.div_ceil(kernel.n_filters);
    let block_len = conv.f_h * conv.f_w * conv.n_c_prev * kernel.n_filters;
    let maxima_len = kernel.n_filters * n_columns;
    let worker_len = planes.len(conv.n_c_prev) + 2 * maxima_len;
    let n_workers = ws.threads().n();
    let (threads, isa, scratch) = ws.parts(n_blocks * block_len + n_workers * worker_len);
    let (packed, worker_scratch) = scratch.split_at_mut(n_blocks * block_len);
    pack_filters(conv.n_c, w, kernel.n_filters, packed);
    let (packed, worker_scratch) = (&*packed, DisjointSlices::new(worker_scratch));
    let (x_len, y_len) = (conv.input_len() / conv.m.max(1), pool.output_len() / pool.m.max(1));
    let argmax_len = if argmax.is_empty() { 0 } else { y_len };
    let (y, argmax) = (DisjointSlices::new(y), DisjointSlices::new(argmax));
    threads.run_with_worker(conv.m, &|worker, i| {
        // SAFETY: tasks that run at the same time have different worker indices, and each writes its own image.
        let (worker, y, argmax) = unsafe {
            (
                worker_scratch.get(worker * worker_len..(worker + 1) * worker_len),
                y.get(i * y_len..(i + 1) * y_len),
                argmax.get(i * argmax_len..(i + 1) * argmax_len),
            )
        };
        let (x_planes, largest) = worker.split_at_mut(planes.len(conv.n_c_prev));
        let (largest, maxima_rows) = largest.split_at_mut(maxima_len);
        fill_planes(isa, conv, planes, &x[i * x_len..(i + 1) * x_len], x_planes);
        for h in 0..pool.n_h {
            let window_rows = rows(pool, h);
            let first_row = h * pool.stride_h + window_rows.start - pool.pad_top;
            for block in 0..n_blocks {
                for column in (0..n_columns).step_by(kernel.n_columns) {
                    let band = Band {
                        x: x_planes[first_row * conv.n_c_prev * planes.row_len + column..].as_ptr(),
                        plane_stride: planes.row_len,
                        window: [conv.f_h, conv.f_w, conv.n_c_prev],
                        w: packed[block * block_len..].as_ptr(),
                        rows: [window_rows.start, window_rows.end],
                        largest: largest[column..].as_mut_ptr(),
                        maxima_rows: maxima_rows[column..].as_mut_ptr(),
                        maxima_stride: n_columns,
                    };
                    // SAFETY: the planes hold all rows and columns that the band's windows cover, the filters of a
                    // block are packed, and both buffers have a row for each filter.
                    unsafe { (kernel.band)(&band) };
                }
                let first_filter = block * kernel.n_filters;
                let filters = first_filter..(first_filter + kernel.n_filters).min(conv.n_c);
                let start = h * pool.n_w * pool.n_c + filters.start;
                let y = &mut y[start..];
                let argmax = if argmax.is_empty() { &mut [] } else { &mut argmax[start..] };
                max_of_windows(isa, pool, filters.len(), n_columns, largest, maxima_rows, relu, y, argmax);
            }
        }
    });
}

#[track_caller]
fn check(conv: &ConvGeometry, pool: &PoolGeometry, x: &[f32], w: &[f32], y: &[f32], argmax: &[f32]) {
    assert!(
        (conv.stride_h, conv.stride_w) == (1, 1) && (pool.stride_h, pool.stride_w) == (pool.f_h, pool.f_w),
        "conv2d_max_pool: expected a convolution of stride 1 and windows as far apart as they are large, got {conv:?}, {pool:?}"
    );
    let between = [pool.m, pool.n_h_prev, pool.n_w_prev, pool.n_c];
    assert!(
        between == [conv.m, conv.n_h, conv.n_w, conv.n_c],
        "conv2d_max_pool: expected pooling of the convolution's output, got {conv:?}, {pool:?}"
    );
    for (name, len, expected) in [
        ("x", x.len(), conv.input_len()),
        ("w", w.len(), conv.filter_len()),
        ("y", y.len(), pool.output_len()),
        ("argmax", argmax.len(), if argmax.is_empty() { 0 } else { pool.output_len() }),
    ] {
        assert!(
            len == expected,
            "conv2d_max_pool: expected {name} to have {expected} elements as the geometry says, got {len}"
        );
    }
}

/// Packs filters (f_h, f_w, n_c_prev, n_c) in blocks of `n_filters`; the last block is filled up with zeros.
fn pack_filters(n_c: usize, w: &[f32], n_filters: usize, packed: &mut [f32]) {
    let mut packed = packed.chunks_exact_mut(n_filters);
    for first in (0..n_c).step_by(n_filters) {
        let last = (first + n_filters).min(n_c);
        for (w, packed) in w.chunks_exact(n_c).zip(packed.by_ref()) {
            packed[..last - first].copy_from_slice(&w[first..last]);
            packed[last - first..].fill(0.0);
        }
    }
}

/// The layout of an image whose channels are separated, with the convolution's padding around them: row after row,
/// within a row channel after channel.
#[derive(Clone, Copy)]
struct Planes {
    /// Elements of one channel's row: as many as whole vectors read, so there may be more padding than the
    /// convolution's.
    row_len: usize,
    n_rows: usize,
}

impl Planes {
    fn len(self, n_c_prev: usize) -> usize {
        self.n_rows * n_c_prev * self.row_len
    }
}

for_each_isa! {
    fn fill_planes(conv: &ConvGeometry, planes: Planes, x: &[f32], out: &mut [f32]) {
        let (n_c_prev, x_row_len) = (conv.n_c_prev, conv.n_w_prev * conv.n_c_prev);
        let inside = conv.pad_left..(conv.pad_left + conv.n_w_prev).min(planes.row_len);
        for (row, out) in out.chunks_exact_mut(n_c_prev * planes.row_len).enumerate() {
            let Some(x_row) = row.checked_sub(conv.pad_top).filter(|row| *row < conv.n_h_prev) else {
                out.fill(0.0);
                continue;
            };
            let x = &x[x_row * x_row_len..(x_row + 1) * x_row_len];
            for plane in out.chunks_exact_mut(planes.row_len) {
                plane[..inside.start].fill(0.0);
                plane[inside.end..].fill(0.0);
            }
            if n_c_prev == 3 {
                // The compiler turns a loop over pixels of known size, in slices of one length, into shuffles.
                let (red, rest) = out.split_at_mut(planes.row_len);
                let (green, blue) = rest.split_at_mut(planes.row_len);
                let (red, green) = (&mut red[inside.clone()], &mut green[inside.clone()]);
                let (blue, pixels) = (&mut blue[inside.clone()], &x.as_chunks::<3>().0[..inside.len()]);
                for i in 0..inside.len() {
                    red[i] = pixels[i][0];
                    green[i] = pixels[i][1];
                    blue[i] = pixels[i][2];
                }
            } else {
                for (k, plane) in out.chunks_exact_mut(planes.row_len).enumerate() {
                    let channel = x[k..].iter().step_by(n_c_prev);
                    plane[inside.clone()].iter_mut().zip(channel).for_each(|(to, from)| *to = *from);
                }
            }
        }
    }
}

/// The rows of the convolution that one row of windows covers, for a block of filters and neighbouring columns.
struct Band {
    /// The first row's planes, at the first column; the next plane is `plane_stride` further on.
    x: *const f32,
    plane_stride: usize,
    /// Rows, columns and channels of a filter.
    window: [usize; 3],
    /// The packed filters.
    w: *const f32,
    /// The first row, counted in the pooling's window, and the one after the last.
    rows: [usize; 2],
    /// For each filter, the maximum of each column and the row that it is in; filters are `maxima_stride` apart.
    largest: *mut f32,
    maxima_rows: *mut f32,
    maxima_stride: usize,
}

/// The kernel of an instruction set.
struct Kernel {
    n_columns: usize,
    n_filters: usize,
    band: unsafe fn(&Band),
}

impl Kernel {
    fn choose(isa: Isa) -> &'static Kernel {
        match isa {
            Isa::Portable => &PORTABLE,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => &AVX2,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => &AVX512,
            #[cfg(not(target_arch = "x86_64"))]
            _ => unreachable!("only x86-64 has {isa:?}"),
        }
    }
}

/// Neighbouring vectors that each weight is multiplied with once it is loaded.
const VECTORS: usize = 2;

#[inline(always)]
unsafe fn band<S: Simd, const FILTERS: usize>(band: &Band) {
    let [f_h, f_w, n_c_prev] = band.window;
    let n_columns = VECTORS * S::LANES;
    let mut elements = [0.0f32; 16 * VECTORS * MAX_ROWS];
    for row in band.rows[0]..band.rows[1] {
        let mut sums = [[unsafe { S::zero() }; VECTORS]; MAX_ROWS];
        let mut w = band.w;
        unsafe {
            let mut x_row = band.x.add((row - band.rows[0]) * n_c_prev * band.plane_stride);
            for _ in 0..f_h {
                for kw in 0..f_w {
                    for k in 0..n_c_prev {
                        let x = x_row.add(k * band.plane_stride + kw);
                        let mut columns = [S::zero(); VECTORS];
                        for v in 0..VECTORS {
                            columns[v] = S::load(x.add(v * S::LANES));
                        }
                        unroll!(FILTERS, C, {
                            let weight = S::splat(w.add(C));
                            for v in 0..VECTORS {
                                sums[C][v] = sums[C][v].mul_add(weight, columns[v]);
                            }
                        });
                        w = w.add(FILTERS);
                    }
                }
                x_row = x_row.add(n_c_prev * band.plane_stride);
            }
            unroll!(FILTERS, C, {
                for v in 0..VECTORS {
                    sums[C][v].store(elements.as_mut_ptr().add(C * n_columns + v * S::LANES));
                }
            });
        }
        for (c, elements) in elements.chunks_exact(n_columns).take(FILTERS).enumerate() {
            // SAFETY: the caller guarantees a row of both buffers for each filter.
            let (largest, rows) = unsafe {
                let start = c * band.maxima_stride;
                (
                    std::slice::from_raw_parts_mut(band.largest.add(start), n_columns),
                    std::slice::from_raw_parts_mut(band.maxima_rows.add(start), n_columns),
                )
            };
            let window_row = row as f32;
            if row == band.rows[0] {
                largest.copy_from_slice(elements);
                rows.fill(window_row);
                continue;
            }
            for ((largest, row), element) in largest.iter_mut().zip(rows).zip(elements) {
                let keep = *element <= *largest;
                *row = if keep { *row } else { window_row };
                *largest = if keep { *largest } else { *element };
            }
        }
    }
}

for_each_isa! {
    /// From the maxima of the columns to those of the windows; in `y`, windows follow each other, channels last.
    #[allow(clippy::too_many_arguments)]
    fn max_of_windows(
        pool: &PoolGeometry,
        n_filters: usize,
        n_columns: usize,
        largest: &[f32],
        maxima_rows: &[f32],
        relu: bool,
        y: &mut [f32],
        argmax: &mut [f32],
    ) {
        for w in 0..pool.n_w {
            let window_columns = columns(pool, w);
            let first_column = w * pool.stride_w + window_columns.start - pool.pad_left;
            for c in 0..n_filters {
                let start = c * n_columns + first_column;
                let (elements, rows) = (&largest[start..start + window_columns.len()], &maxima_rows[start..start + window_columns.len()]);
                // For the usual width, the loop bound is a compile-time constant.
                let (element, offset) = match (elements.as_array::<8>(), rows.as_array::<8>()) {
                    (Some(elements), Some(rows)) => max_and_argmax(elements, rows, window_columns.start, pool.f_w),
                    _ => max_and_argmax(elements, rows, window_columns.start, pool.f_w),
                };
                y[w * pool.n_c + c] = if relu && element < 0.0 { 0.0 } else { element };
                if let Some(argmax) = argmax.get_mut(w * pool.n_c + c) {
                    *argmax = offset;
                }
            }
        }
    }
}

/// The maximum, and the first offset, counted row by row, at which it is.
#[inline(always)]
fn max_and_argmax(elements: &[f32], rows: &[f32], first_column: usize, f_w: usize) -> (f32, f32) {
    let largest = elements[1..].iter().fold(elements[0], |largest, &x| if x <= largest { largest } else { x });
    let offset = |i: usize| rows[i] * f_w as f32 + (first_column + i) as f32;
    // Nothing is equal to a NaN: then the argmax is the last offset.
    let last = offset(elements.len() - 1);
    let offsets = elements.iter().enumerate().map(|(i, &x)| if x == largest { offset(i) } else { f32::INFINITY });
    let first = offsets.fold(f32::INFINITY, |first, offset| if offset < first { offset } else { first });
    (largest, if first.is_finite() { first } else { last })
}

/// The kernel for vectors of type `$vector` and `$filters` filters, compiled with the features in parentheses.
macro_rules! kernel {
    ($name:ident, $vector:ty, $filters:literal, ($($features:literal)?)) => {
        static $name: Kernel = Kernel {
            n_columns: VECTORS * <$vector as Simd>::LANES,
            n_filters: $filters,
            band: {
                $(#[target_feature(enable = $features)])?
                unsafe fn kernel(call: &Band) {
                    unsafe { band::<$vector, $filters>(call) }
                }
                kernel
            },
        };
    };
}

kernel!(PORTABLE, super::simd::Portable4, 4, ());
#[cfg(target_arch = "x86_64")]
kernel!(AVX2, std::arch::x86_64::__m256, 4, ("avx2,fma"));
#[cfg(target_arch = "x86_64")]
kernel!(AVX512, std::arch::x86_64::__m512, 8, ("avx2,fma,avx512f,avx512vl,avx512dq,avx512bw"));
