/*!
Formatting of a float array since NumPy 1.14: shortest digits, padded to a common width.

NumPy's `FloatingFormat` with its default `floatmode='maxprec'`; the other modes are not supported.
*/

use super::digits::{Digits, abs, exponent, is_negative};
use super::{Legacy, PrintOptions, Sign};
use crate::numpy::Float;

/// How every entry of one array is printed.
pub(super) struct ModernFloat {
    sign: Sign,
    /// Most decimals; in scientific notation every entry has exactly so many.
    precision: usize,
    /// Digits of the exponent, if numbers are printed in scientific notation.
    exponent_digits: Option<usize>,
    /// Characters before the point, the sign included.
    pad_left: usize,
    /// Characters after the point.
    pad_right: usize,
}

impl ModernFloat {
    /// Chooses notation, precision and width for the entries that are printed.
    pub(super) fn new<A: Float>(visible: &[A], options: &PrintOptions) -> Self {
        let finite: Vec<A> = visible.iter().copied().filter(|x| x.to_f64().is_finite()).collect();
        let sign = options.sign;
        let mut format = Self { sign, precision: options.precision, exponent_digits: None, pad_left: 0, pad_right: 0 };
        if needs_exponent(&finite, options) {
            let digits: Vec<Digits> = finite.iter().map(|&x| Digits::scientific(x, options.precision)).collect();
            let exponents = digits.iter().filter_map(|d| d.exponent).map(|e| exponent(e, 2).len() - 2);
            let exponent_digits = exponents.max().expect("scientific notation needs a number that is not zero");
            format.precision = digits.iter().map(|d| d.fraction.len()).max().unwrap_or(0);
            format.exponent_digits = Some(exponent_digits);
            format.pad_left = finite.iter().map(|&x| 1 + format.sign_of(x).len()).max().unwrap_or(0);
            format.pad_right = format.precision + 2 + exponent_digits;
        } else {
            for &x in &finite {
                let digits = Digits::positional(x, options.precision);
                format.pad_left = format.pad_left.max(digits.whole.len() + format.sign_of(x).len());
                format.pad_right = format.pad_right.max(digits.fraction.len());
            }
        }
        if sign == Sign::Space && !finite.iter().any(|&x| is_negative(x)) {
            format.pad_left += 1;
        }
        if finite.len() < visible.len() {
            let negative_infinity = visible.iter().any(|x| x.to_f64() == f64::NEG_INFINITY);
            let longest = "inf".len() + usize::from(sign != Sign::Minus || negative_infinity);
            format.pad_left = format.pad_left.max(longest.saturating_sub(format.pad_right + 1));
        }
        format
    }

    /// One entry, padded to the common width.
    pub(super) fn format<A: Float>(&self, x: A) -> String {
        let value = x.to_f64();
        if !value.is_finite() {
            let text = if value.is_nan() { "nan" } else { "inf" };
            let sign = match value {
                value if value.is_nan() || value > 0.0 => {
                    if self.sign == Sign::Plus {
                        "+"
                    } else {
                        ""
                    }
                }
                _ => "-",
            };
            let width = self.pad_left + self.pad_right + 1;
            return format!("{:>width$}", format!("{sign}{text}"));
        }
        let Self { precision, pad_left, pad_right, .. } = *self;
        let sign = self.sign_of(x);
        match self.exponent_digits {
            Some(exponent_digits) => {
                let digits = Digits::scientific_padded(x, precision);
                let exponent = exponent(digits.exponent.unwrap_or(0), exponent_digits);
                let whole = format!("{sign}{}", digits.whole);
                format!("{whole:>pad_left$}.{:0<precision$}{exponent}", digits.fraction)
            }
            None => {
                let digits = Digits::positional(x, precision);
                let whole = format!("{sign}{}", digits.whole);
                format!("{whole:>pad_left$}.{:<pad_right$}", digits.fraction)
            }
        }
    }

    fn sign_of<A: Float>(&self, x: A) -> &'static str {
        match self.sign {
            _ if is_negative(x) => "-",
            Sign::Plus => "+",
            Sign::Minus | Sign::Space => "",
        }
    }
}

/// Whether the numbers are too large, too small or too far apart to be read in positional notation.
fn needs_exponent<A: Float>(finite: &[A], options: &PrintOptions) -> bool {
    let magnitudes = || finite.iter().map(|&x| abs(x)).filter(|&x| x > A::ZERO);
    let Some(largest) = magnitudes().reduce(|a, b| if b > a { b } else { a }) else { return false };
    let smallest = magnitudes().reduce(|a, b| if b < a { b } else { a }).unwrap_or(largest);
    // Since NumPy 2.3 the threshold depends on the precision of the type.
    let digits = if options.legacy.is_some_and(|legacy| legacy <= Legacy::V2_2) { 8 } else { A::PRECISION.min(8) };
    largest >= A::from_f64(10f64.powi(digits))
        || (!options.suppress_small && (smallest < A::from_f64(0.0001) || largest / smallest > A::from_f64(1000.0)))
}
