/*!
Bar charts: each bar has its name and its value.
*/

use plotters::prelude::*;

use super::axis::fraction;
use super::colors::category;
use super::figure::{Drawing, Frame, figure_builder};
use super::matrix::number;
use super::pixels::extremes;
use super::{canvas, text};

/// Horizontal bars: names of any length stay readable.
///
/// ```
/// use cnn::plot;
/// let figure = plot::Bars::new([("fully connected", 14_450_688.0), ("convolution", 456.0)]).figure();
/// assert!(figure.to_svg().contains("convolution"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    bars: Vec<(String, f64)>,
    decimals: Option<usize>,
    frame: Frame,
}

impl Bars {
    /// A bar for each name and value, from the top.
    pub fn new(bars: impl IntoIterator<Item = (impl Into<String>, f64)>) -> Self {
        let bars = bars.into_iter().map(|(name, value)| (name.into(), value)).collect();
        Self { bars, decimals: None, frame: Frame::default() }
    }

    /// Digits after the point of the values; otherwise none for whole numbers and three for others.
    pub fn decimals(mut self, decimals: usize) -> Self {
        self.decimals = Some(decimals);
        self
    }

    fn drawing(&self) -> Drawing {
        let whole = self.bars.iter().all(|(_, value)| value.fract() == 0.0);
        let decimals = self.decimals.unwrap_or(if whole { 0 } else { 3 });
        let values: Vec<String> = self.bars.iter().map(|(_, value)| number(*value, decimals)).collect();
        let widest = |texts: &mut dyn Iterator<Item = &str>| {
            texts.map(|t| text::width(t, canvas::LABEL + 1)).max().unwrap_or(0) as i32
        };
        let names_width = widest(&mut self.bars.iter().map(|(name, _)| name.as_str())) + 10;
        let values_width = widest(&mut values.iter().map(String::as_str)) + 12;
        let length = 340;
        let pitch = 26;
        let (low, high) = extremes(self.bars.iter().map(|(_, value)| *value).chain([0.0]));
        // An infinite bar fills the figure; one that is not a number has no length.
        let along = |value: f64| match fraction(value, (low, high)) {
            place if high > low && !place.is_nan() => (place.clamp(0.0, 1.0) * f64::from(length)).round() as i32,
            _ if high > low => (fraction(0.0, (low, high)) * f64::from(length)).round() as i32,
            _ => 0,
        };
        let zero = names_width + along(0.0);
        let (width, height) = (names_width + length + values_width, pitch * self.bars.len() as i32 + 4);
        let body = canvas::draw((width as u32, height as u32), |area| {
            for (row, ((name, value), label)) in self.bars.iter().zip(&values).enumerate() {
                let y = 2 + pitch * row as i32;
                let end = names_width + along(*value);
                canvas::fill(area, zero.min(end)..zero.max(end), y + 4..y + pitch - 4, category(0));
                let style = canvas::font(canvas::LABEL + 1);
                canvas::text_right(area, name, (names_width - 6, y + pitch / 2), style.clone());
                canvas::text_left(area, label, (zero.max(end) + 6, y + pitch / 2), style);
            }
            canvas::line(area, &[(zero, 2), (zero, height - 2)], BLACK, 1);
        });
        Drawing { width: width as u32, height: height as u32, body, grid: None }
    }
}

figure_builder!(Bars);
