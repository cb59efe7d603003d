/*!
Vectors of `f32` as the micro-kernels need them: load, store, broadcast, multiply-add.

It is not a general vector library: loops without a matrix product are left to the compiler's own vectoriser.
*/

/// A vector register of `LANES` elements.
///
/// # Safety
/// The methods must only run on a processor that has the instructions, inside a function that enables them.
pub(crate) trait Simd: Copy {
    /// Elements of a register.
    const LANES: usize;
    /// All lanes zero.
    unsafe fn zero() -> Self;
    /// All lanes `*p`.
    unsafe fn splat(p: *const f32) -> Self;
    /// The lanes from `p` on, at any alignment.
    unsafe fn load(p: *const f32) -> Self;
    /// As [`Simd::load`] if `there`; otherwise zeros, and `p` may point anywhere.
    unsafe fn load_if(there: bool, p: *const f32) -> Self;
    /// Writes the lanes from `p` on, at any alignment.
    unsafe fn store(self, p: *mut f32);
    /// `self + a b`, rounded once where the instructions can.
    unsafe fn mul_add(self, a: Self, b: Self) -> Self;
    /// `self + a`.
    unsafe fn add(self, a: Self) -> Self;
    /// `self - a`.
    unsafe fn sub(self, a: Self) -> Self;
    /// `self a`.
    unsafe fn mul(self, a: Self) -> Self;
    /// The larger of 0 and `self`, lane by lane; NaN stays.
    unsafe fn relu(self) -> Self;
}

/// Prefetches the cache line of `p`, which may be any address.
#[inline(always)]
pub(crate) fn prefetch(p: *const f32) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: prefetching has no effect but on the cache, wherever it points.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(p.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = p;
}

/// As [`prefetch`], for writing.
#[inline(always)]
pub(crate) fn prefetch_write(p: *const f32) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: as above.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_ET0 }>(p.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = p;
}

/// Four lanes in plain Rust; the compiler knows every architecture's vectors of that size.
#[derive(Clone, Copy)]
pub(crate) struct Portable4([f32; 4]);

impl Simd for Portable4 {
    const LANES: usize = 4;
    #[inline(always)]
    unsafe fn zero() -> Self {
        Portable4([0.0; 4])
    }
    #[inline(always)]
    unsafe fn splat(p: *const f32) -> Self {
        Portable4([unsafe { *p }; 4])
    }
    #[inline(always)]
    unsafe fn load(p: *const f32) -> Self {
        Portable4(unsafe { p.cast::<[f32; 4]>().read_unaligned() })
    }
    #[inline(always)]
    unsafe fn load_if(there: bool, p: *const f32) -> Self {
        if there { unsafe { Self::load(p) } } else { unsafe { Self::zero() } }
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut f32) {
        unsafe { p.cast::<[f32; 4]>().write_unaligned(self.0) }
    }
    #[inline(always)]
    unsafe fn mul_add(self, a: Self, b: Self) -> Self {
        let ([s0, s1, s2, s3], [a0, a1, a2, a3], [b0, b1, b2, b3]) = (self.0, a.0, b.0);
        Portable4([s0 + a0 * b0, s1 + a1 * b1, s2 + a2 * b2, s3 + a3 * b3])
    }
    #[inline(always)]
    unsafe fn add(self, a: Self) -> Self {
        let ([s0, s1, s2, s3], [a0, a1, a2, a3]) = (self.0, a.0);
        Portable4([s0 + a0, s1 + a1, s2 + a2, s3 + a3])
    }
    #[inline(always)]
    unsafe fn sub(self, a: Self) -> Self {
        let ([s0, s1, s2, s3], [a0, a1, a2, a3]) = (self.0, a.0);
        Portable4([s0 - a0, s1 - a1, s2 - a2, s3 - a3])
    }
    #[inline(always)]
    unsafe fn mul(self, a: Self) -> Self {
        let ([s0, s1, s2, s3], [a0, a1, a2, a3]) = (self.0, a.0);
        Portable4([s0 * a0, s1 * a1, s2 * a2, s3 * a3])
    }
    #[inline(always)]
    unsafe fn relu(self) -> Self {
        Portable4(self.0.map(|lane| if lane < 0.0 { 0.0 } else { lane }))
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::Simd;
    use std::arch::x86_64::*;

    #[inline(always)]
    unsafe fn load_if_256(there: bool, p: *const f32) -> __m256 {
        unsafe { _mm256_maskload_ps(p, _mm256_set1_epi32(-i32::from(there))) }
    }

    #[inline(always)]
    unsafe fn load_if_512(there: bool, p: *const f32) -> __m512 {
        unsafe { _mm512_maskz_loadu_ps(u16::from(there).wrapping_neg(), p) }
    }

    macro_rules! simd {
        ($type:ty, $lanes:expr, $zero:ident, $set1:ident, $load:ident, $load_if:ident, $store:ident, $fma:ident, $add:ident, $sub:ident, $mul:ident, $max:ident) => {
            impl Simd for $type {
                const LANES: usize = $lanes;
                #[inline(always)]
                unsafe fn zero() -> Self {
                    unsafe { $zero() }
                }
                #[inline(always)]
                unsafe fn splat(p: *const f32) -> Self {
                    unsafe { $set1(*p) }
                }
                #[inline(always)]
                unsafe fn load(p: *const f32) -> Self {
                    unsafe { $load(p) }
                }
                #[inline(always)]
                unsafe fn load_if(there: bool, p: *const f32) -> Self {
                    unsafe { $load_if(there, p) }
                }
                #[inline(always)]
                unsafe fn store(self, p: *mut f32) {
                    unsafe { $store(p, self) }
                }
                #[inline(always)]
                unsafe fn mul_add(self, a: Self, b: Self) -> Self {
                    unsafe { $fma(a, b, self) }
                }
                #[inline(always)]
                unsafe fn add(self, a: Self) -> Self {
                    unsafe { $add(self, a) }
                }
                #[inline(always)]
                unsafe fn sub(self, a: Self) -> Self {
                    unsafe { $sub(self, a) }
                }
                #[inline(always)]
                unsafe fn mul(self, a: Self) -> Self {
                    unsafe { $mul(self, a) }
                }
                #[inline(always)]
                unsafe fn relu(self) -> Self {
                    unsafe { $max($zero(), self) }
                }
            }
        };
    }

    simd!(
        __m256,
        8,
        _mm256_setzero_ps,
        _mm256_set1_ps,
        _mm256_loadu_ps,
        load_if_256,
        _mm256_storeu_ps,
        _mm256_fmadd_ps,
        _mm256_add_ps,
        _mm256_sub_ps,
        _mm256_mul_ps,
        _mm256_max_ps
    );
    simd!(
        __m512,
        16,
        _mm512_setzero_ps,
        _mm512_set1_ps,
        _mm512_loadu_ps,
        load_if_512,
        _mm512_storeu_ps,
        _mm512_fmadd_ps,
        _mm512_add_ps,
        _mm512_sub_ps,
        _mm512_mul_ps,
        _mm512_max_ps
    );
}
