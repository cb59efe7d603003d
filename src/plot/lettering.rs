/*!
Text as outlines: the glyphs of a font that is part of the program, so that a PNG looks the same on every machine.

It breaks no lines and kerns no pairs. An SVG file does not need it: the viewer's font is used there.
*/

use tiny_skia::{Path, PathBuilder, Transform};
use ttf_parser::{Face, OutlineBuilder};

// DejaVu Sans, whose widths `text` reckons with. What is in these files, and their license, is beside them.
const REGULAR: &[u8] = include_bytes!("fonts/DejaVuSans.ttf");
const BOLD: &[u8] = include_bytes!("fonts/DejaVuSans-Bold.ttf");

/// A font at a size.
pub(super) struct Lettering {
    face: Face<'static>,
    /// Pixels in a unit of the font.
    scale: f32,
}

/// Turns the font's outlines into the painter's.
struct Pen(PathBuilder);

impl Lettering {
    /// The font, `size` pixels high.
    pub(super) fn new(size: f32, bold: bool) -> Self {
        let face = Face::parse(if bold { BOLD } else { REGULAR }, 0).expect("a font that is part of the program");
        let scale = size / f32::from(face.units_per_em());
        Self { face, scale }
    }

    /// The height of an x in pixels, SVG's unit `ex`.
    pub(super) fn ex(&self) -> f32 {
        // The font's tables do not say it, so the letter is measured.
        let x = self.face.glyph_index('x').and_then(|x| self.face.glyph_bounding_box(x)).expect("the font has an x");
        self.scale * f32::from(x.y_max)
    }

    /// The outline of `words`, which start at (0, 0) and stand on y = 0, and their width; none when there is no ink.
    ///
    /// A letter that the font lacks becomes a box.
    pub(super) fn outline(&self, words: &str) -> (Option<Path>, f32) {
        let mut all = PathBuilder::new();
        let mut width = 0.0;
        for letter in words.chars() {
            let glyph = self.face.glyph_index(letter).unwrap_or_default();
            let mut pen = Pen(PathBuilder::new());
            self.face.outline_glyph(glyph, &mut pen);
            // A font's y points upwards, a picture's down.
            let place = Transform::from_row(self.scale, 0.0, 0.0, -self.scale, width, 0.0);
            if let Some(path) = pen.0.finish().and_then(|path| path.transform(place)) {
                all.push_path(&path);
            }
            width += self.scale * f32::from(self.face.glyph_hor_advance(glyph).unwrap_or_default());
        }
        (all.finish(), width)
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.0.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.0.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.0.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_has_the_letters_of_figures() {
        for bold in [false, true] {
            let lettering = Lettering::new(12.0, bold);
            for letter in "azAZ09äéß%×−→∗⊙·±≤≥≈∞√∑∂αβγεμσΣ²₁…–—“”✓✗".chars()
            {
                assert!(lettering.face.glyph_index(letter).is_some(), "{letter}, bold: {bold}");
            }
        }
    }

    #[test]
    fn letters_stand_on_the_line_beside_each_other() {
        let lettering = Lettering::new(100.0, false);
        let (outline, width) = lettering.outline("HH");
        let bounds = outline.expect("ink").bounds();
        assert!(bounds.bottom().abs() < 1.0, "{bounds:?}");
        // A capital of DejaVu Sans is 0.729 of the font's size high, an H 0.752 wide with its free space.
        assert!((bounds.top() + 72.9).abs() < 1.0, "{bounds:?}");
        assert!((width - 150.4).abs() < 1.0, "{width}");
        assert!(bounds.left() > 0.0 && bounds.right() < width, "{bounds:?}");
    }

    #[test]
    fn an_x_is_as_high_as_the_fonts_makers_say() {
        // 1120 of DejaVu Sans' 2048 units.
        assert!((Lettering::new(2048.0, false).ex() - 1120.0).abs() < 1.0);
    }

    #[test]
    fn a_space_has_width_and_no_ink() {
        let (outline, width) = Lettering::new(10.0, false).outline(" ");
        assert!(outline.is_none() && width > 2.0, "{width}");
    }
}
