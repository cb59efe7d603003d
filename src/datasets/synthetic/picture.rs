/*!
One picture of a hand before a wall: its pose in space, and the rendering.

It draws one picture with its own generator; the set is put together in [`super::set`], light and camera are in
[`super::camera`].
*/

use super::body::{Body, Hit, Near};
use super::camera::{Canvas, Light, Shade, develop, reflect};
use super::exact::{Rotation, Vec3, v};
use super::hand::{Hand, Piece};
use super::rng::Rng;
use super::set::SIDE;
use super::skin::Skin;
use super::wall::Wall;

/// Lines of sight per pixel and direction.
const SAMPLES: usize = 2;

/// A tile of pixels looks only at the pieces of the hand near it.
const TILE: usize = 4;

/// A camera's meter makes the wall come out light, but not white: on inputs near 1 throughout, all relus of the
/// application network die in every other training run; on these, in one of six or so, as on photos.
const EXPOSURE: (f32, f32) = (0.48, 0.80);

/// Draws a hand that shows `number`: SIDE × SIDE × 3 bytes, row by row.
pub(super) fn draw(number: usize, rng: &mut Rng) -> Vec<u8> {
    let hand = Hand::new(number, rng);
    let pose = Pose::new(&hand, rng);
    photograph(&hand, &pose, rng)
}

/// Draws a thumbs-up, as large as [`draw`]'s pictures.
pub(super) fn draw_thumbs_up(rng: &mut Rng) -> Vec<u8> {
    let hand = Hand::thumbs_up(rng);
    let pose = Pose::thumbs_up(rng);
    photograph(&hand, &pose, rng)
}

fn photograph(hand: &Hand, pose: &Pose, rng: &mut Rng) -> Vec<u8> {
    let body = Body::new(&hand.pieces, pose.scale, |p| pose.place(p));
    let skin = Skin::new(rng);
    let light = Light::new(rng);
    let (colours, cover) = see(&hand.pieces, &body, pose, &skin, &light);
    let mut canvas = Wall::new(rng).draw(&light, &cover, rng);
    for (pixel, (colour, cover)) in canvas.iter_mut().zip(colours.iter().zip(&cover)) {
        *pixel = *pixel * (1.0 - cover) + *colour;
    }
    develop(canvas, SIDE, EXPOSURE, rng)
}

/// Where the hand is in space.
struct Pose {
    turn: Rotation,
    /// −1 for a left hand.
    mirror: f32,
    scale: f32,
    x: f32,
    y: f32,
}

impl Pose {
    fn new(hand: &Hand, rng: &mut Rng) -> Self {
        let yaw = if hand.is_ring {
            -76.0 + 30.0 * rng.approximately_normal()
        } else if rng.chance(0.08) {
            180.0 + 25.0 * rng.approximately_normal()
        } else {
            26.0 * rng.approximately_normal()
        };
        let pitch = 14.0 * rng.approximately_normal();
        let roll = if rng.chance(0.05) { 70.0 * rng.approximately_normal() } else { 25.0 * rng.approximately_normal() };
        Self {
            turn: Rotation::new(yaw, pitch, roll),
            mirror: if rng.chance(0.5) { -1.0 } else { 1.0 },
            scale: rng.range(0.70, 0.88),
            x: 0.24 * rng.approximately_normal(),
            y: -0.10 + 0.20 * rng.approximately_normal(),
        }
    }

    /// Fingers to one side, so that the thumb is up; near the middle and not small.
    fn thumbs_up(rng: &mut Rng) -> Self {
        Self {
            turn: Rotation::new(
                -12.0 + 10.0 * rng.approximately_normal(),
                6.0 * rng.approximately_normal(),
                84.0 + 6.0 * rng.approximately_normal(),
            ),
            mirror: if rng.chance(0.5) { -1.0 } else { 1.0 },
            scale: rng.range(0.78, 0.86),
            x: 0.04 * rng.approximately_normal(),
            y: -0.30 + 0.04 * rng.approximately_normal(),
        }
    }

    /// From the hand's coordinates into the picture's; what is nearer to the camera is a little larger.
    fn place(&self, p: Vec3) -> Vec3 {
        let p = self.turn.apply(p - Hand::centre()) * self.scale;
        let near = 1.0 + 0.10 * p.z;
        v(self.mirror * p.x * near + self.x, p.y * near + self.y, p.z)
    }

    /// A direction of the picture in the hand's coordinates.
    fn undo_direction(&self, d: Vec3) -> Vec3 {
        self.turn.undo(v(self.mirror * d.x, d.y, d.z))
    }

    /// A point of the picture in the hand's coordinates.
    fn undo(&self, p: Vec3) -> Vec3 {
        let near = 1.0 + 0.10 * p.z;
        let p = v(self.mirror * (p.x - self.x) / near, (p.y - self.y) / near, p.z);
        self.turn.undo(p) * (1.0 / self.scale) + Hand::centre()
    }
}

/// Looks at the hand alone: its light and how much of each pixel it covers.
fn see(pieces: &[Piece], body: &Body, pose: &Pose, skin: &Skin, light: &Light) -> (Canvas, Vec<f32>) {
    let mut colours = vec![Vec3::default(); SIDE * SIDE];
    let mut cover = vec![0.0; SIDE * SIDE];
    let hand = body.all_but_the_arm(pieces);
    let weight = 1.0 / (SAMPLES * SAMPLES) as f32;
    let at = |position: f32| position * (2.0 / SIDE as f32) - 1.0; // pixels to −1..1
    for tile_row in (0..SIDE).step_by(TILE) {
        for tile_column in (0..SIDE).step_by(TILE) {
            let half = (TILE / 2) as f32;
            let (x, y) = (at(tile_column as f32 + half), -at(tile_row as f32 + half));
            let near = body.near(x, y, at(half * 1.415) + 1.0);
            for pixel in 0..TILE * TILE {
                let (row, column) = (tile_row + pixel / TILE, tile_column + pixel % TILE);
                // Shade changes slowly from line to line of sight: one look per pixel is enough.
                let mut shade = None;
                for sample in 0..SAMPLES * SAMPLES {
                    let offset = |i: usize| (i as f32 + 0.5) / SAMPLES as f32;
                    let x = at(column as f32 + offset(sample % SAMPLES));
                    let y = -at(row as f32 + offset(sample / SAMPLES));
                    if let Some(hit) = body.meet(x, y, &near) {
                        let shade = *shade.get_or_insert_with(|| shade_at(&hit, body, light, &near, &hand));
                        let colour = skin.colour(
                            &hit,
                            &pieces[hit.piece],
                            pose.undo(hit.point),
                            pose.undo_direction(hit.normal),
                        );
                        let colour = reflect(colour, hit.normal, shade, light);
                        colours[row * SIDE + column] = colours[row * SIDE + column] + colour * weight;
                        cover[row * SIDE + column] += weight;
                    }
                }
            }
        }
    }
    (colours, cover)
}

fn shade_at(hit: &Hit, body: &Body, light: &Light, near: &Near, hand: &Near) -> Shade {
    Shade { open: body.openness(hit, near), lit: body.lit(hit, light.direction, hand) }
}
