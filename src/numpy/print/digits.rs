/*!
The decimal digits of one number: the fewest that tell it apart, or as many as fit.

The digits themselves come from Rust's formatting, which finds the shortest digits and rounds exactly; here they are
cut, padded and given a sign and an exponent as NumPy does (its `dragon4`).
*/

use crate::numpy::Float;

/// A number without its sign: the digits before the point, those after it, and the decimal exponent if there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Digits {
    pub(super) whole: String,
    pub(super) fraction: String,
    pub(super) exponent: Option<i32>,
}

impl Digits {
    /// The shortest digits of |x| in positional notation, rounded to at most `precision` after the point.
    pub(super) fn positional<A: Float>(x: A, precision: usize) -> Self {
        let x = abs(x);
        let shortest = Self::split(&format!("{x}"), None);
        if shortest.fraction.len() <= precision { shortest } else { Self::split(&format!("{x:.precision$}"), None) }
    }

    /// The shortest digits of |x| in scientific notation, rounded to at most `precision` after the point.
    pub(super) fn scientific<A: Float>(x: A, precision: usize) -> Self {
        let x = abs(x);
        let split = |text: String| {
            let (mantissa, exponent) = text.split_once('e').expect("scientific notation has an exponent");
            Self::split(mantissa, exponent.parse().ok())
        };
        let shortest = split(format!("{x:e}"));
        if shortest.fraction.len() <= precision { shortest } else { split(format!("{x:.precision$e}")) }
    }

    /// Splits at the point and drops the zeros at the end.
    fn split(text: &str, exponent: Option<i32>) -> Self {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        Self { whole: whole.to_owned(), fraction: fraction.trim_end_matches('0').to_owned(), exponent }
    }
}

/// An exponent as C prints it: a sign and at least `digits` digits.
pub(super) fn exponent(exponent: i32, digits: usize) -> String {
    format!("e{}{:0digits$}", if exponent < 0 { '-' } else { '+' }, exponent.unsigned_abs())
}

/// Whether a minus is printed: zero has a sign as well.
pub(super) fn is_negative<A: Float>(x: A) -> bool {
    x.to_f64().is_sign_negative()
}

/// |x|, exactly.
pub(super) fn abs<A: Float>(x: A) -> A {
    if is_negative(x) { -x } else { x }
}
