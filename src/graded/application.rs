/*!
Assignment 2, "Convolutional networks: application": a small classifier of hand signs, written down as a graph first and
run afterwards.

The layers themselves are not written here; they are TensorFlow's names for the library's engine.
*/

use cnn::datasets::random_mini_batches;
use cnn::prelude::*;
use cnn::tf::{self, Graph, Item, Parameters, SAME, Session, Tensor, TrainedModel};

/// Creates the placeholders for a batch of images and its labels. The number of examples stays open.
///
/// # Arguments
/// * `graph`: the graph to build on
/// * `n_h0`, `n_w0`, `n_c0`: height, width and channels of an image
/// * `n_y`: number of classes
///
/// # Returns
/// `x` for images, shape (?, n_h0, n_w0, n_c0), and `y` for one-hot labels, shape (?, n_y); both of type float32.
pub fn create_placeholders(graph: &Graph, n_h0: usize, n_w0: usize, n_c0: usize, n_y: usize) -> (Tensor, Tensor) {
    // START CODE HERE (≈ 2 lines)
    //~ let (x, y): (Tensor, Tensor) = todo!("create_placeholders: create x and y with tf::placeholder; None is an open dimension");
    let x = tf::placeholder(graph, tf::float32, [None, Some(n_h0), Some(n_w0), Some(n_c0)]);
    let y = tf::placeholder(graph, tf::float32, [None, Some(n_y)]);
    // END CODE HERE
    (x, y)
}

/// Creates the filters of both convolutions.
///
/// # Arguments
/// * `graph`: the graph to build on
///
/// # Returns
/// `W1`, shape (4, 4, 3, 8), and `W2`, shape (2, 2, 8, 16), by name; both drawn by the Xavier initializer with seed 0.
pub fn initialize_parameters(graph: &Graph) -> Parameters {
    graph.set_random_seed(1); // so that your "random" numbers match ours
    // START CODE HERE (≈ 2 lines)
    //~ let (w1, w2): (Tensor, Tensor) = todo!("initialize_parameters: create W1 and W2 with tf::get_variable");
    let w1 = tf::get_variable(graph, "W1", &[4, 4, 3, 8], tf::contrib::layers::xavier_initializer(Some(0)));
    let w2 = tf::get_variable(graph, "W2", &[2, 2, 8, 16], tf::contrib::layers::xavier_initializer(Some(0)));
    // END CODE HERE
    Parameters::from([("W1", w1), ("W2", w2)])
}

/// Writes down the forward pass: CONV2D → RELU → MAXPOOL → CONV2D → RELU → MAXPOOL → FLATTEN → FULLYCONNECTED.
///
/// Convolutions have stride 1 and padding SAME; the pools are 8×8 and 4×4, with strides as large as their windows and
/// padding SAME. The last layer has 6 outputs and no activation: softmax is part of the cost.
///
/// # Arguments
/// * `x`: placeholder for images, shape (?, 64, 64, 3)
/// * `parameters`: the filters `W1` and `W2`
///
/// # Returns
/// The logits Z3, shape (?, 6).
pub fn forward_propagation(x: &Tensor, parameters: &Parameters) -> Tensor {
    let (w1, w2) = (&parameters["W1"], &parameters["W2"]);
    // START CODE HERE (≈ 8 lines)
    //~ let z3: Tensor = todo!("forward_propagation: one line per layer, from tf::nn::conv2d to tf::contrib::layers::fully_connected");
    let z1 = tf::nn::conv2d(x, w1, [1, 1, 1, 1], SAME); // (?, 64, 64, 8)
    let a1 = tf::nn::relu(&z1);
    let p1 = tf::nn::max_pool(&a1, [1, 8, 8, 1], [1, 8, 8, 1], SAME); // (?, 8, 8, 8)
    let z2 = tf::nn::conv2d(&p1, w2, [1, 1, 1, 1], SAME); // (?, 8, 8, 16)
    let a2 = tf::nn::relu(&z2);
    let p2 = tf::nn::max_pool(&a2, [1, 4, 4, 1], [1, 4, 4, 1], SAME); // (?, 2, 2, 16)
    let f = tf::contrib::layers::flatten(&p2); // (?, 64)
    let z3 = tf::contrib::layers::fully_connected(&f, 6, None); // (?, 6)
    // END CODE HERE
    z3
}

/// Writes down the cost: the mean over the batch of the softmax cross-entropy of logits and labels.
///
/// # Arguments
/// * `z3`: the logits, shape (?, 6)
/// * `y`: the one-hot labels, shape (?, 6)
///
/// # Returns
/// A tensor of one number.
pub fn compute_cost(z3: &Tensor, y: &Tensor) -> Tensor {
    // START CODE HERE (1 line)
    //~ let cost: Tensor = todo!("compute_cost: the mean of tf::nn::softmax_cross_entropy_with_logits");
    let cost = tf::reduce_mean(&tf::nn::softmax_cross_entropy_with_logits(z3, y));
    // END CODE HERE
    cost
}

/// Builds the network, trains it with Adam on mini-batches, and measures its accuracy.
///
/// # Arguments
/// * `x_train`, `x_test`: images divided by 255, shape (m, 64, 64, 3)
/// * `y_train`, `y_test`: one-hot labels, shape (m, 6)
/// * `learning_rate`: how far a step goes; the course takes 0.009
/// * `num_epochs`: how often all training images are seen; the course takes 100
/// * `minibatch_size`: images per step; the course takes 64
/// * `print_cost`: whether to print the cost of every fifth epoch
///
/// # Returns
/// The trained network with its costs and accuracies.
#[expect(clippy::too_many_arguments, reason = "the assignment's signature")]
pub fn model(
    x_train: &Array4<f32>,
    y_train: &Array2<f32>,
    x_test: &Array4<f32>,
    y_test: &Array2<f32>,
    learning_rate: f32,
    num_epochs: usize,
    minibatch_size: usize,
    print_cost: bool,
) -> TrainedModel {
    let graph = Graph::new(); // a new one for each call: nothing is left of the last model
    let mut seed = 3; // so that your mini-batches match ours
    let (m, n_h0, n_w0, n_c0) = x_train.dim();
    let n_y = y_train.dim().1;
    let mut costs = Vec::new();

    // START CODE HERE (5 lines)
    //~ let (x, y): (Tensor, Tensor) = todo!("model: create the placeholders");
    //~ let parameters: Parameters = todo!("model: initialize the parameters");
    //~ let z3: Tensor = todo!("model: write down the forward pass");
    //~ let cost: Tensor = todo!("model: write down the cost");
    //~ let optimizer: tf::Operation = todo!("model: let a tf::train::AdamOptimizer minimize the cost");
    let (x, y) = create_placeholders(&graph, n_h0, n_w0, n_c0, n_y);
    let parameters = initialize_parameters(&graph);
    let z3 = forward_propagation(&x, &parameters);
    let cost = compute_cost(&z3, &y);
    let optimizer = tf::train::AdamOptimizer::new(learning_rate).minimize(&cost);
    // END CODE HERE

    let init = tf::global_variables_initializer(&graph);
    let session = Session::new(&graph);
    session.run(&init, &[]);
    for epoch in 0..num_epochs {
        let mut minibatch_cost = 0.0;
        let num_minibatches = (m / minibatch_size).max(1); // as in the course, which adds the short last batch's cost, too
        seed += 1;
        for (minibatch_x, minibatch_y) in random_mini_batches(x_train, y_train, minibatch_size, seed) {
            // START CODE HERE (1 line)
            //~ let temp_cost: ArrayD<f32> = todo!("model: run the optimizer and the cost on this mini-batch");
            let (_, temp_cost) = session.run((&optimizer, &cost), &[x.feed(&minibatch_x), y.feed(&minibatch_y)]);
            // END CODE HERE
            minibatch_cost += f64::from(temp_cost.item()) / num_minibatches as f64;
        }
        if print_cost && epoch % 5 == 0 {
            println!("Cost after epoch {epoch}: {minibatch_cost:.6}");
        }
        costs.push(minibatch_cost);
    }

    let predict_op = tf::argmax(&z3, 1); // (?,)
    let correct_prediction = tf::equal(&predict_op, &tf::argmax(&y, 1));
    let accuracy = tf::reduce_mean(&tf::cast(&correct_prediction, tf::float32));
    println!("{accuracy}");
    let train_accuracy = session.run(&accuracy, &[x.feed(x_train), y.feed(y_train)]).item();
    let test_accuracy = session.run(&accuracy, &[x.feed(x_test), y.feed(y_test)]).item();
    println!("Train Accuracy: {train_accuracy}");
    println!("Test Accuracy: {test_accuracy}");
    TrainedModel { session, x, logits: z3, parameters, costs, train_accuracy, test_accuracy }
}
