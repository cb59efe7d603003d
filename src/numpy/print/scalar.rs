/*!
A single number, not in an array.

`str` of the current NumPy and of 1.13; `repr`, which adds the type's name, is not supported.
*/

use super::digits::{Digits, abs, exponent, is_negative};
use crate::numpy::Float;

/// The shortest digits that parse back to `x`: positional from 10⁻⁴ to 10¹⁶ (10⁶ in single precision), scientific
/// outside.
///
/// DIFFERENCE: before 2.3, NumPy went on to 10¹⁶ in single precision as well.
pub(super) fn shortest<A: Float>(x: A) -> String {
    let (sign, magnitude) = (if is_negative(x) { "-" } else { "" }, abs(x).to_f64());
    if magnitude.is_nan() {
        return "nan".to_owned();
    }
    if magnitude.is_infinite() {
        return format!("{sign}inf");
    }
    let is_positional = (1e-4..A::SCIENTIFIC_FROM).contains(&magnitude);
    if magnitude == 0.0 || is_positional {
        let Digits { whole, fraction, .. } = Digits::positional(x, usize::MAX);
        return format!("{sign}{whole}.{}", if fraction.is_empty() { "0" } else { &fraction });
    }
    let Digits { whole, fraction, exponent: power } = Digits::scientific(x, usize::MAX);
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}{}", exponent(power.unwrap_or(0), 2))
}

/// `x` with so many significant digits, as C's `%.12g` prints it, and `.0` after a whole number.
pub(super) fn significant(x: f64, digits: usize) -> String {
    if !x.is_finite() {
        return shortest(x);
    }
    let sign = if x.is_sign_negative() { "-" } else { "" };
    let rounded = format!("{:.*e}", digits - 1, x.abs());
    let (mantissa, power) = rounded.split_once('e').expect("scientific notation has an exponent");
    let power: i32 = power.parse().unwrap_or(0);
    if power < -4 || power >= digits as i32 {
        let mantissa =
            if mantissa.contains('.') { mantissa.trim_end_matches('0').trim_end_matches('.') } else { mantissa };
        return format!("{sign}{mantissa}{}", exponent(power, 2));
    }
    let decimals = (digits as i32 - 1 - power) as usize;
    let text = format!("{:.decimals$}", x.abs());
    match text.split_once('.') {
        Some((whole, fraction)) => {
            let fraction = fraction.trim_end_matches('0');
            format!("{sign}{whole}.{}", if fraction.is_empty() { "0" } else { fraction })
        }
        None => format!("{sign}{text}.0"),
    }
}
