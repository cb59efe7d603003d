/*!
TensorFlow 1's names and numbers of operations, and its printed tensors.

TensorFlow creates more operations than the engine has nodes: constants for axes, helpers of initializers. They are
not executed, but they take names and count in the operation numbers that seeds depend on, so they are recorded in
addition to the graph.
*/

use crate::graph::{Graph, Tensor};
use std::{cell::RefCell, fmt};

/// The operations that only TensorFlow would create, each with the number of nodes that the graph had before it.
#[derive(Default)]
struct Reserved(RefCell<Vec<(usize, String)>>);

/// Records operations that TensorFlow 1 would create here and that have nothing to compute, so that later numbers and
/// names are the same as there.
pub(super) fn reserve(graph: &Graph, names: &[&str]) {
    let reserved = graph.extension::<Reserved>();
    for name in names {
        let n_nodes = graph.names().len();
        reserved.0.borrow_mut().push((n_nodes, graph.unique_name(name)));
    }
}

/// The names of all operations in the order of their numbers, including those that only TensorFlow would create.
///
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// tf::get_variable(&graph, "b", &[3], tf::zeros_initializer());
/// assert_eq!(tf::operations(&graph), ["b/Initializer/zeros", "b", "b/Assign", "b/read"]);
/// ```
pub fn operations(graph: &Graph) -> Vec<String> {
    let reserved = graph.extension::<Reserved>();
    let reserved = reserved.0.borrow();
    let mut reserved = reserved.iter().peekable();
    let mut operations = Vec::new();
    let nodes = graph.names();
    for id in 0..=nodes.len() {
        while let Some((_, name)) = reserved.next_if(|(n_nodes, _)| *n_nodes == id) {
            operations.push(name.clone());
        }
        operations.extend(nodes.get(id).cloned());
    }
    operations
}

/// How many operations TensorFlow 1 would have created by now: its `graph._last_id`.
///
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// tf::get_variable(&graph, "W", &[1, 2, 3, 4], tf::contrib::layers::xavier_initializer(Some(0)));
/// assert_eq!(tf::last_id(&graph), 10);
/// ```
pub fn last_id(graph: &Graph) -> usize {
    graph.names().len() + graph.extension::<Reserved>().0.borrow().len()
}

/// Lets the graph's tensors be printed as in TensorFlow.
pub(super) fn print_as_tensorflow(graph: &Graph) {
    graph.set_printer(print);
}

/// `Tensor("Placeholder:0", shape=(?, 64, 64, 3), dtype=float32)`, and
/// `<tf.Variable 'W1:0' shape=(4, 4, 3, 8) dtype=float32_ref>` for variables.
fn print(tensor: &Tensor, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (name, shape, dtype) = (tensor.name(), tensor.shape(), tensor.dtype());
    if tensor.is_variable() {
        write!(f, "<tf.Variable '{name}:0' shape={shape} dtype={dtype}_ref>")
    } else {
        write!(f, "Tensor(\"{name}:0\", shape={shape}, dtype={dtype})")
    }
}

#[cfg(test)]
mod tests {
    use crate::tf;

    #[test]
    fn tensors_print_as_in_tensorflow() {
        let graph = tf::Graph::new();
        let x = tf::placeholder(&graph, tf::float32, [None, Some(64), Some(64), Some(3)]);
        let y = tf::placeholder(&graph, tf::float32, [None, Some(6)]);
        assert_eq!(x.to_string(), r#"Tensor("Placeholder:0", shape=(?, 64, 64, 3), dtype=float32)"#);
        assert_eq!(y.to_string(), r#"Tensor("Placeholder_1:0", shape=(?, 6), dtype=float32)"#);
    }
}
