/*! Which two seeds a random operation gets: TensorFlow's rule for graph seeds and operation seeds. */

use super::names::last_id;
use crate::graph::Graph;
pub use crate::graph::philox::DEFAULT_GRAPH_SEED;
use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher, Hasher},
};

/// The seeds (graph seed, operation seed) of the next random operation.
///
/// * Both set: these.
/// * Only the graph's: the operation's seed is the number of operations created so far, [`last_id`].
/// * Only the operation's: the graph's is [`DEFAULT_GRAPH_SEED`].
/// * None: seeds that differ from run to run.
///
/// ```
/// use cnn::tf::{Graph, random_seed::get_seed};
/// let graph = Graph::new();
/// assert_eq!(get_seed(&graph, Some(0)), (87_654_321, 0));
/// graph.set_random_seed(1);
/// assert_eq!(get_seed(&graph, Some(0)), (1, 0));
/// assert_eq!(get_seed(&graph, None), (1, 0)); // nothing created yet
/// ```
pub fn get_seed(graph: &Graph, op_seed: Option<u64>) -> (u64, u64) {
    match (graph.random_seed(), op_seed) {
        (Some(seed), Some(op_seed)) => (seed, op_seed),
        (Some(seed), None) => (seed, last_id(graph) as u64),
        (None, Some(op_seed)) => (DEFAULT_GRAPH_SEED, op_seed),
        (None, None) => (entropy(), entropy()),
    }
}

/// An integer that differs from call to call: the standard library seeds its hashers from the operating system.
fn entropy() -> u64 {
    RandomState::new().build_hasher().finish()
}
