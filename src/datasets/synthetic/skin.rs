/*!
Skin: its tones, and the marks that let an eye tell a palm from the back of a hand.

It gives the colour in even white light; light and shade come from [`super::camera`].

Colours are linear light, 0 to 1: the square of the display value divided by 255.
*/

use super::body::Hit;
use super::exact::{Vec3, smoothstep, v};
use super::hand::{Part, Piece};
use super::rng::Rng;

/// Tones from light to dark, as measured on skin under neutral light and squared.
pub(super) const TONES: [Vec3; 5] =
    [v(0.76, 0.46, 0.32), v(0.60, 0.31, 0.19), v(0.44, 0.205, 0.112), v(0.27, 0.115, 0.062), v(0.135, 0.062, 0.040)];

/// One person's skin, and what covers the arm.
pub(super) struct Skin {
    back: Vec3,
    palm: Vec3,
    nail: Vec3,
    /// How strongly creases, joints and redness show.
    marks: f32,
    /// The colour of a sleeve, and how far from the wrist it begins, in units of the hand.
    sleeve: Option<(Vec3, f32)>,
}

impl Skin {
    pub fn new(rng: &mut Rng) -> Self {
        let tone = rng.range(0.0, 1.0) * 3.999;
        let i = tone.floor() as usize;
        let back = TONES[i].mix(TONES[i + 1], tone - tone.floor());
        let back = back.tint(v(0.70, 0.66, 0.60)).tint(v(
            1.0,
            1.0 + 0.07 * rng.approximately_normal(),
            1.0 + 0.12 * rng.approximately_normal(),
        ));
        // Palms carry little pigment: the darker the back, the larger the difference.
        let palm = back.mix(v(0.46, 0.235, 0.145), 0.12 + 0.09 * tone);
        let nail = back.mix(v(0.80, 0.56, 0.48), 0.45);
        let sleeve = rng.chance(0.18).then(|| {
            let grey = rng.range(0.02, 0.5);
            let cloth = v(grey, grey, grey).tint(v(rng.range(0.4, 1.3), rng.range(0.5, 1.1), rng.range(0.4, 1.4)));
            (cloth, rng.range(0.25, 0.8))
        });
        Self { back, palm, nail, marks: rng.range(0.6, 1.3), sleeve }
    }

    /// The colour where a ray met `piece`; `at` and `normal` in the coordinates of the hand.
    pub fn colour(&self, hit: &Hit, piece: &Piece, at: Vec3, normal: Vec3) -> Vec3 {
        if let (Part::Arm, Some((cloth, begin))) = (piece.part, self.sleeve)
            && -at.y > begin
        {
            return cloth;
        }
        let palmar = smoothstep(-0.35, 0.45, normal.z);
        let base = self.back.mix(self.palm, palmar);
        let (dark, red) = match piece.part {
            Part::Arm => (0.0, 0.0),
            Part::Palm => {
                (palmar * palm_lines(at), 0.25 * palmar * smoothstep(0.25, 0.5, at.y - 2.0 * at.x.abs() + 0.6))
            }
            Part::Bone(bone) => {
                // A bent joint is creased on the inside and wrinkled, a little darker, on the back.
                let start = 1.0 - smoothstep(0.0, 0.14, hit.along);
                let crease = if bone == 0 { 0.0 } else { start * (0.30 * palmar + 0.22 * (1.0 - palmar)) };
                let tip = if bone == 2 { smoothstep(0.2, 0.9, hit.along) } else { 0.0 };
                (crease, 0.55 * tip + 0.25 * start)
            }
        };
        let colour = base * (1.0 - self.marks * dark);
        let colour = colour.tint(v(1.0 + 0.06 * red, 1.0 - 0.13 * self.marks * red, 1.0 - 0.10 * self.marks * red));
        let on_nail = piece.part == Part::Bone(2) && (0.35..1.0).contains(&hit.along);
        if on_nail { colour.mix(self.nail, 0.8 * smoothstep(0.55, 0.85, -normal.z)) } else { colour }
    }
}

/// How dark the three long lines of a palm make it, 0 to 0.3.
fn palm_lines(at: Vec3) -> f32 {
    let line = |distance: f32| 1.0 - smoothstep(0.010, 0.045, distance.abs());
    let (x, y) = (at.x, at.y);
    let heart = line(y - 0.74 - 0.12 * x - 0.55 * x * x);
    let head = line(y - 0.60 - 0.28 * x - 0.25 * x * x);
    let (dx, dy) = (x - 0.36, y - 0.30);
    let life = line((dx * dx + 0.7 * dy * dy).sqrt() - 0.31) * smoothstep(0.36, 0.20, x);
    (0.26 * heart.max(head).max(life)).max(0.0)
}
