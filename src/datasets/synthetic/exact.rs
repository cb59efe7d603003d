/*!
Arithmetic that gives the same bits on every machine: vectors, rotations, and a sine without the system's library.

IEEE 754 fixes the rounding of +, −, ×, ÷ and √, but not of sin, cos, exp or pow: those differ in their last bit from
one C library to the next, so none of them is used to draw. Nothing is fused either.
*/

use std::ops::{Add, Mul, Sub};

/// A point or a direction: x to the right, y up, z towards the viewer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Vec3 {
    pub x: f32,
    pub y: f32,
    pub z: f32,
}

/// The vector (x, y, z).
pub(super) const fn v(x: f32, y: f32, z: f32) -> Vec3 {
    Vec3 { x, y, z }
}

impl Vec3 {
    pub fn dot(self, o: Self) -> f32 {
        self.x * o.x + self.y * o.y + self.z * o.z
    }

    pub fn length(self) -> f32 {
        self.dot(self).sqrt()
    }

    /// The direction of this vector; the zero vector has none.
    pub fn unit(self) -> Self {
        self * (1.0 / self.length())
    }

    /// Component by component: a colour seen in coloured light.
    pub fn tint(self, o: Self) -> Self {
        v(self.x * o.x, self.y * o.y, self.z * o.z)
    }

    /// This vector at t = 0, `o` at t = 1.
    pub fn mix(self, o: Self, t: f32) -> Self {
        self + (o - self) * t
    }
}

impl Add for Vec3 {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        v(self.x + o.x, self.y + o.y, self.z + o.z)
    }
}

impl Sub for Vec3 {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        v(self.x - o.x, self.y - o.y, self.z - o.z)
    }
}

impl Mul<f32> for Vec3 {
    type Output = Self;
    fn mul(self, k: f32) -> Self {
        v(self.x * k, self.y * k, self.z * k)
    }
}

/// Sine and cosine of an angle in degrees, to within 1e-6.
///
/// The angle is brought into ±45° by whole quarter turns, which is exact in degrees; there the Taylor series to x⁹ and
/// x⁸ are good for a float32.
pub(super) fn sin_cos(degrees: f32) -> (f32, f32) {
    let quarters = (degrees / 90.0).round();
    let x = (degrees - quarters * 90.0) * (std::f32::consts::PI / 180.0);
    let xx = x * x;
    let sin = x * (1.0 - xx / 6.0 * (1.0 - xx / 20.0 * (1.0 - xx / 42.0 * (1.0 - xx / 72.0))));
    let cos = 1.0 - xx / 2.0 * (1.0 - xx / 12.0 * (1.0 - xx / 30.0 * (1.0 - xx / 56.0)));
    match (quarters as i64).rem_euclid(4) {
        0 => (sin, cos),
        1 => (cos, -sin),
        2 => (-sin, -cos),
        _ => (-cos, sin),
    }
}

/// A rotation, as the images of the three axes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rotation {
    x: Vec3,
    y: Vec3,
    z: Vec3,
}

impl Rotation {
    /// First `yaw` about y, then `pitch` about x, then `roll` about z; in degrees.
    pub fn new(yaw: f32, pitch: f32, roll: f32) -> Self {
        let ((sa, ca), (sb, cb), (sc, cc)) = (sin_cos(yaw), sin_cos(pitch), sin_cos(roll));
        let turn = |p: Vec3| {
            let p = v(ca * p.x + sa * p.z, p.y, ca * p.z - sa * p.x);
            let p = v(p.x, cb * p.y - sb * p.z, sb * p.y + cb * p.z);
            v(cc * p.x - sc * p.y, sc * p.x + cc * p.y, p.z)
        };
        Self { x: turn(v(1.0, 0.0, 0.0)), y: turn(v(0.0, 1.0, 0.0)), z: turn(v(0.0, 0.0, 1.0)) }
    }

    pub fn apply(&self, p: Vec3) -> Vec3 {
        self.x * p.x + self.y * p.y + self.z * p.z
    }

    pub fn undo(&self, p: Vec3) -> Vec3 {
        v(self.x.dot(p), self.y.dot(p), self.z.dot(p))
    }
}

/// 0 below `a`, 1 above `b`, and a smooth step between (Hermite: 3t² − 2t³).
pub(super) fn smoothstep(a: f32, b: f32, x: f32) -> f32 {
    let t = ((x - a) / (b - a)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// The lesser of two distances, rounded off over a width of `k`.
pub(super) fn smooth_min(a: f32, b: f32, k: f32) -> f32 {
    let h = (k - (a - b).abs()).max(0.0) / k;
    a.min(b) - h * h * k * 0.25
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sine_and_cosine_agree_with_the_standard_library() {
        for step in -7200..7200 {
            let degrees = step as f32 * 0.1;
            let (sin, cos) = sin_cos(degrees);
            let exact = f64::from(degrees).to_radians();
            assert!((f64::from(sin) - exact.sin()).abs() < 1e-6, "sin {degrees}");
            assert!((f64::from(cos) - exact.cos()).abs() < 1e-6, "cos {degrees}");
        }
    }

    #[test]
    fn a_rotation_is_undone() {
        let turn = Rotation::new(200.0, -31.0, 77.0);
        let p = v(0.3, -1.2, 0.7);
        assert!((turn.undo(turn.apply(p)) - p).length() < 1e-6);
        assert!((turn.apply(p).length() - p.length()).abs() < 1e-6);
    }
}
