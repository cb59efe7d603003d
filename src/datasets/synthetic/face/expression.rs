/*!
What a face does: the mouth, the lids, the brows, the gaze.

This is all that tells a smile from the rest, and the two groups come close to each other at their borders: a faint smile
is hardly more than a calm face, an open mouth may laugh or speak.
*/

use crate::datasets::synthetic::dice::Dice;

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
    pub fn new(is_happy: bool, dice: &mut Dice) -> Self {
        let mut face = if is_happy { Self::happy(dice) } else { Self::not_happy(dice) };
        face.skew = 0.10 * dice.bell();
        face.lids *= 1.0 + 0.25 * dice.bell();
        face.raised += 0.05 * dice.bell();
        face.gaze = (0.7 * dice.bell(), 0.5 * dice.bell());
        face
    }

    /// From a faint smile with closed lips to a laugh.
    fn happy(dice: &mut Dice) -> Self {
        let smile = dice.range(0.50, 1.1);
        let teeth = dice.chance(0.30 + 0.55 * smile);
        let open = if teeth { (0.05 + 0.10 * dice.uniform()) * (0.5 + smile) } else { 0.0 };
        Self {
            smile,
            open,
            teeth,
            width: 0.27 + 0.09 * smile + 0.04 * dice.bell(),
            lids: 1.0 - 0.35 * smile,
            frown: 0.02 * dice.bell(),
            ..Self::CALM
        }
    }

    /// Calm, cross, sad, speaking or surprised.
    fn not_happy(dice: &mut Dice) -> Self {
        let width = 0.27 + 0.05 * dice.bell();
        let kind = dice.uniform();
        let calm = Self { smile: dice.range(-0.40, 0.0), width, ..Self::CALM };
        if kind < 0.42 {
            calm
        } else if kind < 0.62 {
            let frown = dice.range(0.04, 0.12);
            Self { smile: dice.range(-0.8, -0.2), frown, lids: 0.85, raised: -0.03, ..calm }
        } else if kind < 0.78 {
            Self { smile: dice.range(-1.0, -0.4), frown: dice.range(-0.09, -0.02), lids: 0.8, raised: 0.03, ..calm }
        } else if kind < 0.92 {
            let smile = dice.range(-0.4, 0.1);
            Self { smile, open: dice.range(0.04, 0.13), teeth: dice.chance(0.5), width: width - 0.03, ..calm }
        } else {
            let open = dice.range(0.10, 0.20);
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
