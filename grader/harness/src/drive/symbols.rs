/*! What can be said of a tensor of a graph, before and after it is run. */

use cnn::graph::{Graph, Session, Tensor};
use wire::Value;

use super::{KERNELS, text};

/// A tensor that should belong to `graph`: its kind, shape and type.
pub fn described(graph: &Graph, tensor: &Tensor) -> Value {
    node(graph, tensor, called(tensor))
}

/// As [`described`], where it does not matter by which operation the tensor is made.
pub fn result(graph: &Graph, tensor: &Tensor) -> Value {
    node(graph, tensor, "Tensor")
}

/// A tensor's kind in the words of the assignment, where TensorFlow has another one.
fn called(tensor: &Tensor) -> &str {
    match tensor.kind() {
        "MatMul" => "fully connected layer",
        kind => kind,
    }
}

fn node(graph: &Graph, tensor: &Tensor, kind: &str) -> Value {
    let elsewhere = if tensor.graph() == graph { "" } else { " of another graph" };
    Value::Node {
        kind: format!("{kind}{elsewhere}"),
        properties: vec![("shape".into(), text(tensor.shape())), ("dtype".into(), text(tensor.dtype()))],
    }
}

/// What stands where a tensor is missing.
pub fn nothing() -> Value {
    Value::Node { kind: "nothing".into(), properties: Vec::new() }
}

/// The operations of these kinds that lead to `tensor`, in the order of their creation, with the shapes that they make.
pub fn path(tensor: &Tensor, kinds: &[&str]) -> Value {
    let mut found = vec![tensor.clone()];
    let mut next = 0;
    while let Some(tensor) = found.get(next).cloned() {
        for input in tensor.inputs() {
            if !found.contains(&input) {
                found.push(input);
            }
        }
        next += 1;
    }
    found.retain(|tensor| kinds.contains(&tensor.kind()));
    found.sort_by_key(Tensor::id);
    let item = |tensor: &Tensor| Value::Node {
        kind: called(tensor).into(),
        properties: vec![("of output shape".into(), text(tensor.shape()))],
    };
    Value::List { of: "layer".into(), items: found.iter().map(item).collect() }
}

/// A session in which all variables have their first values.
pub fn session(graph: &Graph) -> Session {
    let session = Session::with_kernels(graph, KERNELS);
    session.initialize();
    session
}
