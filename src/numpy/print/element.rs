/*!
The element types of arrays that can be printed as NumPy prints them: booleans, integers and floats.

Complex numbers and strings are not supported.
*/

use super::legacy_float::LegacyFloat;
use super::modern_float::ModernFloat;
use super::{Legacy, PrintOptions, Sign, scalar};
use crate::numpy::Float;
use ndarray::ArrayViewD;

/// A function that formats one entry of an array, padded to the common width.
pub type Formatter<A> = Box<dyn Fn(A) -> String>;

/// A type whose arrays and values print as NumPy's.
pub trait Element: Copy {
    /// The formatter of an array of which the entries `visible` are printed.
    fn formatter(visible: &[Self], options: &PrintOptions) -> Formatter<Self>;

    /// An array's text. Each type says it by itself, so that it is compiled with this crate and not with every notebook cell
    /// that prints an array.
    fn array(a: &ArrayViewD<'_, Self>, options: &PrintOptions) -> String;

    /// The value alone, as NumPy 1.14 and later print it.
    fn scalar(self) -> String;

    /// The value alone, as NumPy 1.13 and earlier print it.
    fn scalar_legacy(self) -> String;

    /// The value in an array of no dimensions.
    fn zero_dimensional(self, _options: &PrintOptions) -> String {
        self.scalar()
    }
}

impl Element for bool {
    fn formatter(_: &[Self], _: &PrintOptions) -> Formatter<Self> {
        Box::new(|x| if x { " True" } else { "False" }.to_owned())
    }

    fn array(a: &ArrayViewD<'_, Self>, options: &PrintOptions) -> String {
        super::array_text(a, options)
    }

    fn scalar(self) -> String {
        if self { "True" } else { "False" }.to_owned()
    }

    fn scalar_legacy(self) -> String {
        self.scalar()
    }
}

macro_rules! integers {
    ($($integer:ty)*) => {$(
        impl Element for $integer {
            fn formatter(visible: &[Self], options: &PrintOptions) -> Formatter<Self> {
                let negative = visible.iter().any(|x| x.to_string().starts_with('-'));
                let sign = match options.sign {
                    _ if options.legacy == Some(Legacy::V1_13) => "",
                    Sign::Plus => "+",
                    Sign::Space if !negative => " ",
                    Sign::Space | Sign::Minus => "",
                };
                let text = move |x: $integer| {
                    let digits = x.to_string();
                    if digits.starts_with('-') { digits } else { format!("{sign}{digits}") }
                };
                let width = visible.iter().map(|&x| text(x).len()).max().unwrap_or(0);
                Box::new(move |x| format!("{:>width$}", text(x)))
            }

            fn array(a: &ArrayViewD<'_, Self>, options: &PrintOptions) -> String {
                super::array_text(a, options)
            }

            fn scalar(self) -> String {
                self.to_string()
            }

            fn scalar_legacy(self) -> String {
                self.to_string()
            }
        }
    )*};
}

integers!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

macro_rules! floats {
    ($($float:ty, $digits:literal;)*) => {$(
        impl Element for $float {
            fn formatter(visible: &[Self], options: &PrintOptions) -> Formatter<Self> {
                if options.legacy == Some(Legacy::V1_13) {
                    let visible: Vec<f64> = visible.iter().map(|x| x.to_f64()).collect();
                    let ratio = |largest: f64, smallest: f64| (largest as $float / smallest as $float).to_f64();
                    let float = LegacyFloat::new(&visible, ratio, options);
                    Box::new(move |x| float.format(x.to_f64()))
                } else {
                    let float = ModernFloat::new(visible, options);
                    Box::new(move |x| float.format(x))
                }
            }

            fn array(a: &ArrayViewD<'_, Self>, options: &PrintOptions) -> String {
                super::array_text(a, options)
            }

            fn scalar(self) -> String {
                scalar::shortest(self)
            }

            fn scalar_legacy(self) -> String {
                scalar::significant(self.to_f64(), $digits)
            }

            fn zero_dimensional(self, options: &PrintOptions) -> String {
                // NumPy 1.13 converted the value to a Python float, which is a double.
                if options.legacy == Some(Legacy::V1_13) { self.to_f64().scalar() } else { self.scalar() }
            }
        }
    )*};
}

// FLOATPREC_STR and DOUBLEPREC_STR of NumPy 1.13's scalartypes.c.src.
floats! {
    f32, 6;
    f64, 12;
}
