/*!
One axis of a chart: the range of its values, where each of them is drawn, and its ticks.

The axes of plotters are not used: near the ends of double precision their search for ticks takes steps that overflow or
underflow, and does not terminate. Here the number of ticks is bounded before the first one is computed.
*/

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

/// Values from `low` to `high`, both finite and `low < high`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    logarithmic: bool,
}

/// How far `value` lies on the way from `low` to `high`: 0 at `low`, 1 at `high`; the middle if there is no way.
pub(super) fn fraction(value: f64, (low, high): (f64, f64)) -> f64 {
    if value.is_nan() {
        f64::NAN
    } else if low >= high {
        0.5
    } else if (high - low).is_finite() {
        (value - low) / (high - low)
    } else {
        (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0)
    }
}

impl Axis {
    /// From the smallest to the largest value.
    pub(super) fn exact(low: f64, high: f64) -> Self {
        if high > low {
            return Self { low, high, logarithmic: false };
        }
        // A single value stands at the left end of one step, which is wide enough to be one in double precision.
        let step = 1.0_f64.max(low.abs() * 1e-3);
        if low > f64::MAX - step {
            Self { low: low - step, high: low, logarithmic: false }
        } else {
            Self { low, high: low + step, logarithmic: false }
        }
    }

    /// From a little below the smallest value to a little above the largest. Costs are not negative, so the axis of
    /// values that are not is not either.
    pub(super) fn linear(low: f64, high: f64) -> Self {
        let room = if high > low { 0.06 * high - 0.06 * low } else { 0.5_f64.max(low.abs() * 1e-3) };
        let floor = if low >= 0.0 { (low - room).max(0.0) } else { low - room };
        Self { low: floor.max(f64::MIN), high: (high + room).min(f64::MAX), logarithmic: false }
    }

    /// The same, on which equal factors are equal distances.
    ///
    /// Without a positive value (`high` is 0) it goes from 0.1 to 1.
    pub(super) fn logarithmic(low: f64, high: f64) -> Self {
        let (low, high) = if high > 0.0 { (low, high.max(low * 1.01)) } else { (0.1, 1.0) };
        let smallest = f64::from_bits(1);
        Self { low: (low / 1.1).max(smallest), high: (high * 1.1).min(f64::MAX), logarithmic: true }
    }

    /// How far `value` lies on the way along the axis, from 0 to 1.
    fn place(&self, value: f64) -> f64 {
        let place = if self.logarithmic {
            fraction(value.log10(), (self.low.log10(), self.high.log10()))
        } else {
            fraction(value, (self.low, self.high))
        };
        place.clamp(0.0, 1.0)
    }

    /// At most `most` round numbers on the axis, in ascending order.
    fn ticks(&self, most: usize) -> Vec<f64> {
        if most == 0 {
            return Vec::new();
        }
        if self.logarithmic {
            let powers = self.powers_of_ten(most);
            if powers.len() > 1 {
                return powers;
            }
        }
        for step in self.steps(most) {
            // A tick at the end of the axis may be computed as a little beyond it.
            let slack = 1e-6 * step;
            let first = (self.low / step - 1e-6).ceil();
            let on_axis = |tick: &f64| (self.low - slack..=self.high + slack).contains(tick) && tick.is_finite();
            let mut ticks: Vec<f64> = (0..=most).map(|i| (first + i as f64) * step).filter(on_axis).collect();
            if ticks.len() <= most && !ticks.is_empty() {
                ticks.dedup();
                return ticks;
            }
        }
        vec![self.low]
    }

    /// Candidates for the distance of two ticks, 1, 2 or 5 times a power of ten, from the one that gives most.
    fn steps(&self, most: usize) -> Vec<f64> {
        let smallest = self.high / most as f64 - self.low / most as f64;
        let exponent = if smallest > 0.0 { smallest.log10().floor() as i32 } else { -324 };
        // Parsed, because powers of ten that are computed are not exact, and 10^-320 would be one over infinity.
        let step = |exponent: i32, factor: u32| format!("{factor}e{exponent}").parse::<f64>();
        let steps = (exponent..exponent + 3).flat_map(|e| [1, 2, 5].map(|factor| step(e, factor).unwrap_or(0.0)));
        steps.filter(|step| *step >= smallest && *step > 0.0 && step.is_finite()).collect()
    }

    /// Powers of ten on the axis; every second, fifth, tenth … one if they are too many.
    fn powers_of_ten(&self, most: usize) -> Vec<f64> {
        let (first, last) = (self.low.log10().ceil() as i32, self.high.log10().floor() as i32);
        let count = |step: i32| last.div_euclid(step) - (first - 1).div_euclid(step);
        let step = [1, 2, 5, 10, 20, 50, 100, 200, 500].into_iter().find(|step| count(*step) <= most as i32);
        let step = step.unwrap_or(1000);
        let exponents = (first..=last).filter(|exponent| exponent % step == 0);
        exponents.filter_map(|exponent| format!("1e{exponent}").parse().ok()).filter(|power| *power > 0.0).collect()
    }

    /// The label of a tick: as many digits as neighbours differ in, at most eight.
    pub(super) fn label(&self, tick: f64, most: usize) -> String {
        if tick == 0.0 {
            return "0".to_owned();
        }
        let ticks = self.ticks(most);
        let largest = ticks.iter().fold(0.0_f64, |largest, tick| largest.max(tick.abs()));
        let distance = ticks.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min);
        let exponent = |value: f64| (value.abs().log10() + 1e-9).floor() as i32;
        let last_digit = if distance.is_finite() { exponent(distance) } else { exponent(tick) - 3 };
        let scale = if self.logarithmic { tick } else { largest };
        if (1e-3..1e6).contains(&scale) {
            let decimals = (-last_digit).clamp(0, 8) as usize;
            return without_zeros(&format!("{tick:.decimals$}")).to_owned();
        }
        let digits = (exponent(tick) - last_digit).clamp(0, 7) as usize;
        let text = format!("{tick:.digits$e}");
        let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
        format!("{}e{power}", without_zeros(mantissa))
    }
}

/// A decimal number without the zeros at its end that say nothing.
fn without_zeros(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let length = f64::from(limit.1 - limit.0);
        let along = length * self.place(*value);
        // Rounded towards the axis' start, past what rounding leaves of a whole pixel.
        limit.0 + if length > 0.0 { (along + 1e-3).floor() } else { (along - 1e-3).ceil() } as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        self.ticks(hint.max_num_points())
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

impl ValueFormatter<f64> for Axis {
    fn format(value: &f64) -> String {
        value.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The labels of an axis with up to six ticks.
    fn labels(axis: Axis) -> String {
        axis.ticks(6).into_iter().map(|tick| axis.label(tick, 6)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn ticks_are_round_numbers_with_as_many_digits_as_they_need() {
        for (low, high, expected) in [
            (0.0, 2.0, "0 0.5 1 1.5 2"),
            (0.13, 0.61, "0.2 0.3 0.4 0.5 0.6"),
            (-3.0, 3.0, "-2 0 2"),
            (0.83421, 0.83423, "0.83421 0.834215 0.83422 0.834225 0.83423"),
            (0.0, 1.6e-3, "0 0.0005 0.001 0.0015"),
            (0.0, 4e-7, "0 1e-7 2e-7 3e-7 4e-7"),
            (1.5e6, 2.5e6, "1.6e6 1.8e6 2e6 2.2e6 2.4e6"),
            (0.0, f64::MAX, "0 5e307 1e308 1.5e308"),
        ] {
            assert_eq!(labels(Axis::exact(low, high)), expected, "from {low} to {high}");
        }
    }

    #[test]
    fn logarithmic_ticks_are_powers_of_ten_where_there_are_two() {
        for (low, high, expected) in [
            (1e-3, 100.0, "0.001 0.01 0.1 1 10 100"),
            (1e-300, 1e300, "1e-200 1 1e200"),
            (2.0, 6.0, "2 3 4 5 6"),
            (1e-7, 0.5, "1e-6 1e-4 0.01"),
        ] {
            assert_eq!(labels(Axis::logarithmic(low, high)), expected, "from {low} to {high}");
        }
    }

    #[test]
    fn places_are_shares_of_the_axis_even_where_its_length_overflows() {
        let axis = Axis::exact(f64::MIN, f64::MAX);
        assert_eq!([f64::MIN, 0.0, f64::MAX].map(|value| axis.place(value)), [0.0, 0.5, 1.0]);
        let axis = Axis { low: 1e-300, high: 1e300, logarithmic: true };
        assert!((axis.place(1.0) - 0.5).abs() < 1e-12);
        assert!(fraction(f64::NAN, (0.0, 1.0)).is_nan());
    }
}
