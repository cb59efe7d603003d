/*! Layer normalisation: each example's features get mean 0 and variance 1, then a scale and an offset of their own. */

use crate::graph::{
    kernels::{exact::row_norm as exact, fast::elementwise as fast},
    network::{
        Op, Shape,
        op::{Backward, Forward, Reads},
    },
};

/// `y[…] = gamma (x[…] − mean) / √(variance + epsilon) + beta`, mean and variance over the axes that gamma has, which are
/// the last ones of x.
///
/// Inputs: x of any shape, gamma and beta of the shape of its last axes. Output: the shape of x.
///
/// From: J. Ba, J. Kiros, G. Hinton, "Layer normalization" (2016).
///
/// ```
/// use cnn::graph::{DType, Graph, initializer::Constant, ops::LayerNorm};
/// let graph = Graph::new();
/// let x = graph.placeholder([None, Some(10), Some(8)], DType::Float32, "x");
/// let (gamma, beta) = (graph.variable(&[8], Constant(1.0), "gamma"), graph.variable(&[8], Constant(0.0), "beta"));
/// let y = graph.add(LayerNorm { epsilon: 1e-3 }, &[&x, &gamma, &beta], "y");
/// assert_eq!(y.shape().to_string(), "(?, 10, 8)");
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LayerNorm {
    /// Added to the variance; Keras' default is 1e-3.
    pub epsilon: f32,
}

impl Op for LayerNorm {
    fn kind(&self) -> &'static str {
        "LayerNorm"
    }

    fn arity(&self) -> Option<usize> {
        Some(3)
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let (x, gamma, beta) = (inputs[0], inputs[1], inputs[2]);
        let fits = gamma == beta
            && (1..=x.rank()).contains(&gamma.rank())
            && Shape::from(&x.dims()[x.rank() - gamma.rank()..]).merge(gamma).is_some();
        assert!(
            fits,
            "layer normalisation: expected gamma and beta of the shape of the last axes of {x}, got {gamma} and {beta}"
        );
        x.clone()
    }

    fn forward(&self, run: Forward<'_>) {
        let (x, gamma, beta, epsilon) = (run.inputs[0], run.inputs[1], run.inputs[2], self.epsilon);
        let n = gamma.len().max(1);
        let rows = |x: &[f32], y: &mut [f32]| {
            x.chunks_exact(n).zip(y.chunks_exact_mut(n)).for_each(|(x, y)| exact::layer(x, gamma, beta, epsilon, y));
        };
        match run.backend.fast() {
            Some(ws) => fast::for_each_rows(run.output, n, ws, &|range, y| rows(&x[range.start * n..range.end * n], y)),
            None => rows(x, run.output),
        }
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0, 1])
    }

    fn backward(&self, mut run: Backward<'_>) {
        let (x, gamma, d_y, epsilon) = (run.inputs[0], run.inputs[1], run.d_output, self.epsilon);
        let n = gamma.len().max(1);
        if let Some(d_x) = &mut run.d_inputs[0] {
            let accumulate = d_x.accumulate;
            let rows = |first: usize, d_x: &mut [f32]| {
                for (row, d_x) in d_x.chunks_exact_mut(n).enumerate() {
                    let range = (first + row) * n..(first + row + 1) * n;
                    exact::layer_backward(&x[range.clone()], gamma, epsilon, &d_y[range], d_x, accumulate);
                }
            };
            match run.backend.fast() {
                Some(ws) => fast::for_each_rows(d_x.data, n, ws, &|range, d_x| rows(range.start, d_x)),
                None => rows(0, d_x.data),
            }
        }
        // The gradients of gamma and beta are sums over all rows, in their order.
        let (mut d_gamma, mut d_beta) = (vec![0.0f64; n], vec![0.0f64; n]);
        for (x, d_y) in x.chunks_exact(n).zip(d_y.chunks_exact(n)) {
            let (mean, scale) = exact::statistics(x, epsilon);
            for i in 0..n {
                d_gamma[i] += f64::from(d_y[i] * (x[i] - mean) * scale);
                d_beta[i] += f64::from(d_y[i]);
            }
        }
        for (input, sums) in [(1, d_gamma), (2, d_beta)] {
            if let Some(gradient) = &mut run.d_inputs[input] {
                gradient.set(|i| sums[i] as f32);
            }
        }
    }
}
