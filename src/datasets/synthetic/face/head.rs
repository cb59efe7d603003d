/*!
The solid: skull, face, ears, hair, neck and shoulders as a signed distance field, met by sphere tracing.

It has the shapes; colours are in [`super::paint`].

Method: as for the hand, see [`super::super::body`]; the distance to an ellipsoid is Inigo Quilez's bound
(iquilezles.org/articles/ellipsoids).
*/

use super::expression::Expression;
use crate::datasets::synthetic::camera::Shade;
use crate::datasets::synthetic::exact::{Rotation, Vec3, smooth_min, v};
use crate::datasets::synthetic::rng::Rng;

/// The height of the mouth's middle.
pub(super) const MOUTH: f32 = -0.50;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Material {
    Skin,
    Hair,
    Cloth,
}

/// Where a line of sight meets the person: a point in units of the head, upright, and how the surface lies.
#[derive(Clone, Copy)]
pub(super) struct Hit {
    pub point: Vec3,
    pub normal: Vec3,
    pub material: Material,
}

impl Hit {
    pub fn is_skin(&self) -> bool {
        self.material == Material::Skin
    }

    /// The same surface a little to the side.
    pub fn beside(&self, dx: f32, dy: f32) -> Self {
        let n = self.normal;
        let dz = -(n.x * dx + n.y * dy) / n.z.max(0.3);
        Self { point: self.point + v(dx, dy, dz), ..*self }
    }
}

/// How the hair is worn.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Style {
    Bald,
    Short,
    /// Covers the ears and may reach the shoulders.
    Long,
    /// A cloth around the head, its ends below the chin.
    Scarf,
}

/// A person's shape.
pub(super) struct Head {
    turn: Rotation,
    skull: Vec3,
    jaw: Vec3,
    cheeks: f32,
    nose: (f32, f32),
    lifted: f32,
    chin_drop: f32,
    pub style: Style,
    /// How thick the hair is, how low it begins on the forehead, how far it hangs down.
    thick: f32,
    hairline: f32,
    length: f32,
    parting: f32,
    shoulders: f32,
    neckline: f32,
}

impl Head {
    pub fn new(expression: &Expression, turn: Rotation, rng: &mut Rng) -> Self {
        let wide = 1.0 + 0.10 * rng.approximately_normal();
        let style = match rng.uniform() {
            u if u < 0.09 => Style::Bald,
            u if u < 0.55 => Style::Short,
            u if u < 0.90 => Style::Long,
            _ => Style::Scarf,
        };
        let jaw = (0.61 + 0.06 * rng.approximately_normal()) * wide;
        Self {
            turn,
            skull: v(0.77 * wide, 0.76, 0.84),
            jaw: v(jaw, 0.70 + 0.05 * rng.approximately_normal(), 0.64),
            cheeks: 0.25 + 0.04 * rng.approximately_normal(),
            nose: (0.095 + 0.03 * rng.approximately_normal(), 0.82 + 0.07 * rng.approximately_normal()),
            lifted: expression.smile.max(0.0),
            chin_drop: 0.35 * expression.open,
            style,
            thick: if style == Style::Long { rng.range(0.10, 0.20) } else { rng.range(0.05, 0.13) },
            hairline: 0.62 + 0.10 * rng.approximately_normal(),
            length: rng.range(-1.6, -0.5),
            parting: 0.35 * rng.approximately_normal(),
            shoulders: rng.range(1.15, 1.5),
            neckline: rng.range(-1.42, -1.22),
        }
    }

    /// A direction of the picture in the coordinates of the head.
    pub fn undo(&self, q: Vec3) -> Vec3 {
        self.turn.undo(q)
    }

    /// Where the line of sight through (x, y) first meets the person.
    pub fn meet(&self, x: f32, y: f32) -> Option<Hit> {
        // The head with all its hair lies in this ball, the rest below it.
        let away = x * x + y * y;
        let (mut z, end) = match away < 1.44 {
            true => ((1.96 - away).sqrt(), -1.0),
            false if y < -0.3 => (0.7, -1.0),
            false => return None,
        };
        for _ in 0..40 {
            let p = v(x, y, z);
            let d = self.distance(p);
            if d < 0.004 {
                return Some(self.hit(p));
            }
            z -= d * 0.9; // ellipsoids and smooth unions misstate their distance a little
            if z < end {
                return None;
            }
        }
        None
    }

    /// What keeps light from this point: two probes along the normal, and the narrowest passage towards the light.
    pub fn shade(&self, hit: &Hit, light: Vec3) -> Shade {
        let probe = |step: f32| (step - self.distance(hit.point + hit.normal * step)).max(0.0) / step;
        let open = (1.0 - 0.5 * (probe(0.08) + probe(0.22))).clamp(0.0, 1.0);
        let (mut passage, mut travelled) = (1.0f32, 0.08);
        for _ in 0..6 {
            let d = self.distance(hit.point + hit.normal * 0.03 + light * travelled);
            passage = passage.min(0.5 + 3.0 * d / travelled);
            travelled += d.clamp(0.08, 0.35);
            if passage <= 0.0 || travelled > 1.2 {
                break;
            }
        }
        Shade { open, lit: passage.clamp(0.0, 1.0) }
    }

    fn hit(&self, point: Vec3) -> Hit {
        let e = 0.01;
        let normal = [v(1.0, -1.0, -1.0), v(-1.0, -1.0, 1.0), v(-1.0, 1.0, -1.0), v(1.0, 1.0, 1.0)]
            .into_iter()
            .map(|corner| corner * self.distance(point + corner * e))
            .fold(Vec3::default(), |sum, gradient| sum + gradient);
        let (skin, hair, cloth) = self.parts(point);
        let material = match hair < skin.min(cloth) {
            true => Material::Hair,
            false if cloth < skin => Material::Cloth,
            false => Material::Skin,
        };
        Hit { point, normal: (normal + v(0.0, 0.0, 1e-9)).unit(), material }
    }

    fn distance(&self, q: Vec3) -> f32 {
        let (skin, hair, cloth) = self.parts(q);
        skin.min(hair).min(cloth)
    }

    /// The distances to skin, hair and cloth.
    fn parts(&self, q: Vec3) -> (f32, f32, f32) {
        let h = self.undo(q);
        let (neck, cloth) = self.trunk(q);
        (smooth_min(self.face(h), neck, 0.08), self.hair(h), cloth)
    }

    /// Neck and shoulders stand upright, however the head is turned.
    fn trunk(&self, q: Vec3) -> (f32, f32) {
        if q.y > 0.0 {
            return (9.0, 9.0);
        }
        let neck = capsule(q, v(0.0, -0.5, -0.25), v(0.0, -1.7, -0.25), 0.38);
        let shoulders = ellipsoid(q - v(0.0, -2.05, -0.35), v(self.shoulders, 0.68, 0.55));
        let collar = ellipsoid(q - v(0.0, self.neckline - 0.25, -0.22), v(0.56, 0.34, 0.52));
        (neck, smooth_min(shoulders, collar, 0.15))
    }

    fn face(&self, h: Vec3) -> f32 {
        let a = v(h.x.abs(), h.y, h.z);
        let lift = self.lifted;
        let mut d = ellipsoid(h - v(0.0, 0.30, -0.12), self.skull);
        d = smooth_min(d, ellipsoid(h - v(0.0, -0.30 - self.chin_drop, 0.10), self.jaw), 0.18);
        d = smooth_min(d, ball(a - v(0.34, -0.20 + 0.07 * lift, 0.44), self.cheeks + 0.035 * lift), 0.14);
        d = smooth_min(d, ball(h - v(0.0, -0.86 - self.chin_drop, 0.44), 0.16), 0.14);
        d = smooth_min(d, capsule(a, v(0.10, 0.29, 0.66), v(0.46, 0.30, 0.48), 0.085), 0.12);
        // Sockets, and the eyeballs in them.
        d = -smooth_min(-d, ball(a - v(0.32, 0.10, 0.92), 0.25), 0.10);
        d = smooth_min(d, ball(a - v(0.32, 0.09, 0.53), 0.15), 0.03);
        let (wide, long) = self.nose;
        d = smooth_min(d, capsule(h, v(0.0, 0.16, 0.68), v(0.0, -0.16, long - 0.04), 0.065), 0.07);
        d = smooth_min(d, ball(h - v(0.0, -0.19, long), wide + 0.01), 0.06);
        d = smooth_min(d, ball(a - v(wide, -0.22, 0.72), 0.065), 0.05);
        d = smooth_min(d, ellipsoid(h - v(0.0, MOUTH, 0.60), v(0.30, 0.14, 0.16)), 0.08);
        smooth_min(d, ellipsoid(a - v(self.skull.x, 0.02, -0.12), v(0.09, 0.21, 0.14)), 0.05)
    }

    fn hair(&self, h: Vec3) -> f32 {
        let shell = |more: f32| ellipsoid(h - v(0.0, 0.32, -0.14), self.skull + v(more, more, more));
        // What the hair leaves free: an egg before the face, whose top is the hairline.
        let top = self.hairline + if self.style == Style::Scarf { 0.06 } else { self.parting * h.x };
        let free = ellipsoid(h - v(0.0, top - 1.25, 0.85), v(0.66, 1.25, 0.95));
        let cut = |d: f32| -smooth_min(-d, free, 0.05);
        match self.style {
            Style::Bald => 9.0,
            Style::Short => {
                let below = 0.02 - h.y - 0.45 * (-h.z).max(-0.3); // free ears, a nape
                cut(shell(self.thick)).max(below)
            }
            Style::Long => {
                let a = v(h.x.abs(), h.y, h.z);
                let mut d = shell(self.thick);
                let end = v(0.66, self.length, -0.25);
                d = smooth_min(d, capsule(a, v(0.62, 0.25, -0.25), end, 0.20 + self.thick * 0.6), 0.15);
                d = smooth_min(d, capsule(h, v(0.0, 0.1, -0.5), v(0.0, self.length, -0.5), 0.5), 0.2);
                cut(d)
            }
            Style::Scarf => {
                let mut d = shell(0.08);
                d = smooth_min(d, ellipsoid(h - v(0.0, -0.45, 0.0), v(0.70, 0.80, 0.66)), 0.15);
                d = smooth_min(d, ellipsoid(h - v(0.0, -1.25, 0.0), v(0.75, 0.45, 0.62)), 0.25);
                let face = ellipsoid(h - v(0.0, -0.13, 0.85), v(0.54, 0.80, 0.70));
                -smooth_min(-d, face, 0.04)
            }
        }
    }
}

fn ball(p: Vec3, radius: f32) -> f32 {
    p.length() - radius
}

fn ellipsoid(p: Vec3, r: Vec3) -> f32 {
    let by = |r: Vec3| v(p.x / r.x, p.y / r.y, p.z / r.z);
    let k = by(r).length();
    let kk = by(r.tint(r)).length();
    if kk == 0.0 { -r.x.min(r.y).min(r.z) } else { k * (k - 1.0) / kk }
}

fn capsule(p: Vec3, a: Vec3, b: Vec3, radius: f32) -> f32 {
    let (pa, ba) = (p - a, b - a);
    let t = (pa.dot(ba) / ba.dot(ba)).clamp(0.0, 1.0);
    (pa - ba * t).length() - radius
}
