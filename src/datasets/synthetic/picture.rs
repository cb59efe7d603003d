/*!
One picture of a hand before a wall: pose in space, light, shade, shadow, camera.

It draws one picture from its own dice; the set is put together in [`super`].
*/

use super::body::{Body, Hit, Near};
use super::dice::Dice;
use super::exact::{Rotation, Vec3, smoothstep, v};
use super::hand::{Hand, Piece};
use super::skin::Skin;
use super::wall::Wall;

/// Height and width, as the course's photos.
pub(super) const SIDE: usize = 64;

/// Lines of sight per pixel and direction.
const SAMPLES: usize = 2;

/// A tile of pixels looks only at the pieces of the hand near it.
const TILE: usize = 4;

/// A picture in linear light, row by row.
pub(super) type Canvas = Vec<Vec3>;

/// Draws a hand that shows `number`: SIDE × SIDE × 3 bytes, row by row.
pub(super) fn draw(number: usize, dice: &mut Dice) -> Vec<u8> {
    let hand = Hand::new(number, dice);
    let pose = Pose::new(&hand, dice);
    let body = Body::new(&hand.pieces, pose.scale, |p| pose.place(p));
    let skin = Skin::new(dice);
    let light = Light::new(dice);
    let (colours, cover) = see(&hand.pieces, &body, &pose, &skin, &light);
    let mut canvas = Wall::new(dice).draw(&light, &cover, dice);
    for (pixel, (colour, cover)) in canvas.iter_mut().zip(colours.iter().zip(&cover)) {
        *pixel = *pixel * (1.0 - cover) + *colour;
    }
    develop(canvas, dice)
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
    fn new(hand: &Hand, dice: &mut Dice) -> Self {
        let yaw = if hand.is_ring {
            -76.0 + 30.0 * dice.bell()
        } else if dice.chance(0.08) {
            180.0 + 25.0 * dice.bell()
        } else {
            26.0 * dice.bell()
        };
        let pitch = 14.0 * dice.bell();
        let roll = if dice.chance(0.05) { 70.0 * dice.bell() } else { 25.0 * dice.bell() };
        Self {
            turn: Rotation::new(yaw, pitch, roll),
            mirror: if dice.chance(0.5) { -1.0 } else { 1.0 },
            scale: dice.range(0.70, 0.88),
            x: 0.24 * dice.bell(),
            y: -0.10 + 0.20 * dice.bell(),
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

/// A lamp or a window, and the light that the room throws back.
pub(super) struct Light {
    /// Towards the light.
    pub direction: Vec3,
    pub key: Vec3,
    pub room: Vec3,
}

impl Light {
    fn new(dice: &mut Dice) -> Self {
        let direction = v(0.8 * dice.range(-1.0, 1.0), dice.range(-0.1, 1.0), dice.range(0.35, 1.1)).unit();
        let warmth = dice.bell();
        let key = v(1.0 + 0.10 * warmth, 1.0, 1.0 - 0.14 * warmth) * dice.range(0.45, 1.0);
        let coolness = dice.bell();
        let room = v(1.0 - 0.06 * coolness, 1.0, 1.0 + 0.08 * coolness) * dice.range(0.22, 0.40);
        Self { direction, key, room }
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
                        let shade = *shade.get_or_insert_with(|| Shade::new(&hit, body, light, &near, &hand));
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

/// What keeps light from a point of the hand.
#[derive(Clone, Copy)]
struct Shade {
    /// How open its surroundings are, 0 to 1.
    open: f32,
    /// How much of the lamp's light arrives, 0 to 1.
    lit: f32,
}

impl Shade {
    fn new(hit: &Hit, body: &Body, light: &Light, near: &Near, hand: &Near) -> Self {
        Self { open: body.openness(hit, near), lit: body.lit(hit, light.direction, hand) }
    }
}

/// The light that a point of the skin sends to the camera.
fn reflect(colour: Vec3, normal: Vec3, Shade { open, lit }: Shade, light: &Light) -> Vec3 {
    let facing = normal.dot(light.direction);
    // Skin lets light through: it reaches around the edge of the shade, redder than it came.
    let direct = ((facing + 0.25) / 1.25).max(0.0) * lit;
    let through = smoothstep(-0.5, 0.2, facing) * (1.0 - smoothstep(0.1, 0.7, facing)) * 0.10;
    let sky = 0.75 + 0.25 * normal.y;
    let received = light.key * direct + light.room * (sky * (0.25 + 0.75 * open));
    let halfway = (light.direction + v(0.0, 0.0, 1.0)).unit();
    let shine = normal.dot(halfway).max(0.0);
    let shine = shine * shine;
    let shine = shine * shine;
    let shine = shine * shine * shine * lit * 0.05;
    colour.tint(received) + colour.tint(v(1.0, 0.35, 0.2)).tint(light.key) * (through * open) + light.key * shine
}

/// What the camera makes of it: exposure, softness, contrast, noise, 8 bits.
fn develop(mut canvas: Canvas, dice: &mut Dice) -> Vec<u8> {
    let soft = dice.range(0.07, 0.22);
    blur3(&mut canvas, soft);
    // A camera's meter makes the wall come out light, but not white: on inputs near 1 throughout, all relus of the
    // application network die in every other training run; on these, in one of six or so, as on photos.
    let brightest = canvas.iter().map(|c| c.x + c.y + c.z).fold(0.0, f32::max) / 3.0;
    let exposure = dice.range(0.48, 0.80) / brightest;
    let curve = dice.range(-0.25, 0.35);
    let noise = dice.range(0.4, 2.6) / 255.0;
    let mut bytes = Vec::with_capacity(canvas.len() * 3);
    for pixel in &canvas {
        let grain = dice.range(-1.0, 1.0);
        for channel in [pixel.x, pixel.y, pixel.z] {
            let display = (channel * exposure).clamp(0.0, 1.0).sqrt();
            let display = display + curve * display * (1.0 - display) * (display - 0.5) * 2.0;
            let noisy = display + noise * (grain + dice.range(-0.7, 0.7));
            bytes.push((noisy.clamp(0.0, 1.0) * 255.0).round() as u8);
        }
    }
    bytes
}

/// Mixes each pixel with its neighbours above, below and beside, `weight` for each pair.
fn blur3(canvas: &mut Canvas, weight: f32) {
    for step in [1, SIDE] {
        let before = canvas.clone();
        for i in 0..SIDE * SIDE {
            let (row, column) = (i / SIDE, i % SIDE);
            let position = if step == 1 { column } else { row };
            let previous = if position > 0 { before[i - step] } else { before[i] };
            let next = if position + 1 < SIDE { before[i + step] } else { before[i] };
            canvas[i] = before[i] * (1.0 - 2.0 * weight) + (previous + next) * weight;
        }
    }
}
