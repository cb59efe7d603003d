/*!
Flesh around the bones: a signed distance field, and what the surface is made of where a ray meets it.

Light and background are in other files.

Method: smooth unions of round cones, met by sphere tracing (J. C. Hart, "Sphere tracing", The Visual Computer 12,
1996); the polynomial smooth minimum is Inigo Quilez's (iquilezles.org/articles/smin).
*/

use super::exact::{Vec3, smooth_min, v};
use super::hand::{Part, Piece};

/// A piece in picture coordinates, with what its distance needs prepared.
#[derive(Clone, Copy)]
pub(super) struct Cone {
    /// The index of the piece.
    piece: usize,
    a: Vec3,
    ba: Vec3,
    inverse_length2: f32,
    radius_a: f32,
    radius_b: f32,
    limb: u8,
}

/// The hand as a solid in picture coordinates: the picture is the square from −1 to 1, y up, z towards the viewer.
pub(super) struct Body {
    cones: Vec<Cone>,
    /// One unit of the hand, in picture coordinates.
    scale: f32,
}

/// Where a ray met the body.
pub(super) struct Hit {
    pub point: Vec3,
    pub normal: Vec3,
    /// The index of the nearest piece, and how far along it: 0 at `a`, 1 at `b`.
    pub piece: usize,
    pub along: f32,
}

/// Which pieces a small part of the picture can see.
pub(super) struct Near(Vec<Cone>);

impl Body {
    /// Puts the pieces where `place` puts their ends; lengths shrink by `scale`.
    pub fn new(pieces: &[Piece], scale: f32, place: impl Fn(Vec3) -> Vec3) -> Self {
        let cone = |(i, piece): (usize, &Piece)| {
            let (a, b) = (place(piece.a), place(piece.b));
            let ba = b - a;
            Cone {
                piece: i,
                a,
                ba,
                inverse_length2: 1.0 / ba.dot(ba),
                radius_a: piece.radius_a * scale,
                radius_b: piece.radius_b * scale,
                limb: piece.limb,
            }
        };
        Self { cones: pieces.iter().enumerate().map(cone).collect(), scale }
    }

    /// The pieces whose shadow on the picture comes within `radius` of (x, y).
    pub fn near(&self, x: f32, y: f32, radius: f32) -> Near {
        let reach = radius + 0.08 * self.scale; // smooth unions bulge
        let sees = |cone: &Cone| {
            let flat = |p: Vec3| v(p.x, p.y, 0.0);
            let (pa, ba) = (v(x, y, 0.0) - flat(cone.a), flat(cone.ba));
            let t = (pa.dot(ba) / ba.dot(ba).max(1e-12)).clamp(0.0, 1.0);
            (pa - ba * t).length() < reach + cone.radius_a.max(cone.radius_b)
        };
        Near(self.cones.iter().copied().filter(sees).collect())
    }

    /// The distance from `p` to the surface, negative inside; only the pieces in `near` count.
    pub fn distance(&self, p: Vec3, near: &Near) -> f32 {
        let far = 1e3;
        let (mut total, mut limb_total, mut limb) = (far, far, u8::MAX);
        for cone in &near.0 {
            if cone.limb != limb {
                total = smooth_min(total, limb_total, 0.045 * self.scale);
                (limb_total, limb) = (far, cone.limb);
            }
            let melt = if cone.limb == 0 { 0.14 } else { 0.035 };
            limb_total = smooth_min(limb_total, cone.distance(p).0, melt * self.scale);
        }
        smooth_min(total, limb_total, 0.045 * self.scale)
    }

    /// Where the line of sight through (x, y) first meets the body.
    pub fn meet(&self, x: f32, y: f32, near: &Near) -> Option<Hit> {
        if near.0.is_empty() {
            return None;
        }
        let front = |cone: &Cone| cone.a.z.max(cone.a.z + cone.ba.z) + cone.radius_a.max(cone.radius_b);
        let back = |cone: &Cone| cone.a.z.min(cone.a.z + cone.ba.z) - cone.radius_a.max(cone.radius_b);
        let mut z = near.0.iter().map(front).fold(f32::MIN, f32::max) + 0.02;
        let end = near.0.iter().map(back).fold(f32::MAX, f32::min);
        for _ in 0..48 {
            let d = self.distance(v(x, y, z), near);
            if d < 0.002 {
                return Some(self.hit(v(x, y, z), near));
            }
            z -= d * 0.95; // round cones overstate their distance a little
            if z < end {
                return None;
            }
        }
        None
    }

    fn hit(&self, point: Vec3, near: &Near) -> Hit {
        let e = 0.006;
        let normal = [v(1.0, -1.0, -1.0), v(-1.0, -1.0, 1.0), v(-1.0, 1.0, -1.0), v(1.0, 1.0, 1.0)]
            .into_iter()
            .map(|corner| corner * self.distance(point + corner * e, near))
            .fold(Vec3::default(), |sum, gradient| sum + gradient);
        let (mut piece, mut nearest, mut along) = (0, f32::MAX, 0.0);
        for cone in &near.0 {
            let (d, t) = cone.distance(point);
            if d < nearest {
                (piece, nearest, along) = (cone.piece, d, t);
            }
        }
        Hit { point, normal: (normal + v(0.0, 0.0, 1e-9)).unit(), piece, along }
    }

    /// How open the surroundings are, from 1 in the open to 0 in a crease: two probes along the normal.
    pub fn openness(&self, hit: &Hit, near: &Near) -> f32 {
        let closed: f32 = [0.06, 0.15]
            .into_iter()
            .map(|step| {
                let step = step * self.scale;
                (step - self.distance(hit.point + hit.normal * step, near)).max(0.0) / step
            })
            .sum();
        (1.0 - 0.5 * closed).clamp(0.0, 1.0)
    }

    /// How much of the light from `light` arrives, softly: the narrowest passage on the way decides.
    pub fn lit(&self, hit: &Hit, light: Vec3, everything: &Near) -> f32 {
        let mut passage = 1.0f32;
        let mut travelled = 0.05 * self.scale;
        for _ in 0..7 {
            let d = self.distance(hit.point + hit.normal * (0.02 * self.scale) + light * travelled, everything);
            passage = passage.min(0.5 + 3.0 * d / travelled);
            travelled += d.clamp(0.05 * self.scale, 0.3 * self.scale);
            if passage <= 0.0 || travelled > self.scale {
                break;
            }
        }
        passage.clamp(0.0, 1.0)
    }

    /// All pieces of the hand: what can throw a shadow on it.
    pub fn all_but_the_arm(&self, pieces: &[Piece]) -> Near {
        Near(self.cones.iter().copied().filter(|cone| pieces[cone.piece].part != Part::Arm).collect())
    }
}

impl Cone {
    /// The distance of `p`, and how far along the cone it is.
    fn distance(&self, p: Vec3) -> (f32, f32) {
        let pa = p - self.a;
        let t = (pa.dot(self.ba) * self.inverse_length2).clamp(0.0, 1.0);
        let d = (pa - self.ba * t).length() - (self.radius_a + (self.radius_b - self.radius_a) * t);
        (d, t)
    }
}
