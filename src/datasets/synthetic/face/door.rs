/*!
What is behind the face: a door with its panels, its frame and the wall, or the garden in front of the house.

The person is not drawn here; the person's shadow is.
*/

use crate::datasets::synthetic::camera::{Canvas, Light, blur3};
use crate::datasets::synthetic::exact::{Vec3, sin_cos, smoothstep, v};
use crate::datasets::synthetic::rng::Rng;

pub(super) struct Door {
    /// Where the door begins and ends, left and right; beyond it come the frame and the wall.
    edges: (f32, f32),
    paint: Vec3,
    frame: Vec3,
    wall: Vec3,
    /// How the wall is built: 0 plaster, 1 bricks.
    bricks: f32,
    /// The panels' phase and height.
    panels: (f32, f32),
    /// Above this height there is glass, if anywhere.
    glass: f32,
    /// −1 or 1: on which side the knob is.
    knob: f32,
    garden: Option<Garden>,
    blur: usize,
    slope: (f32, f32),
    shadow: f32,
    tilt: f32,
}

/// Sky, a hedge and a path: the camera looks out of the house.
struct Garden {
    sky: Vec3,
    hedge: Vec3,
    horizon: f32,
    path: f32,
    phases: (f32, f32, f32),
}

impl Door {
    pub fn new(rng: &mut Rng) -> Self {
        let paints = [
            v(0.35, 0.04, 0.04),
            v(0.03, 0.10, 0.26),
            v(0.04, 0.16, 0.09),
            v(0.60, 0.58, 0.53),
            v(0.22, 0.12, 0.06),
            v(0.10, 0.10, 0.11),
            v(0.55, 0.36, 0.06),
            v(0.10, 0.28, 0.32),
        ];
        let paint = paints[(rng.uniform() * 8.0).floor() as usize] * rng.range(0.7, 1.4);
        let wide = rng.range(1.5, 2.4);
        let middle = 1.0 * rng.approximately_normal();
        let light = rng.range(0.30, 0.65);
        let brick = v(0.28, 0.10, 0.06) * rng.range(0.6, 1.3);
        let bricks = if rng.chance(0.5) { 1.0 } else { 0.0 };
        let garden = rng.chance(0.22).then(|| Garden::new(rng));
        Self {
            edges: (middle - 0.5 * wide, middle + 0.5 * wide),
            paint,
            frame: v(light, light * 0.97, light * 0.90).mix(paint, rng.uniform() * 0.5),
            wall: if bricks > 0.0 { brick } else { v(0.5, 0.46, 0.38) * rng.range(0.5, 1.1) },
            bricks,
            panels: (rng.range(-0.5, 0.5), rng.range(0.7, 1.2)),
            glass: if rng.chance(0.35) { rng.range(0.1, 0.6) } else { 9.0 },
            knob: if rng.chance(0.5) { -1.0 } else { 1.0 },
            garden,
            blur: (rng.uniform() * 4.0) as usize,
            slope: (0.20 * rng.approximately_normal(), 0.10 + 0.15 * rng.approximately_normal()),
            shadow: rng.range(0.1, 0.5),
            tilt: 0.06 * rng.approximately_normal(),
        }
    }

    /// The picture behind a person who covers this much of each pixel.
    pub fn draw(&self, side: usize, light: &Light, cover: &[f32]) -> Canvas {
        let received = light.key * light.direction.z.max(0.25) + light.room;
        let samples = 2;
        let mut canvas = Vec::with_capacity(side * side);
        for i in 0..side * side {
            let mut sum = Vec3::default();
            for sample in 0..samples * samples {
                let at = |position: usize, k: usize| {
                    (position as f32 + (k as f32 + 0.5) / samples as f32) * (2.0 / side as f32) - 1.0
                };
                let (x, y) = (at(i % side, sample % samples), -at(i / side, sample / samples));
                let (x, y) = (x + self.tilt * y, y - self.tilt * x);
                let colour = match &self.garden {
                    Some(garden) => garden.at(x, y),
                    None => self.at(x, y),
                };
                let even = 1.0 + self.slope.0 * x + self.slope.1 * y;
                sum = sum + colour * even.max(0.2);
            }
            canvas.push(sum.tint(received) * (1.0 / (samples * samples) as f32));
        }
        // What is behind the person is a little out of focus; the more, the farther away it is.
        let times = (self.blur + if self.garden.is_some() { 3 } else { 0 }) * side * side / (64 * 64);
        for _ in 0..times {
            blur3(&mut canvas, side, 0.25);
        }
        if self.garden.is_none() {
            self.cast_shadow(side, light, cover, &mut canvas);
        }
        canvas
    }

    fn at(&self, x: f32, y: f32) -> Vec3 {
        let (left, right) = self.edges;
        let inside = (x - left).min(right - x); // how far from the door's edge, negative outside
        if inside > 0.0 {
            return self.leaf(x, y, inside, right - left);
        }
        if inside > -0.16 {
            let bevel = 1.0 - 0.35 * smoothstep(-0.03, 0.0, inside) + 0.1 * smoothstep(-0.13, -0.16, inside);
            return self.frame * bevel;
        }
        if self.bricks == 0.0 {
            return self.wall
                * (1.0 + 0.03 * sin_cos(700.0 * x + 300.0 * y).0 + 0.03 * sin_cos(410.0 * y - 260.0 * x).0);
        }
        let row = (y / 0.13).floor();
        let across = x / 0.34 + 0.5 * (row as i64).rem_euclid(2) as f32;
        let (u, w) = (across - across.floor(), y / 0.13 - row);
        let mortar = smoothstep(0.10, 0.05, u.min(1.0 - u) * 2.6).max(smoothstep(0.14, 0.07, w.min(1.0 - w)));
        let tone = 1.0 + 0.22 * sin_cos(997.0 * row + 631.0 * across.floor()).0;
        (self.wall * tone).mix(v(0.42, 0.40, 0.36), mortar * 0.8)
    }

    /// The door itself, with two columns of panels, perhaps a window, and a knob.
    fn leaf(&self, x: f32, y: f32, inside: f32, wide: f32) -> Vec3 {
        let (phase, tall) = self.panels;
        let column = (x - self.edges.0) / wide * 2.0;
        let u = (column - column.floor()).min(column.floor() + 1.0 - column) * wide * 0.5;
        let row = (y - phase) / tall;
        let w = (row - row.floor()).min(row.floor() + 1.0 - row) * tall;
        let deep = u.min(w); // how far inside the panel
        // Light from above: the upper bevel is dark, the lower one light.
        let is_lower = row - row.floor() < 0.5;
        let bevel = smoothstep(0.09, 0.11, deep) * smoothstep(0.17, 0.15, deep);
        let mut colour = self.paint * (1.0 + 0.04 * sin_cos(1300.0 * x).0);
        if row.floor() * tall + phase >= self.glass {
            let pane = v(0.10, 0.13, 0.16) + v(0.30, 0.34, 0.38) * smoothstep(-0.3, 0.9, sin_cos(120.0 * (x + y)).0);
            colour = colour.mix(pane, smoothstep(0.10, 0.12, deep));
        }
        let turned = if w < u && is_lower || w >= u && column - column.floor() > 0.5 { 1.5 } else { 0.55 };
        colour = colour * (1.0 + (turned - 1.0) * bevel);
        let knob_x = if self.knob < 0.0 { self.edges.0 + 0.14 } else { self.edges.1 - 0.14 };
        let (dx, dy) = (x - knob_x, y + 0.25);
        let r = (dx * dx + dy * dy).sqrt();
        let brass = v(0.50, 0.36, 0.12) * (0.7 + 3.0 * (dy - dx).max(-0.1));
        let colour = colour * (0.75 + 0.25 * smoothstep(0.0, 0.05, inside));
        colour.mix(brass, smoothstep(0.075, 0.06, r))
    }

    /// The person's outline, moved away from the light, softened, and darker.
    fn cast_shadow(&self, side: usize, light: &Light, cover: &[f32], canvas: &mut Canvas) {
        let mut soft: Canvas = cover.iter().map(|&c| v(c, c, c)).collect();
        for _ in 0..8 * side * side / (64 * 64) {
            blur3(&mut soft, side, 0.25);
        }
        let reach = 0.16 * side as f32 / light.direction.z.max(0.4);
        let last = side as f32 - 1.0;
        for (i, pixel) in canvas.iter_mut().enumerate() {
            let column = (i % side) as f32 + light.direction.x * reach;
            let row = (i / side) as f32 - light.direction.y * reach;
            let (row, column) = (row.clamp(0.0, last).round() as usize, column.clamp(0.0, last).round() as usize);
            *pixel = *pixel * (1.0 - self.shadow * soft[row * side + column].x);
        }
    }
}

impl Garden {
    fn new(rng: &mut Rng) -> Self {
        let blue = rng.uniform();
        Self {
            sky: v(0.62, 0.66, 0.70).mix(v(0.30, 0.50, 0.80), blue) * rng.range(0.6, 1.0),
            hedge: v(0.07, 0.16, 0.045).mix(v(0.20, 0.20, 0.05), rng.uniform() * 0.6) * rng.range(0.5, 1.3),
            horizon: rng.range(-0.3, 0.6),
            path: 0.8 * rng.approximately_normal(),
            phases: (rng.range(0.0, 360.0), rng.range(0.0, 360.0), rng.range(0.0, 360.0)),
        }
    }

    fn at(&self, x: f32, y: f32) -> Vec3 {
        let (a, b, c) = self.phases;
        let crowns = self.horizon + 0.07 * sin_cos(230.0 * x + a).0 + 0.05 * sin_cos(520.0 * x + b).0;
        let leaves = 1.0 + 0.3 * sin_cos(800.0 * x + 500.0 * y + c).0 * sin_cos(900.0 * y - 350.0 * x + a).0;
        let green = self.hedge * leaves * (0.8 + 0.5 * smoothstep(crowns - 0.5, crowns, y));
        let lawn = self.horizon - 0.55;
        let ground = v(0.14, 0.24, 0.07)
            .mix(v(0.42, 0.38, 0.32), smoothstep(0.05, 0.0, (x - self.path).abs() - 0.25 - 0.5 * (lawn - y)));
        let below = ground.mix(green, smoothstep(lawn - 0.03, lawn + 0.03, y));
        below.mix(
            self.sky * (1.0 + 0.12 * sin_cos(90.0 * x + 160.0 * y + b).0),
            smoothstep(crowns - 0.03, crowns + 0.03, y),
        )
    }
}
