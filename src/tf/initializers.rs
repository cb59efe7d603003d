/*!
Where variables' first values come from: TensorFlow's initializers, with the helper operations they create.

The generator itself is the engine's [`philox`](crate::graph::philox).
*/

use super::{names::reserve, random_seed::get_seed};
use crate::graph::{
    Graph,
    initializer::{Constant, Initializer},
    philox::{Philox, glorot_limit},
};
use ndarray::{ArrayD, IxDyn};

/// An initializer of TensorFlow: given the variable, it creates its operations in the graph and says what they compute.
pub trait VariableInitializer {
    /// Creates the operations under `name`, such as `W1/Initializer`.
    fn build(&self, graph: &Graph, name: &str, shape: &[usize]) -> Box<dyn Initializer>;
}

impl Initializer for Box<dyn Initializer> {
    fn values(&self, shape: &[usize]) -> Vec<f32> {
        self.as_ref().values(shape)
    }
}

/// Uniform draws with variance 2 / (fan_in + fan_out); see [`xavier_initializer`].
///
/// [`xavier_initializer`]: super::contrib::layers::xavier_initializer
#[derive(Debug, Clone, Copy)]
pub struct XavierInitializer {
    pub(super) seed: Option<u64>,
}

impl VariableInitializer for XavierInitializer {
    fn build(&self, graph: &Graph, name: &str, shape: &[usize]) -> Box<dyn Initializer> {
        let limit = glorot_limit(shape);
        uniform(graph, name, (-limit, limit), self.seed)
    }
}

/// Creates the operations of `tf.random_uniform`; the seed is fixed after its first three.
fn uniform(graph: &Graph, name: &str, (low, high): (f32, f32), seed: Option<u64>) -> Box<dyn Initializer> {
    let scope = format!("{name}/random_uniform");
    let op = |op: &str| format!("{scope}/{op}");
    reserve(graph, &[&op("shape"), &op("min"), &op("max")]);
    let (seed, seed2) = get_seed(graph, seed);
    reserve(graph, &[&op("RandomUniform"), &op("sub"), &op("mul"), &scope]);
    Box::new(move |shape: &[usize]| Philox::new(seed, seed2).uniform_between(0, shape.iter().product(), low, high))
}

/// The same value everywhere.
#[derive(Debug, Clone, Copy)]
pub struct ConstantInitializer {
    value: f32,
    op: &'static str,
}

impl VariableInitializer for ConstantInitializer {
    fn build(&self, graph: &Graph, name: &str, _shape: &[usize]) -> Box<dyn Initializer> {
        reserve(graph, &[&format!("{name}/{}", self.op)]);
        Box::new(Constant(self.value))
    }
}

/// Zeros everywhere: where biases begin.
pub fn zeros_initializer() -> ConstantInitializer {
    ConstantInitializer { value: 0.0, op: "zeros" }
}

/// Ones everywhere.
pub fn ones_initializer() -> ConstantInitializer {
    ConstantInitializer { value: 1.0, op: "ones" }
}

/// `value` everywhere.
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let b = tf::get_variable(&graph, "b", &[3], tf::constant_initializer(0.1));
/// let session = Session::new(&graph);
/// session.run(&tf::global_variables_initializer(&graph), &[]);
/// assert_eq!(session.value(&b), ndarray::array![0.1f32, 0.1, 0.1].into_dyn());
/// ```
pub fn constant_initializer(value: f32) -> ConstantInitializer {
    ConstantInitializer { value, op: "Const" }
}

/// Uniform draws from [minval, maxval), as `tf.random_uniform` draws them with the given graph and operation seeds.
///
/// ```
/// let u = cnn::tf::random_uniform(&[2, 3], 0.0, 1.0, (1, 45));
/// assert_eq!(u.shape(), [2, 3]);
/// ```
pub fn random_uniform(shape: &[usize], minval: f32, maxval: f32, (seed, seed2): (u64, u64)) -> ArrayD<f32> {
    let elements = Philox::new(seed, seed2).uniform_between(0, shape.iter().product(), minval, maxval);
    ArrayD::from_shape_vec(IxDyn(shape), elements).expect("as many elements as the shape has")
}
