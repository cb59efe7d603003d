/*!
Which vector instructions the fast kernels use: chosen when the program runs, never when it is compiled.

Results do not depend on it except for the rounding inside matrix products, where AVX2 and AVX-512 fuse the
multiplication with the addition and the portable code does not.
*/

/// A set of instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Isa {
    /// What every processor of the architecture has.
    Portable,
    /// x86-64 with AVX2 and FMA: 16 registers of 8 elements.
    Avx2,
    /// x86-64 with AVX-512 F, VL, DQ and BW: 32 registers of 16 elements.
    Avx512,
}

impl Isa {
    /// The best set that this processor has.
    pub fn detect() -> Self {
        [Isa::Avx512, Isa::Avx2].into_iter().find(|isa| isa.is_available()).unwrap_or(Isa::Portable)
    }

    /// Whether this processor has it.
    pub fn is_available(self) -> bool {
        #[cfg(target_arch = "x86_64")]
        {
            let avx2 = || std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma");
            let avx512 = || {
                std::is_x86_feature_detected!("avx512f")
                    && std::is_x86_feature_detected!("avx512vl")
                    && std::is_x86_feature_detected!("avx512dq")
                    && std::is_x86_feature_detected!("avx512bw")
            };
            match self {
                Isa::Portable => true,
                Isa::Avx2 => avx2(),
                Isa::Avx512 => avx2() && avx512(),
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            self == Isa::Portable
        }
    }

    /// Every set that this processor has, the portable one first.
    pub fn all_available() -> impl Iterator<Item = Isa> {
        [Isa::Portable, Isa::Avx2, Isa::Avx512].into_iter().filter(|isa| isa.is_available())
    }
}

/// Defines a function whose body is compiled once for each instruction set, and that picks one by its first argument.
///
/// The compiler vectorises the plain loops of the body for that set. It never fuses a multiplication with an addition
/// by itself, so all versions return the same bits.
macro_rules! for_each_isa {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $ty:ty),* $(,)?) $(-> $ret:ty)? $body:block) => {
        $(#[$meta])*
        $vis fn $name(isa: $crate::graph::kernels::fast::Isa, $($arg: $ty),*) $(-> $ret)? {
            #[inline(always)]
            #[allow(clippy::too_many_arguments)]
            fn body($($arg: $ty),*) $(-> $ret)? $body

            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2")]
                #[allow(clippy::too_many_arguments)]
                fn avx2($($arg: $ty),*) $(-> $ret)? {
                    body($($arg),*)
                }
                #[target_feature(enable = "avx2,avx512f,avx512vl,avx512dq,avx512bw")]
                #[allow(clippy::too_many_arguments)]
                fn avx512($($arg: $ty),*) $(-> $ret)? {
                    body($($arg),*)
                }
                match isa {
                    $crate::graph::kernels::fast::Isa::Portable => body($($arg),*),
                    // SAFETY: a workspace only holds an instruction set that the processor has.
                    $crate::graph::kernels::fast::Isa::Avx2 => unsafe { avx2($($arg),*) },
                    // SAFETY: as above.
                    $crate::graph::kernels::fast::Isa::Avx512 => unsafe { avx512($($arg),*) },
                }
            }
            #[cfg(not(target_arch = "x86_64"))]
            {
                let _ = isa;
                body($($arg),*)
            }
        }
    };
}

pub(crate) use for_each_isa;
