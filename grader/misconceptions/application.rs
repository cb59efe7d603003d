/*!
Typical mistakes in "Convolutional networks: application".

Not a list of everything that can go wrong: a mistake stands here because learners make it. Each module is one mistake;
its documentation is the sentence that the learner reads, the function in it is the wrong body.
*/

/// The number of examples stays open: the first dimension of both placeholders is None, because training feeds batches
/// and the test feeds all pictures at once.
mod fixes_the_number_of_examples {
    pub fn create_placeholders(graph: &Graph, n_h0: usize, n_w0: usize, n_c0: usize, n_y: usize) -> (Tensor, Tensor) {
        let x = tf::placeholder(graph, tf::float32, [Some(1), Some(n_h0), Some(n_w0), Some(n_c0)]);
        let y = tf::placeholder(graph, tf::float32, [Some(1), Some(n_y)]);
        (x, y)
    }
}

/// Channels come last here: the shape of x is [None, n_h0, n_w0, n_c0].
mod puts_channels_first {
    pub fn create_placeholders(graph: &Graph, n_h0: usize, n_w0: usize, n_c0: usize, n_y: usize) -> (Tensor, Tensor) {
        let x = tf::placeholder(graph, tf::float32, [None, Some(n_c0), Some(n_h0), Some(n_w0)]);
        let y = tf::placeholder(graph, tf::float32, [None, Some(n_y)]);
        (x, y)
    }
}

/// The labels are one-hot rows, so y has n_y columns, one for each class, and not a single number per example.
mod labels_are_class_indices {
    pub fn create_placeholders(graph: &Graph, n_h0: usize, n_w0: usize, n_c0: usize, n_y: usize) -> (Tensor, Tensor) {
        let x = tf::placeholder(graph, tf::float32, [None, Some(n_h0), Some(n_w0), Some(n_c0)]);
        let y = tf::placeholder(graph, tf::float32, [None]);
        (x, y)
    }
}

/// Take the sizes from the arguments; 64, 64, 3 and 6 are those of one data set only.
mod sizes_written_out {
    pub fn create_placeholders(graph: &Graph, n_h0: usize, n_w0: usize, n_c0: usize, n_y: usize) -> (Tensor, Tensor) {
        let x = tf::placeholder(graph, tf::float32, [None, Some(64), Some(64), Some(3)]);
        let y = tf::placeholder(graph, tf::float32, [None, Some(6)]);
        (x, y)
    }
}

/// Height comes before width: the shape of x is [None, n_h0, n_w0, n_c0].
mod height_and_width_exchanged {
    pub fn create_placeholders(graph: &Graph, n_h0: usize, n_w0: usize, n_c0: usize, n_y: usize) -> (Tensor, Tensor) {
        let x = tf::placeholder(graph, tf::float32, [None, Some(n_w0), Some(n_h0), Some(n_c0)]);
        let y = tf::placeholder(graph, tf::float32, [None, Some(n_y)]);
        (x, y)
    }
}

/// Both placeholders are of type float32; the cost multiplies the labels with logarithms.
mod labels_are_integers {
    pub fn create_placeholders(graph: &Graph, n_h0: usize, n_w0: usize, n_c0: usize, n_y: usize) -> (Tensor, Tensor) {
        let x = tf::placeholder(graph, tf::float32, [None, Some(n_h0), Some(n_w0), Some(n_c0)]);
        let y = tf::placeholder(graph, tf::int64, [None, Some(n_y)]);
        (x, y)
    }
}

/// Both filters are drawn with seed 0: xavier_initializer(Some(0)). The 1 above is the graph's seed.
mod another_seed {
    pub fn initialize_parameters(graph: &Graph) -> Parameters {
        graph.set_random_seed(1);
        let w1 = tf::get_variable(graph, "W1", &[4, 4, 3, 8], tf::contrib::layers::xavier_initializer(Some(1)));
        let w2 = tf::get_variable(graph, "W2", &[2, 2, 8, 16], tf::contrib::layers::xavier_initializer(Some(1)));
        Parameters::from([("W1", w1), ("W2", w2)])
    }
}

/// Give the initializer its seed, xavier_initializer(Some(0)); without one the numbers depend on how many operations
/// the graph has.
mod no_seed {
    pub fn initialize_parameters(graph: &Graph) -> Parameters {
        graph.set_random_seed(1);
        let w1 = tf::get_variable(graph, "W1", &[4, 4, 3, 8], tf::contrib::layers::xavier_initializer(None));
        let w2 = tf::get_variable(graph, "W2", &[2, 2, 8, 16], tf::contrib::layers::xavier_initializer(None));
        Parameters::from([("W1", w1), ("W2", w2)])
    }
}

/// Filters that begin at zero all learn the same; draw them with tf::contrib::layers::xavier_initializer.
mod all_zeros {
    pub fn initialize_parameters(graph: &Graph) -> Parameters {
        graph.set_random_seed(1);
        let w1 = tf::get_variable(graph, "W1", &[4, 4, 3, 8], tf::zeros_initializer());
        let w2 = tf::get_variable(graph, "W2", &[2, 2, 8, 16], tf::zeros_initializer());
        Parameters::from([("W1", w1), ("W2", w2)])
    }
}

/// A filter's shape is (f, f, channels that come in, channels that go out): [4, 4, 3, 8] and [2, 2, 8, 16].
mod channels_exchanged {
    pub fn initialize_parameters(graph: &Graph) -> Parameters {
        graph.set_random_seed(1);
        let w1 = tf::get_variable(graph, "W1", &[4, 4, 8, 3], tf::contrib::layers::xavier_initializer(Some(0)));
        let w2 = tf::get_variable(graph, "W2", &[2, 2, 16, 8], tf::contrib::layers::xavier_initializer(Some(0)));
        Parameters::from([("W1", w1), ("W2", w2)])
    }
}

/// W1 is the filter of the first convolution, W2 that of the second; the names in the result are exchanged.
mod filters_exchanged {
    pub fn initialize_parameters(graph: &Graph) -> Parameters {
        graph.set_random_seed(1);
        let w1 = tf::get_variable(graph, "W1", &[4, 4, 3, 8], tf::contrib::layers::xavier_initializer(Some(0)));
        let w2 = tf::get_variable(graph, "W2", &[2, 2, 8, 16], tf::contrib::layers::xavier_initializer(Some(0)));
        Parameters::from([("W1", w2), ("W2", w1)])
    }
}

/// Both convolutions keep the size of their input: padding SAME, not VALID.
mod convolutions_are_valid {
    pub fn forward_propagation(x: &Tensor, parameters: &Parameters) -> Tensor {
        let (w1, w2) = (&parameters["W1"], &parameters["W2"]);
        let z1 = tf::nn::conv2d(x, w1, [1, 1, 1, 1], tf::VALID);
        let a1 = tf::nn::relu(&z1);
        let p1 = tf::nn::max_pool(&a1, [1, 8, 8, 1], [1, 8, 8, 1], SAME);
        let z2 = tf::nn::conv2d(&p1, w2, [1, 1, 1, 1], tf::VALID);
        let a2 = tf::nn::relu(&z2);
        let p2 = tf::nn::max_pool(&a2, [1, 4, 4, 1], [1, 4, 4, 1], SAME);
        let f = tf::contrib::layers::flatten(&p2);
        tf::contrib::layers::fully_connected(&f, 6, None)
    }
}

/// The second convolution keeps the size of its input as well: padding SAME, not VALID.
mod second_convolution_is_valid {
    pub fn forward_propagation(x: &Tensor, parameters: &Parameters) -> Tensor {
        let (w1, w2) = (&parameters["W1"], &parameters["W2"]);
        let z1 = tf::nn::conv2d(x, w1, [1, 1, 1, 1], SAME);
        let a1 = tf::nn::relu(&z1);
        let p1 = tf::nn::max_pool(&a1, [1, 8, 8, 1], [1, 8, 8, 1], SAME);
        let z2 = tf::nn::conv2d(&p1, w2, [1, 1, 1, 1], tf::VALID);
        let a2 = tf::nn::relu(&z2);
        let p2 = tf::nn::max_pool(&a2, [1, 4, 4, 1], [1, 4, 4, 1], SAME);
        let f = tf::contrib::layers::flatten(&p2);
        tf::contrib::layers::fully_connected(&f, 6, None)
    }
}

/// Both convolutions go on by one pixel: strides [1, 1, 1, 1].
mod convolution_in_steps_of_two {
    pub fn forward_propagation(x: &Tensor, parameters: &Parameters) -> Tensor {
        let (w1, w2) = (&parameters["W1"], &parameters["W2"]);
        let z1 = tf::nn::conv2d(x, w1, [1, 2, 2, 1], SAME);
        let a1 = tf::nn::relu(&z1);
        let p1 = tf::nn::max_pool(&a1, [1, 8, 8, 1], [1, 8, 8, 1], SAME);
        let z2 = tf::nn::conv2d(&p1, w2, [1, 1, 1, 1], SAME);
        let a2 = tf::nn::relu(&z2);
        let p2 = tf::nn::max_pool(&a2, [1, 4, 4, 1], [1, 4, 4, 1], SAME);
        let f = tf::contrib::layers::flatten(&p2);
        tf::contrib::layers::fully_connected(&f, 6, None)
    }
}

/// The pools have padding SAME: windows that reach over the border count, too.
mod pools_are_valid {
    pub fn forward_propagation(x: &Tensor, parameters: &Parameters) -> Tensor {
        let (w1, w2) = (&parameters["W1"], &parameters["W2"]);
        let z1 = tf::nn::conv2d(x, w1, [1, 1, 1, 1], SAME);
        let a1 = tf::nn::relu(&z1);
        let p1 = tf::nn::max_pool(&a1, [1, 8, 8, 1], [1, 8, 8, 1], tf::VALID);
        let z2 = tf::nn::conv2d(&p1, w2, [1, 1, 1, 1], SAME);
        let a2 = tf::nn::relu(&z2);
        let p2 = tf::nn::max_pool(&a2, [1, 4, 4, 1], [1, 4, 4, 1], tf::VALID);
        let f = tf::contrib::layers::flatten(&p2);
        tf::contrib::layers::fully_connected(&f, 6, None)
    }
}

/// A pool's stride is as large as its window, so that windows lie side by side: strides [1, 8, 8, 1] and [1, 4, 4, 1].
mod pools_in_steps_of_one {
    pub fn forward_propagation(x: &Tensor, parameters: &Parameters) -> Tensor {
        let (w1, w2) = (&parameters["W1"], &parameters["W2"]);
        let z1 = tf::nn::conv2d(x, w1, [1, 1, 1, 1], SAME);
        let a1 = tf::nn::relu(&z1);
        let p1 = tf::nn::max_pool(&a1, [1, 8, 8, 1], [1, 1, 1, 1], SAME);
        let z2 = tf::nn::conv2d(&p1, w2, [1, 1, 1, 1], SAME);
        let a2 = tf::nn::relu(&z2);
        let p2 = tf::nn::max_pool(&a2, [1, 4, 4, 1], [1, 1, 1, 1], SAME);
        let f = tf::contrib::layers::flatten(&p2);
        tf::contrib::layers::fully_connected(&f, 6, None)
    }
}

/// The first pool's window is 8x8, the second one's 4x4.
mod pools_exchanged {
    pub fn forward_propagation(x: &Tensor, parameters: &Parameters) -> Tensor {
        let (w1, w2) = (&parameters["W1"], &parameters["W2"]);
        let z1 = tf::nn::conv2d(x, w1, [1, 1, 1, 1], SAME);
        let a1 = tf::nn::relu(&z1);
        let p1 = tf::nn::max_pool(&a1, [1, 4, 4, 1], [1, 4, 4, 1], SAME);
        let z2 = tf::nn::conv2d(&p1, w2, [1, 1, 1, 1], SAME);
        let a2 = tf::nn::relu(&z2);
        let p2 = tf::nn::max_pool(&a2, [1, 8, 8, 1], [1, 8, 8, 1], SAME);
        let f = tf::contrib::layers::flatten(&p2);
        tf::contrib::layers::fully_connected(&f, 6, None)
    }
}

/// The pools take the largest number of a window: tf::nn::max_pool, not avg_pool.
mod pools_average {
    pub fn forward_propagation(x: &Tensor, parameters: &Parameters) -> Tensor {
        let (w1, w2) = (&parameters["W1"], &parameters["W2"]);
        let z1 = tf::nn::conv2d(x, w1, [1, 1, 1, 1], SAME);
        let a1 = tf::nn::relu(&z1);
        let p1 = tf::nn::avg_pool(&a1, [1, 8, 8, 1], [1, 8, 8, 1], SAME);
        let z2 = tf::nn::conv2d(&p1, w2, [1, 1, 1, 1], SAME);
        let a2 = tf::nn::relu(&z2);
        let p2 = tf::nn::avg_pool(&a2, [1, 4, 4, 1], [1, 4, 4, 1], SAME);
        let f = tf::contrib::layers::flatten(&p2);
        tf::contrib::layers::fully_connected(&f, 6, None)
    }
}

/// Each convolution is followed by a relu, the second one as well.
mod second_relu_forgotten {
    pub fn forward_propagation(x: &Tensor, parameters: &Parameters) -> Tensor {
        let (w1, w2) = (&parameters["W1"], &parameters["W2"]);
        let z1 = tf::nn::conv2d(x, w1, [1, 1, 1, 1], SAME);
        let a1 = tf::nn::relu(&z1);
        let p1 = tf::nn::max_pool(&a1, [1, 8, 8, 1], [1, 8, 8, 1], SAME);
        let z2 = tf::nn::conv2d(&p1, w2, [1, 1, 1, 1], SAME);
        let a2 = z2.clone();
        let p2 = tf::nn::max_pool(&a2, [1, 4, 4, 1], [1, 4, 4, 1], SAME);
        let f = tf::contrib::layers::flatten(&p2);
        tf::contrib::layers::fully_connected(&f, 6, None)
    }
}

/// Each convolution is followed by a relu, the first one as well.
mod first_relu_forgotten {
    pub fn forward_propagation(x: &Tensor, parameters: &Parameters) -> Tensor {
        let (w1, w2) = (&parameters["W1"], &parameters["W2"]);
        let z1 = tf::nn::conv2d(x, w1, [1, 1, 1, 1], SAME);
        let a1 = z1.clone();
        let p1 = tf::nn::max_pool(&a1, [1, 8, 8, 1], [1, 8, 8, 1], SAME);
        let z2 = tf::nn::conv2d(&p1, w2, [1, 1, 1, 1], SAME);
        let a2 = tf::nn::relu(&z2);
        let p2 = tf::nn::max_pool(&a2, [1, 4, 4, 1], [1, 4, 4, 1], SAME);
        let f = tf::contrib::layers::flatten(&p2);
        tf::contrib::layers::fully_connected(&f, 6, None)
    }
}

/// The last layer has no activation: pass None to fully_connected. A logit may be negative.
mod relu_at_the_end {
    pub fn forward_propagation(x: &Tensor, parameters: &Parameters) -> Tensor {
        let (w1, w2) = (&parameters["W1"], &parameters["W2"]);
        let z1 = tf::nn::conv2d(x, w1, [1, 1, 1, 1], SAME);
        let a1 = tf::nn::relu(&z1);
        let p1 = tf::nn::max_pool(&a1, [1, 8, 8, 1], [1, 8, 8, 1], SAME);
        let z2 = tf::nn::conv2d(&p1, w2, [1, 1, 1, 1], SAME);
        let a2 = tf::nn::relu(&z2);
        let p2 = tf::nn::max_pool(&a2, [1, 4, 4, 1], [1, 4, 4, 1], SAME);
        let f = tf::contrib::layers::flatten(&p2);
        tf::contrib::layers::fully_connected(&f, 6, Some(tf::nn::relu))
    }
}

/// The last layer has no activation. Softmax is part of the cost; here it would be applied twice.
mod softmax_at_the_end {
    pub fn forward_propagation(x: &Tensor, parameters: &Parameters) -> Tensor {
        let (w1, w2) = (&parameters["W1"], &parameters["W2"]);
        let z1 = tf::nn::conv2d(x, w1, [1, 1, 1, 1], SAME);
        let a1 = tf::nn::relu(&z1);
        let p1 = tf::nn::max_pool(&a1, [1, 8, 8, 1], [1, 8, 8, 1], SAME);
        let z2 = tf::nn::conv2d(&p1, w2, [1, 1, 1, 1], SAME);
        let a2 = tf::nn::relu(&z2);
        let p2 = tf::nn::max_pool(&a2, [1, 4, 4, 1], [1, 4, 4, 1], SAME);
        let f = tf::contrib::layers::flatten(&p2);
        tf::nn::softmax(&tf::contrib::layers::fully_connected(&f, 6, None))
    }
}

/// The cost is the mean over the batch, tf::reduce_mean, not the sum: otherwise it grows with the batch.
mod sum_instead_of_mean {
    pub fn compute_cost(z3: &Tensor, y: &Tensor) -> Tensor {
        tf::reduce_sum(&tf::nn::softmax_cross_entropy_with_logits(z3, y))
    }
}

/// softmax_cross_entropy_with_logits takes logits and applies softmax itself; hand it z3 as it is.
mod softmax_applied_twice {
    pub fn compute_cost(z3: &Tensor, y: &Tensor) -> Tensor {
        tf::reduce_mean(&tf::nn::softmax_cross_entropy_with_logits(&tf::nn::softmax(z3), y))
    }
}

/// The logits z3 come first, the labels y second.
mod logits_and_labels_exchanged {
    pub fn compute_cost(z3: &Tensor, y: &Tensor) -> Tensor {
        tf::reduce_mean(&tf::nn::softmax_cross_entropy_with_logits(y, z3))
    }
}

/// softmax_cross_entropy_with_logits gives one loss per example; the cost is a single number, their tf::reduce_mean.
mod no_mean {
    pub fn compute_cost(z3: &Tensor, y: &Tensor) -> Tensor {
        tf::nn::softmax_cross_entropy_with_logits(z3, y)
    }
}

/// A loss belongs to an example, not to a class: divide by the number of examples, not by that of all labels.
mod mean_over_classes_too {
    pub fn compute_cost(z3: &Tensor, y: &Tensor) -> Tensor {
        let sum = tf::reduce_mean(&tf::nn::softmax_cross_entropy_with_logits(z3, y));
        tf::multiply(&sum, &tf::constant(sum.graph(), &ArrayD::<f32>::from_elem(vec![], 1.0 / 6.0)))
    }
}

/// Nothing is learned until the optimizer itself is run: fetch it together with the cost, session.run((&optimizer,
/// &cost), …).
mod optimizer_never_run {
    pub fn model(
        x_train: &Array4<f32>,
        y_train: &Array2<f32>,
        x_test: &Array4<f32>,
        y_test: &Array2<f32>,
        learning_rate: f32,
        num_epochs: usize,
        minibatch_size: usize,
        _print_cost: bool,
    ) -> TrainedModel {
        let graph = Graph::new();
        let mut seed = 3;
        let (m, n_h0, n_w0, n_c0) = x_train.dim();
        let mut costs = Vec::new();
        let (x, y) = create_placeholders(&graph, n_h0, n_w0, n_c0, y_train.dim().1);
        let parameters = initialize_parameters(&graph);
        let z3 = forward_propagation(&x, &parameters);
        let cost = compute_cost(&z3, &y);
        let optimizer = tf::train::AdamOptimizer::new(learning_rate).minimize(&cost);
        let init = tf::global_variables_initializer(&graph);
        let session = Session::new(&graph);
        session.run(&init, &[]);
        for _ in 0..num_epochs {
            let mut minibatch_cost = 0.0;
            seed += 1;
            for (minibatch_x, minibatch_y) in random_mini_batches(x_train, y_train, minibatch_size, seed) {
                let temp_cost = session.run(&cost, &[x.feed(&minibatch_x), y.feed(&minibatch_y)]);
                minibatch_cost += f64::from(temp_cost.item()) / (m / minibatch_size).max(1) as f64;
            }
            costs.push(minibatch_cost);
        }
        let correct = tf::equal(&tf::argmax(&z3, 1), &tf::argmax(&y, 1));
        let accuracy = tf::reduce_mean(&tf::cast(&correct, tf::float32));
        let train_accuracy = session.run(&accuracy, &[x.feed(x_train), y.feed(y_train)]).item();
        let test_accuracy = session.run(&accuracy, &[x.feed(x_test), y.feed(y_test)]).item();
        TrainedModel { session, x, logits: z3, parameters, costs, train_accuracy, test_accuracy }
    }
}

/// Hand the learning rate to the optimizer, AdamOptimizer::new(learning_rate): the step is as long as the argument
/// says.
mod learning_rate_ignored {
    pub fn model(
        x_train: &Array4<f32>,
        y_train: &Array2<f32>,
        x_test: &Array4<f32>,
        y_test: &Array2<f32>,
        learning_rate: f32,
        num_epochs: usize,
        minibatch_size: usize,
        _print_cost: bool,
    ) -> TrainedModel {
        let graph = Graph::new();
        let mut seed = 3;
        let (m, n_h0, n_w0, n_c0) = x_train.dim();
        let mut costs = Vec::new();
        let (x, y) = create_placeholders(&graph, n_h0, n_w0, n_c0, y_train.dim().1);
        let parameters = initialize_parameters(&graph);
        let z3 = forward_propagation(&x, &parameters);
        let cost = compute_cost(&z3, &y);
        let optimizer = tf::train::AdamOptimizer::new(0.001).minimize(&cost);
        let init = tf::global_variables_initializer(&graph);
        let session = Session::new(&graph);
        session.run(&init, &[]);
        for _ in 0..num_epochs {
            let mut minibatch_cost = 0.0;
            seed += 1;
            for (minibatch_x, minibatch_y) in random_mini_batches(x_train, y_train, minibatch_size, seed) {
                let (_, temp_cost) = session.run((&optimizer, &cost), &[x.feed(&minibatch_x), y.feed(&minibatch_y)]);
                minibatch_cost += f64::from(temp_cost.item()) / (m / minibatch_size).max(1) as f64;
            }
            costs.push(minibatch_cost);
        }
        let correct = tf::equal(&tf::argmax(&z3, 1), &tf::argmax(&y, 1));
        let accuracy = tf::reduce_mean(&tf::cast(&correct, tf::float32));
        let train_accuracy = session.run(&accuracy, &[x.feed(x_train), y.feed(y_train)]).item();
        let test_accuracy = session.run(&accuracy, &[x.feed(x_test), y.feed(y_test)]).item();
        TrainedModel { session, x, logits: z3, parameters, costs, train_accuracy, test_accuracy }
    }
}

/// Take the learning rate from the argument; 0.009 is only what the course calls it with.
mod learning_rate_of_the_course {
    pub fn model(
        x_train: &Array4<f32>,
        y_train: &Array2<f32>,
        x_test: &Array4<f32>,
        y_test: &Array2<f32>,
        learning_rate: f32,
        num_epochs: usize,
        minibatch_size: usize,
        _print_cost: bool,
    ) -> TrainedModel {
        let graph = Graph::new();
        let mut seed = 3;
        let (m, n_h0, n_w0, n_c0) = x_train.dim();
        let mut costs = Vec::new();
        let (x, y) = create_placeholders(&graph, n_h0, n_w0, n_c0, y_train.dim().1);
        let parameters = initialize_parameters(&graph);
        let z3 = forward_propagation(&x, &parameters);
        let cost = compute_cost(&z3, &y);
        let optimizer = tf::train::AdamOptimizer::new(0.009).minimize(&cost);
        let init = tf::global_variables_initializer(&graph);
        let session = Session::new(&graph);
        session.run(&init, &[]);
        for _ in 0..num_epochs {
            let mut minibatch_cost = 0.0;
            seed += 1;
            for (minibatch_x, minibatch_y) in random_mini_batches(x_train, y_train, minibatch_size, seed) {
                let (_, temp_cost) = session.run((&optimizer, &cost), &[x.feed(&minibatch_x), y.feed(&minibatch_y)]);
                minibatch_cost += f64::from(temp_cost.item()) / (m / minibatch_size).max(1) as f64;
            }
            costs.push(minibatch_cost);
        }
        let correct = tf::equal(&tf::argmax(&z3, 1), &tf::argmax(&y, 1));
        let accuracy = tf::reduce_mean(&tf::cast(&correct, tf::float32));
        let train_accuracy = session.run(&accuracy, &[x.feed(x_train), y.feed(y_train)]).item();
        let test_accuracy = session.run(&accuracy, &[x.feed(x_test), y.feed(y_test)]).item();
        TrainedModel { session, x, logits: z3, parameters, costs, train_accuracy, test_accuracy }
    }
}

/// The optimizer is Adam, tf::train::AdamOptimizer, not plain gradient descent.
mod plain_gradient_descent {
    pub fn model(
        x_train: &Array4<f32>,
        y_train: &Array2<f32>,
        x_test: &Array4<f32>,
        y_test: &Array2<f32>,
        learning_rate: f32,
        num_epochs: usize,
        minibatch_size: usize,
        _print_cost: bool,
    ) -> TrainedModel {
        let graph = Graph::new();
        let mut seed = 3;
        let (m, n_h0, n_w0, n_c0) = x_train.dim();
        let mut costs = Vec::new();
        let (x, y) = create_placeholders(&graph, n_h0, n_w0, n_c0, y_train.dim().1);
        let parameters = initialize_parameters(&graph);
        let z3 = forward_propagation(&x, &parameters);
        let cost = compute_cost(&z3, &y);
        let optimizer = tf::train::GradientDescentOptimizer::new(learning_rate).minimize(&cost);
        let init = tf::global_variables_initializer(&graph);
        let session = Session::new(&graph);
        session.run(&init, &[]);
        for _ in 0..num_epochs {
            let mut minibatch_cost = 0.0;
            seed += 1;
            for (minibatch_x, minibatch_y) in random_mini_batches(x_train, y_train, minibatch_size, seed) {
                let (_, temp_cost) = session.run((&optimizer, &cost), &[x.feed(&minibatch_x), y.feed(&minibatch_y)]);
                minibatch_cost += f64::from(temp_cost.item()) / (m / minibatch_size).max(1) as f64;
            }
            costs.push(minibatch_cost);
        }
        let correct = tf::equal(&tf::argmax(&z3, 1), &tf::argmax(&y, 1));
        let accuracy = tf::reduce_mean(&tf::cast(&correct, tf::float32));
        let train_accuracy = session.run(&accuracy, &[x.feed(x_train), y.feed(y_train)]).item();
        let test_accuracy = session.run(&accuracy, &[x.feed(x_test), y.feed(y_test)]).item();
        TrainedModel { session, x, logits: z3, parameters, costs, train_accuracy, test_accuracy }
    }
}

/// Run optimizer and cost in one call, session.run((&optimizer, &cost), …): the cost is that before the step. In a
/// second run it is computed again, after it.
mod cost_after_the_step {
    pub fn model(
        x_train: &Array4<f32>,
        y_train: &Array2<f32>,
        x_test: &Array4<f32>,
        y_test: &Array2<f32>,
        learning_rate: f32,
        num_epochs: usize,
        minibatch_size: usize,
        _print_cost: bool,
    ) -> TrainedModel {
        let graph = Graph::new();
        let mut seed = 3;
        let (m, n_h0, n_w0, n_c0) = x_train.dim();
        let mut costs = Vec::new();
        let (x, y) = create_placeholders(&graph, n_h0, n_w0, n_c0, y_train.dim().1);
        let parameters = initialize_parameters(&graph);
        let z3 = forward_propagation(&x, &parameters);
        let cost = compute_cost(&z3, &y);
        let optimizer = tf::train::AdamOptimizer::new(learning_rate).minimize(&cost);
        let init = tf::global_variables_initializer(&graph);
        let session = Session::new(&graph);
        session.run(&init, &[]);
        for _ in 0..num_epochs {
            let mut minibatch_cost = 0.0;
            seed += 1;
            for (minibatch_x, minibatch_y) in random_mini_batches(x_train, y_train, minibatch_size, seed) {
                session.run(&optimizer, &[x.feed(&minibatch_x), y.feed(&minibatch_y)]);
                let temp_cost = session.run(&cost, &[x.feed(&minibatch_x), y.feed(&minibatch_y)]);
                minibatch_cost += f64::from(temp_cost.item()) / (m / minibatch_size).max(1) as f64;
            }
            costs.push(minibatch_cost);
        }
        let correct = tf::equal(&tf::argmax(&z3, 1), &tf::argmax(&y, 1));
        let accuracy = tf::reduce_mean(&tf::cast(&correct, tf::float32));
        let train_accuracy = session.run(&accuracy, &[x.feed(x_train), y.feed(y_train)]).item();
        let test_accuracy = session.run(&accuracy, &[x.feed(x_test), y.feed(y_test)]).item();
        TrainedModel { session, x, logits: z3, parameters, costs, train_accuracy, test_accuracy }
    }
}

/// Feed this step's mini-batch, minibatch_x and minibatch_y, not the whole training set.
mod whole_set_in_every_step {
    pub fn model(
        x_train: &Array4<f32>,
        y_train: &Array2<f32>,
        x_test: &Array4<f32>,
        y_test: &Array2<f32>,
        learning_rate: f32,
        num_epochs: usize,
        minibatch_size: usize,
        _print_cost: bool,
    ) -> TrainedModel {
        let graph = Graph::new();
        let mut seed = 3;
        let (m, n_h0, n_w0, n_c0) = x_train.dim();
        let mut costs = Vec::new();
        let (x, y) = create_placeholders(&graph, n_h0, n_w0, n_c0, y_train.dim().1);
        let parameters = initialize_parameters(&graph);
        let z3 = forward_propagation(&x, &parameters);
        let cost = compute_cost(&z3, &y);
        let optimizer = tf::train::AdamOptimizer::new(learning_rate).minimize(&cost);
        let init = tf::global_variables_initializer(&graph);
        let session = Session::new(&graph);
        session.run(&init, &[]);
        for _ in 0..num_epochs {
            let mut minibatch_cost = 0.0;
            seed += 1;
            for (minibatch_x, minibatch_y) in random_mini_batches(x_train, y_train, minibatch_size, seed) {
                let _ = (&minibatch_x, &minibatch_y);
                let (_, temp_cost) = session.run((&optimizer, &cost), &[x.feed(x_train), y.feed(y_train)]);
                minibatch_cost += f64::from(temp_cost.item()) / (m / minibatch_size).max(1) as f64;
            }
            costs.push(minibatch_cost);
        }
        let correct = tf::equal(&tf::argmax(&z3, 1), &tf::argmax(&y, 1));
        let accuracy = tf::reduce_mean(&tf::cast(&correct, tf::float32));
        let train_accuracy = session.run(&accuracy, &[x.feed(x_train), y.feed(y_train)]).item();
        let test_accuracy = session.run(&accuracy, &[x.feed(x_test), y.feed(y_test)]).item();
        TrainedModel { session, x, logits: z3, parameters, costs, train_accuracy, test_accuracy }
    }
}

/// Initialize the variables once, before the first epoch; otherwise each epoch forgets what the last one learned.
mod begins_again_in_every_epoch {
    pub fn model(
        x_train: &Array4<f32>,
        y_train: &Array2<f32>,
        x_test: &Array4<f32>,
        y_test: &Array2<f32>,
        learning_rate: f32,
        num_epochs: usize,
        minibatch_size: usize,
        _print_cost: bool,
    ) -> TrainedModel {
        let graph = Graph::new();
        let mut seed = 3;
        let (m, n_h0, n_w0, n_c0) = x_train.dim();
        let mut costs = Vec::new();
        let (x, y) = create_placeholders(&graph, n_h0, n_w0, n_c0, y_train.dim().1);
        let parameters = initialize_parameters(&graph);
        let z3 = forward_propagation(&x, &parameters);
        let cost = compute_cost(&z3, &y);
        let optimizer = tf::train::AdamOptimizer::new(learning_rate).minimize(&cost);
        let init = tf::global_variables_initializer(&graph);
        let session = Session::new(&graph);
        session.run(&init, &[]);
        for _ in 0..num_epochs {
            let mut minibatch_cost = 0.0;
            seed += 1;
            session.run(&init, &[]);
            for (minibatch_x, minibatch_y) in random_mini_batches(x_train, y_train, minibatch_size, seed) {
                let (_, temp_cost) = session.run((&optimizer, &cost), &[x.feed(&minibatch_x), y.feed(&minibatch_y)]);
                minibatch_cost += f64::from(temp_cost.item()) / (m / minibatch_size).max(1) as f64;
            }
            costs.push(minibatch_cost);
        }
        let correct = tf::equal(&tf::argmax(&z3, 1), &tf::argmax(&y, 1));
        let accuracy = tf::reduce_mean(&tf::cast(&correct, tf::float32));
        let train_accuracy = session.run(&accuracy, &[x.feed(x_train), y.feed(y_train)]).item();
        let test_accuracy = session.run(&accuracy, &[x.feed(x_test), y.feed(y_test)]).item();
        TrainedModel { session, x, logits: z3, parameters, costs, train_accuracy, test_accuracy }
    }
}

/// minimize takes the cost itself: minimizing its negative climbs where it should descend.
mod sign_of_the_cost {
    pub fn model(
        x_train: &Array4<f32>,
        y_train: &Array2<f32>,
        x_test: &Array4<f32>,
        y_test: &Array2<f32>,
        learning_rate: f32,
        num_epochs: usize,
        minibatch_size: usize,
        _print_cost: bool,
    ) -> TrainedModel {
        let graph = Graph::new();
        let mut seed = 3;
        let (m, n_h0, n_w0, n_c0) = x_train.dim();
        let mut costs = Vec::new();
        let (x, y) = create_placeholders(&graph, n_h0, n_w0, n_c0, y_train.dim().1);
        let parameters = initialize_parameters(&graph);
        let z3 = forward_propagation(&x, &parameters);
        let cost = compute_cost(&z3, &y);
        let optimizer = tf::train::AdamOptimizer::new(-learning_rate).minimize(&cost);
        let init = tf::global_variables_initializer(&graph);
        let session = Session::new(&graph);
        session.run(&init, &[]);
        for _ in 0..num_epochs {
            let mut minibatch_cost = 0.0;
            seed += 1;
            for (minibatch_x, minibatch_y) in random_mini_batches(x_train, y_train, minibatch_size, seed) {
                let (_, temp_cost) = session.run((&optimizer, &cost), &[x.feed(&minibatch_x), y.feed(&minibatch_y)]);
                minibatch_cost += f64::from(temp_cost.item()) / (m / minibatch_size).max(1) as f64;
            }
            costs.push(minibatch_cost);
        }
        let correct = tf::equal(&tf::argmax(&z3, 1), &tf::argmax(&y, 1));
        let accuracy = tf::reduce_mean(&tf::cast(&correct, tf::float32));
        let train_accuracy = session.run(&accuracy, &[x.feed(x_train), y.feed(y_train)]).item();
        let test_accuracy = session.run(&accuracy, &[x.feed(x_test), y.feed(y_test)]).item();
        TrainedModel { session, x, logits: z3, parameters, costs, train_accuracy, test_accuracy }
    }
}
