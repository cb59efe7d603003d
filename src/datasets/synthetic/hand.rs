/*!
A hand as bones: where the joints of a right hand lie when it shows a number, palm towards the viewer, fingers up.

It has no skin, no light and no place in a picture yet: see [`super::body`] and [`super::picture`].

One unit is 10 cm. The lengths are those of an adult's hand: some 190 mm from the wrist to the tip of the middle
finger, 84 mm across the knuckles.
*/

use super::exact::{Vec3, sin_cos, v};
use super::rng::Rng;

/// What a piece of the hand is; decides how it is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Arm,
    Palm,
    /// A finger's or the thumb's bone, counted from the knuckle: 0, 1, 2. The last one carries the nail.
    Bone(u8),
}

/// A round cone of flesh from `a` to `b`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub a: Vec3,
    pub b: Vec3,
    pub radius_a: f32,
    pub radius_b: f32,
    pub part: Part,
    /// Pieces of one limb melt into each other; limbs only touch. 0 is the palm with the arm, 1 the thumb, then fingers.
    pub limb: u8,
}

/// How one of the four fingers is held.
#[derive(Clone, Copy)]
struct Flexion {
    knuckle: f32,
    middle: f32,
    end: f32,
}

/// How the thumb is held: the directions of its three bones.
type ThumbPose = [Vec3; 3];

const THUMB_OUT: ThumbPose = [v(0.74, 0.62, 0.25), v(0.62, 0.78, 0.08), v(0.48, 0.87, -0.04)];
const THUMB_BESIDE: ThumbPose = [v(0.42, 0.86, 0.25), v(0.18, 0.97, 0.12), v(0.02, 1.0, 0.05)];
const THUMB_ACROSS_PALM: ThumbPose = [v(0.34, 0.66, 0.66), v(-0.72, 0.52, 0.40), v(-0.94, 0.28, -0.12)];
const THUMB_OVER_FINGERS: ThumbPose = [v(0.40, 0.68, 0.62), v(-0.42, 0.42, 0.80), v(-0.96, 0.10, 0.12)];
const THUMB_TO_TIPS: ThumbPose = [v(0.30, 0.58, 0.76), v(0.02, 0.48, 0.88), v(-0.12, 0.85, 0.45)];
/// At a right angle to the palm's length; up, when the hand is turned by 90°.
const THUMB_ASIDE: ThumbPose = [v(0.80, 0.58, 0.15), v(0.98, 0.18, 0.0), v(1.0, -0.06, 0.0)];

/// Knuckle, bone lengths and radii of index, middle, ring and little finger.
const FINGERS: [(Vec3, [f32; 3], [f32; 4]); 4] = [
    (v(0.29, 0.92, 0.0), [0.43, 0.26, 0.20], [0.112, 0.104, 0.095, 0.076]),
    (v(0.07, 0.96, 0.0), [0.47, 0.29, 0.21], [0.114, 0.106, 0.097, 0.078]),
    (v(-0.15, 0.91, 0.0), [0.43, 0.27, 0.21], [0.108, 0.100, 0.091, 0.074]),
    (v(-0.35, 0.81, 0.0), [0.33, 0.20, 0.18], [0.096, 0.086, 0.078, 0.065]),
];

/// Which of thumb, index, middle, ring and little finger are stretched to show `number`.
///
/// Mostly as the course's photos have it; now and then another way of showing the same number.
fn stretched(number: usize, rng: &mut Rng) -> [bool; 5] {
    const T: bool = true;
    const F: bool = false;
    let other_way = rng.chance(0.05);
    match (number, other_way) {
        (0, _) => [F, F, F, F, F],
        (1, _) => [F, T, F, F, F],
        (2, false) => [F, T, T, F, F],
        (2, true) => [T, T, F, F, F],
        (3, false) => [T, T, T, F, F],
        (3, true) => [F, T, T, T, F],
        (4, _) => [F, T, T, T, T],
        _ => [T, T, T, T, T],
    }
}

/// A hand that shows `number`, and the arm it belongs to.
pub(super) struct Hand {
    pub pieces: Vec<Piece>,
    /// Whether the fingers meet the thumb in an O, which is read from the side.
    pub is_ring: bool,
}

impl Hand {
    /// Draws the pose of a hand that shows `number`.
    pub fn new(number: usize, rng: &mut Rng) -> Self {
        let stretched = stretched(number, rng);
        let is_ring = number == 0 && rng.chance(0.6);
        Self::posed(stretched, is_ring, |rng| thumb_pose(stretched, is_ring, rng), rng)
    }

    /// Draws a fist with the thumb aside, which is none of the numbers.
    pub fn thumbs_up(rng: &mut Rng) -> Self {
        Self::posed([true, false, false, false, false], false, |_| THUMB_ASIDE, rng)
    }

    fn posed(stretched: [bool; 5], is_ring: bool, thumb: impl FnOnce(&mut Rng) -> ThumbPose, rng: &mut Rng) -> Self {
        let plump = 1.0 + 0.10 * rng.approximately_normal();
        let long = 1.0 + 0.08 * rng.approximately_normal();

        let mut hand = Self { pieces: Vec::with_capacity(26), is_ring };
        hand.add_arm(rng);
        hand.add_palm(plump);
        hand.add_thumb(thumb(rng), plump, rng);

        let spread = rng.uniform();
        let ring = Flexion {
            knuckle: 42.0 + 12.0 * rng.approximately_normal(),
            middle: 62.0 + 14.0 * rng.approximately_normal(),
            end: 38.0 + 12.0 * rng.approximately_normal(),
        };
        for finger in 0..4 {
            // Degrees towards the thumb, from closed to spread.
            let closed = [1.5, 0.0, -1.5, -4.0][finger];
            let open = [17.0, 3.0, -11.0, -27.0][finger];
            let sideways = closed + (open - closed) * spread + 3.0 * rng.approximately_normal();
            let flexion = match (stretched[finger + 1], is_ring) {
                (true, _) => stretched_flexion(rng),
                (false, true) => Flexion {
                    knuckle: ring.knuckle + 5.0 * rng.approximately_normal(),
                    middle: ring.middle + 8.0 * rng.approximately_normal(),
                    end: ring.end + 6.0 * rng.approximately_normal(),
                },
                (false, false) => Flexion {
                    knuckle: 80.0 + 14.0 * rng.approximately_normal(),
                    middle: 100.0 + 14.0 * rng.approximately_normal(),
                    end: 62.0 + 15.0 * rng.approximately_normal(),
                },
            };
            let sideways = if stretched[finger + 1] { sideways } else { closed };
            hand.add_finger(finger, sideways, flexion, plump, long);
        }
        hand
    }

    /// The middle of the hand, which the picture is centred on.
    pub fn centre() -> Vec3 {
        v(0.0, 0.85, 0.0)
    }

    fn add(&mut self, a: Vec3, b: Vec3, radii: (f32, f32), part: Part, limb: u8) {
        self.pieces.push(Piece { a, b, radius_a: radii.0, radius_b: radii.1, part, limb });
    }

    /// Two cones side by side, from the wrist out of the picture.
    fn add_arm(&mut self, rng: &mut Rng) {
        let (sin, cos) = sin_cos(22.0 * rng.approximately_normal());
        let (back, _) = sin_cos(20.0 * rng.approximately_normal());
        let down = v(sin, -cos, back).unit();
        let across = v(cos, sin, 0.0);
        for side in [-1.0, 1.0] {
            let a = v(0.0, 0.02, 0.0) + across * (0.12 * side);
            let b = a + down * 3.2 + across * (0.16 * side);
            self.add(a, b, (0.165, 0.30), Part::Arm, 0);
        }
    }

    fn add_palm(&mut self, plump: f32) {
        for (i, (knuckle, ..)) in FINGERS.iter().enumerate() {
            let carpal = v(knuckle.x * 0.55, 0.10, 0.0);
            self.add(carpal, *knuckle, (0.15, [0.125, 0.125, 0.12, 0.11][i] * plump), Part::Palm, 0);
        }
        // The balls of the thumb and of the little finger.
        self.add(v(0.18, 0.16, 0.05), v(0.34, 0.50, 0.08), (0.15 * plump, 0.13 * plump), Part::Palm, 0);
        self.add(v(-0.20, 0.16, 0.04), v(-0.29, 0.55, 0.05), (0.14 * plump, 0.11 * plump), Part::Palm, 0);
    }

    fn add_thumb(&mut self, pose: ThumbPose, plump: f32, rng: &mut Rng) {
        let radii = [0.145, 0.122, 0.108, 0.078].map(|r| r * plump);
        let mut joint = v(0.20, 0.20, 0.05);
        for bone in 0..3 {
            let wobble = v(rng.approximately_normal(), rng.approximately_normal(), rng.approximately_normal()) * 0.16;
            let next = joint + (pose[bone] + wobble).unit() * [0.42, 0.32, 0.24][bone];
            self.add(joint, next, (radii[bone], radii[bone + 1]), Part::Bone(bone as u8), 1);
            joint = next;
        }
    }

    fn add_finger(&mut self, finger: usize, sideways: f32, flexion: Flexion, plump: f32, long: f32) {
        let (knuckle, lengths, radii) = FINGERS[finger];
        let (sin, cos) = sin_cos(sideways);
        let along = v(sin, cos, 0.0);
        let mut joint = knuckle;
        let mut angle = 0.0;
        for bone in 0..3 {
            angle += [flexion.knuckle, flexion.middle, flexion.end][bone];
            let (towards_viewer, up) = sin_cos(angle);
            let direction = along * up + v(0.0, 0.0, 1.0) * towards_viewer;
            let next = joint + direction * (lengths[bone] * long);
            let limb = 2 + finger as u8;
            self.add(joint, next, (radii[bone] * plump, radii[bone + 1] * plump), Part::Bone(bone as u8), limb);
            joint = next;
        }
    }
}

/// A stretched finger is rarely quite straight, and sometimes clearly bent.
fn stretched_flexion(rng: &mut Rng) -> Flexion {
    let bend = if rng.chance(0.06) { rng.range(15.0, 45.0) } else { 0.0 };
    Flexion {
        knuckle: 6.0 + 14.0 * rng.approximately_normal(),
        middle: 8.0 + 10.0 * rng.approximately_normal() + bend,
        end: 6.0 + 8.0 * rng.approximately_normal() + 0.5 * bend,
    }
}

fn thumb_pose(stretched: [bool; 5], is_ring: bool, rng: &mut Rng) -> ThumbPose {
    if stretched[0] {
        let t = 0.5 * rng.uniform();
        return [0, 1, 2].map(|bone| THUMB_OUT[bone].mix(THUMB_BESIDE[bone], t));
    }
    match stretched.iter().filter(|&&s| s).count() {
        _ if is_ring => THUMB_TO_TIPS,
        0 if rng.chance(0.3) => THUMB_BESIDE,
        4 => THUMB_ACROSS_PALM,
        _ => THUMB_OVER_FINGERS,
    }
}
