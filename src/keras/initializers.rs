/*!
The initial values of weights: Keras' initializers.

The random streams are TensorFlow's, see [`philox`](crate::graph::philox).
*/

use super::{context::Context, names::UnknownName};
use crate::graph::philox::{Philox, fans, glorot_limit};
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
            Initializer::Custom(_) => "Custom",
        }
    }

    /// The function that computes the values; its seeds are fixed now.
    pub(super) fn prepare(&self, context: &Context) -> impl Fn(&[usize]) -> Vec<f32> + use<> {
        let own = match self {
            Initializer::RandomUniform(uniform) => Some(uniform.seed),
            Initializer::GlorotUniform(glorot) => Some(glorot.seed),
            Initializer::HeUniform(he) => Some(he.seed),
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
            Initializer::Zeros | Initializer::Ones | Initializer::Custom(_) => f.write_str(self.class_name()),
        }
    }
}

impl TryFrom<&str> for Initializer {
    type Error = UnknownName;

    /// The initializer of this Keras name with its defaults: `"zeros"`, `"ones"`, `"glorot_uniform"`, `"he_uniform"` or
    /// `"random_uniform"`.
    ///
    /// ```
    /// use cnn::keras::layers::*;
    /// let x = Input::new(4).call();
    /// let layer = Dense::new(2).kernel_initializer("he_uniform").bias_initializer("ones").call(&x).layer();
    /// assert_eq!(layer.get_weights()[1].sum(), 2.0);
    /// ```
    fn try_from(name: &str) -> Result<Self, UnknownName> {
        let help = "the initializers are zeros, ones, glorot_uniform, he_uniform and random_uniform; \
                    Initializer::Custom takes a function";
        Ok(match name {
            "zeros" => Initializer::Zeros,
            "ones" => Initializer::Ones,
            "glorot_uniform" => GlorotUniform::default().into(),
            "he_uniform" => HeUniform::default().into(),
            "random_uniform" => RandomUniform::default().into(),
            _ => return Err(UnknownName::new("initializer", name, help)),
        })
    }
}

impl From<GlorotUniform> for Initializer {
    fn from(glorot: GlorotUniform) -> Self {
        Initializer::GlorotUniform(glorot)
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
