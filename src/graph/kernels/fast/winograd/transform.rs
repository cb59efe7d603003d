/*!
The five small matrices of Winograd's convolution, each applied to the rows and to the columns of a tile of pixels.

Channels are contiguous, so a vector register holds the same pixel of as many channels as it has lanes. `tiling.rs` cuts
images into tiles.

The matrices belong to the polynomials of degree 5 that are determined by their values at 0, ±5/8, ±3/2 and infinity (S.
Winograd, Arithmetic Complexity of Computations, 1980; A. Lavin and S. Gray, Fast Algorithms for Convolutional Neural
Networks, 2015). The usual points 0, ±1, ±2 need fewer multiplications in the transforms, and their errors are two to
four times as large: on 64 tiles of 256 channels, standard normal inputs after a relu and He-initialized filters, the
largest error of an output, relative to the largest output, is 1.0e-5 with them, 2.8e-6 with these, and 1.5e-6 for the
direct sum in `f32`.
*/

#![allow(clippy::needless_range_loop)] // Indices into register arrays must be compile-time constants.

use super::super::gemm::epilogue::EpiloguePtrs;
use super::super::gemm::tile::unroll;
use super::super::isa::Isa;
use super::super::simd::{Portable4, Simd};
use std::ops::Range;

/// Pixels of an output tile along an axis.
pub(crate) const OUTPUT_TILE: usize = 4;
/// Filter taps along an axis.
pub(crate) const TAPS: usize = 3;
/// Pixels of an input tile along an axis, `OUTPUT_TILE + TAPS - 1`: the number of interpolation points.
pub(crate) const INPUT_TILE: usize = 6;
/// Elements of a transformed tile, per channel.
pub(crate) const POSITIONS: usize = INPUT_TILE * INPUT_TILE;
/// Channels of a convolution must be a multiple of this: the widest register's lanes.
pub(crate) const LANES: usize = 16;

/// The interpolation points besides 0 and infinity are `±POINT_A` and `±POINT_B`; both, their powers and the products
/// of these are exact in `f32`.
const POINT_A: f32 = 0.625;
const POINT_B: f32 = 1.5;
const POINT_A2: f32 = POINT_A * POINT_A;
const POINT_B2: f32 = POINT_B * POINT_B;
/// Reciprocals of the denominators of the Lagrange polynomials of 0, `±POINT_A` and `±POINT_B`.
const SCALE_0: f32 = 1.0 / (POINT_A2 * POINT_B2);
const SCALE_A: f32 = 1.0 / (2.0 * POINT_A2 * (POINT_A2 - POINT_B2));
const SCALE_B: f32 = 1.0 / (2.0 * POINT_B2 * (POINT_B2 - POINT_A2));

/// One of the matrices: maps `N` elements to `M`.
pub(crate) trait Matrix<const N: usize, const M: usize> {
    /// The product of the matrix and a column, lane by lane.
    ///
    /// # Safety
    /// As for [`Simd`].
    unsafe fn apply<S: Simd>(x: [S; N]) -> [S; M];
}

/// `first` plus the sum of `factor * x`, by fused multiply-adds in order.
#[inline(always)]
unsafe fn sum<S: Simd, const N: usize>(first: S, terms: [(f32, S); N]) -> S {
    let mut sum = first;
    for (factor, x) in terms {
        sum = unsafe { sum.mul_add(S::splat(&factor), x) };
    }
    sum
}

#[inline(always)]
unsafe fn scaled<S: Simd>(factor: f32, x: S) -> S {
    unsafe { x.mul(S::splat(&factor)) }
}

/// Bᵀ, for input tiles.
pub(crate) struct InputTransform;

impl Matrix<6, 6> for InputTransform {
    #[inline(always)]
    unsafe fn apply<S: Simd>(d: [S; 6]) -> [S; 6] {
        unsafe {
            let (even_a, odd_a) = (sum(d[4], [(-POINT_B2, d[2])]), scaled(POINT_A, sum(d[3], [(-POINT_B2, d[1])])));
            let (even_b, odd_b) = (sum(d[4], [(-POINT_A2, d[2])]), scaled(POINT_B, sum(d[3], [(-POINT_A2, d[1])])));
            [
                sum(d[4], [(-POINT_A2 - POINT_B2, d[2]), (POINT_A2 * POINT_B2, d[0])]),
                even_a.add(odd_a),
                even_a.sub(odd_a),
                even_b.add(odd_b),
                even_b.sub(odd_b),
                sum(d[5], [(-POINT_A2 - POINT_B2, d[3]), (POINT_A2 * POINT_B2, d[1])]),
            ]
        }
    }
}

/// G, for filters: the polynomial of the taps at each point, divided by the denominator of its Lagrange polynomial.
pub(crate) struct FilterTransform;

impl Matrix<3, 6> for FilterTransform {
    #[inline(always)]
    unsafe fn apply<S: Simd>(g: [S; 3]) -> [S; 6] {
        unsafe {
            let even_a = scaled(SCALE_A, sum(g[0], [(POINT_A2, g[2])]));
            let even_b = scaled(SCALE_B, sum(g[0], [(POINT_B2, g[2])]));
            let (odd_a, odd_b) = (scaled(SCALE_A * POINT_A, g[1]), scaled(SCALE_B * POINT_B, g[1]));
            [scaled(SCALE_0, g[0]), even_a.add(odd_a), even_a.sub(odd_a), even_b.add(odd_b), even_b.sub(odd_b), g[2]]
        }
    }
}

/// Aᵀ: transforms the products into output tiles.
pub(crate) struct OutputTransform;

impl Matrix<6, 4> for OutputTransform {
    #[inline(always)]
    unsafe fn apply<S: Simd>(m: [S; 6]) -> [S; 4] {
        unsafe {
            let (sum_a, difference_a) = (m[1].add(m[2]), m[1].sub(m[2]));
            let (sum_b, difference_b) = (m[3].add(m[4]), m[3].sub(m[4]));
            [
                m[0].add(sum_a).add(sum_b),
                sum(scaled(POINT_A, difference_a), [(POINT_B, difference_b)]),
                sum(scaled(POINT_A2, sum_a), [(POINT_B2, sum_b)]),
                sum(m[5], [(POINT_A2 * POINT_A, difference_a), (POINT_B2 * POINT_B, difference_b)]),
            ]
        }
    }
}

/// A, for the gradients of output tiles: the transpose of [`OutputTransform`].
pub(crate) struct OutputGradientTransform;

impl Matrix<4, 6> for OutputGradientTransform {
    #[inline(always)]
    unsafe fn apply<S: Simd>(d: [S; 4]) -> [S; 6] {
        unsafe {
            let (even_a, odd_a) =
                (sum(d[0], [(POINT_A2, d[2])]), sum(scaled(POINT_A, d[1]), [(POINT_A2 * POINT_A, d[3])]));
            let (even_b, odd_b) =
                (sum(d[0], [(POINT_B2, d[2])]), sum(scaled(POINT_B, d[1]), [(POINT_B2 * POINT_B, d[3])]));
            [d[0], even_a.add(odd_a), even_a.sub(odd_a), even_b.add(odd_b), even_b.sub(odd_b), d[3]]
        }
    }
}

/// Gᵀ: transforms the sums into the gradient of a filter's taps, the transpose of [`FilterTransform`].
pub(crate) struct FilterGradientTransform;

impl Matrix<6, 3> for FilterGradientTransform {
    #[inline(always)]
    unsafe fn apply<S: Simd>(p: [S; 6]) -> [S; 3] {
        unsafe {
            let (sum_a, difference_a) = (p[1].add(p[2]), p[1].sub(p[2]));
            let (sum_b, difference_b) = (p[3].add(p[4]), p[3].sub(p[4]));
            [
                sum(scaled(SCALE_0, p[0]), [(SCALE_A, sum_a), (SCALE_B, sum_b)]),
                sum(scaled(SCALE_A * POINT_A, difference_a), [(SCALE_B * POINT_B, difference_b)]),
                sum(p[5], [(SCALE_A * POINT_A2, sum_a), (SCALE_B * POINT_B2, sum_b)]),
            ]
        }
    }
}

/// The tiles to transform: the same pixels of contiguous channels, one vector of channels at a time.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub start: *const f32,
    /// Strides between rows and between columns, in elements.
    pub strides: [usize; 2],
    /// The rows and columns inside the image; the others read as zero.
    pub rows: &'a Range<usize>,
    pub columns: &'a Range<usize>,
}

/// Where the transformed tiles go.
#[derive(Clone, Copy)]
pub(crate) struct Target {
    pub start: *mut f32,
    pub strides: [usize; 2],
    /// How many rows and columns are written; only [`Transforms::output`] may write a partial tile, at the border.
    pub rows: usize,
    pub columns: usize,
    /// The epilogue that [`Transforms::output`] applies before it stores: `add` points to the addend of the element at
    /// `start`, `bias` to that of its channel.
    pub epilogue: EpiloguePtrs,
}

impl Target {
    /// All `n` rows and columns, without an epilogue.
    pub fn whole(start: *mut f32, strides: [usize; 2], n: usize) -> Target {
        Target { start, strides, rows: n, columns: n, epilogue: EpiloguePtrs::default() }
    }
}

/// Transforms the tiles of `len` channels, a multiple of the register's lanes.
///
/// # Safety
/// The rows and columns that [`Source`] says exist can be read, those that [`Target`] says are written can be written,
/// each for `len` elements, and its [`EpiloguePtrs`] are valid for the same elements.
pub(crate) type Kernel = unsafe fn(Source, Target, len: usize);

#[inline(always)]
unsafe fn transform<T: Matrix<N, M>, S: Simd, const N: usize, const M: usize, const HAS_EPILOGUE: bool>(
    from: Source,
    to: Target,
    len: usize,
) {
    let (mut rows, mut columns) = ([false; N], [false; N]);
    for i in 0..N {
        (rows[i], columns[i]) = (from.rows.contains(&i), from.columns.contains(&i));
    }
    for channel in (0..len).step_by(S::LANES) {
        unsafe {
            let mut row_pass = [[S::zero(); M]; N];
            unroll!(N, I, {
                if rows[I] {
                    let row = from.start.wrapping_add(I * from.strides[0] + channel);
                    let mut x = [S::zero(); N];
                    unroll!(N, J, {
                        x[J] = S::load_if(columns[J], row.wrapping_add(J * from.strides[1]));
                    });
                    row_pass[I] = T::apply(x);
                }
            });
            let bias = if to.epilogue.bias.is_null() { S::zero() } else { S::load(to.epilogue.bias.add(channel)) };
            unroll!(M, J, {
                let mut x = [S::zero(); N];
                unroll!(N, I, {
                    x[I] = row_pass[I][J];
                });
                let column = T::apply(x);
                unroll!(M, I, {
                    let offset = I * to.strides[0] + J * to.strides[1] + channel;
                    if !HAS_EPILOGUE {
                        column[I].store(to.start.add(offset));
                    } else if I < to.rows && J < to.columns {
                        let mut y = column[I].add(bias);
                        if !to.epilogue.add.is_null() {
                            y = y.add(S::load(to.epilogue.add.add(offset)));
                        }
                        if to.epilogue.relu {
                            y = y.relu();
                        }
                        y.store(to.start.add(offset));
                    }
                });
            });
        }
    }
}

/// The kernels of one instruction set.
pub(crate) struct Transforms {
    pub input: Kernel,
    pub filter: Kernel,
    pub output: Kernel,
    pub output_gradient: Kernel,
    pub filter_gradient: Kernel,
}

macro_rules! kernel {
    ($matrix:ty, $n:literal, $m:literal, $has_epilogue:literal, $vector:ty, ()) => {{
        unsafe fn kernel(from: Source, to: Target, len: usize) {
            unsafe { transform::<$matrix, $vector, $n, $m, $has_epilogue>(from, to, len) }
        }
        kernel
    }};
    ($matrix:ty, $n:literal, $m:literal, $has_epilogue:literal, $vector:ty, ($features:literal)) => {{
        #[target_feature(enable = $features)]
        unsafe fn kernel(from: Source, to: Target, len: usize) {
            unsafe { transform::<$matrix, $vector, $n, $m, $has_epilogue>(from, to, len) }
        }
        kernel
    }};
}

macro_rules! transforms {
    ($name:ident, $vector:ty, $features:tt) => {
        static $name: Transforms = Transforms {
            input: kernel!(InputTransform, 6, 6, false, $vector, $features),
            filter: kernel!(FilterTransform, 3, 6, false, $vector, $features),
            output: kernel!(OutputTransform, 6, 4, true, $vector, $features),
            output_gradient: kernel!(OutputGradientTransform, 4, 6, false, $vector, $features),
            filter_gradient: kernel!(FilterGradientTransform, 6, 3, false, $vector, $features),
        };
    };
}

transforms!(PORTABLE, Portable4, ());
#[cfg(target_arch = "x86_64")]
transforms!(AVX2, std::arch::x86_64::__m256, ("avx2,fma"));
#[cfg(target_arch = "x86_64")]
transforms!(AVX512, std::arch::x86_64::__m512, ("avx512f"));

impl Transforms {
    pub fn of(isa: Isa) -> &'static Transforms {
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
