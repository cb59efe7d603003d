/*!
The light on a scene, and the camera that takes it.

What is on the picture is not known here.
*/

use super::exact::{Vec3, smoothstep, v};
use super::rng::Rng;

/// A picture in linear light, row by row.
pub(super) type Canvas = Vec<Vec3>;

/// A lamp or a window, and the light that the room throws back.
pub(super) struct Light {
    /// Towards the light.
    pub direction: Vec3,
    pub key: Vec3,
    pub room: Vec3,
}

impl Light {
    pub fn new(rng: &mut Rng) -> Self {
        let direction = v(0.8 * rng.range(-1.0, 1.0), rng.range(-0.1, 1.0), rng.range(0.35, 1.1)).unit();
        let warmth = rng.approximately_normal();
        let key = v(1.0 + 0.10 * warmth, 1.0, 1.0 - 0.14 * warmth) * rng.range(0.45, 1.0);
        let coolness = rng.approximately_normal();
        let room = v(1.0 - 0.06 * coolness, 1.0, 1.0 + 0.08 * coolness) * rng.range(0.22, 0.40);
        Self { direction, key, room }
    }
}

/// What keeps light from a point of a surface.
#[derive(Clone, Copy)]
pub(super) struct Shade {
    /// How open its surroundings are, 0 to 1.
    pub open: f32,
    /// How much of the lamp's light arrives, 0 to 1.
    pub lit: f32,
}

/// The light that a point of the skin sends to the camera.
pub(super) fn reflect(colour: Vec3, normal: Vec3, Shade { open, lit }: Shade, light: &Light) -> Vec3 {
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

/// What the camera makes of it: exposure between these two, softness, contrast, noise, 8 bits.
///
/// `side` is the height and the width of the canvas.
pub(super) fn develop(mut canvas: Canvas, side: usize, exposure: (f32, f32), rng: &mut Rng) -> Vec<u8> {
    let soft = rng.range(0.07, 0.22);
    blur3(&mut canvas, side, soft);
    let brightest = canvas.iter().map(|c| c.x + c.y + c.z).fold(0.0, f32::max) / 3.0;
    let exposure = rng.range(exposure.0, exposure.1) / brightest;
    let curve = rng.range(-0.25, 0.35);
    let noise = rng.range(0.4, 2.6) / 255.0;
    let mut bytes = Vec::with_capacity(canvas.len() * 3);
    for pixel in &canvas {
        let grain = rng.range(-1.0, 1.0);
        for channel in [pixel.x, pixel.y, pixel.z] {
            let display = (channel * exposure).clamp(0.0, 1.0).sqrt();
            let display = display + curve * display * (1.0 - display) * (display - 0.5) * 2.0;
            let noisy = display + noise * (grain + rng.range(-0.7, 0.7));
            bytes.push((noisy.clamp(0.0, 1.0) * 255.0).round() as u8);
        }
    }
    bytes
}

/// Mixes each pixel with its neighbours above, below and beside, `weight` for each pair.
pub(super) fn blur3(canvas: &mut Canvas, side: usize, weight: f32) {
    for step in [1, side] {
        let before = canvas.clone();
        for i in 0..side * side {
            let (row, column) = (i / side, i % side);
            let position = if step == 1 { column } else { row };
            let previous = if position > 0 { before[i - step] } else { before[i] };
            let next = if position + 1 < side { before[i + step] } else { before[i] };
            canvas[i] = before[i] * (1.0 - 2.0 * weight) + (previous + next) * weight;
        }
    }
}
