/*!
The two floating-point types that NumPy's sums and prints are written for here.

Not a general trait for floats: only what those few algorithms need.
*/

use std::fmt::{Debug, Display, LowerExp};
use std::ops::{Add, Div, Mul, Neg};
use std::str::FromStr;

/// `f32` or `f64`.
pub trait Float:
    Copy
    + PartialOrd
    + Debug
    + Display
    + LowerExp
    + FromStr
    + Add<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + sealed::Sealed
    + 'static
{
    /// 0.
    const ZERO: Self;
    /// Decimal digits that always survive (`np.finfo(dtype).precision`).
    const PRECISION: i32;
    /// From here on NumPy prints a number on its own in scientific notation.
    const SCIENTIFIC_FROM: f64;

    /// The value in double precision, exactly.
    fn to_f64(self) -> f64;

    /// The nearest value of this type.
    fn from_f64(x: f64) -> Self;
}

impl Float for f32 {
    const ZERO: Self = 0.0;
    const PRECISION: i32 = 6;
    const SCIENTIFIC_FROM: f64 = 1e6;

    fn to_f64(self) -> f64 {
        f64::from(self)
    }

    fn from_f64(x: f64) -> Self {
        x as f32
    }
}

impl Float for f64 {
    const ZERO: Self = 0.0;
    const PRECISION: i32 = 15;
    const SCIENTIFIC_FROM: f64 = 1e16;

    fn to_f64(self) -> f64 {
        self
    }

    fn from_f64(x: f64) -> Self {
        x
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}
