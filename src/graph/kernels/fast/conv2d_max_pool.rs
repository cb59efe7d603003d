/*!
A convolution with few filters and the max pooling behind it in one pass: what lies between them is never written.

It is not for windows that overlap, nor for strides of the convolution, and it gives no gradient for the images. Vectors
hold neighbouring pixels of one channel here, while those of `conv2d` hold the channels of one pixel: eight filters
would leave half of a register empty.
*/

#![allow(clippy::needless_range_loop)] // Loops over registers must stay loops over constants.

use super::Isa;
use super::gemm::tile::{MAX_ROWS, for_rows};
use super::isa::for_each_isa;
use super::pool2d::{columns, rows};
use super::simd::Simd;
use super::slices::Parts;
use crate::graph::kernels::geometry::{Conv2dGeometry, Pool2dGeometry};
use crate::graph::kernels::workspace::Workspace;

/// Writes the largest number of each window of the convolution into `y`, rectified with `relu`, and into `chosen`, if it
/// is not empty, which cell of the window it was: the numbers of [`super::conv2d::forward`] followed by
/// [`super::pool2d::max_forward`].
///
/// # Panics
/// If the convolution has strides, if windows are not side by side, if `pool` is not over the convolution's output, or if
/// a slice does not have the length that the geometry says.
#[allow(clippy::too_many_arguments)]
pub fn forward(
    conv: &Conv2dGeometry,
    pool: &Pool2dGeometry,
    x: &[f32],
    w: &[f32],
    y: &mut [f32],
    chosen: &mut [f32],
    relu: bool,
    ws: &mut Workspace,
) {
    check(conv, pool, x, w, y, chosen);
    let kernel = Kernel::choose(ws.isa());
    let n_columns = conv.n_w.next_multiple_of(kernel.n_columns);
    let planes = Planes { row_len: n_columns + conv.f_w - 1, n_rows: conv.n_h + conv.f_h - 1 };
    let n_blocks = conv.n_c.div_ceil(kernel.n_filters);
    let block_len = conv.f_h * conv.f_w * conv.n_c_prev * kernel.n_filters;
    let largest_len = kernel.n_filters * n_columns;
    let seat_len = planes.len(conv.n_c_prev) + 2 * largest_len;
    let n_seats = ws.threads().n();
    let (threads, isa, scratch) = ws.parts(n_blocks * block_len + n_seats * seat_len);
    let (packed, seats) = scratch.split_at_mut(n_blocks * block_len);
    pack_filters(conv.n_c, w, kernel.n_filters, packed);
    let (packed, seats) = (&*packed, Parts::new(seats));
    let (x_len, y_len) = (conv.input_len() / conv.m.max(1), pool.output_len() / pool.m.max(1));
    let chosen_len = if chosen.is_empty() { 0 } else { y_len };
    let (y, chosen) = (Parts::new(y), Parts::new(chosen));
    threads.run_with_seat(conv.m, &|seat, i| {
        // SAFETY: tasks that run at the same time have different seats, and each writes its own image.
        let (seat, y, chosen) = unsafe {
            (
                seats.get(seat * seat_len..(seat + 1) * seat_len),
                y.get(i * y_len..(i + 1) * y_len),
                chosen.get(i * chosen_len..(i + 1) * chosen_len),
            )
        };
        let (x_planes, largest) = seat.split_at_mut(planes.len(conv.n_c_prev));
        let (largest, largest_rows) = largest.split_at_mut(largest_len);
        fill_planes(isa, conv, planes, &x[i * x_len..(i + 1) * x_len], x_planes);
        for h in 0..pool.n_h {
            let cells = rows(pool, h);
            let first_row = h * pool.stride_h + cells.start - pool.pad_top;
            for block in 0..n_blocks {
                for column in (0..n_columns).step_by(kernel.n_columns) {
                    let band = Band {
                        x: x_planes[first_row * conv.n_c_prev * planes.row_len + column..].as_ptr(),
                        plane_step: planes.row_len,
                        window: [conv.f_h, conv.f_w, conv.n_c_prev],
                        w: packed[block * block_len..].as_ptr(),
                        rows: [cells.start, cells.end],
                        largest: largest[column..].as_mut_ptr(),
                        largest_rows: largest_rows[column..].as_mut_ptr(),
                        largest_step: n_columns,
                    };
                    // SAFETY: the planes hold all rows and columns that the band's windows cover, the filters of a block
                    // are packed, and both buffers have a row for each filter.
                    unsafe { (kernel.band)(&band) };
                }
                let first_filter = block * kernel.n_filters;
                let filters = first_filter..(first_filter + kernel.n_filters).min(conv.n_c);
                let start = h * pool.n_w * pool.n_c + filters.start;
                let y = &mut y[start..];
                let chosen = if chosen.is_empty() { &mut [] } else { &mut chosen[start..] };
                largest_of_windows(isa, pool, filters.len(), n_columns, largest, largest_rows, relu, y, chosen);
            }
        }
    });
}

#[track_caller]
fn check(conv: &Conv2dGeometry, pool: &Pool2dGeometry, x: &[f32], w: &[f32], y: &[f32], chosen: &[f32]) {
    assert!(
        (conv.stride_h, conv.stride_w) == (1, 1) && (pool.stride_h, pool.stride_w) == (pool.f_h, pool.f_w),
        "conv2d_max_pool: expected a convolution without strides and windows side by side, got {conv:?}, {pool:?}"
    );
    let between = [pool.m, pool.n_h_prev, pool.n_w_prev, pool.n_c];
    assert!(
        between == [conv.m, conv.n_h, conv.n_w, conv.n_c],
        "conv2d_max_pool: expected pooling of what the convolution gives, got {conv:?}, {pool:?}"
    );
    for (name, len, expected) in [
        ("x", x.len(), conv.input_len()),
        ("w", w.len(), conv.filter_len()),
        ("y", y.len(), pool.output_len()),
        ("chosen", chosen.len(), if chosen.is_empty() { 0 } else { pool.output_len() }),
    ] {
        assert!(
            len == expected,
            "conv2d_max_pool: expected {name} to hold {expected} numbers as the geometry says, got {len}"
        );
    }
}

/// Arranges filters (f_h, f_w, n_c_prev, n_c) in blocks of so many, with zeros for those that the last block lacks.
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

/// An image taken apart into its channels, with the convolution's padding around them: row after row, within a row
/// channel after channel.
#[derive(Clone, Copy)]
struct Planes {
    /// Numbers of one channel's row: as many as whole vectors read, so there may be more padding than asked for.
    row_len: usize,
    n_rows: usize,
}

impl Planes {
    fn len(self, n_c_prev: usize) -> usize {
        self.n_rows * n_c_prev * self.row_len
    }
}

for_each_isa! {
    fn fill_planes(conv: &Conv2dGeometry, planes: Planes, x: &[f32], out: &mut [f32]) {
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
                    let numbers = x[k..].iter().step_by(n_c_prev);
                    plane[inside.clone()].iter_mut().zip(numbers).for_each(|(to, from)| *to = *from);
                }
            }
        }
    }
}

/// The rows of the convolution that one row of windows covers, for a block of filters and neighbouring columns.
struct Band {
    /// The first row's planes, at the first column; the next plane is `plane_step` further on.
    x: *const f32,
    plane_step: usize,
    /// Rows, columns and channels of a filter.
    window: [usize; 3],
    /// The packed filters.
    w: *const f32,
    /// The first row, counted in the pooling's window, and the one behind the last.
    rows: [usize; 2],
    /// For each filter, the largest number of each column and the row that it is in; filters are `largest_step` apart.
    largest: *mut f32,
    largest_rows: *mut f32,
    largest_step: usize,
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

/// Vectors side by side: each weight that is loaded meets so many.
const VECTORS: usize = 2;

#[inline(always)]
unsafe fn band<S: Simd, const FILTERS: usize>(band: &Band) {
    let [f_h, f_w, n_c_prev] = band.window;
    let n_columns = VECTORS * S::LANES;
    let mut numbers = [0.0f32; 16 * VECTORS * MAX_ROWS];
    for row in band.rows[0]..band.rows[1] {
        let mut sums = [[unsafe { S::zero() }; VECTORS]; MAX_ROWS];
        let mut w = band.w;
        unsafe {
            let mut x_row = band.x.add((row - band.rows[0]) * n_c_prev * band.plane_step);
            for _ in 0..f_h {
                for kw in 0..f_w {
                    for k in 0..n_c_prev {
                        let x = x_row.add(k * band.plane_step + kw);
                        let mut columns = [S::zero(); VECTORS];
                        for v in 0..VECTORS {
                            columns[v] = S::load(x.add(v * S::LANES));
                        }
                        for_rows!(FILTERS, C, {
                            let weight = S::splat(w.add(C));
                            for v in 0..VECTORS {
                                sums[C][v] = sums[C][v].mul_add(weight, columns[v]);
                            }
                        });
                        w = w.add(FILTERS);
                    }
                }
                x_row = x_row.add(n_c_prev * band.plane_step);
            }
            for_rows!(FILTERS, C, {
                for v in 0..VECTORS {
                    sums[C][v].store(numbers.as_mut_ptr().add(C * n_columns + v * S::LANES));
                }
            });
        }
        for (c, numbers) in numbers.chunks_exact(n_columns).take(FILTERS).enumerate() {
            // SAFETY: the caller vouches for a row of both buffers for each filter.
            let (largest, rows) = unsafe {
                let start = c * band.largest_step;
                (
                    std::slice::from_raw_parts_mut(band.largest.add(start), n_columns),
                    std::slice::from_raw_parts_mut(band.largest_rows.add(start), n_columns),
                )
            };
            let cell_row = row as f32;
            if row == band.rows[0] {
                largest.copy_from_slice(numbers);
                rows.fill(cell_row);
                continue;
            }
            for ((largest, row), number) in largest.iter_mut().zip(rows).zip(numbers) {
                let keep = *number <= *largest;
                *row = if keep { *row } else { cell_row };
                *largest = if keep { *largest } else { *number };
            }
        }
    }
}

for_each_isa! {
    /// From the largest numbers of the columns to those of the windows; windows lie side by side in `y`, channel last.
    #[allow(clippy::too_many_arguments)]
    fn largest_of_windows(
        pool: &Pool2dGeometry,
        n_filters: usize,
        n_columns: usize,
        largest: &[f32],
        largest_rows: &[f32],
        relu: bool,
        y: &mut [f32],
        chosen: &mut [f32],
    ) {
        for w in 0..pool.n_w {
            let cells = columns(pool, w);
            let first_column = w * pool.stride_w + cells.start - pool.pad_left;
            for c in 0..n_filters {
                let start = c * n_columns + first_column;
                let (numbers, rows) = (&largest[start..start + cells.len()], &largest_rows[start..start + cells.len()]);
                // The usual width is known to the compiler.
                let (number, cell) = match (numbers.as_array::<8>(), rows.as_array::<8>()) {
                    (Some(numbers), Some(rows)) => largest_cell(numbers, rows, cells.start, pool.f_w),
                    _ => largest_cell(numbers, rows, cells.start, pool.f_w),
                };
                y[w * pool.n_c + c] = if relu && number < 0.0 { 0.0 } else { number };
                if let Some(chosen) = chosen.get_mut(w * pool.n_c + c) {
                    *chosen = cell;
                }
            }
        }
    }
}

/// The largest number, and the first cell, counted row by row, that holds it.
#[inline(always)]
fn largest_cell(numbers: &[f32], rows: &[f32], first_column: usize, f_w: usize) -> (f32, f32) {
    let largest = numbers[1..].iter().fold(numbers[0], |largest, &x| if x <= largest { largest } else { x });
    let cell = |i: usize| rows[i] * f_w as f32 + (first_column + i) as f32;
    // No number equals a NaN: then the last cell stands for it.
    let last = cell(numbers.len() - 1);
    let cells = numbers.iter().enumerate().map(|(i, &x)| if x == largest { cell(i) } else { f32::INFINITY });
    let first = cells.fold(f32::INFINITY, |first, cell| if cell < first { cell } else { first });
    (largest, if first.is_finite() { first } else { last })
}

/// The kernel of vectors `$lane` and `$filters` filters, compiled with the features in parentheses.
macro_rules! kernel {
    ($name:ident, $lane:ty, $filters:literal, ($($features:literal)?)) => {
        static $name: Kernel = Kernel {
            n_columns: VECTORS * <$lane as Simd>::LANES,
            n_filters: $filters,
            band: {
                $(#[target_feature(enable = $features)])?
                unsafe fn kernel(call: &Band) {
                    unsafe { band::<$lane, $filters>(call) }
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
