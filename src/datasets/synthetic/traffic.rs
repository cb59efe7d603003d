/*!
Pictures of a street with several objects each, and where they are: pedestrians, cars and motorcycles.

Flat shapes, painted from far to near. A shape is a function of the place within the object's box, so the box is exact.
*/

use super::camera::{Canvas, develop};
use super::exact::{Vec3, v};
use super::rng::Rng;
use ndarray::{Array2, Array4, Axis};

/// Height and width of a scene.
const SIDE: usize = 64;

/// Lines of sight per pixel and direction.
const SAMPLES: usize = 3;

/// Two objects of one picture overlap less than this, as intersection over the smaller area.
const OVERLAP: f32 = 0.35;

const EXPOSURE: (f32, f32) = (0.75, 1.05);

/// Pictures with several objects each, and the boxes of these objects.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenes {
    /// The pictures, (m, 64, 64, 3).
    pub pictures: Array4<u8>,
    /// For each picture one row per object: b_x, b_y (its centre), b_h, b_w as parts of the picture's width and height,
    /// and its class, an index into [`Scenes::CLASSES`]; shape (n, 5).
    pub objects: Vec<Array2<f64>>,
}

impl Scenes {
    /// The names of the classes.
    pub const CLASSES: [&'static str; 3] = ["pedestrian", "car", "motorcycle"];
}

/// Draws `m` pictures 64×64×3 of a street with one to four pedestrians, cars and motorcycles each.
///
/// They vary in size, place, direction, colour, light, background and noise; objects may hide a part of each other. The
/// same seed gives the same bytes on every machine, and another `m` only more or fewer of them.
///
/// ```
/// let scenes = cnn::datasets::synthetic_scenes(3, 1);
/// assert_eq!(scenes.pictures.dim(), (3, 64, 64, 3));
/// assert_eq!(scenes.objects.len(), 3);
/// assert_eq!(scenes.objects[0].ncols(), 5); // b_x, b_y, b_h, b_w, class
/// ```
pub fn synthetic_scenes(m: usize, seed: u32) -> Scenes {
    let mut pictures = Array4::zeros((m, SIDE, SIDE, 3));
    let mut objects = Vec::with_capacity(m);
    for (i, mut picture) in pictures.axis_iter_mut(Axis(0)).enumerate() {
        let (bytes, boxes) = draw(&mut Rng::new(seed, i));
        picture.iter_mut().zip(bytes).for_each(|(pixel, byte)| *pixel = byte);
        objects.push(boxes);
    }
    Scenes { pictures, objects }
}

/// One object: its box in pixels, and what it looks like.
struct Object {
    class: usize,
    left: f32,
    top: f32,
    width: f32,
    height: f32,
    is_mirrored: bool,
    colours: [Vec3; 3],
    pace: f32,
}

impl Object {
    /// An object that stands on the ground; one that is farther down is nearer and larger.
    fn new(class: usize, rng: &mut Rng) -> Self {
        let near = rng.uniform();
        let scale = 0.78 + 0.5 * near;
        let (width, height) = match class {
            0 => {
                let height = rng.range(20.0, 26.0) * scale;
                (height * rng.range(0.38, 0.48), height)
            }
            1 => {
                let width = rng.range(22.0, 30.0) * scale;
                (width, width * rng.range(0.44, 0.56))
            }
            _ => {
                let width = rng.range(18.0, 23.0) * scale;
                (width, width * rng.range(0.62, 0.74))
            }
        };
        let bottom = 30.0 + 32.0 * near + rng.range(-4.0, 1.0);
        let colour = |rng: &mut Rng| v(rng.range(0.03, 0.85), rng.range(0.03, 0.75), rng.range(0.03, 0.85));
        let skin = v(0.75, 0.48, 0.34) * rng.range(0.35, 1.1);
        Self {
            class,
            left: rng.range(0.0, SIDE as f32 - width),
            top: (bottom - height).max(0.0),
            width,
            height,
            is_mirrored: rng.chance(0.5),
            colours: [colour(rng), colour(rng), skin],
            pace: rng.uniform(),
        }
    }

    /// The part of the smaller box that both share.
    fn overlap(&self, other: &Object) -> f32 {
        let width = (self.left + self.width).min(other.left + other.width) - self.left.max(other.left);
        let height = (self.top + self.height).min(other.top + other.height) - self.top.max(other.top);
        width.max(0.0) * height.max(0.0) / (self.width * self.height).min(other.width * other.height)
    }

    /// The colour at a place of the picture in pixels; nothing beside the object.
    fn colour(&self, x: f32, y: f32) -> Option<Vec3> {
        let (u, down) = ((x - self.left) / self.width, (y - self.top) / self.height);
        if !(0.0..1.0).contains(&u) || !(0.0..1.0).contains(&down) {
            return None;
        }
        let u = if self.is_mirrored { 1.0 - u } else { u };
        match self.class {
            0 => self.pedestrian(u, down),
            1 => self.car(u, down),
            _ => self.motorcycle(u, down),
        }
    }

    /// Whether a place is within a circle whose radius is a part of the object's height.
    fn circle(&self, (u, down): (f32, f32), (centre_u, centre_down): (f32, f32), radius: f32) -> bool {
        let (x, y) = ((u - centre_u) * self.width / self.height, down - centre_down);
        x * x + y * y < radius * radius
    }

    fn pedestrian(&self, u: f32, down: f32) -> Option<Vec3> {
        let [shirt, trousers, skin] = self.colours;
        if self.circle((u, down), (0.5, 0.11), 0.11) {
            return Some(if down < 0.07 { trousers * 0.4 } else { skin });
        }
        let stride = 0.10 + 0.22 * self.pace; // how far the feet are apart
        let leg = (down - 0.58) / 0.42;
        if (0.24..0.60).contains(&down) && (u - 0.5).abs() < 0.30 {
            return Some(shirt);
        }
        // Arms hang from the shoulders to the sides of the box.
        let arm = (down - 0.26) / 0.34;
        if (0.0..1.0).contains(&arm) && ((u - 0.5).abs() - (0.30 + 0.11 * arm)).abs() < 0.09 {
            return Some(if arm > 0.85 { skin } else { shirt * 0.75 });
        }
        if leg >= 0.0 && ((u - 0.5).abs() - (0.13 + stride * leg)).abs() < 0.13 {
            return Some(if leg > 0.9 { v(0.05, 0.04, 0.04) } else { trousers });
        }
        None
    }

    fn car(&self, u: f32, down: f32) -> Option<Vec3> {
        let [paint, _, _] = self.colours;
        for wheel in [0.21, 0.79] {
            if self.circle((u, down), (wheel, 0.78), 0.22) {
                let is_rim = self.circle((u, down), (wheel, 0.78), 0.10);
                return Some(if is_rim { v(0.55, 0.55, 0.58) } else { v(0.03, 0.03, 0.03) });
            }
        }
        if (0.42..0.82).contains(&down) {
            let lamp = down < 0.56 && !(0.04..0.96).contains(&u);
            return Some(if lamp { v(0.95, 0.85, 0.45) } else { paint });
        }
        let slope = down / 0.42; // the cabin is wider below
        if down < 0.42 && u > 0.34 - 0.18 * slope && u < 0.68 + 0.20 * slope {
            let is_window = (0.08..0.36).contains(&down) && !(0.49..0.53).contains(&u);
            let is_inside = u > 0.40 - 0.18 * slope && u < 0.62 + 0.20 * slope;
            return Some(if is_window && is_inside { v(0.25, 0.36, 0.45) } else { paint * 0.85 });
        }
        None
    }

    fn motorcycle(&self, u: f32, down: f32) -> Option<Vec3> {
        let [paint, saddle, _] = self.colours;
        let radius = 0.30;
        let wheel = radius * self.height / self.width; // as a part of the width
        for centre in [wheel, 1.0 - wheel] {
            if self.circle((u, down), (centre, 0.70), radius) {
                let is_tyre = !self.circle((u, down), (centre, 0.70), 0.62 * radius);
                let is_hub = self.circle((u, down), (centre, 0.70), 0.2 * radius);
                if is_tyre || is_hub {
                    return Some(v(0.04, 0.04, 0.05));
                }
            }
        }
        // The fork leans from the front wheel up to the handlebar.
        let fork = 1.0 - wheel - 0.20 * (0.70 - down) / 0.70;
        if down < 0.70 && (u - fork).abs() < 0.045 || down < 0.10 && (fork - 0.16..fork + 0.04).contains(&u) {
            return Some(v(0.30, 0.30, 0.32));
        }
        if (0.26..0.44).contains(&down) && (0.42..0.74).contains(&u) {
            return Some(paint);
        }
        if (0.30..0.42).contains(&down) && (0.10..0.44).contains(&u) {
            return Some(saddle * 0.4);
        }
        if (0.44..0.72).contains(&down) && (0.34..0.64).contains(&u) {
            return Some(v(0.18, 0.18, 0.20));
        }
        None
    }
}

/// The bytes of one picture, and the rows of its objects.
fn draw(rng: &mut Rng) -> (Vec<u8>, Array2<f64>) {
    let n = 1 + (4.0 * rng.uniform()) as usize;
    let mut objects: Vec<Object> = Vec::new();
    // An object that finds no free place is left out after some attempts; the first one always fits.
    for _ in 0..n {
        let class = (3.0 * rng.uniform()) as usize;
        for _ in 0..20 {
            let object = Object::new(class, rng);
            if objects.iter().all(|other| object.overlap(other) < OVERLAP) {
                objects.push(object);
                break;
            }
        }
    }
    objects.sort_by(|a, b| (a.top + a.height).total_cmp(&(b.top + b.height)));

    let mut canvas = street(rng);
    let weight = 1.0 / (SAMPLES * SAMPLES) as f32;
    for object in &objects {
        for row in object.top as usize..((object.top + object.height) as usize + 1).min(SIDE) {
            for column in object.left as usize..((object.left + object.width) as usize + 1).min(SIDE) {
                let pixel = &mut canvas[row * SIDE + column];
                let behind = *pixel;
                let mut seen = v(0.0, 0.0, 0.0);
                for sample in 0..SAMPLES * SAMPLES {
                    let offset = |k: usize| (k as f32 + 0.5) / SAMPLES as f32;
                    let x = column as f32 + offset(sample % SAMPLES);
                    let y = row as f32 + offset(sample / SAMPLES);
                    seen = seen + object.colour(x, y).unwrap_or(behind) * weight;
                }
                *pixel = seen;
            }
        }
    }
    let mut rows = Array2::zeros((objects.len(), 5));
    let part = |pixels: f32| f64::from(pixels) / SIDE as f64;
    for (mut row, object) in rows.outer_iter_mut().zip(&objects) {
        row[0] = part(object.left + object.width / 2.0);
        row[1] = part(object.top + object.height / 2.0);
        row[2] = part(object.height);
        row[3] = part(object.width);
        row[4] = object.class as f64;
    }
    (develop(canvas, SIDE, EXPOSURE, rng), rows)
}

/// The street without anybody: sky, a row of houses, the pavement and the road.
fn street(rng: &mut Rng) -> Canvas {
    let light = rng.range(0.55, 1.0);
    let sky = v(rng.range(0.35, 0.70), rng.range(0.50, 0.75), rng.range(0.65, 0.95)) * light;
    let asphalt = v(0.26, 0.26, 0.28) * rng.range(0.6, 1.5) * light;
    let pavement = v(0.50, 0.48, 0.44) * rng.range(0.7, 1.2) * light;
    let horizon = rng.range(20.0, 27.0);
    let kerb = horizon + rng.range(4.0, 12.0);
    let mut houses = Vec::new();
    let mut left = -rng.range(0.0, 12.0);
    while left < SIDE as f32 {
        let width = rng.range(10.0, 22.0);
        let wall = v(rng.range(0.25, 0.70), rng.range(0.22, 0.55), rng.range(0.18, 0.50)) * light;
        houses.push((left, width, horizon - rng.range(8.0, 20.0), wall, rng.range(3.5, 6.0)));
        left += width;
    }
    let mut canvas = vec![sky; SIDE * SIDE];
    for (i, pixel) in canvas.iter_mut().enumerate() {
        let (x, y) = ((i % SIDE) as f32 + 0.5, (i / SIDE) as f32 + 0.5);
        if y >= kerb {
            *pixel = asphalt * (0.85 + 0.3 * (y - kerb) / SIDE as f32);
        } else if y >= horizon {
            *pixel = pavement;
        } else if let Some(&(left, width, roof, wall, step)) = houses.iter().find(|house| x < house.0 + house.1)
            && y >= roof
        {
            let (u, down) = ((x - left) % step / step, (y - roof) % step / step);
            let is_window = (0.3..0.75).contains(&u) && (0.35..0.8).contains(&down) && x - left < width - 1.0;
            *pixel = if is_window { wall * 0.45 } else { wall };
        }
    }
    canvas
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_box_holds_its_object_and_nothing_else_has_changed() {
        for seed in 0..200 {
            let mut rng = Rng::new(5, seed);
            let object = Object::new(seed % 3, &mut rng);
            let mut edges = (f32::MAX, f32::MAX, f32::MIN, f32::MIN);
            for i in 0..SIDE * SIDE * 64 {
                let (x, y) = ((i % (SIDE * 8)) as f32 / 8.0, (i / (SIDE * 8)) as f32 / 8.0);
                if object.colour(x, y).is_some() {
                    edges = (edges.0.min(x), edges.1.min(y), edges.2.max(x), edges.3.max(y));
                }
            }
            let found = [edges.0, edges.1, edges.2, edges.3];
            let stated = [object.left, object.top, object.left + object.width, object.top + object.height];
            for (found, stated) in found.iter().zip(stated) {
                assert!((found - stated).abs() < 1.0, "class {}: {found} for {stated}", object.class);
            }
        }
    }

    #[test]
    fn boxes_lie_in_the_picture_and_every_class_is_frequent() {
        let scenes = synthetic_scenes(200, 1);
        let mut counts = [0; 3];
        for object in scenes.objects.iter().flat_map(|objects| objects.outer_iter()) {
            for (centre, size) in [(object[0], object[3]), (object[1], object[2])] {
                assert!(centre - size / 2.0 > -1e-6 && centre + size / 2.0 < 1.0 + 1e-6, "{object}");
            }
            counts[object[4] as usize] += 1;
        }
        assert!(counts.iter().all(|&count| count > 100), "{counts:?}");
        assert_eq!(scenes.objects.iter().map(|objects| objects.nrows()).max(), Some(4));
    }

    #[test]
    fn a_seed_names_the_same_pictures() {
        let (few, many) = (synthetic_scenes(2, 3), synthetic_scenes(4, 3));
        assert_eq!(few.pictures, many.pictures.slice(ndarray::s![..2, .., .., ..]));
        assert_eq!(few.objects[..], many.objects[..2]);
        assert_ne!(few.pictures, synthetic_scenes(2, 4).pictures);
    }
}
