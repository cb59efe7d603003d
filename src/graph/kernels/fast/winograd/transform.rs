/*!
The five small matrices of Winograd's convolution, each applied to the rows and to the columns of a square of pixels.

Channels lie side by side, so a vector register holds the same pixel of as many channels as it has lanes. Nothing here
knows where the squares come from; `mod.rs` says so.

The matrices belong to the polynomials of degree 5 that are known by their values at 0, ±5/8, ±3/2 and infinity
(S. Winograd, Arithmetic Complexity of Computations, 1980; A. Lavin and S. Gray, Fast Algorithms for Convolutional Neural
Networks, 2015). The usual points 0, ±1, ±2 need fewer multiplications in the transforms and cost two to four times as
much precision: on 64 squares of 256 channels, normal numbers past a relu and He's filters, the largest error of an
output, relative to the largest output, is 1.0e-5 with them, 2.8e-6 with these, and 1.5e-6 for the plain sum in `f32`.
*/

#![allow(clippy::needless_range_loop)] // Loops over registers must stay loops over constants.

use super::super::Isa;
use super::super::gemm::tile::{Finish, for_rows};
use super::super::simd::{Portable4, Simd};
use std::ops::Range;

/// Outputs of a square along an axis.
pub(crate) const OUTPUTS: usize = 4;
/// Filter cells along an axis.
pub(crate) const CELLS: usize = 3;
/// Pixels of a patch along an axis, `OUTPUTS + CELLS - 1`: points at which the polynomials are known.
pub(crate) const PATCH: usize = 6;
/// Values of a square, of one channel.
pub(crate) const POSITIONS: usize = PATCH * PATCH;
/// Channels of a convolution must be a multiple of this: the widest register's lanes.
pub(crate) const LANES: usize = 16;

/// The points beside 0 and infinity are `±A` and `±B`; both, their powers and the products of these are exact in `f32`.
const A: f32 = 0.625;
const B: f32 = 1.5;
const A2: f32 = A * A;
const B2: f32 = B * B;
/// What the Lagrange polynomials of 0, `±A` and `±B` are multiplied with, so that they are 1 at their points.
const SCALE_0: f32 = 1.0 / (A2 * B2);
const SCALE_A: f32 = 1.0 / (2.0 * A2 * (A2 - B2));
const SCALE_B: f32 = 1.0 / (2.0 * B2 * (B2 - A2));

/// One of the matrices: makes `M` numbers of `N`.
pub(crate) trait Matrix<const N: usize, const M: usize> {
    /// The product of the matrix and a column, lane by lane.
    ///
    /// # Safety
    /// As for [`Simd`].
    unsafe fn apply<S: Simd>(x: [S; N]) -> [S; M];
}

/// The sum of products, from the first on.
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

/// A patch of the image: what is multiplied with [`Filter`]'s.
pub(crate) struct Patch;

impl Matrix<6, 6> for Patch {
    #[inline(always)]
    unsafe fn apply<S: Simd>(d: [S; 6]) -> [S; 6] {
        unsafe {
            let (even_a, odd_a) = (sum(d[4], [(-B2, d[2])]), scaled(A, sum(d[3], [(-B2, d[1])])));
            let (even_b, odd_b) = (sum(d[4], [(-A2, d[2])]), scaled(B, sum(d[3], [(-A2, d[1])])));
            [
                sum(d[4], [(-A2 - B2, d[2]), (A2 * B2, d[0])]),
                even_a.add(odd_a),
                even_a.sub(odd_a),
                even_b.add(odd_b),
                even_b.sub(odd_b),
                sum(d[5], [(-A2 - B2, d[3]), (A2 * B2, d[1])]),
            ]
        }
    }
}

/// The cells of a filter: their polynomial's values, over what the Lagrange polynomials are divided by.
pub(crate) struct Filter;

impl Matrix<3, 6> for Filter {
    #[inline(always)]
    unsafe fn apply<S: Simd>(g: [S; 3]) -> [S; 6] {
        unsafe {
            let even_a = scaled(SCALE_A, sum(g[0], [(A2, g[2])]));
            let even_b = scaled(SCALE_B, sum(g[0], [(B2, g[2])]));
            let (odd_a, odd_b) = (scaled(SCALE_A * A, g[1]), scaled(SCALE_B * B, g[1]));
            [scaled(SCALE_0, g[0]), even_a.add(odd_a), even_a.sub(odd_a), even_b.add(odd_b), even_b.sub(odd_b), g[2]]
        }
    }
}

/// The outputs of the products.
pub(crate) struct Output;

impl Matrix<6, 4> for Output {
    #[inline(always)]
    unsafe fn apply<S: Simd>(m: [S; 6]) -> [S; 4] {
        unsafe {
            let (sum_a, difference_a) = (m[1].add(m[2]), m[1].sub(m[2]));
            let (sum_b, difference_b) = (m[3].add(m[4]), m[3].sub(m[4]));
            [
                m[0].add(sum_a).add(sum_b),
                sum(scaled(A, difference_a), [(B, difference_b)]),
                sum(scaled(A2, sum_a), [(B2, sum_b)]),
                sum(m[5], [(A2 * A, difference_a), (B2 * B, difference_b)]),
            ]
        }
    }
}

/// The gradients of the outputs: the transpose of [`Output`].
pub(crate) struct OutputGradient;

impl Matrix<4, 6> for OutputGradient {
    #[inline(always)]
    unsafe fn apply<S: Simd>(d: [S; 4]) -> [S; 6] {
        unsafe {
            let (even_a, odd_a) = (sum(d[0], [(A2, d[2])]), sum(scaled(A, d[1]), [(A2 * A, d[3])]));
            let (even_b, odd_b) = (sum(d[0], [(B2, d[2])]), sum(scaled(B, d[1]), [(B2 * B, d[3])]));
            [d[0], even_a.add(odd_a), even_a.sub(odd_a), even_b.add(odd_b), even_b.sub(odd_b), d[3]]
        }
    }
}

/// The gradients of a filter's cells: the transpose of [`Filter`].
pub(crate) struct FilterGradient;

impl Matrix<6, 3> for FilterGradient {
    #[inline(always)]
    unsafe fn apply<S: Simd>(p: [S; 6]) -> [S; 3] {
        unsafe {
            let (sum_a, difference_a) = (p[1].add(p[2]), p[1].sub(p[2]));
            let (sum_b, difference_b) = (p[3].add(p[4]), p[3].sub(p[4]));
            [
                sum(scaled(SCALE_0, p[0]), [(SCALE_A, sum_a), (SCALE_B, sum_b)]),
                sum(scaled(SCALE_A * A, difference_a), [(SCALE_B * B, difference_b)]),
                sum(p[5], [(SCALE_A * A2, sum_a), (SCALE_B * B2, sum_b)]),
            ]
        }
    }
}

/// The squares of a pixel's channels, side by side in memory, that are transformed one vector after the other.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub start: *const f32,
    /// How far the next row and the next column of a square are.
    pub steps: [usize; 2],
    /// The rows and columns that exist; the others are zero.
    pub rows: &'a Range<usize>,
    pub columns: &'a Range<usize>,
}

/// Where the transformed squares go.
#[derive(Clone, Copy)]
pub(crate) struct Target {
    pub start: *mut f32,
    pub steps: [usize; 2],
    /// How many rows and columns are written; only [`Transforms::output`] writes fewer than there are.
    pub rows: usize,
    pub columns: usize,
    /// What [`Transforms::output`] does to the numbers first; the pointers belong to the first number.
    pub finish: Finish,
}

impl Target {
    /// All `n` rows and columns, as they are.
    pub fn whole(start: *mut f32, steps: [usize; 2], n: usize) -> Target {
        Target { start, steps, rows: n, columns: n, finish: Finish::default() }
    }
}

/// Transforms the squares of `len` channels, a multiple of the register's lanes.
///
/// # Safety
/// The rows and columns that [`Source`] says exist can be read, those that [`Target`] says are written can be written,
/// each for `len` numbers, and so far reach the pointers of its [`Finish`].
pub(crate) type Kernel = unsafe fn(Source, Target, len: usize);

#[inline(always)]
unsafe fn transform<T: Matrix<N, M>, S: Simd, const N: usize, const M: usize, const IS_LAST: bool>(
    from: Source,
    to: Target,
    len: usize,
) {
    let (mut rows, mut columns) = ([false; N], [false; N]);
    for i in 0..N {
        (rows[i], columns[i]) = (from.rows.contains(&i), from.columns.contains(&i));
    }
    for lane in (0..len).step_by(S::LANES) {
        unsafe {
            let mut half = [[S::zero(); M]; N];
            for_rows!(N, I, {
                if rows[I] {
                    let row = from.start.wrapping_add(I * from.steps[0] + lane);
                    let mut x = [S::zero(); N];
                    for_rows!(N, J, {
                        x[J] = S::load_if(columns[J], row.wrapping_add(J * from.steps[1]));
                    });
                    half[I] = T::apply(x);
                }
            });
            let bias = if to.finish.bias.is_null() { S::zero() } else { S::load(to.finish.bias.add(lane)) };
            for_rows!(M, J, {
                let mut x = [S::zero(); N];
                for_rows!(N, I, {
                    x[I] = half[I][J];
                });
                let column = T::apply(x);
                for_rows!(M, I, {
                    let at = I * to.steps[0] + J * to.steps[1] + lane;
                    if !IS_LAST {
                        column[I].store(to.start.add(at));
                    } else if I < to.rows && J < to.columns {
                        let mut y = column[I].add(bias);
                        if !to.finish.add.is_null() {
                            y = y.add(S::load(to.finish.add.add(at)));
                        }
                        if to.finish.relu {
                            y = y.relu();
                        }
                        y.store(to.start.add(at));
                    }
                });
            });
        }
    }
}

/// The kernels of one instruction set.
pub(crate) struct Transforms {
    pub patch: Kernel,
    pub filter: Kernel,
    pub output: Kernel,
    pub output_gradient: Kernel,
    pub filter_gradient: Kernel,
}

macro_rules! kernel {
    ($matrix:ty, $n:literal, $m:literal, $is_last:literal, $lane:ty, ()) => {{
        unsafe fn kernel(from: Source, to: Target, len: usize) {
            unsafe { transform::<$matrix, $lane, $n, $m, $is_last>(from, to, len) }
        }
        kernel
    }};
    ($matrix:ty, $n:literal, $m:literal, $is_last:literal, $lane:ty, ($features:literal)) => {{
        #[target_feature(enable = $features)]
        unsafe fn kernel(from: Source, to: Target, len: usize) {
            unsafe { transform::<$matrix, $lane, $n, $m, $is_last>(from, to, len) }
        }
        kernel
    }};
}

macro_rules! transforms {
    ($name:ident, $lane:ty, $features:tt) => {
        static $name: Transforms = Transforms {
            patch: kernel!(Patch, 6, 6, false, $lane, $features),
            filter: kernel!(Filter, 3, 6, false, $lane, $features),
            output: kernel!(Output, 6, 4, true, $lane, $features),
            output_gradient: kernel!(OutputGradient, 4, 6, false, $lane, $features),
            filter_gradient: kernel!(FilterGradient, 6, 3, false, $lane, $features),
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
