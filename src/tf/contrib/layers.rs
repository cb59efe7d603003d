/*! Layers that create their own variables: `tf.contrib.layers`. */

use crate::{
    graph::{
        Tensor,
        ops::{self, Reshape},
    },
    tf::{
        initializers::{XavierInitializer, zeros_initializer},
        names::reserve,
        variables::get_variable,
    },
};

/// Uniform draws from ±√(6 / (fan_in + fan_out)), so that activations keep their variance from layer to layer.
///
/// Without a seed, the graph's seed and the number of operations created so far decide. A filter's fan_in is
/// f_h f_w n_c_prev, its fan_out f_h f_w n_c.
///
/// From: X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks" (2010).
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let w = tf::get_variable(&graph, "W", &[4, 4, 3, 8], tf::contrib::layers::xavier_initializer(Some(0)));
/// let session = Session::new(&graph);
/// session.run(&tf::global_variables_initializer(&graph), &[]);
/// let limit = (6.0f32 / (4.0 * 4.0 * (3.0 + 8.0))).sqrt();
/// assert!(session.value(&w).iter().all(|w| w.abs() <= limit));
/// ```
pub fn xavier_initializer(seed: Option<u64>) -> XavierInitializer {
    XavierInitializer { seed }
}

/// One row per example: (m, n_h, n_w, n_c) becomes (m, n_h n_w n_c).
///
/// It counts as 14 operations, as in TensorFlow up to 1.3; later versions needed 8, which changes the seeds of whatever
/// is created afterwards.
///
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// let x = tf::placeholder(&graph, tf::float32, [None, Some(64), Some(64), Some(3)]);
/// assert_eq!(tf::contrib::layers::flatten(&x).shape().to_string(), "(?, 12288)");
/// ```
///
/// # Panics
/// If a dimension other than the first is unknown.
#[track_caller]
pub fn flatten(x: &Tensor) -> Tensor {
    let graph = x.graph();
    let op = Reshape::flatten(&x.shape());
    let scope = graph.unique_name("Flatten");
    for name in [
        "Shape",
        "Slice/begin",
        "Slice/size",
        "Slice",
        "Slice_1/begin",
        "Slice_1/size",
        "Slice_1",
        "Const",
        "Prod",
        "ExpandDims/dim",
        "ExpandDims",
        "concat/axis",
        "concat",
    ] {
        reserve(graph, &[&format!("{scope}/{name}")]);
    }
    graph.add(op, &[x], &format!("{scope}/Reshape"))
}

/// A dense layer: y = x w + b, then an activation, if there is one. Weights are drawn by [`xavier_initializer`] without
/// a seed, biases are zero; both are trained.
///
/// # Arguments
/// * `x`: one row per example, shape (m, features)
/// * `num_outputs`: how many outputs there are per example
/// * `activation_fn`: such as `Some(tf::nn::relu)`; `None` leaves the layer linear
///
/// DIFFERENCE: TensorFlow applies relu when the argument is left out.
///
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// let p = tf::placeholder(&graph, tf::float32, [None, Some(64)]);
/// let z3 = tf::contrib::layers::fully_connected(&p, 6, None);
/// assert_eq!(z3.to_string(), r#"Tensor("fully_connected/BiasAdd:0", shape=(?, 6), dtype=float32)"#);
/// ```
///
/// # Panics
/// If `x` is not a matrix with a known number of columns.
#[track_caller]
pub fn fully_connected(x: &Tensor, num_outputs: usize, activation_fn: Option<fn(&Tensor) -> Tensor>) -> Tensor {
    let graph = x.graph();
    let shape = x.shape();
    let features = (shape.rank() == 2).then(|| shape.last()).flatten();
    let Some(features) = features else {
        panic!("fully_connected: expected one row per example, got shape {shape}\nhelp: flatten the images first")
    };
    let scope = graph.unique_name("fully_connected");
    let name = |name: &str| format!("{scope}/{name}");
    let w = get_variable(graph, &name("weights"), &[features, num_outputs], xavier_initializer(None));
    let b = get_variable(graph, &name("biases"), &[num_outputs], zeros_initializer());
    let z = graph.add(ops::MatMul, &[x, &w], &name("MatMul"));
    let z = graph.add(ops::BiasAdd, &[&z, &b], &name("BiasAdd"));
    activation_fn.map_or(z.clone(), |activation| activation(&z))
}
