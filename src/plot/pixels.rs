/*!
Arrays of any number type as rows of pixels, and pixels as a PNG inside an SVG.

Image files are read and written in [`crate::images`].
*/

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use ndarray::{ArrayBase, Data, Ix2, Ix3};
use plotters::style::RGBColor;

use super::axis::fraction;
use super::colors::Colors;

/// A number that can be drawn.
pub trait Value: Copy {
    /// The number as f64; false is 0 and true is 1.
    fn to_f64(self) -> f64;
    /// The value of white: 1 for floating-point numbers and `bool`, 255 for integers.
    const WHITE: f64 = 1.0;
}

macro_rules! values {
    ($($kind:ty, $white:expr;)*) => { $(
        impl Value for $kind {
            fn to_f64(self) -> f64 { self as f64 }
            const WHITE: f64 = $white;
        }
    )* };
}
values! { f64, 1.0; f32, 1.0; u8, 255.0; i32, 255.0; i64, 255.0; u32, 255.0; usize, 255.0; }

impl Value for bool {
    fn to_f64(self) -> f64 {
        f64::from(u8::from(self))
    }
}

/// An array that is an image: (n_h, n_w) or (n_h, n_w, 1) grey, or (n_h, n_w, 3) red, green, blue.
pub trait Pixels {
    /// The image's values, row by row.
    fn raster(&self) -> Raster;
}

/// An image's values as numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Raster {
    pub(super) n_h: usize,
    pub(super) n_w: usize,
    pub(super) n_c: usize,
    pub(super) values: Vec<f64>,
    pub(super) white: f64,
}

impl<S: Data<Elem = T>, T: Value> Pixels for ArrayBase<S, Ix2> {
    fn raster(&self) -> Raster {
        let (n_h, n_w) = self.dim();
        Raster { n_h, n_w, n_c: 1, values: self.iter().map(|v| v.to_f64()).collect(), white: T::WHITE }
    }
}

impl<S: Data<Elem = T>, T: Value> Pixels for ArrayBase<S, Ix3> {
    #[track_caller]
    fn raster(&self) -> Raster {
        let (n_h, n_w, n_c) = self.dim();
        assert!(
            n_c == 1 || n_c == 3,
            "expected an image with 1 or 3 channels, (n_h, n_w, 1) or (n_h, n_w, 3), got shape {:?}\n\
             help: pick one channel with .index_axis(Axis(2), channel)",
            self.dim()
        );
        Raster { n_h, n_w, n_c, values: self.iter().map(|v| v.to_f64()).collect(), white: T::WHITE }
    }
}

impl Raster {
    /// The smallest and the largest finite value.
    pub(super) fn extremes(&self) -> (f64, f64) {
        extremes(self.values.iter().copied())
    }

    /// The image as an SVG `<image>` of `width` by `height` pixels with its top left corner at `x`, `y`.
    pub(super) fn to_image_tag(
        &self,
        (x, y): (i32, i32),
        (width, height): (u32, u32),
        mapping: ColorMapping,
    ) -> String {
        // Some viewers interpolate when they enlarge, so small images are enlarged here; PNG compresses them well.
        let factor = if self.n_w <= 24 { (width as usize / self.n_w).max(1) } else { 1 };
        let png = self.enlarged(factor).to_png(mapping);
        format!(
            "<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" preserveAspectRatio=\"none\" \
             style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{}\"/>",
            STANDARD.encode(png)
        )
    }

    /// Every pixel as a square of `factor` by `factor` pixels.
    fn enlarged(&self, factor: usize) -> Raster {
        let (n_h, n_w, n_c) = (self.n_h * factor, self.n_w * factor, self.n_c);
        let source = |row: usize, column: usize| ((row / factor) * self.n_w + column / factor) * n_c;
        let values = (0..n_h)
            .flat_map(|row| (0..n_w).map(move |column| source(row, column)))
            .flat_map(|start| self.values[start..start + n_c].iter().copied())
            .collect();
        Raster { n_h, n_w, n_c, values, white: self.white }
    }

    fn to_png(&self, ColorMapping { colors, range }: ColorMapping) -> Vec<u8> {
        let level = |v: &f64| (fraction(*v, range).clamp(0.0, 1.0) * 255.0).round() as u8;
        let (bytes, color_type): (Vec<u8>, _) = match (self.n_c, colors) {
            (3, _) => (self.values.iter().map(level).collect(), ExtendedColorType::Rgb8),
            (_, Colors::Gray) => (self.values.iter().map(level).collect(), ExtendedColorType::L8),
            _ => {
                // 48 shades look like a continuous scale, and a PNG of few colours is half as large.
                let rgb = |&v: &f64| {
                    let RGBColor(r, g, b) = colors.at((fraction(v, range) * 48.0).round() / 48.0);
                    [r, g, b]
                };
                (self.values.iter().flat_map(rgb).collect(), ExtendedColorType::Rgb8)
            }
        };
        let mut png = Vec::new();
        PngEncoder::new_with_quality(&mut png, CompressionType::Best, FilterType::Adaptive)
            .write_image(&bytes, self.n_w as u32, self.n_h as u32, color_type)
            .expect("encoding a PNG into memory");
        png
    }
}

/// The smallest and the largest finite number of `values`; (0, 0) when there is none.
pub(super) fn extremes(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values
        .filter(|v| v.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if low <= high { (low, high) } else { (0.0, 0.0) }
}

/// How a raster's values are mapped to colours: RGB images use only the range.
#[derive(Debug, Clone, Copy)]
pub(super) struct ColorMapping {
    pub(super) colors: Colors,
    pub(super) range: (f64, f64),
}
