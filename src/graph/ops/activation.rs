/*!
Activation functions that are applied element by element and have no kernel of their own.

Those that have one are in files of their own, such as [`Relu`](super::Relu).
*/

use crate::graph::network::{
    Op, Shape,
    op::{Backward, Forward, Reads},
};
use std::f32::consts::{FRAC_1_SQRT_2, PI};

/// A function of each element.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Activation {
    /// x where x > 0, slope x elsewhere.
    LeakyRelu {
        /// The slope of the left half.
        slope: f32,
    },
    /// x where x > 0, alpha (exp(x) − 1) elsewhere.
    Elu {
        /// The limit on the left, negated.
        alpha: f32,
    },
    /// x Φ(x), where Φ is the standard normal distribution.
    Gelu,
    /// x / (1 + exp(−x)).
    Swish,
    /// scale x + offset.
    Rescale {
        /// The factor.
        scale: f32,
        /// What is added.
        offset: f32,
    },
}

impl Activation {
    fn value(self, x: f32) -> f32 {
        match self {
            Activation::LeakyRelu { slope } => {
                if x > 0.0 {
                    x
                } else {
                    slope * x
                }
            }
            Activation::Elu { alpha } => {
                if x > 0.0 {
                    x
                } else {
                    alpha * x.exp_m1()
                }
            }
            Activation::Gelu => x * normal(x),
            Activation::Swish => x * sigmoid(x),
            Activation::Rescale { scale, offset } => scale * x + offset,
        }
    }

    fn derivative(self, x: f32) -> f32 {
        match self {
            Activation::LeakyRelu { slope } => {
                if x > 0.0 {
                    1.0
                } else {
                    slope
                }
            }
            Activation::Elu { alpha } => {
                if x > 0.0 {
                    1.0
                } else {
                    alpha * x.exp()
                }
            }
            Activation::Gelu => normal(x) + x * (-0.5 * x * x).exp() / (2.0 * PI).sqrt(),
            Activation::Swish => {
                let s = sigmoid(x);
                s + x * s * (1.0 - s)
            }
            Activation::Rescale { scale, .. } => scale,
        }
    }
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

/// The standard normal distribution: (1 + erf(x / √2)) / 2.
fn normal(x: f32) -> f32 {
    0.5 * (1.0 + erf(f64::from(x * FRAC_1_SQRT_2))) as f32
}

/// The error function, to 1.5e-7. From: M. Abramowitz, I. Stegun, "Handbook of mathematical functions" (1964), 7.1.26.
fn erf(x: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.327_591_1 * x.abs());
    let coefficients = [1.061_405_429, -1.453_152_027, 1.421_413_741, -0.284_496_736, 0.254_829_592];
    let polynomial = coefficients.iter().fold(0.0, |sum, c| (sum + c) * t);
    (1.0 - polynomial * (-x * x).exp()).copysign(x)
}

impl Op for Activation {
    fn kind(&self) -> &'static str {
        match self {
            Activation::LeakyRelu { .. } => "LeakyRelu",
            Activation::Elu { .. } => "Elu",
            Activation::Gelu => "Gelu",
            Activation::Swish => "Swish",
            Activation::Rescale { .. } => "Rescale",
        }
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        inputs[0].clone()
    }

    fn forward(&self, run: Forward<'_>) {
        run.map(|x| self.value(x));
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0])
    }

    /// dx = f'(x) dy.
    fn backward(&self, run: Backward<'_>) {
        let x = run.inputs[0];
        run.map_gradient(x, |x, dy| self.derivative(x) * dy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_are_those_of_the_values() {
        let all = [
            Activation::LeakyRelu { slope: 0.3 },
            Activation::Elu { alpha: 0.7 },
            Activation::Gelu,
            Activation::Swish,
            Activation::Rescale { scale: 2.0, offset: 1.0 },
        ];
        for activation in all {
            for x in [-3.0f32, -0.5, 0.25, 2.0] {
                let numerical = (activation.value(x + 1e-2) - activation.value(x - 1e-2)) / 2e-2;
                let ours = activation.derivative(x);
                assert!((ours - numerical).abs() < 1e-3, "{activation:?} at {x}: {ours} is not {numerical}");
            }
        }
    }

    /// Values of `scipy.special.erf`.
    #[test]
    fn the_error_function() {
        for (x, expected) in [(0.0, 0.0), (0.5, 0.520_499_877_8), (-1.0, -0.842_700_792_9), (2.0, 0.995_322_265_0)] {
            assert!((erf(x) - expected).abs() < 2e-7, "{x}");
        }
    }
}
