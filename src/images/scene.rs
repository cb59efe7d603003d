/*!
A picture to look at: a house on a hill under an evening sun, painted by arithmetic at any size.

It is no data set and no photo; it has what a photo teaches with: straight edges in every direction, a disk, smooth
gradients, and textures.
*/

use ndarray::Array3;

type Color = [f64; 3];

/// Samples per pixel in each direction: edges are smooth, as a lens would make them.
const SAMPLES: usize = 3;

/// The scene, shape (n_h, n_w, 3), red, green and blue between 0 and 1. The same size always gives the same picture.
///
/// ```
/// let picture = cnn::images::scene(48, 64);
/// assert_eq!(picture.dim(), (48, 64, 3));
/// assert!(picture.iter().all(|&v| (0.0..=1.0).contains(&v)));
/// ```
pub fn scene(n_h: usize, n_w: usize) -> Array3<f64> {
    let mut picture = Array3::zeros((n_h, n_w, 3)); // (n_h, n_w, 3)
    for row in 0..n_h {
        for column in 0..n_w {
            for sample in 0..SAMPLES * SAMPLES {
                let part = |n: usize| (n as f64 + 0.5) / SAMPLES as f64;
                let y = (row as f64 + part(sample / SAMPLES)) / n_h as f64;
                let x = (column as f64 + part(sample % SAMPLES)) / n_w as f64;
                for (channel, value) in paint(x, y).into_iter().enumerate() {
                    picture[[row, column, channel]] += value / (SAMPLES * SAMPLES) as f64;
                }
            }
        }
    }
    picture.mapv_inplace(|value: f64| value.clamp(0.0, 1.0));
    picture
}

/// The colour at (x, y), both from 0 to 1, y downwards: what stands in front hides what is behind.
fn paint(x: f64, y: f64) -> Color {
    tree(x, y).or_else(|| house(x, y)).or_else(|| fence(x, y)).or_else(|| ground(x, y)).unwrap_or_else(|| sky(x, y))
}

fn sky(x: f64, y: f64) -> Color {
    let (dx, dy) = (x - 0.8, (y - 0.22) * 0.8);
    let distance = dx.hypot(dy);
    if distance < 0.075 {
        return [1.0, 0.93, 0.62];
    }
    let glow = (-(distance - 0.075) * 7.0).exp() * 0.35;
    let t = (y / 0.6).min(1.0);
    let cloud = smooth_noise(x * 5.0, y * 16.0, 11) * smooth_noise(x * 11.0 + 3.0, y * 30.0, 12);
    let cloud = ((cloud - 0.3) * 1.6).clamp(0.0, 0.6);
    let blue = mix([0.30, 0.52, 0.82], [0.86, 0.84, 0.80], t);
    let [r, g, b] = mix(blue, [0.97, 0.95, 0.93], cloud);
    [r + glow, g + 0.8 * glow, b + 0.3 * glow]
}

fn ground(x: f64, y: f64) -> Option<Color> {
    let near = 0.72 + 0.05 * (x * 5.0 - 0.6).sin();
    let far = 0.56 - 0.10 * (x * 4.2 + 0.5).sin() - 0.03 * (x * 11.0).sin();
    if y > near {
        let blades = smooth_noise(x * 90.0, y * 45.0, 21) - 0.5;
        let patches = smooth_noise(x * 9.0, y * 14.0, 22) - 0.5;
        let shade = 0.85 + 0.35 * (y - near) + 0.35 * blades + 0.25 * patches;
        return Some(scale([0.36, 0.52, 0.20], shade));
    }
    if y > far {
        let forest = smooth_noise(x * 40.0, y * 30.0, 23) - 0.5;
        return Some(scale(mix([0.24, 0.40, 0.36], [0.33, 0.50, 0.40], (y - far) / 0.2), 1.0 + 0.3 * forest));
    }
    None
}

fn house(x: f64, y: f64) -> Option<Color> {
    let inside = |left: f64, right: f64, top: f64, bottom: f64| x > left && x < right && y > top && y < bottom;
    let ridge = (x - 0.34).abs();
    if inside(0.42, 0.47, 0.23, 0.36) {
        return Some([0.48, 0.27, 0.22]);
    }
    if y > 0.28 && y < 0.47 && ridge < (y - 0.28) * 1.15 {
        let tiles = ((y * 60.0).fract() > 0.75) as u8 as f64;
        return Some(scale([0.66, 0.30, 0.22], 1.0 - 0.28 * tiles - 0.3 * (x - 0.34).max(0.0)));
    }
    if !inside(0.16, 0.52, 0.45, 0.80) {
        return None;
    }
    for left in [0.205, 0.40] {
        if inside(left, left + 0.075, 0.52, 0.63) {
            let (u, v) = ((x - left) / 0.075, (y - 0.52) / 0.11);
            let frame = [u, 1.0 - u, v, 1.0 - v, (u - 0.5).abs(), (v - 0.5).abs()].into_iter().any(|d| d < 0.09);
            return Some(if frame { [0.97, 0.97, 0.95] } else { mix([0.22, 0.30, 0.42], [0.52, 0.62, 0.72], 1.0 - v) });
        }
    }
    if inside(0.305, 0.375, 0.56, 0.80) {
        let knob = (x - 0.362).hypot((y - 0.69) * 0.8) < 0.008;
        return Some(if knob { [0.92, 0.80, 0.30] } else { [0.36, 0.22, 0.14] });
    }
    let plaster = smooth_noise(x * 60.0, y * 60.0, 31) - 0.5;
    let shadow = if y < 0.485 { 0.82 } else { 1.0 };
    Some(scale([0.93, 0.88, 0.76], shadow * (1.0 + 0.06 * plaster)))
}

fn fence(x: f64, y: f64) -> Option<Color> {
    if !(0.53..0.99).contains(&x) {
        return None;
    }
    let picket = (x * 30.0).fract();
    let top = 0.735 + 0.02 * (picket - 0.3).abs();
    let rail = (y - 0.765).abs() < 0.009 || (y - 0.825).abs() < 0.009;
    ((picket < 0.6 && y > top && y < 0.86) || rail).then_some([0.95, 0.94, 0.90])
}

fn tree(x: f64, y: f64) -> Option<Color> {
    let crown = (x - 0.68).hypot((y - 0.50) * 0.85) - 0.115 - 0.035 * (smooth_noise(x * 22.0, y * 22.0, 41) - 0.5);
    if crown < 0.0 {
        let leaves = smooth_noise(x * 70.0, y * 70.0, 42);
        let light = 0.55 + 0.6 * leaves + 0.8 * (x - 0.68) - 0.7 * (y - 0.50);
        return Some(scale([0.20, 0.42, 0.16], light));
    }
    ((x - 0.68).abs() < 0.016 && y > 0.58 && y < 0.80).then_some([0.33, 0.23, 0.15])
}

fn mix(from: Color, to: Color, t: f64) -> Color {
    let t = t.clamp(0.0, 1.0);
    std::array::from_fn(|i| from[i] + t * (to[i] - from[i]))
}

fn scale(color: Color, factor: f64) -> Color {
    color.map(|value| value * factor)
}

/// Noise between 0 and 1 that changes smoothly over a distance of 1: random values at whole numbers, blended between
/// them (value noise with the fade 3t² − 2t³).
fn smooth_noise(x: f64, y: f64, seed: u64) -> f64 {
    let (left, top) = (x.floor(), y.floor());
    let fade = |t: f64| t * t * (3.0 - 2.0 * t);
    let (u, v) = (fade(x - left), fade(y - top));
    let at = |dx: f64, dy: f64| hash((left + dx) as i64, (top + dy) as i64, seed);
    let blend = |a: f64, b: f64, t: f64| a + t * (b - a);
    blend(blend(at(0.0, 0.0), at(1.0, 0.0), u), blend(at(0.0, 1.0), at(1.0, 1.0), u), v)
}

/// A number between 0 and 1 for a point of the grid, by the finaliser of SplitMix64 (Steele, Lea and Flood 2014). It
/// belongs to the place, so the picture looks the same at every size, which no sequence of random numbers would do.
fn hash(x: i64, y: i64, seed: u64) -> f64 {
    let mut z = (x as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        ^ (y as u64).rotate_left(32)
        ^ seed.wrapping_mul(0x1234_5678_9ABC_DEF1);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z ^ (z >> 31)) as f64 / u64::MAX as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_edges_and_shades() {
        let picture = scene(60, 80);
        let gray = picture.mean_axis(ndarray::Axis(2)).expect("three channels");
        let steepest = gray.windows((1, 2)).into_iter().map(|w| (w[[0, 1]] - w[[0, 0]]).abs()).fold(0.0, f64::max);
        assert!(steepest > 0.3, "{steepest}");
        assert!(gray.std(0.0) > 0.12, "{}", gray.std(0.0));
    }

    #[test]
    fn it_looks_the_same_at_every_size() {
        let (small, large) = (scene(30, 40), scene(90, 120));
        let difference = ndarray::Zip::indexed(&small).fold(0.0, |sum: f64, (row, column, channel), &value| {
            let block = large.slice(ndarray::s![3 * row..3 * row + 3, 3 * column..3 * column + 3, channel]);
            sum + (value - block.mean().expect("nine pixels")).abs()
        }) / small.len() as f64;
        assert!(difference < 0.02, "{difference}");
    }
}
