/*!
Data augmentation: pictures are flipped, cropped, shifted, rotated, sheared, and change their brightness and colours at
random.

It changes no labels, so use only what leaves them true: a flipped hand still shows 3 fingers, a flipped digit 3 is no 3.
*/

use super::PrincipalColors;
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
    crop: f64,
    shear: f64,
    rgb_shift: f64,
    pca_colors: Option<(PrincipalColors, f64)>,
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

    /// Cuts out a part at random, at least 1 − `part` as high and as wide, and enlarges it to the picture's size.
    pub fn crop(self, part: f64) -> Self {
        Self { crop: part, ..self }
    }

    /// Shears by up to this many degrees: rows move sideways, the further from the middle the more.
    pub fn shear(self, degrees: f64) -> Self {
        Self { shear: degrees, ..self }
    }

    /// Adds a number from −`part` to `part` to each channel, another one for each; values stay between 0 and 1.
    pub fn rgb_shift(self, part: f64) -> Self {
        Self { rgb_shift: part, ..self }
    }

    /// Shifts colours along their principal components: every pixel of a picture gets Σ_k α_k λ_k v_k, with α_k drawn from
    /// a normal distribution (Krizhevsky and others, 2012; they take 0.1, for values up to 255, with the covariance of
    /// those).
    ///
    /// # Arguments
    /// * `colors`: the components of the training set
    /// * `deviation`: standard deviation of α
    pub fn pca_colors(self, colors: PrincipalColors, deviation: f64) -> Self {
        Self { pca_colors: Some((colors, deviation)), ..self }
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
    ///
    /// # Panics
    /// With [`pca_colors`](Self::pca_colors), if the pictures have not 3 channels.
    pub fn apply(&self, x: &Array4<f32>, seed: u32) -> Array4<f32> {
        assert!(
            self.pca_colors.is_none() || x.dim().3 == 3,
            "Augment::apply: expected pictures of three channels for pca_colors, got {:?}",
            x.dim()
        );
        let mut rng = RandomState::new(seed);
        // A kind of change that is not asked for takes no number of this one, so that results of the others stay.
        let mut further = RandomState::new(seed ^ 0x9e37_79b9);
        let mut varied = Array4::zeros(x.dim());
        Zip::from(varied.axis_iter_mut(Axis(0))).and(x.axis_iter(Axis(0))).for_each(|out, picture| {
            let mut within = |limit: f64| limit * (2.0 * rng.next_double() - 1.0);
            let mirror = self.flip & (within(1.0) < 0.0);
            let (n_h, n_w, _) = picture.dim();
            let down = within(self.shift) * n_h as f64;
            let right = within(self.shift) * n_w as f64;
            let (sin, cos) = within(self.rotate).to_radians().sin_cos();
            let factor = (1.0 + within(self.brightness)) as f32;
            let mut further_within = |limit: f64| {
                if limit == 0.0 { 0.0 } else { limit * (2.0 * further.next_double() - 1.0) }
            };
            // The part's size, from 1 − crop to 1, and how far the part's middle may lie from the picture's.
            let size = 1.0 - (self.crop + further_within(self.crop)) / 2.0;
            let free = (1.0 - size) / 2.0;
            let (off_y, off_x) = (further_within(free) * n_h as f64, further_within(free) * n_w as f64);
            let shear = further_within(self.shear).to_radians().tan();
            let mut colors = vec![0.0_f32; picture.dim().2];
            colors.iter_mut().for_each(|color| *color = further_within(self.rgb_shift) as f32);
            if let Some((components, deviation)) = self.pca_colors {
                let shift = components.shift([(); 3].map(|()| deviation * further.next_gauss()));
                colors.iter_mut().zip(shift).for_each(|(color, shift)| *color += shift as f32);
            }
            let (middle_y, middle_x) = ((n_h as f64 - 1.0) / 2.0, (n_w as f64 - 1.0) / 2.0);
            let source = |row: usize, column: usize| {
                let (y, x) = (row as f64 - middle_y - down, column as f64 - middle_x - right);
                let (y, x) = (cos * y - sin * x, sin * y + cos * x);
                let (y, x) = (size * y + off_y, size * (x + shear * y) + off_x);
                (middle_y + y, middle_x + if mirror { -x } else { x })
            };
            resample(out, picture, source, |value, c| (value * factor + colors[c]).clamp(0.0, 1.0));
        });
        varied
    }
}

/// Fills `out` with what `picture` has at `source(row, column)`, seen through `tone`.
fn resample(
    mut out: ArrayViewMut3<f32>,
    picture: ArrayView3<f32>,
    source: impl Fn(usize, usize) -> (f64, f64),
    tone: impl Fn(f32, usize) -> f32,
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
                out[[row, column, c]] = tone(above * (1.0 - fy) + below * fy, c);
            }
        }
    }
}
