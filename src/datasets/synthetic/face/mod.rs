/*!
One picture of a face at a door: its pose in space, and the rendering.

The head's shape is in [`head`], what is painted on it in [`paint`], what a face does in [`expression`], what is behind
it in [`door`].
*/

mod door;
mod expression;
mod head;
mod paint;

use super::camera::{Canvas, Light, Shade, develop, reflect};
use super::exact::{Rotation, Vec3, v};
use super::rng::Rng;
use door::Door;
use expression::Expression;
use head::{Head, Hit};
use paint::Paint;

/// Faces fill the picture, so the brightest spot may come out nearly white.
const EXPOSURE: (f32, f32) = (0.70, 1.15);

/// Lines of sight per pixel and direction.
const SAMPLES: usize = 2;

/// Draws a face that smiles or does not: side × side × 3 bytes, row by row.
pub(super) fn draw(is_happy: bool, side: usize, rng: &mut Rng) -> Vec<u8> {
    let expression = Expression::new(is_happy, rng);
    let pose = Pose::new(rng);
    let head = Head::new(&expression, pose.turn, rng);
    let paint = Paint::new(&expression, &head, rng);
    render(side, &head, &pose, &paint, rng)
}

/// Draws a person's face: what stays from picture to picture comes from `person`, everything else from `rng`.
pub(super) fn draw_person(person: &mut Rng, side: usize, rng: &mut Rng) -> Vec<u8> {
    let is_happy = rng.chance(0.5);
    let expression = Expression::new(is_happy, rng);
    let pose = Pose::new(rng);
    // Neither the head nor what is painted on it draws more or fewer numbers for another expression.
    let head = Head::new(&expression, pose.turn, person);
    let paint = Paint::new(&expression, &head, person).in_other_clothes(rng);
    render(side, &head, &pose, &paint, rng)
}

fn render(side: usize, head: &Head, pose: &Pose, paint: &Paint, rng: &mut Rng) -> Vec<u8> {
    let light = Light::new(rng);
    let door = Door::new(rng);
    let (colours, cover) = see(side, head, pose, paint, &light);
    let mut canvas = door.draw(side, &light, &cover);
    for (pixel, (colour, cover)) in canvas.iter_mut().zip(colours.iter().zip(&cover)) {
        *pixel = *pixel * (1.0 - cover) + *colour;
    }
    develop(canvas, side, EXPOSURE, rng)
}

/// Where the head is in space.
struct Pose {
    turn: Rotation,
    scale: f32,
    x: f32,
    y: f32,
}

impl Pose {
    fn new(rng: &mut Rng) -> Self {
        let turn = Rotation::new(
            22.0 * rng.approximately_normal(),
            4.0 + 10.0 * rng.approximately_normal(),
            10.0 * rng.approximately_normal(),
        );
        Self {
            turn,
            scale: rng.range(0.66, 0.80),
            x: 0.09 * rng.approximately_normal(),
            y: 0.04 + 0.07 * rng.approximately_normal(),
        }
    }
}

/// Looks at the person alone: the light, and how much of each pixel the person covers.
fn see(side: usize, head: &Head, pose: &Pose, paint: &Paint, light: &Light) -> (Canvas, Vec<f32>) {
    // From pixels to the head's units, about its middle; the picture is the square from −1 to 1, y up.
    let unit = 2.0 / (side as f32 * pose.scale);
    let place = |row: f32, column: f32| {
        let at = |position: f32| position * (2.0 / side as f32) - 1.0;
        ((at(column) - pose.x) / pose.scale, (-at(row) - pose.y) / pose.scale)
    };
    let middle = |i: usize| place((i / side) as f32 + 0.5, (i % side) as f32 + 0.5);
    let hits: Vec<Option<Hit>> = (0..side * side).map(|i| head.meet(middle(i).0, middle(i).1)).collect();
    let mut colours = vec![Vec3::default(); side * side];
    let mut cover = vec![0.0; side * side];
    let weight = 1.0 / (SAMPLES * SAMPLES) as f32;
    for i in 0..side * side {
        // Along an outline every line of sight looks for itself; inside, the surface is as good as flat.
        let is_outline = outlined(&hits, side, i);
        if hits[i].is_none() && !is_outline {
            continue;
        }
        let mut shade: Option<Shade> = None;
        for sample in 0..SAMPLES * SAMPLES {
            let offset = |k: usize| (k as f32 + 0.5) / SAMPLES as f32 - 0.5;
            let (dx, dy) = (unit * offset(sample % SAMPLES), -unit * offset(sample / SAMPLES));
            let (x, y) = middle(i);
            let hit = if is_outline { head.meet(x + dx, y + dy) } else { hits[i].map(|hit| hit.beside(dx, dy)) };
            let Some(hit) = hit else { continue };
            let shade = *shade.get_or_insert_with(|| head.shade(&hit, light.direction));
            let colour = paint.colour(head, &hit);
            let seen = match hit.is_skin() {
                true => reflect(colour, hit.normal, shade, light),
                false => dull(colour, hit.normal, shade, light),
            };
            colours[i] = colours[i] + seen * weight;
            cover[i] += weight;
        }
    }
    (colours, cover)
}

/// Whether the surface of pixel `i` ends, jumps or changes its material next to it.
fn outlined(hits: &[Option<Hit>], side: usize, i: usize) -> bool {
    let (row, column) = (i / side, i % side);
    let mut neighbours = Vec::with_capacity(4);
    neighbours.extend((row > 0).then(|| i - side));
    neighbours.extend((row + 1 < side).then(|| i + side));
    neighbours.extend((column > 0).then(|| i - 1));
    neighbours.extend((column + 1 < side).then(|| i + 1));
    neighbours.into_iter().any(|j| match (&hits[i], &hits[j]) {
        (Some(a), Some(b)) => a.material != b.material || (a.point.z - b.point.z).abs() > 0.15,
        (None, None) => false,
        _ => true,
    })
}

/// The light that cloth and hair send to the camera.
fn dull(colour: Vec3, normal: Vec3, Shade { open, lit }: Shade, light: &Light) -> Vec3 {
    let direct = normal.dot(light.direction).max(0.0) * lit;
    let sky = 0.75 + 0.25 * normal.y;
    let halfway = (light.direction + v(0.0, 0.0, 1.0)).unit();
    let shine = normal.dot(halfway).max(0.0);
    let shine = shine * shine * shine * shine * lit * 0.15;
    colour.tint(light.key * (direct + shine) + light.room * (sky * (0.25 + 0.75 * open)))
}
