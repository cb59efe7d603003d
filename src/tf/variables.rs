/*! Placeholders and variables. */

use super::{
    initializers::VariableInitializer,
    names::{print_as_tensorflow, reserve},
};
use crate::graph::{DType, Graph, Operation, Shape, Tensor};

/// An input that every run feeds. Dimensions that are not known yet, such as the number of images, are `None`.
///
/// ```
/// use cnn::tf::{self, Graph};
/// let y = tf::placeholder(&Graph::new(), tf::float32, [None, Some(6)]);
/// assert_eq!(y.to_string(), r#"Tensor("Placeholder:0", shape=(?, 6), dtype=float32)"#);
/// ```
pub fn placeholder(graph: &Graph, dtype: DType, shape: impl Into<Shape>) -> Tensor {
    print_as_tensorflow(graph);
    graph.placeholder(shape, dtype, "Placeholder")
}

/// A trainable variable.
///
/// # Arguments
/// * `name`: one that the graph has no variable of yet
/// * `shape`: such as (f_h, f_w, n_c_prev, n_c) for filters
/// * `initializer`: where it begins, such as [`xavier_initializer`](super::contrib::layers::xavier_initializer)
///
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// let w = tf::get_variable(&graph, "W", &[1, 2, 3, 4], tf::contrib::layers::xavier_initializer(Some(0)));
/// assert_eq!(w.to_string(), "<tf.Variable 'W:0' shape=(1, 2, 3, 4) dtype=float32_ref>");
/// assert_eq!(tf::last_id(&graph), 10);
/// ```
///
/// # Panics
/// If the graph has a variable of this name already.
#[track_caller]
pub fn get_variable(graph: &Graph, name: &str, shape: &[usize], initializer: impl VariableInitializer) -> Tensor {
    assert!(
        graph.variables().iter().all(|variable| variable.name() != name),
        "get_variable: the variable {name} already exists in this graph\nhelp: begin with a new Graph::new(), as \
         tf.reset_default_graph() did"
    );
    print_as_tensorflow(graph);
    let initializer = initializer.build(graph, &format!("{name}/Initializer"), shape);
    let variable = graph.variable(shape, initializer, name);
    reserve(graph, &[&format!("{name}/Assign"), &format!("{name}/read")]);
    variable
}

/// The operation that gives all variables of the graph their first values.
///
/// DIFFERENCE: TensorFlow draws new values when the same session runs it a second time; here they are the same again.
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let w = tf::get_variable(&graph, "w", &[2], tf::ones_initializer());
/// let session = Session::new(&graph);
/// session.run(&tf::global_variables_initializer(&graph), &[]);
/// assert_eq!(session.value(&w).sum(), 2.0);
/// ```
pub fn global_variables_initializer(graph: &Graph) -> Operation {
    graph.initialize_all("init")
}

/// The variables that an optimizer updates, in the order of creation.
///
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// let w1 = tf::get_variable(&graph, "W1", &[4, 4, 3, 8], tf::zeros_initializer());
/// assert_eq!(tf::trainable_variables(&graph), [w1]);
/// ```
pub fn trainable_variables(graph: &Graph) -> Vec<Tensor> {
    graph.trainable_variables()
}
