/*!
Functions of each element: exponential, logarithm, absolute value, activation functions and what else is one formula.

Those that have a kernel of their own are in files of their own, such as [`Relu`](super::Relu).
*/

use crate::graph::{
    kernels::{exact::elementwise, fast::elementwise as fast},
    network::{
        Op, Shape,
        op::{Aliasing, Backward, Forward, Reads},
    },
};
use std::f32::consts::{FRAC_1_SQRT_2, PI};

/// y = f(x) for each element.
///
/// ```
/// use cnn::graph::{Graph, Session, ops::Unary};
/// let graph = Graph::new();
/// let x = graph.constant(&ndarray::array![0.0f32, 1.0], "x");
/// let y = graph.add(Unary::Exp, &[&x], "y");
/// assert_eq!(Session::new(&graph).run(&y, &[])[1], 1.0f32.exp());
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Unary {
    /// exp(x).
    Exp,
    /// The natural logarithm of x.
    Log,
    /// √x; its gradient at 0 is infinite, as in TensorFlow.
    Sqrt,
    /// |x|; its gradient at 0 is 0, as in TensorFlow.
    Abs,
    /// x².
    Square,
    /// −x.
    Negative,
    /// min(max(x, low), high); the gradient passes where low ≤ x ≤ high.
    Clip {
        /// The smallest value.
        low: f32,
        /// The largest value.
        high: f32,
    },
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

impl Unary {
    fn value(self, x: f32) -> f32 {
        match self {
            Unary::Exp => x.exp(),
            Unary::Log => x.ln(),
            Unary::Sqrt => x.sqrt(),
            Unary::Abs => x.abs(),
            Unary::Square => x * x,
            Unary::Negative => -x,
            Unary::Clip { low, high } => x.max(low).min(high),
            Unary::LeakyRelu { slope } => {
                if x > 0.0 {
                    x
                } else {
                    slope * x
                }
            }
            Unary::Elu { alpha } => {
                if x > 0.0 {
                    x
                } else {
                    alpha * x.exp_m1()
                }
            }
            Unary::Gelu => x * normal(x),
            Unary::Swish => x * sigmoid(x),
            Unary::Rescale { scale, offset } => scale * x + offset,
        }
    }

    /// The gradient of the input, given that of the output.
    fn gradient(self, x: f32, dy: f32) -> f32 {
        match self {
            Unary::Exp => x.exp() * dy,
            Unary::Log => dy / x,
            Unary::Sqrt => 0.5 * dy / x.sqrt(),
            Unary::Abs if x == 0.0 => 0.0,
            Unary::Abs => x.signum() * dy,
            Unary::Square => 2.0 * x * dy,
            Unary::Negative => -dy,
            Unary::Clip { low, high } => {
                if x < low || x > high {
                    0.0
                } else {
                    dy
                }
            }
            Unary::LeakyRelu { slope } => (if x > 0.0 { 1.0 } else { slope }) * dy,
            Unary::Elu { alpha } => (if x > 0.0 { 1.0 } else { alpha * x.exp() }) * dy,
            Unary::Gelu => (normal(x) + x * (-0.5 * x * x).exp() / (2.0 * PI).sqrt()) * dy,
            Unary::Swish => {
                let s = sigmoid(x);
                (s + x * s * (1.0 - s)) * dy
            }
            Unary::Rescale { scale, .. } => scale * dy,
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

impl Op for Unary {
    fn kind(&self) -> &'static str {
        match self {
            Unary::Exp => "Exp",
            Unary::Log => "Log",
            Unary::Sqrt => "Sqrt",
            Unary::Abs => "Abs",
            Unary::Square => "Square",
            Unary::Negative => "Neg",
            Unary::Clip { .. } => "ClipByValue",
            Unary::LeakyRelu { .. } => "LeakyRelu",
            Unary::Elu { .. } => "Elu",
            Unary::Gelu => "Gelu",
            Unary::Swish => "Swish",
            Unary::Rescale { .. } => "Rescale",
        }
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        if let Unary::Clip { low, high } = self {
            assert!(low <= high, "clip: expected a smallest value of at most the largest, got {low} and {high}");
        }
        inputs[0].clone()
    }

    fn forward(&self, mut run: Forward<'_>) {
        run.copy_input();
        match run.backend.fast() {
            Some(ws) => fast::for_each_block(run.output, ws, &|_, y| elementwise::map(y, |x| self.value(x))),
            None => elementwise::map(run.output, |x| self.value(x)),
        }
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0])
    }

    fn backward(&self, mut run: Backward<'_>) {
        let (x, d_y) = (run.inputs[0], run.d_output);
        let Some(d_x) = &mut run.d_inputs[0] else { return };
        let accumulate = d_x.accumulate;
        match run.backend.fast() {
            Some(ws) => fast::for_each_block(d_x.data, ws, &|range, d_x| {
                let start = range.start;
                elementwise::fill(d_x, accumulate, |i| self.gradient(x[start + i], d_y[start + i]));
            }),
            None => d_x.set(|i| self.gradient(x[i], d_y[i])),
        }
    }

    fn aliasing(&self) -> Aliasing {
        Aliasing { in_place: true, ..Aliasing::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_are_those_of_the_values() {
        let all = [
            Unary::LeakyRelu { slope: 0.3 },
            Unary::Elu { alpha: 0.7 },
            Unary::Gelu,
            Unary::Swish,
            Unary::Rescale { scale: 2.0, offset: 1.0 },
        ];
        for op in all {
            for x in [-3.0f32, -0.5, 0.25, 2.0] {
                let numerical = (op.value(x + 1e-2) - op.value(x - 1e-2)) / 2e-2;
                let ours = op.gradient(x, 1.0);
                assert!((ours - numerical).abs() < 1e-3, "{op:?} at {x}: {ours} is not {numerical}");
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
