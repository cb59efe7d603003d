/*!
Data augmentation: pictures are flipped, shifted, rotated, and made lighter or darker at random.

It changes no labels, so use only what leaves them true: a flipped hand still shows 3 fingers, a flipped digit 3 is no 3.
*/

use crate::numpy::RandomState;
use ndarray::{Array4, ArrayView3, ArrayViewMut3, Axis, Zip};

/// Ranges of the random changes; without a call, there is no change of that kind.
///
/// ```
/// use cnn::images::Augment;
/// use cnn::prelude::*;
///
/// let augment = Augment::new().flip().shift(0.1).rotate(15.0).brightness(0.2);
/// let x = Array4::<f32>::from_elem((8, 64, 64, 3), 0.5);
/// assert_eq!(augment.apply(&x, 1).dim(), (8, 64, 64, 3));
/// assert_eq!(augment.apply(&x, 1), augment.apply(&x, 1)); // the same seed, the same result
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Augment {
    flip: bool,
    shift: f64,
    rotate: f64,
    brightness: f64,
}

impl Augment {
    /// No change yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Flips each picture left to right with probability 1/2.
    pub fn flip(self) -> Self {
        Self { flip: true, ..self }
    }

    /// Shifts by up to this fraction of the height, and of the width.
    pub fn shift(self, part: f64) -> Self {
        Self { shift: part, ..self }
    }

    /// Rotates about the middle by up to this many degrees.
    pub fn rotate(self, degrees: f64) -> Self {
        Self { rotate: degrees, ..self }
    }

    /// Multiplies by a factor from 1 − `part` to 1 + `part`; values stay between 0 and 1.
    pub fn brightness(self, part: f64) -> Self {
        Self { brightness: part, ..self }
    }

    /// An augmented copy of a batch, with the random numbers of `seed`.
    ///
    /// Every picture takes the same count of numbers from the generator, so what one takes does not change the others.
    /// Between pixels the value is interpolated linearly; beyond the border it is the border's, as in Keras's
    /// `fill_mode="nearest"`.
    ///
    /// # Arguments
    /// * `x`: (m, n_h, n_w, n_c), values from 0 to 1
    ///
    /// # Returns
    /// (m, n_h, n_w, n_c)
    pub fn apply(&self, x: &Array4<f32>, seed: u32) -> Array4<f32> {
        let mut rng = RandomState::new(seed);
        let mut varied = Array4::zeros(x.dim());
        Zip::from(varied.axis_iter_mut(Axis(0))).and(x.axis_iter(Axis(0))).for_each(|out, picture| {
            let mut within = |limit: f64| limit * (2.0 * rng.next_double() - 1.0);
            let mirror = self.flip & (within(1.0) < 0.0);
            let (n_h, n_w, _) = picture.dim();
            let down = within(self.shift) * n_h as f64;
            let right = within(self.shift) * n_w as f64;
            let (sin, cos) = within(self.rotate).to_radians().sin_cos();
            let factor = (1.0 + within(self.brightness)) as f32;
            let (middle_y, middle_x) = ((n_h as f64 - 1.0) / 2.0, (n_w as f64 - 1.0) / 2.0);
            let source = |row: usize, column: usize| {
                let (y, x) = (row as f64 - middle_y - down, column as f64 - middle_x - right);
                let (y, x) = (cos * y - sin * x, sin * y + cos * x);
                (middle_y + y, middle_x + if mirror { -x } else { x })
            };
            resample(out, picture, source, |value| (value * factor).clamp(0.0, 1.0));
        });
        varied
    }
}

/// Fills `out` with what `picture` has at `source(row, column)`, seen through `tone`.
fn resample(
    mut out: ArrayViewMut3<f32>,
    picture: ArrayView3<f32>,
    source: impl Fn(usize, usize) -> (f64, f64),
    tone: impl Fn(f32) -> f32,
) {
    let (n_h, n_w, n_c) = picture.dim();
    for row in 0..n_h {
        for column in 0..n_w {
            let (y, x) = source(row, column);
            let (y, x) = (y.clamp(0.0, n_h as f64 - 1.0), x.clamp(0.0, n_w as f64 - 1.0));
            let (top, left) = (y.floor() as usize, x.floor() as usize);
            let (bottom, right) = ((top + 1).min(n_h - 1), (left + 1).min(n_w - 1));
            let (fy, fx) = ((y - y.floor()) as f32, (x - x.floor()) as f32);
            for c in 0..n_c {
                let above = picture[[top, left, c]] * (1.0 - fx) + picture[[top, right, c]] * fx;
                let below = picture[[bottom, left, c]] * (1.0 - fx) + picture[[bottom, right, c]] * fx;
                out[[row, column, c]] = tone(above * (1.0 - fy) + below * fy);
            }
        }
    }
}
