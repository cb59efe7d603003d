/*!
What a face does: the mouth, the lids, the brows, the gaze.

This is all that tells a smile from the rest, and the two groups come close to each other at their borders: a faint smile
is hardly more than a calm face, an open mouth may laugh or speak.
*/

use crate::datasets::synthetic::rng::Rng;

/// The state of a face. Lengths are in units of half the height of a face.
pub(super) struct Expression {
    /// How far the corners of the mouth are drawn up, about 0 to 1; down if negative.
    pub smile: f32,
    /// One corner higher than the other.
    pub skew: f32,
    /// How far the lips are apart, and whether teeth show between them.
    pub open: f32,
    pub teeth: bool,
    /// Half the width of the mouth.
    pub width: f32,
    /// How far the eyes are open, 1 is usual.
    pub lids: f32,
    /// How far the brows are raised, and how far their inner ends are drawn down.
    pub raised: f32,
    pub frown: f32,
    /// Where the eyes look, −1 to 1 right and up.
    pub gaze: (f32, f32),
}

impl Expression {
    pub fn new(is_happy: bool, rng: &mut Rng) -> Self {
        let mut face = if is_happy { Self::happy(rng) } else { Self::not_happy(rng) };
        face.skew = 0.10 * rng.approximately_normal();
        face.lids *= 1.0 + 0.25 * rng.approximately_normal();
        face.raised += 0.05 * rng.approximately_normal();
        face.gaze = (0.7 * rng.approximately_normal(), 0.5 * rng.approximately_normal());
        face
    }

    /// From a faint smile with closed lips to a laugh.
    fn happy(rng: &mut Rng) -> Self {
        let smile = rng.range(0.50, 1.1);
        let teeth = rng.chance(0.30 + 0.55 * smile);
        let open = if teeth { (0.05 + 0.10 * rng.uniform()) * (0.5 + smile) } else { 0.0 };
        Self {
            smile,
            open,
            teeth,
            width: 0.27 + 0.09 * smile + 0.04 * rng.approximately_normal(),
            lids: 1.0 - 0.35 * smile,
            frown: 0.02 * rng.approximately_normal(),
            ..Self::CALM
        }
    }

    /// Calm, cross, sad, speaking or surprised.
    fn not_happy(rng: &mut Rng) -> Self {
        let width = 0.27 + 0.05 * rng.approximately_normal();
        let kind = rng.uniform();
        let calm = Self { smile: rng.range(-0.40, 0.0), width, ..Self::CALM };
        if kind < 0.42 {
            calm
        } else if kind < 0.62 {
            let frown = rng.range(0.04, 0.12);
            Self { smile: rng.range(-0.8, -0.2), frown, lids: 0.85, raised: -0.03, ..calm }
        } else if kind < 0.78 {
            Self { smile: rng.range(-1.0, -0.4), frown: rng.range(-0.09, -0.02), lids: 0.8, raised: 0.03, ..calm }
        } else if kind < 0.92 {
            let smile = rng.range(-0.4, 0.1);
            Self { smile, open: rng.range(0.04, 0.13), teeth: rng.chance(0.5), width: width - 0.03, ..calm }
        } else {
            let open = rng.range(0.10, 0.20);
            Self { smile: -0.2, open, width: width - 0.09, lids: 1.35, raised: 0.10, ..calm }
        }
    }

    const CALM: Self = Self {
        smile: 0.0,
        skew: 0.0,
        open: 0.0,
        teeth: false,
        width: 0.27,
        lids: 1.0,
        raised: 0.0,
        frown: 0.0,
        gaze: (0.0, 0.0),
    };
}
