/*! How a program works with graphs and sessions. */

use std::hint::black_box;

use cnn::datasets::random_mini_batches;
use cnn::prelude::*;
use cnn::tf::{self, Graph, Item as _, Operation, Parameters, Session, Tensor};

/// Compiled for its instances.
pub fn training(session: &Session, step: &Operation, x: &Tensor, images: &Array4<f32>, labels: &Array2<f32>) {
    for (images, labels) in random_mini_batches(images, labels, 1, 0) {
        let feeds = [x.feed(&images), x.feed(&labels)];
        let (_, cost) = session.run((step, x), &feeds);
        black_box((session.run(x, &feeds), session.run(step, &[]), cost.item()));
    }
    black_box((session.run(&[x.clone()][..], &[]), session.run((x, x), &[])));
}

/// Compiled for its instances.
pub fn writing(graph: &Graph, x: &Tensor) {
    let y = tf::placeholder(graph, tf::float32, [None, Some(1)]);
    black_box(tf::placeholder(graph, tf::float32, [None, Some(1), Some(1), Some(1)]));
    let parameters = Parameters::from([("W1", x.clone()), ("W2", y)]);
    black_box((&parameters["W1"], parameters.get("W2")));
}
