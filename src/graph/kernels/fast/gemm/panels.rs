/*!
The right matrix of a product, packed into the panels that the micro-kernels read: as many columns as a tile is wide,
row after row.
*/

use super::super::disjoint::DisjointSlices;
use super::super::isa::Isa;
use super::super::simd;
use super::tile::Panel;
use crate::graph::kernels::threads::Threads;
use std::ops::Range;

/// Where the elements of a right matrix come from.
#[derive(Clone, Copy)]
pub(crate) enum RightMatrix<'a> {
    /// `k` rows of `n` elements.
    Plain(&'a [f32]),
    /// Matrices of `n` rows and `k / order.len()` columns, one for each tap of a filter; the transpose of that of tap
    /// `t` is the rows from `order[t] k / order.len()` on.
    Transposed { matrices: &'a [f32], order: &'a [usize] },
    /// Panels that [`pack`] wrote.
    Packed(&'a [f32]),
}

impl RightMatrix<'_> {
    /// Writes the panels that start at `column`, one after the other, as many as `out` has room for: each `k` rows of
    /// `width` elements, zeros where the matrix has no column.
    pub fn pack_panels(self, isa: Isa, k: usize, n: usize, column: usize, width: usize, out: &mut [f32]) {
        let panel_len = k * width;
        match self {
            RightMatrix::Plain(matrix) => pack_columns(matrix, n, column, width, out),
            RightMatrix::Transposed { order, .. } => {
                let rows = k / order.len();
                for (p, out) in out.chunks_exact_mut(panel_len).enumerate() {
                    for (place, out) in out.chunks_exact_mut(rows * width).enumerate() {
                        self.pack_rows(isa, n, place * rows..(place + 1) * rows, column + p * width, width, out);
                    }
                }
            }
            RightMatrix::Packed(packed) => {
                let start = column / width * panel_len;
                out.copy_from_slice(&packed[start..start + out.len()]);
            }
        }
    }

    /// Writes some rows of the panel that starts at `column`; those of a [`RightMatrix::Transposed`] must belong to one
    /// tap.
    pub fn pack_rows(self, isa: Isa, n: usize, rows: Range<usize>, column: usize, width: usize, out: &mut [f32]) {
        assert!(out.len() == rows.len() * width && column < n);
        match self {
            RightMatrix::Plain(matrix) => pack_columns(&matrix[rows.start * n..rows.end * n], n, column, width, out),
            RightMatrix::Transposed { matrices, order } => {
                let k = matrices.len() / n / order.len();
                let place = rows.start / k;
                let tap = order.iter().position(|&at| at == place).expect("every place belongs to a tap");
                let columns = (n - column).min(width);
                if columns < width {
                    out.fill(0.0);
                }
                let matrix = &matrices[(tap * n + column) * k..(tap * n + column + columns) * k];
                transpose(isa, matrix, k, rows.start - place * k..rows.end - place * k, out, width);
            }
            RightMatrix::Packed(packed) => {
                let start = column * (packed.len() / n.next_multiple_of(width));
                out.copy_from_slice(&packed[start + rows.start * width..start + rows.end * width]);
            }
        }
    }
}

/// How many rows ahead the columns of a matrix are prefetched: they are too far apart for the hardware prefetcher.
const PREFETCH_ROWS: usize = 16;

/// Copies the columns from `column` on of a matrix of `n` columns into panels of `width`, as many as `out` has room
/// for, with zeros for columns that the matrix does not have.
pub(crate) fn pack_columns(matrix: &[f32], n: usize, column: usize, width: usize, out: &mut [f32]) {
    let k = matrix.len() / n;
    let n_panels = out.len() / (k * width).max(1);
    assert!(out.len() == n_panels * k * width && (n_panels == 0 || column + (n_panels - 1) * width < n));
    for (row, elements) in matrix.chunks_exact(n).enumerate() {
        for p in 0..n_panels {
            let column = column + p * width;
            let columns = (n - column).min(width);
            let out = &mut out[(p * k + row) * width..][..width];
            prefetch(matrix, (row + PREFETCH_ROWS) * n + column, width);
            let from = &elements[column..column + columns];
            // Copies of known length are a few instructions; of unknown length, a call.
            if columns == width && width.is_multiple_of(8) {
                let (out, from) = (out.as_chunks_mut::<8>().0, from.as_chunks::<8>().0);
                out.iter_mut().zip(from).for_each(|(out, from)| *out = *from);
            } else {
                out[..columns].copy_from_slice(from);
                out[columns..].fill(0.0);
            }
        }
    }
}

/// Prefetches `len` elements from `start` on, as far as the slice goes.
#[inline(always)]
pub(crate) fn prefetch(elements: &[f32], start: usize, len: usize) {
    for line in (start..(start + len).min(elements.len())).step_by(16) {
        simd::prefetch(elements.as_ptr().wrapping_add(line));
    }
}

/// Elements that a matrix of `k` rows and `n` columns takes once it is packed into panels.
pub(crate) fn packed_len(isa: Isa, k: usize, n: usize) -> usize {
    n.next_multiple_of(Panel::choose(isa, n).width) * k
}

/// Packs all panels.
pub(crate) fn pack(threads: &Threads, isa: Isa, k: usize, n: usize, right: RightMatrix, packed: &mut [f32]) {
    let width = Panel::choose(isa, n).width;
    assert_eq!(packed.len(), packed_len(isa, k, n));
    if packed.is_empty() {
        return;
    }
    let parts = DisjointSlices::new(packed);
    threads.run(n.div_ceil(width), &|p| {
        // SAFETY: each task writes its own panel.
        let panel = unsafe { parts.get(p * k * width..(p + 1) * k * width) };
        right.pack_panels(isa, k, n, p * width, width, panel);
    });
}

/// Columns of a matrix that are transposed together: their transpose stays in the L1 cache.
const STRIP: usize = 128;

/// Writes the transpose of some columns of a matrix of rows of `k` elements into rows of `width` elements.
fn transpose(isa: Isa, matrix: &[f32], k: usize, columns: Range<usize>, out: &mut [f32], width: usize) {
    let rows = matrix.len() / k;
    assert!(rows <= width && columns.end <= k && out.len() == columns.len() * width);
    let matrix = &matrix[columns.start.min(matrix.len())..];
    for first in (0..columns.len()).step_by(STRIP) {
        let last = (first + STRIP).min(columns.len());
        let (mut row, mut whole) = (0, first);
        #[cfg(target_arch = "x86_64")]
        if isa != Isa::Portable {
            whole = first + (last - first) / 8 * 8;
            while row + 8 <= rows {
                for column in (first..whole).step_by(8) {
                    // SAFETY: the block is inside both matrices, and the instruction set includes AVX2.
                    unsafe {
                        x86::transpose8(
                            matrix.as_ptr().add(row * k + column),
                            k,
                            out.as_mut_ptr().add(column * width + row),
                            width,
                        );
                    }
                }
                for row in row..row + 8 {
                    for column in whole..last {
                        out[column * width + row] = matrix[row * k + column];
                    }
                }
                row += 8;
            }
        }
        let _ = (isa, whole);
        while row < rows {
            let from = &matrix[row * k + first..row * k + last];
            for (out, &element) in out[first * width + row..].iter_mut().step_by(width).zip(from) {
                *out = element;
            }
            row += 1;
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    /// Transposes a block of 8 rows and 8 columns; the strides are those of whole rows.
    #[target_feature(enable = "avx2")]
    pub unsafe fn transpose8(from: *const f32, from_stride: usize, to: *mut f32, to_stride: usize) {
        unsafe {
            let row = |i: usize| _mm256_loadu_ps(from.add(i * from_stride));
            let (r0, r1, r2, r3, r4, r5, r6, r7) = (row(0), row(1), row(2), row(3), row(4), row(5), row(6), row(7));
            // Pairs of rows, then fours, then eights.
            let (a0, a1) = (_mm256_unpacklo_ps(r0, r1), _mm256_unpackhi_ps(r0, r1));
            let (a2, a3) = (_mm256_unpacklo_ps(r2, r3), _mm256_unpackhi_ps(r2, r3));
            let (a4, a5) = (_mm256_unpacklo_ps(r4, r5), _mm256_unpackhi_ps(r4, r5));
            let (a6, a7) = (_mm256_unpacklo_ps(r6, r7), _mm256_unpackhi_ps(r6, r7));
            let (b0, b1) = (_mm256_shuffle_ps::<0x44>(a0, a2), _mm256_shuffle_ps::<0xEE>(a0, a2));
            let (b2, b3) = (_mm256_shuffle_ps::<0x44>(a1, a3), _mm256_shuffle_ps::<0xEE>(a1, a3));
            let (b4, b5) = (_mm256_shuffle_ps::<0x44>(a4, a6), _mm256_shuffle_ps::<0xEE>(a4, a6));
            let (b6, b7) = (_mm256_shuffle_ps::<0x44>(a5, a7), _mm256_shuffle_ps::<0xEE>(a5, a7));
            let low = [(b0, b4), (b1, b5), (b2, b6), (b3, b7)];
            for (i, (a, b)) in low.into_iter().enumerate() {
                _mm256_storeu_ps(to.add(i * to_stride), _mm256_permute2f128_ps::<0x20>(a, b));
                _mm256_storeu_ps(to.add((i + 4) * to_stride), _mm256_permute2f128_ps::<0x31>(a, b));
            }
        }
    }
}
