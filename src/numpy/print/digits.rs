/*!
The decimal digits of one number: the shortest that parse back to it, or as many as fit.

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
        let shortest = Self::shortest(x).without_exponent();
        let exact = || Self::split(&format!("{:.precision$}", abs(x)), None);
        if shortest.fraction.len() <= precision { shortest } else { exact() }
    }

    /// The shortest digits of |x| in scientific notation, rounded to at most `precision` after the point.
    pub(super) fn scientific<A: Float>(x: A, precision: usize) -> Self {
        let shortest = Self::shortest(x);
        if shortest.fraction.len() <= precision { shortest } else { Self::exact(x, precision) }
    }

    /// The digits of |x| in scientific notation, `precision` of them after the point: the shortest if they are so many,
    /// else those of its exact value, which go on where the shortest end.
    ///
    /// DIFFERENCE: NumPy 1.14 padded the shortest digits with zeros.
    pub(super) fn scientific_padded<A: Float>(x: A, precision: usize) -> Self {
        let shortest = Self::shortest(x);
        if shortest.fraction.len() == precision { shortest } else { Self::exact(x, precision) }
    }

    /// The shortest digits that parse back to |x|, in scientific notation.
    ///
    /// When |x| lies right between two of that length, NumPy takes the even one and Rust the upper one. Rounding the
    /// exact value, which Rust does to even, gives NumPy's; but below a power of two, where floats lie closer, that may
    /// give another float, and then Rust's digits are used.
    fn shortest<A: Float>(x: A) -> Self {
        let shortest = Self::split_exponent(&format!("{:e}", abs(x)));
        let rounded = format!("{:.1$e}", abs(x), shortest.fraction.len());
        if rounded.parse().is_ok_and(|y: A| y == abs(x)) { Self::split_exponent(&rounded) } else { shortest }
    }

    /// The digits of |x|'s exact value in scientific notation, rounded to `precision` after the point.
    fn exact<A: Float>(x: A, precision: usize) -> Self {
        Self::split_exponent(&format!("{:.precision$e}", abs(x)))
    }

    /// Splits `1.5e-7` into its digits and its exponent.
    fn split_exponent(text: &str) -> Self {
        let (mantissa, exponent) = text.split_once('e').expect("scientific notation has an exponent");
        Self::split(mantissa, exponent.parse().ok())
    }

    /// The same number in positional notation.
    fn without_exponent(self) -> Self {
        let digits = self.whole + &self.fraction;
        let point = self.exponent.unwrap_or(0) + 1; // digits before the point; negative if zeros follow it
        let zeros = |n: i32| "0".repeat(n.max(0) as usize);
        if point <= 0 {
            return Self::split(&format!("0.{}{digits}", zeros(-point)), None);
        }
        let padded = format!("{digits}{}", zeros(point - digits.len() as i32));
        let (whole, fraction) = padded.split_at(point as usize);
        Self::split(&format!("{whole}.{fraction}"), None)
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

/// Whether a minus is printed; a negative zero has one.
pub(super) fn is_negative<A: Float>(x: A) -> bool {
    x.to_f64().is_sign_negative()
}

/// |x|, exactly.
pub(super) fn abs<A: Float>(x: A) -> A {
    if is_negative(x) { -x } else { x }
}
