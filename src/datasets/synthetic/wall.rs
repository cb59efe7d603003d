/*!
What is behind the hand: a plain light wall, uneven light, the hand's shadow, sometimes an edge or an object.

The hand itself is not drawn here.
*/

use super::camera::{Canvas, Light};
use super::exact::{Vec3, sin_cos, smoothstep, v};
use super::rng::Rng;
use super::set::SIDE;

/// A wall, and what stands on it.
pub(super) struct Wall {
    colour: Vec3,
    /// How much lighter it is at the right and at the top, and in the corners.
    slope: (f32, f32),
    corners: f32,
    objects: Vec<Object>,
    shadows: Vec<Shadow>,
}

/// A half plane or a band of another colour: a door frame, a poster, a cupboard.
struct Object {
    normal: (f32, f32),
    from: f32,
    to: f32,
    softness: f32,
    colour: Vec3,
}

/// The hand's outline, moved away from the light, softened, and darker.
struct Shadow {
    away: (f32, f32),
    radius: usize,
    darkness: f32,
}

impl Wall {
    pub fn new(rng: &mut Rng) -> Self {
        let grey = rng.range(0.62, 0.85);
        let warm = 0.5 + 0.8 * rng.approximately_normal();
        let coloured = if rng.chance(0.04) { 0.25 } else { 0.04 };
        let colour = v(
            grey * (1.0 + 0.04 * warm + coloured * rng.approximately_normal()),
            grey * (1.0 + coloured * 0.6 * rng.approximately_normal()),
            grey * (1.0 - 0.09 * warm + coloured * rng.approximately_normal()),
        );
        let mut objects = Vec::new();
        if rng.chance(0.09) {
            objects.push(Object::at_the_border(rng));
        }
        if rng.chance(0.04) {
            objects.push(Object::band(rng));
        }
        let n_shadows = 1 + usize::from(rng.chance(0.35));
        let shadows = (0..n_shadows).map(|_| Shadow::new(rng)).collect();
        let slope = (0.16 * rng.approximately_normal(), 0.08 + 0.16 * rng.approximately_normal());
        Self { colour, slope, corners: rng.range(0.0, 0.16), objects, shadows }
    }

    /// The wall behind a hand that covers this much of each pixel.
    pub fn draw(&self, light: &Light, cover: &[f32], rng: &mut Rng) -> Canvas {
        let received = light.key * light.direction.z.max(0.2) + light.room;
        let mut darkness = vec![0.0; SIDE * SIDE];
        for shadow in &self.shadows {
            shadow.cast(light, cover, &mut darkness);
        }
        let mut canvas = Vec::with_capacity(SIDE * SIDE);
        let stains = Stains::new(rng);
        for row in 0..SIDE {
            for column in 0..SIDE {
                let at = |position: usize| (position as f32 + 0.5) * (2.0 / SIDE as f32) - 1.0;
                let (x, y) = (at(column), -at(row));
                let mut colour = self.colour;
                for object in &self.objects {
                    colour = colour.mix(object.colour, object.cover(x, y));
                }
                let even = 1.0 + self.slope.0 * x + self.slope.1 * y - self.corners * (x * x + y * y) + stains.at(x, y);
                let shade = 1.0 - darkness[row * SIDE + column];
                // What light a shadow keeps comes from the room.
                let kept = v(shade, shade + 0.02 * (1.0 - shade), shade + 0.06 * (1.0 - shade));
                canvas.push(colour.tint(received).tint(kept) * even.max(0.1));
            }
        }
        canvas
    }
}

impl Object {
    fn colour(rng: &mut Rng) -> Vec3 {
        let grey = rng.range(0.03, 0.5);
        v(grey * rng.range(0.6, 1.4), grey * rng.range(0.6, 1.2), grey * rng.range(0.5, 1.4))
    }

    /// Something that reaches in from the left, the right or a corner.
    fn at_the_border(rng: &mut Rng) -> Self {
        let side = if rng.chance(0.5) { 0.0 } else { 180.0 };
        let (sin, cos) = sin_cos(side + 30.0 * rng.approximately_normal());
        Self {
            normal: (cos, sin),
            from: rng.range(0.72, 1.05),
            to: 9.0,
            softness: rng.range(0.01, 0.08),
            colour: Self::colour(rng),
        }
    }

    /// A strip across the picture.
    fn band(rng: &mut Rng) -> Self {
        let (sin, cos) = sin_cos(if rng.chance(0.5) { 0.0 } else { 90.0 } + 12.0 * rng.approximately_normal());
        let from = rng.range(-0.9, 0.8);
        Self {
            normal: (cos, sin),
            from,
            to: from + rng.range(0.04, 0.3),
            softness: rng.range(0.01, 0.05),
            colour: Self::colour(rng).mix(v(0.6, 0.6, 0.58), 0.5),
        }
    }

    fn cover(&self, x: f32, y: f32) -> f32 {
        let d = self.normal.0 * x + self.normal.1 * y;
        smoothstep(self.from, self.from + self.softness, d) * (1.0 - smoothstep(self.to, self.to + self.softness, d))
    }
}

impl Shadow {
    fn new(rng: &mut Rng) -> Self {
        Self {
            away: (rng.range(0.5, 1.5), rng.range(0.5, 1.5)),
            radius: 2 + (rng.uniform() * 7.0) as usize,
            darkness: rng.range(0.15, 0.5),
        }
    }

    fn cast(&self, light: &Light, cover: &[f32], darkness: &mut [f32]) {
        let mut soft = cover.to_vec();
        for _ in 0..2 {
            box_blur(&mut soft, self.radius);
        }
        let l = light.direction;
        let distance = 9.0 / l.z.max(0.4); // pixels that a shadow moves for light from 45°
        let (right, down) = (-l.x * distance * self.away.0, l.y * distance * self.away.1);
        for row in 0..SIDE {
            for column in 0..SIDE {
                let shade = sample(&soft, column as f32 - right, row as f32 - down) * self.darkness;
                let kept = &mut darkness[row * SIDE + column];
                *kept = 1.0 - (1.0 - *kept) * (1.0 - shade);
            }
        }
    }
}

/// Slow changes of brightness across the wall.
struct Stains([(f32, f32, f32, f32); 3]);

impl Stains {
    fn new(rng: &mut Rng) -> Self {
        Self([(); 3].map(|()| {
            (rng.range(-200.0, 200.0), rng.range(-200.0, 200.0), rng.range(0.0, 360.0), rng.range(0.0, 0.025))
        }))
    }

    fn at(&self, x: f32, y: f32) -> f32 {
        self.0.iter().map(|(fx, fy, phase, size)| sin_cos(fx * x + fy * y + phase).0 * size).sum()
    }
}

/// The value between four pixels, the border's beyond it.
fn sample(values: &[f32], x: f32, y: f32) -> f32 {
    let last = (SIDE - 1) as f32;
    let (x, y) = (x.clamp(0.0, last), y.clamp(0.0, last));
    let (column, row) = (x.floor() as usize, y.floor() as usize);
    let (fx, fy) = (x - x.floor(), y - y.floor());
    let value = |row: usize, column: usize| values[row.min(SIDE - 1) * SIDE + column.min(SIDE - 1)];
    let above = value(row, column) * (1.0 - fx) + value(row, column + 1) * fx;
    let below = value(row + 1, column) * (1.0 - fx) + value(row + 1, column + 1) * fx;
    above * (1.0 - fy) + below * fy
}

/// The mean over 2 radius + 1 pixels, first along rows, then along columns.
fn box_blur(values: &mut [f32], radius: usize) {
    for (step, other) in [(1, SIDE), (SIDE, 1)] {
        let before = values.to_owned();
        for line in 0..SIDE {
            for i in 0..SIDE {
                let near = |k: usize| before[line * other + (i + k).saturating_sub(radius).min(SIDE - 1) * step];
                values[line * other + i * step] = (0..=2 * radius).map(near).sum::<f32>() / (2 * radius + 1) as f32;
            }
        }
    }
}
