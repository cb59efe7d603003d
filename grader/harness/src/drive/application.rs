/*! Drives the functions of "Convolutional networks: application". */

use cnn::numpy::RandomState;
use cnn::tf::{self, Graph, Parameters, Tensor, TrainedModel};
use ndarray::{Array2, Array4, ArrayD};
use wire::Value;

use super::symbols::{described, nothing, path, result, session};
use super::{f32_array, record, text};
use crate::convert::Answer;
use crate::serve::Inputs;

/// Takes the sizes, and answers with both placeholders.
pub fn create_placeholders(
    function: fn(&Graph, usize, usize, usize, usize) -> (Tensor, Tensor),
    inputs: &mut Inputs,
) -> Value {
    let graph = Graph::new();
    let (x, y) = function(&graph, inputs.take(), inputs.take(), inputs.take(), inputs.take());
    record([("x", described(&graph, &x)), ("y", described(&graph, &y))])
}

/// Takes the number of operations that the graph has before, and answers with both filters and their first values.
pub fn initialize_parameters(function: fn(&Graph) -> Parameters, inputs: &mut Inputs) -> Value {
    let graph = Graph::new();
    for _ in 0..inputs.take::<usize>() {
        tf::placeholder(&graph, tf::float32, [None, Some(2)]);
    }
    let parameters = function(&graph);
    let [w1, w2] = ["W1", "W2"].map(|name| parameters.get(name));
    let describe = |w: Option<&Tensor>| w.map_or_else(nothing, |w| described(&graph, w));
    let session = session(&graph);
    let values = |w: Option<&Tensor>| match w {
        Some(w) if *w.graph() == graph => f32_array(&session.run(w, &[])),
        _ => nothing(),
    };
    record([("W1", describe(w1)), ("W2", describe(w2)), ("W1's value", values(w1)), ("W2's value", values(w2))])
}

/// Takes pictures, both filters and a seed, and answers with the layers and with the logits of the pictures.
///
/// The fully connected layer's weights are drawn here: which ones the graph would draw depends on how many operations
/// it has, and that is not asked for.
pub fn forward_propagation(function: fn(&Tensor, &Parameters) -> Tensor, inputs: &mut Inputs) -> Value {
    let pictures: Array4<f32> = inputs.take();
    let filters: [Array4<f32>; 2] = [inputs.take(), inputs.take()];
    let mut random = RandomState::new(inputs.take::<usize>() as u32);
    let (_, n_h, n_w, n_c) = pictures.dim();
    let graph = Graph::new();
    graph.set_random_seed(1);
    let x = tf::placeholder(&graph, tf::float32, [None, Some(n_h), Some(n_w), Some(n_c)]);
    let variable = |(name, filter): (&'static str, &Array4<f32>)| {
        let values: Vec<f32> = filter.iter().copied().collect();
        (name, graph.variable(filter.shape(), move |_: &[usize]| values.clone(), name))
    };
    let parameters = ["W1", "W2"].into_iter().zip(&filters).map(variable).collect::<Parameters>();
    let z3 = function(&x, &parameters);
    let mut fields = vec![
        ("layers".to_owned(), path(&z3, &["Conv2D", "MaxPool", "AvgPool", "MatMul"])),
        ("z3".to_owned(), result(&graph, &z3)),
    ];
    if *z3.graph() == graph {
        let session = session(&graph);
        for variable in graph.variables().iter().filter(|variable| !parameters.values().any(|w| w == *variable)) {
            let shape = variable.shape().concrete().unwrap_or_default();
            let values: ArrayD<f64> = random.randn(&shape[..]);
            session.assign(variable, &values.mapv(|value| 0.5 * value as f32));
        }
        fields.push(("z3".into(), f32_array(&session.run(&z3, &[x.feed(&pictures)]))));
    }
    Value::Record(fields)
}

/// Takes logits and labels, and answers with the cost and its gradient.
pub fn compute_cost(function: fn(&Tensor, &Tensor) -> Tensor, inputs: &mut Inputs) -> Value {
    let (logits, labels): (Array2<f32>, Array2<f32>) = (inputs.take(), inputs.take());
    let graph = Graph::new();
    let z3 = tf::placeholder(&graph, tf::float32, [None, Some(logits.dim().1)]);
    let y = tf::placeholder(&graph, tf::float32, [None, Some(labels.dim().1)]);
    let cost = function(&z3, &y);
    let mut fields = vec![("cost".to_owned(), result(&graph, &cost))];
    if *cost.graph() == graph {
        let session = session(&graph);
        let feeds = [z3.feed(&logits), y.feed(&labels)];
        fields.push(("cost".into(), f32_array(&session.run(&cost, &feeds))));
        let gradient = graph.gradients(&cost, &[&z3]);
        fields.push(("the cost's gradient".into(), f32_array(&session.run(&gradient[0], &feeds))));
    }
    Value::Record(fields)
}

/// What trains the network: images and labels to train and to test with, the learning rate, the numbers of epochs and
/// of images per step, whether to print.
pub type Train = fn(&Array4<f32>, &Array2<f32>, &Array4<f32>, &Array2<f32>, f32, usize, usize, bool) -> TrainedModel;

/// Takes the same, and answers with the costs, the filters at the end, the logits of the test images as the session
/// computes them, and the accuracies.
pub fn model(function: Train, inputs: &mut Inputs) -> Value {
    let (x_train, y_train): (Array4<f32>, Array2<f32>) = (inputs.take(), inputs.take());
    let (x_test, y_test): (Array4<f32>, Array2<f32>) = (inputs.take(), inputs.take());
    let (learning_rate, num_epochs, minibatch_size) = (inputs.take(), inputs.take(), inputs.take());
    let trained = function(&x_train, &y_train, &x_test, &y_test, learning_rate, num_epochs, minibatch_size, false);
    let costs: Vec<f32> = trained.costs.iter().map(|cost| *cost as f32).collect();
    let filter = |name| trained.parameters.get(name).map_or_else(nothing, |w| f32_array(&trained.session.run(w, &[])));
    let logits = trained.session.run(&trained.logits, &[trained.x.feed(&x_test)]);
    record([
        (
            "logits",
            Value::Node { kind: "Tensor".into(), properties: vec![("shape".into(), text(trained.logits.shape()))] },
        ),
        ("costs", Value::f32_array(&[costs.len()], costs)),
        ("W1 after training", filter("W1")),
        ("W2 after training", filter("W2")),
        ("logits of the test images", f32_array(&logits)),
        ("train_accuracy", trained.train_accuracy.to_value()),
        ("test_accuracy", trained.test_accuracy.to_value()),
    ])
}
