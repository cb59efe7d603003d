/*! The shapes of a run, from the arrays that are fed, and the messages for arrays that do not fit. */

use crate::graph::network::{Graph, Shape, Tensor, graph::NodeKind};
use std::collections::{BTreeSet, HashMap};

/// The dimensions of every node that a run needs.
///
/// # Panics
/// If a placeholder is not fed, an array does not fit what it is fed for, or the inputs of an operation do not fit.
pub fn concrete_dims(
    graph: &Graph,
    required: &BTreeSet<usize>,
    fed: &HashMap<usize, &Vec<usize>>,
) -> HashMap<usize, Vec<usize>> {
    let mut dims: HashMap<usize, Vec<usize>> = HashMap::new();
    for id in required {
        let node = graph.node(*id);
        let own = match (&node.kind, fed.get(id)) {
            (_, Some(fed)) => {
                assert!(node.shape.admits(fed), "{}", wrong_feed(graph, *id, fed));
                fed.to_vec()
            }
            (NodeKind::Placeholder, None) => panic!("{}", missing_feed(graph, *id, fed)),
            (NodeKind::Op(op), None) => {
                let shapes: Vec<Shape> = node.inputs.iter().map(|input| Shape::known(&dims[input])).collect();
                let shape = op.output_shape(&shapes.iter().collect::<Vec<_>>());
                shape.concrete().unwrap_or_else(|| panic!("{}: cannot tell the shape {shape}", node.name))
            }
            (NodeKind::Gradient { with_respect_to, .. }, None) => dims[with_respect_to].clone(),
            _ => node.shape.concrete().expect("variables and constants have known shapes"),
        };
        dims.insert(*id, own);
    }
    dims
}

/// The message for an array that does not have the shape of what it was fed for.
fn wrong_feed(graph: &Graph, node: usize, dims: &[usize]) -> String {
    let (tensor, shape) = (graph.tensor(node), graph.tensor(node).shape());
    let transposed: Vec<usize> = dims.iter().rev().copied().collect();
    let fits = |other: &Tensor| other.is_placeholder() && other.shape().admits(dims);
    let help = if shape.admits(&transposed) {
        "\nhelp: the array is transposed: feed its transpose, as in y.feed(&labels.t())".to_owned()
    } else if shape.admits(&[&[1], dims].concat()) {
        "\nhelp: a single example is a batch of one: insert_axis(Axis(0))".to_owned()
    } else if let Some(other) = graph.tensors().into_iter().find(fits) {
        format!("\nhelp: the array fits {other}; were two placeholders taken for each other?")
    } else {
        String::new()
    };
    format!("run: {tensor} takes arrays of shape {shape}, got one of shape {}{help}", Shape::known(dims))
}

/// The message for a placeholder that was not fed.
fn missing_feed(graph: &Graph, node: usize, fed: &HashMap<usize, &Vec<usize>>) -> String {
    let ids: BTreeSet<usize> = fed.keys().copied().collect();
    let names: Vec<String> = ids.into_iter().map(|id| graph.tensor(id).name()).collect();
    let names = if names.is_empty() { "nothing".to_owned() } else { format!("only {}", names.join(", ")) };
    format!(
        "run: {} needs a value, {names} was fed\nhelp: add it to the feeds, as in session.run(&cost, \
         &[x.feed(&images), y.feed(&labels)])",
        graph.tensor(node)
    )
}
