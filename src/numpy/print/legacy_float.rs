/*!
Formatting of a float array up to NumPy 1.13: `precision` decimals in double precision, trailing zeros stripped.

A single-precision number is converted to `f64` first, so it can show digits beyond its precision: 1.2348977 is printed
as 1.23489773.
*/

use super::PrintOptions;
use super::digits::exponent;

/// How every entry of one array is printed: `FloatFormat` of NumPy 1.13's arrayprint.py.
pub(super) struct LegacyFloat {
    /// Decimals.
    precision: usize,
    /// Characters of an entry.
    width: usize,
    /// Whether numbers are printed in scientific notation.
    scientific: bool,
    /// Whether exponents are padded to three digits, because one may need them.
    large_exponent: bool,
}

impl LegacyFloat {
    /// Chooses notation, precision and width for the entries that are printed; `ratio` divides two entries in the
    /// array's precision.
    pub(super) fn new(visible: &[f64], ratio: impl Fn(f64, f64) -> f64, options: &PrintOptions) -> Self {
        let magnitudes: Vec<f64> = visible.iter().filter(|x| x.is_finite() && **x != 0.0).map(|x| x.abs()).collect();
        let largest = magnitudes.iter().copied().reduce(f64::max).unwrap_or(0.0);
        let smallest = magnitudes.iter().copied().reduce(f64::min).unwrap_or(0.0);
        let scientific = !magnitudes.is_empty()
            && (largest >= 1e8
                || (!options.suppress_small && (smallest < 0.0001 || ratio(largest, smallest) > 1000.0)));
        if scientific {
            let large_exponent = smallest < 1e-99 || largest >= 1e100;
            let width = 8 + options.precision + usize::from(large_exponent);
            return Self { precision: options.precision, width, scientific, large_exponent };
        }
        let precision = magnitudes.iter().map(|&x| n_decimals(x, options.precision)).max().unwrap_or(0);
        let mut width = format!("{:.0}", largest.trunc()).len() + precision + 2;
        if visible.iter().any(|x| !x.is_finite()) {
            width = width.max("-inf".len());
        }
        Self { precision, width, scientific, large_exponent: false }
    }

    /// One entry, padded to `width`.
    pub(super) fn format(&self, x: f64) -> String {
        let Self { precision, width, .. } = *self;
        if x.is_nan() {
            return format!("{:>width$}", "nan");
        }
        if x.is_infinite() {
            return format!("{:>width$}", if x > 0.0 { "inf" } else { "-inf" });
        }
        if self.scientific {
            let text = format!("{x:.precision$e}");
            let (mantissa, power) = text.split_once('e').expect("scientific notation has an exponent");
            let digits = if self.large_exponent { 3 } else { 2 };
            return format!("{:>width$}", format!("{mantissa}{}", exponent(power.parse().unwrap_or(0), digits)));
        }
        let mut text = format!("{x:.precision$}");
        if precision == 0 {
            text.push('.');
        }
        let text = format!("{text:>width$}");
        let length = text.len();
        format!("{:<length$}", text.trim_end_matches('0'))
    }
}

/// Decimals of `x`, rounded to `precision` of them, without trailing zeros.
fn n_decimals(x: f64, precision: usize) -> usize {
    match format!("{x:.precision$}").split_once('.') {
        Some((_, fraction)) => fraction.trim_end_matches('0').len(),
        None => 0,
    }
}
