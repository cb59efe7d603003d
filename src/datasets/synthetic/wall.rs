/*!
What is behind the hand: a plain light wall, uneven light, the hand's shadow, sometimes an edge or an object.

The hand itself is not drawn here.
*/

use super::camera::{Canvas, Light};
use super::dice::Dice;
use super::exact::{Vec3, sin_cos, smoothstep, v};
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
    pub fn new(dice: &mut Dice) -> Self {
        let grey = dice.range(0.62, 0.85);
        let warm = 0.5 + 0.8 * dice.bell();
        let coloured = if dice.chance(0.04) { 0.25 } else { 0.04 };
        let colour = v(
            grey * (1.0 + 0.04 * warm + coloured * dice.bell()),
            grey * (1.0 + coloured * 0.6 * dice.bell()),
            grey * (1.0 - 0.09 * warm + coloured * dice.bell()),
        );
        let mut objects = Vec::new();
        if dice.chance(0.09) {
            objects.push(Object::at_the_border(dice));
        }
        if dice.chance(0.04) {
            objects.push(Object::band(dice));
        }
        let n_shadows = 1 + usize::from(dice.chance(0.35));
        let shadows = (0..n_shadows).map(|_| Shadow::new(dice)).collect();
        let slope = (0.16 * dice.bell(), 0.08 + 0.16 * dice.bell());
        Self { colour, slope, corners: dice.range(0.0, 0.16), objects, shadows }
    }

    /// The wall behind a hand that covers this much of each pixel.
    pub fn draw(&self, light: &Light, cover: &[f32], dice: &mut Dice) -> Canvas {
        let received = light.key * light.direction.z.max(0.2) + light.room;
        let mut darkness = vec![0.0; SIDE * SIDE];
        for shadow in &self.shadows {
            shadow.cast(light, cover, &mut darkness);
        }
        let mut canvas = Vec::with_capacity(SIDE * SIDE);
        let stains = Stains::new(dice);
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
    fn colour(dice: &mut Dice) -> Vec3 {
        let grey = dice.range(0.03, 0.5);
        v(grey * dice.range(0.6, 1.4), grey * dice.range(0.6, 1.2), grey * dice.range(0.5, 1.4))
    }

    /// Something that reaches in from the left, the right or a corner.
    fn at_the_border(dice: &mut Dice) -> Self {
        let side = if dice.chance(0.5) { 0.0 } else { 180.0 };
        let (sin, cos) = sin_cos(side + 30.0 * dice.bell());
        Self {
            normal: (cos, sin),
            from: dice.range(0.72, 1.05),
            to: 9.0,
            softness: dice.range(0.01, 0.08),
            colour: Self::colour(dice),
        }
    }

    /// A strip across the picture.
    fn band(dice: &mut Dice) -> Self {
        let (sin, cos) = sin_cos(if dice.chance(0.5) { 0.0 } else { 90.0 } + 12.0 * dice.bell());
        let from = dice.range(-0.9, 0.8);
        Self {
            normal: (cos, sin),
            from,
            to: from + dice.range(0.04, 0.3),
            softness: dice.range(0.01, 0.05),
            colour: Self::colour(dice).mix(v(0.6, 0.6, 0.58), 0.5),
        }
    }

    fn cover(&self, x: f32, y: f32) -> f32 {
        let d = self.normal.0 * x + self.normal.1 * y;
        smoothstep(self.from, self.from + self.softness, d) * (1.0 - smoothstep(self.to, self.to + self.softness, d))
    }
}

impl Shadow {
    fn new(dice: &mut Dice) -> Self {
        Self {
            away: (dice.range(0.5, 1.5), dice.range(0.5, 1.5)),
            radius: 2 + (dice.uniform() * 7.0) as usize,
            darkness: dice.range(0.15, 0.5),
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
    fn new(dice: &mut Dice) -> Self {
        Self([(); 3].map(|()| {
            (dice.range(-200.0, 200.0), dice.range(-200.0, 200.0), dice.range(0.0, 360.0), dice.range(0.0, 0.025))
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
