/*!
Colormaps for numbers and a palette for categories.

All of them can be read with colour blindness; none contrasts red with green.
*/

use plotters::style::RGBColor;
use plotters::style::colors::colormaps::{ColorMap, DerivedColorMap, ViridisRGB};

use super::axis::fraction;

/// Eight colours for categories, in the order of use, from M. Okabe and K. Ito, "Color Universal Design" (2008); black
/// is last, because text and frames are black already.
pub const CATEGORIES: [(u8, u8, u8); 8] = [
    (0x00, 0x72, 0xB2), // blue
    (0xD5, 0x5E, 0x00), // vermilion
    (0x00, 0x9E, 0x73), // bluish green
    (0xCC, 0x79, 0xA7), // reddish purple
    (0xE6, 0x9F, 0x00), // orange
    (0x56, 0xB4, 0xE9), // sky blue
    (0xF0, 0xE4, 0x42), // yellow
    (0x00, 0x00, 0x00), // black
];

/// A colormap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colors {
    /// Black for the smallest value, white for the largest.
    Gray,
    /// Dark violet for the smallest, yellow for the largest; for magnitudes.
    Viridis,
    /// Blue below zero, white at zero, orange above; for signed values. The range is symmetric about zero.
    Signed,
    /// All cells white.
    Plain,
}

impl Colors {
    /// The range of values that the colormap spans, for data between `min` and `max`.
    pub(super) fn range(self, min: f64, max: f64) -> (f64, f64) {
        match self {
            Colors::Signed => {
                let largest = min.abs().max(max.abs());
                (-largest, largest)
            }
            _ => (min, max),
        }
    }

    /// The colour of `value` where the colormap spans `range`; NaN is mid-grey.
    pub(super) fn of(self, value: f64, range: (f64, f64)) -> RGBColor {
        self.at(fraction(value, range))
    }

    /// The colour at this fraction of the range.
    pub(super) fn at(self, fraction: f64) -> RGBColor {
        if fraction.is_nan() {
            return RGBColor(150, 150, 150);
        }
        let t = fraction.clamp(0.0, 1.0);
        match self {
            Colors::Gray => {
                let level = (t * 255.0).round() as u8;
                RGBColor(level, level, level)
            }
            Colors::Viridis => ViridisRGB.get_color(t),
            Colors::Signed => DerivedColorMap::new(&[
                RGBColor(0x00, 0x5B, 0x96),
                RGBColor(0x7F, 0xB8, 0xDC),
                RGBColor(0xFF, 0xFF, 0xFF),
                RGBColor(0xF2, 0xB0, 0x70),
                RGBColor(0xC2, 0x52, 0x00),
            ])
            .get_color(t),
            Colors::Plain => RGBColor(255, 255, 255),
        }
    }
}

/// The colour of the category with this index; they repeat after the eighth.
pub(super) fn category(index: usize) -> RGBColor {
    let (r, g, b) = CATEGORIES[index % CATEGORIES.len()];
    RGBColor(r, g, b)
}

/// Black or white, whichever has more contrast with `background` (the luma of ITU-R BT.601).
pub(super) fn text_color(background: RGBColor) -> RGBColor {
    let RGBColor(r, g, b) = background;
    let luma = 0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b);
    if luma > 140.0 { RGBColor(0, 0, 0) } else { RGBColor(255, 255, 255) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_white_among_signs_whatever_the_range() {
        let range = Colors::Signed.range(-1.0, 7.0);
        assert_eq!(Colors::Signed.of(0.0, range), RGBColor(255, 255, 255));
    }

    #[test]
    fn the_ends_of_gray_are_black_and_white() {
        assert_eq!(Colors::Gray.of(-3.0, (-3.0, 5.0)), RGBColor(0, 0, 0));
        assert_eq!(Colors::Gray.of(9.0, (-3.0, 5.0)), RGBColor(255, 255, 255));
        assert_eq!(text_color(RGBColor(255, 255, 255)), RGBColor(0, 0, 0));
    }
}
