/*!
The initial values of weights: Keras' initializers.

The random streams are TensorFlow's, see [`philox`](crate::graph::philox).
*/

use super::{context::Context, names::UnknownName, setting::decimal};
use crate::graph::philox::{Philox, fans, glorot_limit};
use serde_json::{Value, json};
use std::{fmt, rc::Rc};

/// How a weight is initialized. Layers also take its Keras name, such as `"he_uniform"`.
#[derive(Clone)]
#[non_exhaustive]
pub enum Initializer {
    /// 0 everywhere.
    Zeros,
    /// 1 everywhere.
    Ones,
    /// The same value everywhere.
    Constant(f32),
    /// See [`RandomUniform`].
    RandomUniform(RandomUniform),
    /// See [`GlorotUniform`].
    GlorotUniform(GlorotUniform),
    /// See [`HeUniform`].
    HeUniform(HeUniform),
    /// Normal random values, or those of another distribution whose spread follows from the shape: see [`Random`].
    Random(Random),
    /// A function of the program's own: from a shape to that many elements, the last index running fastest. A file
    /// cannot hold it: a model that is saved and opened again has its weights, and Keras' default as their initializer.
    Custom(CustomFunction),
}

/// A function from a shape to as many elements.
pub type CustomFunction = Rc<dyn Fn(&[usize]) -> Vec<f32>>;

/// Uniform random values in ±√(6 / (fan_in + fan_out)), Keras' default for kernels.
///
/// fan_in is the number of inputs of each output: for a kernel (f_h, f_w, n_c_prev, n_c), f_h f_w n_c_prev;
/// fan_out is f_h f_w n_c.
///
/// ```
/// use cnn::keras::{GlorotUniform, layers::*};
/// let x = Input::new(64).call();
/// let layer = Dense::new(6).kernel_initializer(GlorotUniform::seed(0)).call(&x).layer();
/// let limit = (6.0f32 / (64.0 + 6.0)).sqrt();
/// assert!(layer.get_weights()[0].iter().all(|w| w.abs() <= limit));
/// ```
///
/// From: X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks" (2010).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GlorotUniform {
    /// The seed; without one, each weight of a network gets another.
    pub seed: Option<u64>,
}

impl GlorotUniform {
    /// With a seed of its own. The values are those of Keras on TensorFlow, bit for bit.
    pub fn seed(seed: u64) -> Self {
        GlorotUniform { seed: Some(seed) }
    }
}

/// Uniform random values in ±√(6 / fan_in), for layers before a relu. fan_in is as for [`GlorotUniform`].
///
/// From: K. He et al., "Delving deep into rectifiers" (2015).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HeUniform {
    /// The seed; without one, each weight of a network gets another.
    pub seed: Option<u64>,
}

impl HeUniform {
    /// With a seed of its own.
    pub fn seed(seed: u64) -> Self {
        HeUniform { seed: Some(seed) }
    }
}

/// Uniform random values in [minval, maxval); Keras' default is ±0.05.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RandomUniform {
    /// The lower bound, included.
    pub minval: f32,
    /// The upper bound, excluded.
    pub maxval: f32,
    /// The seed; without one, each weight of a network gets another.
    pub seed: Option<u64>,
}

impl Default for RandomUniform {
    fn default() -> Self {
        RandomUniform { minval: -0.05, maxval: 0.05, seed: None }
    }
}

/// Random values of any of Keras' distributions. Layers also take the names: `"he_normal"`, `"glorot_normal"`,
/// `"lecun_normal"`, `"lecun_uniform"`, `"random_normal"`, `"truncated_normal"`, `"orthogonal"`.
///
/// ```
/// use cnn::keras::{Random, layers::*};
/// let x = Input::new(400).call();
/// let layer = Dense::new(200).kernel_initializer(Random::new("he_normal").seed(1)).call(&x).layer();
/// let squares = layer.get_weights()[0].mapv(|w| f64::from(w) * f64::from(w)).mean().unwrap();
/// assert!((squares - 2.0 / 400.0).abs() < 1e-4);
/// ```
///
/// DIFFERENCE: the distributions are Keras', the numbers are not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Random {
    distribution: Distribution,
    seed: Option<u64>,
}

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Distribution {
    /// Uniform in ±√(3 factor / fan_in).
    LecunUniform,
    /// Normal, without values beyond two standard deviations; the variance after that is 2 / fan_in.
    HeNormal,
    /// The same with 2 / (fan_in + fan_out).
    GlorotNormal,
    /// The same with 1 / fan_in.
    LecunNormal,
    /// Normal with this mean and standard deviation.
    Normal { mean: f32, stddev: f32 },
    /// The same, without values beyond two standard deviations.
    TruncatedNormal { mean: f32, stddev: f32 },
    /// A matrix with orthonormal columns, or rows where there are fewer of them, times this gain.
    Orthogonal { gain: f32 },
}

/// The standard deviation of a normal distribution with 1 that has been cut off at ±2: `scipy.stats.truncnorm.std(-2, 2)`.
const TRUNCATED: f64 = 0.879_625_661_034_239_8;

const RANDOM: [(&str, &str, Distribution); 7] = [
    ("lecun_uniform", "LecunUniform", Distribution::LecunUniform),
    ("he_normal", "HeNormal", Distribution::HeNormal),
    ("glorot_normal", "GlorotNormal", Distribution::GlorotNormal),
    ("lecun_normal", "LecunNormal", Distribution::LecunNormal),
    ("random_normal", "RandomNormal", Distribution::Normal { mean: 0.0, stddev: 0.05 }),
    ("truncated_normal", "TruncatedNormal", Distribution::TruncatedNormal { mean: 0.0, stddev: 0.05 }),
    ("orthogonal", "Orthogonal", Distribution::Orthogonal { gain: 1.0 }),
];

impl Random {
    /// The distribution of this name with Keras' defaults.
    ///
    /// # Panics
    /// If there is none of this name.
    #[track_caller]
    pub fn new(name: &str) -> Self {
        let found = RANDOM.into_iter().find(|(own, ..)| *own == name);
        let names = || RANDOM.map(|(name, ..)| name).join(", ");
        let (.., distribution) =
            found.unwrap_or_else(|| panic!("there is no distribution \"{name}\"\nhelp: there are {}", names()));
        Random { distribution, seed: None }
    }

    /// Normal with this mean and standard deviation.
    pub fn normal(mean: f32, stddev: f32) -> Self {
        Random { distribution: Distribution::Normal { mean, stddev }, seed: None }
    }

    /// The same, without values beyond two standard deviations.
    pub fn truncated_normal(mean: f32, stddev: f32) -> Self {
        Random { distribution: Distribution::TruncatedNormal { mean, stddev }, seed: None }
    }

    /// A matrix with orthonormal columns, or rows where there are fewer of them, times `gain`.
    ///
    /// From: A. Saxe et al., "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks" (2013).
    pub fn orthogonal(gain: f32) -> Self {
        Random { distribution: Distribution::Orthogonal { gain }, seed: None }
    }

    /// With a seed of its own.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Keras' name of the class, and the settings.
    pub(super) fn parts(&self) -> (&'static str, Value) {
        use Distribution::*;
        let seed = self.seed;
        let same_kind =
            |other: &Distribution| std::mem::discriminant(other) == std::mem::discriminant(&self.distribution);
        let (_, class_name, _) = RANDOM.into_iter().find(|(.., own)| same_kind(own)).expect("every kind is listed");
        let config = match self.distribution {
            Normal { mean, stddev } | TruncatedNormal { mean, stddev } => {
                json!({ "mean": decimal(mean), "stddev": decimal(stddev), "seed": seed })
            }
            Orthogonal { gain } => json!({ "gain": decimal(gain), "seed": seed }),
            _ => json!({ "seed": seed }),
        };
        (class_name, config)
    }

    /// From Keras' name of the class, and the settings.
    pub(super) fn from_parts(class_name: &str, config: &Value) -> Option<Self> {
        use Distribution::*;
        let (.., distribution) = RANDOM.into_iter().find(|(_, own, _)| *own == class_name)?;
        let number = |key: &str, default: f32| config[key].as_f64().map_or(default, |x| x as f32);
        let distribution = match distribution {
            Normal { mean, stddev } => Normal { mean: number("mean", mean), stddev: number("stddev", stddev) },
            TruncatedNormal { mean, stddev } => {
                TruncatedNormal { mean: number("mean", mean), stddev: number("stddev", stddev) }
            }
            Orthogonal { gain } => Orthogonal { gain: number("gain", gain) },
            other => other,
        };
        Some(Random { distribution, seed: config["seed"].as_u64() })
    }

    fn values(&self, shape: &[usize], seeds: (u64, u64)) -> Vec<f32> {
        let n: usize = shape.iter().product();
        let (fan_in, fan_out) = fans(shape);
        let scaled = |variance: f64| truncated(seeds, n, 0.0, (variance.sqrt() / TRUNCATED) as f32);
        match self.distribution {
            Distribution::LecunUniform => {
                let limit = (3.0 / fan_in).sqrt() as f32;
                Philox::new(seeds.0, seeds.1).uniform_between(0, n, -limit, limit)
            }
            Distribution::HeNormal => scaled(2.0 / fan_in),
            Distribution::GlorotNormal => scaled(2.0 / (fan_in + fan_out)),
            Distribution::LecunNormal => scaled(1.0 / fan_in),
            Distribution::Normal { mean, stddev } => normal(seeds).take(n).map(|z| mean + stddev * z as f32).collect(),
            Distribution::TruncatedNormal { mean, stddev } => truncated(seeds, n, mean, stddev),
            Distribution::Orthogonal { gain } => orthogonal(shape, gain, seeds),
        }
    }
}

/// Normal random numbers, by Box and Muller's transform of pairs of uniform ones.
fn normal(seeds: (u64, u64)) -> impl Iterator<Item = f64> {
    let stream = Philox::new(seeds.0, seeds.1);
    let unit = |word: u32| (f64::from(word) + 0.5) / 4_294_967_296.0;
    (0..).flat_map(move |block| {
        let [a, b, c, d] = stream.block(block).map(unit);
        [(a, b), (c, d)].into_iter().flat_map(|(u, v)| {
            let (radius, angle) = ((-2.0 * u.ln()).sqrt(), std::f64::consts::TAU * v);
            [radius * angle.cos(), radius * angle.sin()]
        })
    })
}

fn truncated(seeds: (u64, u64), n: usize, mean: f32, stddev: f32) -> Vec<f32> {
    normal(seeds).filter(|z| z.abs() <= 2.0).take(n).map(|z| mean + stddev * z as f32).collect()
}

/// Orthonormal vectors from random ones, each made orthogonal to those before it (Gram and Schmidt, twice over for
/// rounding).
fn orthogonal(shape: &[usize], gain: f32, seeds: (u64, u64)) -> Vec<f32> {
    let columns = shape.last().copied().unwrap_or(1);
    let rows = shape.iter().product::<usize>() / columns.max(1);
    let (length, count) = (rows.max(columns), rows.min(columns));
    let mut draws = normal(seeds);
    let mut vectors: Vec<Vec<f64>> = Vec::new();
    for _ in 0..count {
        let mut vector: Vec<f64> = draws.by_ref().take(length).collect();
        for _ in 0..2 {
            for other in &vectors {
                let along: f64 = vector.iter().zip(other).map(|(a, b)| a * b).sum();
                vector.iter_mut().zip(other).for_each(|(a, b)| *a -= along * b);
            }
        }
        let norm = vector.iter().map(|a| a * a).sum::<f64>().sqrt();
        vector.iter_mut().for_each(|a| *a /= norm);
        vectors.push(vector);
    }
    let element = |row: usize, column: usize| if rows < columns { vectors[row][column] } else { vectors[column][row] };
    (0..rows * columns).map(|i| gain * element(i / columns, i % columns) as f32).collect()
}

impl Initializer {
    /// Keras' name of the initializer.
    pub fn class_name(&self) -> &'static str {
        match self {
            Initializer::Zeros => "Zeros",
            Initializer::Ones => "Ones",
            Initializer::Constant(_) => "Constant",
            Initializer::RandomUniform(_) => "RandomUniform",
            Initializer::GlorotUniform(_) => "GlorotUniform",
            Initializer::HeUniform(_) => "HeUniform",
            Initializer::Random(random) => random.parts().0,
            Initializer::Custom(_) => "Custom",
        }
    }

    /// The function that computes the values; its seeds are fixed now.
    pub(super) fn prepare(&self, context: &Context) -> impl Fn(&[usize]) -> Vec<f32> + use<> {
        let own = match self {
            Initializer::RandomUniform(uniform) => Some(uniform.seed),
            Initializer::GlorotUniform(glorot) => Some(glorot.seed),
            Initializer::HeUniform(he) => Some(he.seed),
            Initializer::Random(random) => Some(random.seed),
            _ => None,
        };
        let seeds = own.map_or((0, 0), |seed| context.seeds(seed));
        let initializer = self.clone();
        move |shape| initializer.values(shape, seeds)
    }

    fn values(&self, shape: &[usize], seeds: (u64, u64)) -> Vec<f32> {
        let n = shape.iter().product();
        let uniform = |low, high| Philox::new(seeds.0, seeds.1).uniform_between(0, n, low, high);
        match self {
            Initializer::Zeros => vec![0.0; n],
            Initializer::Ones => vec![1.0; n],
            Initializer::Constant(value) => vec![*value; n],
            Initializer::RandomUniform(range) => uniform(range.minval, range.maxval),
            Initializer::GlorotUniform(_) => {
                let limit = glorot_limit(shape);
                uniform(-limit, limit)
            }
            Initializer::HeUniform(_) => {
                let limit = (6.0 / fans(shape).0).sqrt() as f32;
                uniform(-limit, limit)
            }
            Initializer::Random(random) => random.values(shape, seeds),
            Initializer::Custom(function) => function(shape),
        }
    }
}

impl fmt::Debug for Initializer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Initializer::Constant(value) => write!(f, "Constant({value})"),
            Initializer::RandomUniform(uniform) => uniform.fmt(f),
            Initializer::GlorotUniform(glorot) => glorot.fmt(f),
            Initializer::HeUniform(he) => he.fmt(f),
            Initializer::Random(random) => random.fmt(f),
            Initializer::Zeros | Initializer::Ones | Initializer::Custom(_) => f.write_str(self.class_name()),
        }
    }
}

impl TryFrom<&str> for Initializer {
    type Error = UnknownName;

    /// The initializer of this Keras name with its defaults: `"zeros"`, `"ones"`, `"glorot_uniform"`, `"he_uniform"`,
    /// `"random_uniform"`, or a name of [`Random`].
    ///
    /// ```
    /// use cnn::keras::layers::*;
    /// let x = Input::new(4).call();
    /// let layer = Dense::new(2).kernel_initializer("he_uniform").bias_initializer("ones").call(&x).layer();
    /// assert_eq!(layer.get_weights()[1].sum(), 2.0);
    /// ```
    fn try_from(name: &str) -> Result<Self, UnknownName> {
        let help = || {
            let random = RANDOM.map(|(name, ..)| name).join(", ");
            format!(
                "the initializers are zeros, ones, glorot_uniform, he_uniform, random_uniform, {random}; \
                 Initializer::Custom takes a function"
            )
        };
        Ok(match name {
            "zeros" => Initializer::Zeros,
            "ones" => Initializer::Ones,
            "glorot_uniform" => GlorotUniform::default().into(),
            "he_uniform" => HeUniform::default().into(),
            "random_uniform" => RandomUniform::default().into(),
            _ if RANDOM.iter().any(|(own, ..)| *own == name) => Random::new(name).into(),
            _ => return Err(UnknownName::new("initializer", name, help())),
        })
    }
}

impl From<GlorotUniform> for Initializer {
    fn from(glorot: GlorotUniform) -> Self {
        Initializer::GlorotUniform(glorot)
    }
}

impl From<Random> for Initializer {
    fn from(random: Random) -> Self {
        Initializer::Random(random)
    }
}

impl From<HeUniform> for Initializer {
    fn from(he: HeUniform) -> Self {
        Initializer::HeUniform(he)
    }
}

impl From<RandomUniform> for Initializer {
    fn from(uniform: RandomUniform) -> Self {
        Initializer::RandomUniform(uniform)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(name: &str, shape: &[usize]) -> Vec<f64> {
        Random::new(name).values(shape, (1, 2)).into_iter().map(f64::from).collect()
    }

    #[track_caller]
    fn check_variance(name: &str, expected: f64) {
        let values = values(name, &[3, 3, 40, 50]);
        let variance = values.iter().map(|x| x * x).sum::<f64>() / values.len() as f64;
        assert!((variance / expected - 1.0).abs() < 0.05, "{name}: {variance} is not {expected}");
    }

    #[test]
    fn variances_follow_from_the_shape() {
        check_variance("he_normal", 2.0 / 360.0);
        check_variance("glorot_normal", 2.0 / (360.0 + 450.0));
        check_variance("lecun_normal", 1.0 / 360.0);
        check_variance("lecun_uniform", 1.0 / 360.0);
        check_variance("random_normal", 0.0025);
        check_variance("truncated_normal", 0.0025 * TRUNCATED * TRUNCATED);
    }

    #[test]
    fn orthogonal_matrices_have_orthonormal_columns_or_rows() {
        for (rows, columns) in [(7, 4), (4, 7), (5, 5)] {
            let q = values("orthogonal", &[rows, columns]);
            let at = |i: usize, k: usize| if rows < columns { q[i * columns + k] } else { q[k * columns + i] };
            for i in 0..rows.min(columns) {
                for j in 0..rows.min(columns) {
                    let dot: f64 = (0..rows.max(columns)).map(|k| at(i, k) * at(j, k)).sum();
                    assert!((dot - f64::from(u8::from(i == j))).abs() < 1e-6, "{i}, {j}: {dot}");
                }
            }
        }
    }
}
