/*!
What is painted on the solid: eyes, brows, lips, teeth, beard, glasses; and the colours of skin, hair and cloth.

Colours are linear light in even white light, as in [`super::super::skin`].
*/

use super::expression::Expression;
use super::head::{Head, Hit, MOUTH, Material, Style};
use crate::datasets::synthetic::exact::{Vec3, sin_cos, smoothstep, v};
use crate::datasets::synthetic::rng::Rng;
use crate::datasets::synthetic::skin::TONES;

const HAIR: [Vec3; 7] = [
    v(0.012, 0.010, 0.009),
    v(0.03, 0.02, 0.014),
    v(0.075, 0.042, 0.022),
    v(0.14, 0.078, 0.036),
    v(0.34, 0.23, 0.10),
    v(0.20, 0.062, 0.022),
    v(0.36, 0.35, 0.34),
];
const IRISES: [Vec3; 4] = [v(0.05, 0.025, 0.012), v(0.09, 0.05, 0.02), v(0.10, 0.16, 0.22), v(0.08, 0.12, 0.06)];

/// Half the width of an eye, and where its middle is.
const EYE: (f32, f32, f32) = (0.155, 0.32, 0.10);

/// One person's colours.
pub(super) struct Paint {
    skin: Vec3,
    lips: Vec3,
    hair: Vec3,
    iris: Vec3,
    cloth: (Vec3, Vec3, f32),
    /// How dense the beard is, and whether it leaves the cheeks free.
    beard: f32,
    moustache: f32,
    /// How dark the brows are, and how thick.
    brows: (f32, f32),
    glasses: Option<(Vec3, f32)>,
    lashes: f32,
    blush: f32,
    wrinkles: f32,
    strands: (f32, f32),
    face: Expression,
}

impl Paint {
    pub fn new(expression: &Expression, head: &Head, rng: &mut Rng) -> Self {
        let tone = rng.uniform() * 3.999;
        let i = tone.floor() as usize;
        let skin = TONES[i].mix(TONES[i + 1], tone - tone.floor());
        let skin =
            skin.tint(v(0.86, 0.82 + 0.05 * rng.approximately_normal(), 0.78 + 0.08 * rng.approximately_normal()));
        let painted = if head.style == Style::Short { 0.08 } else { 0.45 };
        let red = if rng.chance(painted) { rng.range(0.4, 0.9) } else { 0.0 };
        let lips = skin.tint(v(0.82, 0.52, 0.54)).mix(v(0.34, 0.03, 0.05), red);
        // Dark skin rarely goes with light hair.
        let choice = (rng.uniform() * (7.0 - 1.1 * tone)).floor() as usize;
        let hair = if rng.chance(0.08) { HAIR[6] } else { HAIR[choice.min(5)] };
        let hair = if head.style == Style::Scarf { cloth(rng) } else { hair };
        let bearded = matches!(head.style, Style::Short | Style::Bald);
        let (beard, moustache) = match rng.uniform() {
            u if !bearded || u < 0.55 => (0.0, 0.0),
            u if u < 0.75 => (0.30, 0.35),
            u if u < 0.85 => (0.0, 0.85),
            _ => (0.85, 0.85),
        };
        let iris = (rng.uniform() * (4.0 - 0.9 * tone).max(1.0)).floor() as usize;
        let glasses = rng.chance(0.18).then(|| {
            let frame = if rng.chance(0.6) { v(0.02, 0.02, 0.022) } else { v(0.25, 0.18, 0.10) };
            (frame, rng.range(0.19, 0.24))
        });
        Self {
            skin,
            lips,
            hair,
            iris: IRISES[iris.min(3)],
            cloth: (cloth(rng), cloth(rng), if rng.chance(0.3) { rng.range(500.0, 1100.0) } else { 0.0 }),
            beard,
            moustache,
            brows: (rng.range(0.55, 0.95), rng.range(0.030, 0.055)),
            glasses,
            lashes: rng.range(0.3, 1.0),
            blush: rng.range(0.0, 0.5),
            wrinkles: rng.range(0.0, 0.6),
            strands: (rng.range(0.0, 360.0), rng.range(900.0, 1600.0)),
            face: Expression { ..*expression },
        }
    }

    /// The same person in other clothes.
    pub fn in_other_clothes(mut self, rng: &mut Rng) -> Self {
        self.cloth = (cloth(rng), cloth(rng), if rng.chance(0.3) { rng.range(500.0, 1100.0) } else { 0.0 });
        self
    }

    /// The colour of the surface where a line of sight meets it.
    pub fn colour(&self, head: &Head, hit: &Hit) -> Vec3 {
        let h = head.undo(hit.point);
        match hit.material {
            Material::Skin => self.skin_at(h, head.undo(hit.normal)),
            Material::Hair if head.style == Style::Scarf => self.hair * (0.92 + 0.08 * sin_cos(260.0 * (h.x + h.y)).0),
            Material::Hair => {
                let along = sin_cos(self.strands.1 * (h.x + 0.25 * h.z) + 140.0 * sin_cos(180.0 * h.y).0).0;
                let tuft = sin_cos(self.strands.0 + 310.0 * h.x - 170.0 * h.y).0;
                self.hair * (0.85 + 0.14 * along + 0.12 * tuft)
            }
            Material::Cloth => {
                let (ground, stripes, frequency) = self.cloth;
                let stripe = smoothstep(-0.15, 0.15, sin_cos(frequency * hit.point.y).0);
                if frequency > 0.0 { ground.mix(stripes, stripe) } else { ground }
            }
        }
    }

    fn skin_at(&self, h: Vec3, normal: Vec3) -> Vec3 {
        let mut colour = self.skin;
        let front = smoothstep(0.0, 0.25, normal.z) * smoothstep(0.05, 0.3, h.z);
        let (ax, y) = (h.x.abs(), h.y);
        let spot =
            |x: f32, y0: f32, r: f32| 1.0 - smoothstep(0.0, r, ((ax - x) * (ax - x) + (y - y0) * (y - y0)).sqrt());
        let smile = self.face.smile.max(0.0);
        // Cheeks and nose are redder; folds run from the nose to the corners of a smile.
        let red = self.blush * spot(0.36, -0.16, 0.30) + 0.6 * spot(0.0, -0.2, 0.16);
        colour = colour.tint(v(1.0, 1.0 - 0.16 * red, 1.0 - 0.14 * red));
        let t = ((-0.20 - y) / 0.30).clamp(0.0, 1.0);
        let folds = (1.0 - smoothstep(0.015, 0.055, (ax - 0.14 - (0.17 + 0.07 * smile) * t).abs()))
            * smoothstep(0.0, 0.25, t)
            * (1.0 - smoothstep(0.75, 1.0, t));
        colour = colour * (1.0 - front * folds * (0.05 + 0.20 * self.wrinkles * (0.4 + smile) + 0.16 * smile));
        let nostril = spot(0.055, -0.275, 0.05);
        colour = colour * (1.0 - 0.6 * front * nostril);
        colour = colour.mix(self.hair, front.max(0.4) * self.beard_at(h));
        colour = self.eye_at(colour, h, front);
        colour = self.brow_at(colour, h, front);
        colour = self.mouth_at(colour, h, front);
        self.glasses_at(colour, h, front)
    }

    fn beard_at(&self, h: Vec3) -> f32 {
        let ax = h.x.abs();
        let cheek = smoothstep(-0.30, -0.48, h.y - 0.45 * (ax - 0.3).max(0.0)) * smoothstep(-0.35, 0.0, h.z);
        let around_lips = 1.0 - smoothstep(0.16, 0.22, ((h.y - MOUTH) * (h.y - MOUTH) + 0.25 * h.x * h.x).sqrt());
        let lip = smoothstep(0.36, 0.28, ax) * smoothstep(-0.30, -0.34, h.y) * smoothstep(-0.47, -0.43, h.y);
        (self.beard * cheek * (1.0 - 0.5 * around_lips)).max(self.moustache * lip)
    }

    fn eye_at(&self, colour: Vec3, h: Vec3, front: f32) -> Vec3 {
        let (half, middle, height) = EYE;
        let (x, y) = (h.x.abs() - middle, h.y - height);
        let t = x / half;
        if front == 0.0 || t.abs() > 1.5 || y.abs() > 0.3 {
            return colour;
        }
        let lid = (1.0 - t * t).max(0.0);
        let (upper, lower) = (0.082 * self.face.lids * lid, -0.052 * self.face.lids * lid);
        let near = |from: f32, width: f32| 1.0 - smoothstep(0.0, width, (y - from).abs());
        let corner = smoothstep(1.25, 0.95, t.abs());
        let mut colour = colour * (1.0 - 0.20 * front * near(0.135, 0.05) * corner);
        colour = colour.mix(colour * 0.72, front * near(-0.12, 0.05) * corner * 0.5);
        let inside = smoothstep(upper + 0.012, upper - 0.012, y) * smoothstep(lower - 0.012, lower + 0.012, y);
        let side = if h.x < 0.0 { -1.0 } else { 1.0 };
        let (gx, gy) = (x * side - 0.05 * self.face.gaze.0, y - 0.02 * self.face.gaze.1 - 0.012);
        let r = (gx * gx + gy * gy).sqrt();
        let white = v(0.62, 0.58, 0.55) * (0.75 + 0.25 * smoothstep(0.09, 0.0, y));
        let mut eye = white.mix(self.iris, smoothstep(0.082, 0.066, r));
        eye = eye.mix(v(0.006, 0.006, 0.006), smoothstep(0.040, 0.028, r));
        let (cx, cy) = (gx + 0.025, gy - 0.028);
        eye = eye.mix(v(0.9, 0.9, 0.9), smoothstep(0.026, 0.014, (cx * cx + cy * cy).sqrt()));
        colour = colour.mix(eye, front * inside);
        let line = near(upper + 0.008, 0.022 + 0.014 * self.lashes) * smoothstep(1.12, 0.9, t.abs());
        colour.mix(v(0.02, 0.014, 0.012), front * line * (0.55 + 0.4 * self.lashes))
    }

    fn brow_at(&self, colour: Vec3, h: Vec3, front: f32) -> Vec3 {
        let (dark, thick) = self.brows;
        let t = (h.x.abs() - 0.32) / 0.22; // −1 at the nose, 1 at the temple
        let line = 0.315 + self.face.raised - 0.045 * t * t - 0.012 * t - self.face.frown * smoothstep(0.6, -1.0, t);
        let thick = thick * (1.15 - 0.35 * t);
        let cover =
            (1.0 - smoothstep(0.55 * thick, 1.25 * thick, (h.y - line).abs())) * smoothstep(1.12, 0.92, t.abs());
        let hair = if self.hair.x > 0.3 { self.hair * 0.55 } else { self.hair };
        let hair = if self.beard == 0.0 { hair.mix(v(0.03, 0.02, 0.015), 0.4) } else { hair };
        colour.mix(hair, front * cover * dark)
    }

    fn mouth_at(&self, colour: Vec3, h: Vec3, front: f32) -> Vec3 {
        let face = &self.face;
        let t = h.x / face.width;
        if front == 0.0 || t.abs() > 1.3 || (h.y - MOUTH).abs() > 0.45 {
            return colour;
        }
        // The line where the lips meet: a parabola whose ends rise with the smile.
        let y = h.y - (MOUTH + 0.02 + (0.19 * face.smile) * (t * t - 0.45) + face.skew * 0.4 * t);
        let inner = (1.0 - t * t).max(0.0);
        let above = 0.35 * face.open * inner * (1.0 - 0.6 * face.smile.max(0.0));
        let below = -(1.1 * face.open) * inner;
        let full = inner.sqrt();
        let bow = 0.072 * full * (1.0 - 0.22 * smoothstep(0.22, 0.0, t.abs())) * (1.0 - 0.25 * face.smile.max(0.0));
        let (top, bottom) = (above + bow, below - 0.095 * full);
        let on_lips = smoothstep(top + 0.014, top - 0.014, y) * smoothstep(bottom - 0.014, bottom + 0.014, y);
        let lit = if y < below { 1.10 } else { 0.86 };
        let mut colour = colour.mix(self.lips * lit, front * on_lips);
        colour = colour * (1.0 - 0.30 * front * smoothstep(0.10, 0.0, (y - bottom + 0.05).abs()) * inner);
        if face.open > 0.0 {
            let inside = smoothstep(above + 0.010, above - 0.010, y) * smoothstep(below - 0.010, below + 0.010, y);
            let teeth = match face.teeth {
                // Upper teeth, darker towards the corners.
                true => {
                    smoothstep(below + 0.28 * (above - below), below + 0.42 * (above - below), y)
                        * (0.35 + 0.65 * inner)
                }
                false => 0.0,
            };
            let mouth = v(0.055, 0.014, 0.014).mix(v(0.78, 0.74, 0.66), teeth);
            colour = colour.mix(mouth, front * inside);
        }
        let gap = if face.open > 0.0 { above } else { 0.0 };
        let line = (1.0 - smoothstep(0.004, 0.030, (y - gap).abs())) * smoothstep(1.06, 0.94, t.abs());
        let corner = 1.0 - smoothstep(0.0, 0.07, ((t.abs() - 1.0) * face.width).abs() + y.abs());
        let dark = if face.open > 0.0 { 0.35 * line } else { 0.75 * line };
        colour * (1.0 - front * dark.max((0.35 + 0.3 * face.smile.max(0.0)) * corner))
    }

    fn glasses_at(&self, colour: Vec3, h: Vec3, front: f32) -> Vec3 {
        let Some((frame, r)) = self.glasses else { return colour };
        let (x, y) = (h.x.abs() - 0.32, h.y - 0.08);
        // A rounded square: the fourth power of both distances.
        let (x2, y2) = (x * x, 1.5 * y * y);
        let round = (x2 * x2 + y2 * y2).sqrt().sqrt();
        let ring = 1.0 - smoothstep(0.014, 0.034, (round - r).abs());
        let bridge = (1.0 - smoothstep(0.014, 0.03, (y - 0.05).abs())) * smoothstep(0.34 - r, 0.30 - r, h.x.abs());
        let temple = (1.0 - smoothstep(0.014, 0.03, (y - 0.05).abs())) * smoothstep(0.31 + r, 0.33 + r, h.x.abs());
        let glass = 0.06 * smoothstep(r, r - 0.02, round);
        let colour = colour.mix(v(0.6, 0.65, 0.7), front * glass);
        colour.mix(frame, (front * ring.max(bridge)).max(temple * smoothstep(-0.5, -0.3, h.z)))
    }
}

/// A colour that clothes have.
fn cloth(rng: &mut Rng) -> Vec3 {
    let grey = rng.range(0.02, 0.6);
    v(grey, grey, grey).tint(v(rng.range(0.3, 1.3), rng.range(0.3, 1.1), rng.range(0.3, 1.4)))
}
