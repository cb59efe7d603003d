/*! How arguments and answers of the course's types cross the wire. */

use std::hint::black_box;

use cnn::prelude::*;
use harness::{Inputs, Value, answer};

/// Takes an argument of each type, and answers with it.
macro_rules! cross {
    ($inputs:ident: $($type:ty),+ $(,)?) => {
        $(
            let value: $type = $inputs.take();
            black_box(answer(value));
        )+
    };
}

/// Compiled for its instances.
pub fn arguments(inputs: &mut Inputs) {
    cross!(inputs: f64, f32, usize, (usize, usize), (usize, usize, usize), (usize, usize, usize, usize));
    cross!(inputs: Array1<f64>, Array2<f64>, Array3<f64>, Array4<f64>, Array5<f64>, ArrayD<f64>);
    cross!(inputs: Array1<f32>, Array2<f32>, Array3<f32>, Array4<f32>, ArrayD<f32>, Array1<usize>);
    cross!(inputs: ConvHparameters, PoolHparameters, PoolMode, ConvCache, PoolCache);
    cross!(inputs: Vec<f64>, Vec<usize>, Vec<LayerHparameters>);
}

/// Compiled for its instances.
pub fn answers(a: &Array4<f64>, mask: Array2<bool>, conv: ConvCache, pool: PoolCache) -> [Value; 6] {
    [
        answer((a.clone(), conv)),
        answer((a.clone(), pool)),
        answer((a.clone(), a.clone(), a.clone())),
        answer(mask),
        answer((Array1::<f64>::zeros(1), Array2::<f64>::zeros((1, 1)), Array1::<usize>::zeros(1))),
        answer((Array3::<f64>::zeros((1, 1, 1)), Array1::<f64>::zeros(1))),
    ]
}
