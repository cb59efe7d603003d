/*! Functions of each element: exponential, logarithm, root, absolute value and what else is one formula. */

use crate::graph::{
    kernels::{exact::elementwise, fast::elementwise as fast},
    network::{
        Op, Shape,
        op::{Aliasing, Backward, Forward, Reads},
    },
};

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
        }
    }
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
