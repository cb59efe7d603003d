/*!
The micro-kernels: a tile of a matrix product, kept in registers from the first multiplication to the last.

They work on rows and panels and do not depend on images; `rows.rs` and `outer.rs` say which elements are multiplied.

Why not a crate: on one core of a machine whose peak is 118 GFLOP/s (Zen 4, AVX-512), `gemm` 0.19 reaches 96 to 114 on
the products of ResNet-50 with a batch of 32, faer 0.24 100 to 117, `matrixmultiply` 0.3 58 to 107, all of them on a
left matrix that has to be written out first. These kernels reach 95 to 114 without one, and since they leave out the
padding, 3x3 convolutions come to 120 to 190 GFLOP/s as usually counted.
*/

#![allow(clippy::needless_range_loop)] // Indices into register arrays must be compile-time constants.

use super::super::isa::Isa;
use super::super::simd::{self, Simd};
use super::epilogue::EpiloguePtrs;

/// How many pixels ahead an [`OuterTile`] prefetches: the latency of the L3 cache.
const PREFETCH_PIXELS: usize = 8;

/// How many rows ahead a [`RowsTile`] prefetches a panel that is not in the cache: the latency of main memory.
const PREFETCH_ROWS: usize = 64;

/// Most rows that a tile can have under any instruction set.
pub(crate) const MAX_ROWS: usize = 14;

/// A contiguous segment of the sum of a [`RowsTile`]: `len` elements that are contiguous in every row of the left
/// matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowSegment {
    /// Where the segment starts, from the row's base.
    pub x: isize,
    /// The row of the right matrix that the first of them is multiplied with.
    pub b: usize,
    /// How many there are.
    pub len: usize,
}

/// `y[r][n] = sum over segments and k of x_r[k] b[k][n]` for up to `MAX_ROWS` rows and one panel of columns.
pub(crate) struct RowsTile<'a> {
    /// The bases of the rows; those of the next segment follow after `rows_stride` (0: the same for every segment).
    pub rows: *const *const f32,
    pub rows_stride: usize,
    pub segments: &'a [RowSegment],
    /// The panel: row `k` has [`Panel::width`] elements from `k * b_stride` on.
    pub b: *const f32,
    pub b_stride: usize,
    /// Whether to prefetch the panel's rows, because they are not in the cache.
    pub prefetch_b: bool,
    /// The output, where each of its rows starts (zero for unused ones), and how many columns of the panel exist.
    pub y: *mut f32,
    pub y_rows: &'a [usize; MAX_ROWS],
    pub n_columns: usize,
    pub epilogue: EpiloguePtrs,
}

/// A segment of the sum of an [`OuterTile`]: `len` pixels, evenly spaced in both operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PixelSegment {
    pub a: usize,
    pub b: usize,
    pub len: usize,
}

/// `c[r][n] (+)= sum over pixels of a[pixel][r] b[pixel][n]` for up to `MAX_ROWS` rows and one panel of columns.
pub(crate) struct OuterTile<'a> {
    pub a: *const f32,
    pub b: *const f32,
    pub segments: &'a [PixelSegment],
    /// The segments repeat `repeats` times, once for each image, with these strides between repetitions.
    pub repeats: usize,
    pub a_repeat: usize,
    pub b_repeat: usize,
    /// Whether the pixels of `a` are packed `a_stride` apart, whatever the segments say.
    pub a_packed: bool,
    /// Elements from one pixel of a segment to the next.
    pub a_stride: usize,
    pub b_stride: usize,
    pub c: *mut f32,
    pub c_stride: usize,
    pub n_columns: usize,
    /// Whether the sum is added to what `c` holds.
    pub accumulate: bool,
}

/// The kernels of one width of panel: entry `r - 1` computes tiles of `r` rows.
pub(crate) struct Panel {
    /// Columns of a panel.
    pub width: usize,
    pub rows: &'static [unsafe fn(&RowsTile)],
    pub outer: &'static [unsafe fn(&OuterTile)],
}

impl Panel {
    /// The panel with the least unused columns on a matrix of `n` columns.
    pub fn choose(isa: Isa, n: usize) -> &'static Panel {
        match isa {
            Isa::Portable => &PORTABLE,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => {
                if n <= 8 {
                    &AVX2_8
                } else {
                    &AVX2_16
                }
            }
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => match n {
                0..=8 => &AVX512_8,
                9..=16 => &AVX512_16,
                _ => &AVX512_32,
            },
            #[cfg(not(target_arch = "x86_64"))]
            _ => unreachable!("only x86-64 has {isa:?}"),
        }
    }

    /// Most rows of a tile.
    pub fn max_rows(&self) -> usize {
        self.rows.len()
    }
}

/// Repeats a block for the constant `R` = 0, …, `rows - 1`. Written out, because whether the compiler unrolls a loop
/// over an array of registers depends on its level of optimisation, and a kernel whose sums are in memory is many times
/// slower.
macro_rules! unroll {
    ($rows:expr, $R:ident, $body:block) => {
        unroll!(@ $rows, $R, $body, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13);
    };
    (@ $rows:expr, $R:ident, $body:block, $first:literal $(, $r:literal)*) => {
        if $rows > $first {
            const $R: usize = $first;
            $body
        }
        unroll!(@ $rows, $R, $body $(, $r)*);
    };
    (@ $rows:expr, $R:ident, $body:block) => {};
}

pub(crate) use unroll;

/// Applies the epilogue and writes the sums of a tile: whole vectors as far as the columns go, then element by element.
#[inline(always)]
unsafe fn write<S: Simd, const ROWS: usize, const VECTORS: usize>(sums: [[S; VECTORS]; MAX_ROWS], tile: &RowsTile) {
    let EpiloguePtrs { bias, add, relu } = tile.epilogue;
    unroll!(ROWS, R, {
        let start = tile.y_rows[R];
        for v in 0..VECTORS {
            let column = v * S::LANES;
            if column + S::LANES <= tile.n_columns {
                let mut sum = sums[R][v];
                unsafe {
                    if !bias.is_null() {
                        sum = sum.add(S::load(bias.add(column)));
                    }
                    if !add.is_null() {
                        sum = sum.add(S::load(add.add(start + column)));
                    }
                    if relu {
                        sum = sum.relu();
                    }
                    sum.store(tile.y.add(start + column));
                }
            } else if column < tile.n_columns {
                let mut elements = [0.0f32; 16];
                unsafe { sums[R][v].store(elements.as_mut_ptr()) };
                for (j, &element) in elements[..tile.n_columns - column].iter().enumerate() {
                    let mut sum = element;
                    unsafe {
                        if !bias.is_null() {
                            sum += *bias.add(column + j);
                        }
                        if !add.is_null() {
                            sum += *add.add(start + column + j);
                        }
                        *tile.y.add(start + column + j) = if relu && sum < 0.0 { 0.0 } else { sum };
                    }
                }
            }
        }
    });
}

/// Prefetches the cache lines of a tile's row.
#[inline(always)]
fn prefetch_row<S: Simd, const VECTORS: usize>(prefetch: impl Fn(*const f32), row: *const f32) {
    for line in (0..VECTORS * S::LANES).step_by(16) {
        prefetch(row.wrapping_add(line));
    }
}

#[inline(always)]
unsafe fn rows_tile<S: Simd, const ROWS: usize, const VECTORS: usize>(tile: &RowsTile) {
    // The output and what is added to it are prefetched while the sums are computed.
    unroll!(ROWS, R, {
        prefetch_row::<S, VECTORS>(simd::prefetch_write, tile.y.wrapping_add(tile.y_rows[R]));
    });
    if !tile.epilogue.add.is_null() && !std::ptr::eq(tile.epilogue.add, tile.y) {
        unroll!(ROWS, R, {
            prefetch_row::<S, VECTORS>(simd::prefetch, tile.epilogue.add.wrapping_add(tile.y_rows[R]));
        });
    }
    unsafe {
        let mut sums = [[S::zero(); VECTORS]; MAX_ROWS];
        let mut rows = tile.rows;
        for segment in tile.segments {
            let mut x = [std::ptr::null::<f32>(); MAX_ROWS];
            unroll!(ROWS, R, {
                x[R] = (*rows.add(R)).wrapping_offset(segment.x);
            });
            let mut b = tile.b.add(segment.b * tile.b_stride);
            let mut k = 0;
            // Narrow panels have few multiplications for each pointer that is loaded, so they are unrolled four times.
            if VECTORS == 1 {
                while k + 4 <= segment.len {
                    let (b0, b1) = (S::load(b), S::load(b.add(tile.b_stride)));
                    let (b2, b3) = (S::load(b.add(2 * tile.b_stride)), S::load(b.add(3 * tile.b_stride)));
                    unroll!(ROWS, R, {
                        let x = x[R].add(k);
                        sums[R][0] = sums[R][0].mul_add(S::splat(x), b0);
                        sums[R][0] = sums[R][0].mul_add(S::splat(x.add(1)), b1);
                        sums[R][0] = sums[R][0].mul_add(S::splat(x.add(2)), b2);
                        sums[R][0] = sums[R][0].mul_add(S::splat(x.add(3)), b3);
                    });
                    b = b.add(4 * tile.b_stride);
                    k += 4;
                }
            }
            while k < segment.len {
                // The next cache line of each row: there are more rows than the hardware prefetcher follows.
                if k.is_multiple_of(16) {
                    unroll!(ROWS, R, {
                        simd::prefetch(x[R].wrapping_add(k + 16));
                    });
                }
                if tile.prefetch_b {
                    prefetch_row::<S, VECTORS>(simd::prefetch, b.wrapping_add(PREFETCH_ROWS * tile.b_stride));
                }
                let mut columns = [S::zero(); VECTORS];
                for v in 0..VECTORS {
                    columns[v] = S::load(b.add(v * S::LANES));
                }
                unroll!(ROWS, R, {
                    let x = S::splat(x[R].add(k));
                    for v in 0..VECTORS {
                        sums[R][v] = sums[R][v].mul_add(x, columns[v]);
                    }
                });
                b = b.add(tile.b_stride);
                k += 1;
            }
            rows = rows.add(tile.rows_stride);
        }
        write::<S, ROWS, VECTORS>(sums, tile);
    }
}

#[inline(always)]
unsafe fn outer_tile<S: Simd, const ROWS: usize, const VECTORS: usize>(tile: &OuterTile) {
    unroll!(ROWS, R, {
        prefetch_row::<S, VECTORS>(simd::prefetch_write, tile.c.wrapping_add(R * tile.c_stride));
    });
    unsafe {
        let mut sums = [[S::zero(); VECTORS]; MAX_ROWS];
        let mut a = tile.a;
        for repeat in 0..tile.repeats {
            for segment in tile.segments {
                if !tile.a_packed {
                    a = tile.a.add(repeat * tile.a_repeat + segment.a);
                }
                let mut b = tile.b.add(repeat * tile.b_repeat + segment.b);
                for _ in 0..segment.len {
                    simd::prefetch(a.wrapping_add(PREFETCH_PIXELS * tile.a_stride));
                    for line in (0..VECTORS * S::LANES).step_by(16) {
                        simd::prefetch(b.wrapping_add(PREFETCH_PIXELS * tile.b_stride + line));
                    }
                    let mut columns = [S::zero(); VECTORS];
                    for v in 0..VECTORS {
                        columns[v] = S::load(b.add(v * S::LANES));
                    }
                    unroll!(ROWS, R, {
                        let x = S::splat(a.add(R));
                        for v in 0..VECTORS {
                            sums[R][v] = sums[R][v].mul_add(x, columns[v]);
                        }
                    });
                    a = a.wrapping_add(tile.a_stride);
                    b = b.wrapping_add(tile.b_stride);
                }
            }
        }
        unroll!(ROWS, R, {
            let c = tile.c.add(R * tile.c_stride);
            for v in 0..VECTORS {
                let column = v * S::LANES;
                if column + S::LANES <= tile.n_columns {
                    let sum = sums[R][v];
                    let sum = if tile.accumulate { S::load(c.add(column)).add(sum) } else { sum };
                    sum.store(c.add(column));
                } else if column < tile.n_columns {
                    let mut elements = [0.0f32; 16];
                    sums[R][v].store(elements.as_mut_ptr());
                    for (j, &sum) in elements[..tile.n_columns - column].iter().enumerate() {
                        let c = c.add(column + j);
                        *c = if tile.accumulate { *c + sum } else { sum };
                    }
                }
            }
        });
    }
}

/// A kernel of `$rows` rows and `$vectors` vectors, compiled with the features in parentheses.
macro_rules! kernel {
    ($tile:ident, $call:ty, $vector:ty, $rows:literal, $vectors:literal, ()) => {{
        unsafe fn kernel(tile: &$call) {
            unsafe { $tile::<$vector, $rows, $vectors>(tile) }
        }
        kernel
    }};
    ($tile:ident, $call:ty, $vector:ty, $rows:literal, $vectors:literal, ($features:literal)) => {{
        #[target_feature(enable = $features)]
        unsafe fn kernel(tile: &$call) {
            unsafe { $tile::<$vector, $rows, $vectors>(tile) }
        }
        kernel
    }};
}

/// The table of kernels of one instruction set and width.
macro_rules! panel {
    ($name:ident, $vector:ty, $vectors:literal, [$($rows:literal)*], $features:tt) => {
        static $name: Panel = Panel {
            width: <$vector as Simd>::LANES * $vectors,
            rows: &[$(kernel!(rows_tile, RowsTile, $vector, $rows, $vectors, $features)),*],
            outer: &[$(kernel!(outer_tile, OuterTile, $vector, $rows, $vectors, $features)),*],
        };
    };
}

panel!(PORTABLE, super::super::simd::Portable4, 2, [1 2 3 4], ());
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{__m256, __m512};
#[cfg(target_arch = "x86_64")]
panel!(AVX2_8, __m256, 1, [1 2 3 4 5 6 7 8 9 10], ("avx2,fma"));
#[cfg(target_arch = "x86_64")]
panel!(AVX2_16, __m256, 2, [1 2 3 4 5 6], ("avx2,fma"));
#[cfg(target_arch = "x86_64")]
panel!(AVX512_8, __m256, 1, [1 2 3 4 5 6 7 8 9 10 11 12 13 14], ("avx2,fma,avx512f,avx512vl"));
#[cfg(target_arch = "x86_64")]
panel!(AVX512_16, __m512, 1, [1 2 3 4 5 6 7 8 9 10 11 12 13 14], ("avx512f"));
#[cfg(target_arch = "x86_64")]
panel!(AVX512_32, __m512, 2, [1 2 3 4 5 6 7 8 9 10 11 12 13 14], ("avx512f"));
