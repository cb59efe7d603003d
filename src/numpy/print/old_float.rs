/*!
The columns of a float array up to NumPy 1.13: so many digits after the point in double precision, zeros stripped.

A single-precision number is widened first, so it shows digits that it does not have; that is how 1.2348977 came to be
printed as 1.23489773.
*/

use super::PrintOptions;
use super::digits::exponent;

/// How every entry of one array is printed: `FloatFormat` of NumPy 1.13's arrayprint.py.
pub(super) struct OldFloat {
    /// Digits after the point.
    precision: usize,
    /// Characters of an entry.
    width: usize,
    /// Whether numbers are printed in scientific notation.
    scientific: bool,
    /// Whether some exponent may have three digits; all of them are then given three.
    large_exponent: bool,
}

impl OldFloat {
    /// Looks at the entries that will be seen and settles on notation and width; `ratio` divides two of them in the
    /// precision of the array.
    pub(super) fn new(visible: &[f64], ratio: impl Fn(f64, f64) -> f64, options: &PrintOptions) -> Self {
        let sizes: Vec<f64> = visible.iter().filter(|x| x.is_finite() && **x != 0.0).map(|x| x.abs()).collect();
        let largest = sizes.iter().copied().reduce(f64::max).unwrap_or(0.0);
        let smallest = sizes.iter().copied().reduce(f64::min).unwrap_or(0.0);
        let scientific = !sizes.is_empty()
            && (largest >= 1e8
                || (!options.suppress_small && (smallest < 0.0001 || ratio(largest, smallest) > 1000.0)));
        if scientific {
            let large_exponent = smallest < 1e-99 || largest >= 1e100;
            let width = 8 + options.precision + usize::from(large_exponent);
            return Self { precision: options.precision, width, scientific, large_exponent };
        }
        let precision = sizes.iter().map(|&x| digits_after_point(x, options.precision)).max().unwrap_or(0);
        let mut width = format!("{:.0}", largest.trunc()).len() + precision + 2;
        if visible.iter().any(|x| !x.is_finite()) {
            width = width.max("-inf".len());
        }
        Self { precision, width, scientific, large_exponent: false }
    }

    /// One entry, as wide as its column.
    pub(super) fn word(&self, x: f64) -> String {
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

/// Digits after the point that remain of `x`, rounded to `precision`, when the zeros at its end are stripped.
fn digits_after_point(x: f64, precision: usize) -> usize {
    match format!("{x:.precision$}").split_once('.') {
        Some((_, fraction)) => fraction.trim_end_matches('0').len(),
        None => 0,
    }
}
