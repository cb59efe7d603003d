/*!
The graph as it is written down: nodes, names, and the handles `Graph`, `Tensor` and `Operation` that point into it.

Nothing is computed here; a [`Session`](crate::graph::Session) does that.
*/

use super::{
    initializer::Initializer,
    op::{Op, Phase},
    shape::{DType, Shape},
};
use crate::graph::optimizers::Optimizer;
use ndarray::{ArrayBase, Data, Dimension};
use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    fmt,
    hash::{Hash, Hasher},
    rc::Rc,
};

/// A network written down but not yet computed. Cheap to clone: all clones are the same graph.
///
/// TensorFlow 1 keeps one default graph per process. Here a graph is a value that the caller holds, so that it lives as
/// long as the variable does, from one notebook cell to the next.
#[derive(Clone, Default)]
pub struct Graph {
    inner: Rc<RefCell<Inner>>,
}

/// A symbolic tensor: one node's output. Cheap to clone.
#[derive(Clone)]
pub struct Tensor {
    graph: Graph,
    node: usize,
}

/// A node that is run for what it does (a training step, an initialisation) and has no value. Cheap to clone.
#[derive(Clone)]
pub struct Operation {
    graph: Graph,
    node: usize,
}

#[derive(Default)]
struct Inner {
    nodes: Vec<Rc<Node>>,
    /// How often each name was asked for; TensorFlow numbers the repetitions.
    names: HashMap<String, usize>,
    /// Names of all operations that TensorFlow 1 would have created, in order.
    operations: Vec<String>,
    seed: Option<u64>,
    /// Counts changes to existing nodes, which make plans stale.
    revision: u64,
    frozen: HashSet<usize>,
    phases: HashMap<usize, Phase>,
}

#[derive(Debug)]
pub(in crate::graph) struct Node {
    pub name: String,
    pub kind: NodeKind,
    pub inputs: Vec<usize>,
    /// Variables that the operation may change.
    pub state: Vec<usize>,
    pub shape: Shape,
    pub dtype: DType,
}

#[derive(Debug)]
pub(in crate::graph) enum NodeKind {
    Placeholder,
    Variable { initializer: Rc<dyn Initializer>, trainable: bool },
    Constant(Vec<f32>),
    Op(Rc<dyn Op>),
    Gradient { of: usize, with_respect_to: usize },
    Minimize { loss: usize, variables: Vec<usize>, optimizer: Rc<dyn Optimizer> },
    Initialize,
}

impl Graph {
    /// An empty graph.
    pub fn new() -> Self {
        Graph::default()
    }

    /// Fixes the seed that operations without a seed of their own combine with their number.
    pub fn set_random_seed(&self, seed: u64) {
        self.inner.borrow_mut().seed = Some(seed);
    }

    /// The seed set by [`Graph::set_random_seed`].
    pub fn random_seed(&self) -> Option<u64> {
        self.inner.borrow().seed
    }

    /// How many operations TensorFlow 1 would have created by now: its `graph._last_id`.
    pub fn last_id(&self) -> usize {
        self.inner.borrow().operations.len()
    }

    /// The names of all operations, in the order of their numbers, including those that only TensorFlow would create.
    pub fn operations(&self) -> Vec<String> {
        self.inner.borrow().operations.clone()
    }

    /// `name`, or `name_1`, `name_2`, … if it is taken.
    pub fn unique_name(&self, name: &str) -> String {
        let names = &mut self.inner.borrow_mut().names;
        let count = names.entry(name.to_string()).or_insert(0);
        let mut number = *count;
        *count += 1;
        if number == 0 {
            return name.to_string();
        }
        loop {
            let candidate = format!("{name}_{number}");
            if !names.contains_key(&candidate) {
                names.insert(candidate.clone(), 1);
                names.insert(name.to_string(), number + 1);
                return candidate;
            }
            number += 1;
        }
    }

    /// Counts operations that TensorFlow 1 would create here and that have nothing to compute, so that later numbers and
    /// names come out as there.
    pub fn reserve(&self, names: &[&str]) {
        for name in names {
            let name = self.unique_name(name);
            self.inner.borrow_mut().operations.push(name);
        }
    }

    /// An input that every run feeds.
    pub fn placeholder(&self, shape: impl Into<Shape>, dtype: DType, name: &str) -> Tensor {
        self.push(name, NodeKind::Placeholder, vec![], vec![], shape.into(), dtype)
    }

    /// A tensor whose values last from run to run. The initializer supplies the first ones.
    pub fn variable(&self, shape: &[usize], initializer: impl Initializer + 'static, name: &str) -> Tensor {
        self.variable_node(shape, Rc::new(initializer), true, name)
    }

    /// A variable that optimizers leave alone, such as a moving mean.
    pub fn untrained_variable(&self, shape: &[usize], initializer: impl Initializer + 'static, name: &str) -> Tensor {
        self.variable_node(shape, Rc::new(initializer), false, name)
    }

    fn variable_node(&self, shape: &[usize], initializer: Rc<dyn Initializer>, trainable: bool, name: &str) -> Tensor {
        let kind = NodeKind::Variable { initializer, trainable };
        self.push(name, kind, vec![], vec![], Shape::known(shape), DType::Float32)
    }

    /// A tensor of fixed values.
    pub fn constant<S: Data<Elem = f32>, D: Dimension>(&self, values: &ArrayBase<S, D>, name: &str) -> Tensor {
        let numbers = values.iter().copied().collect();
        self.push(name, NodeKind::Constant(numbers), vec![], vec![], Shape::known(values.shape()), DType::Float32)
    }

    /// An operation on tensors.
    ///
    /// # Panics
    /// If the inputs' shapes do not fit the operation, or an input belongs to another graph.
    #[track_caller]
    pub fn add(&self, op: impl Op, inputs: &[&Tensor], name: &str) -> Tensor {
        self.add_stateful(op, inputs, &[], name)
    }

    /// An operation that may change the variables `state` when it runs.
    ///
    /// # Panics
    /// As [`Graph::add`].
    #[track_caller]
    pub fn add_stateful(&self, op: impl Op, inputs: &[&Tensor], state: &[&Tensor], name: &str) -> Tensor {
        self.insert(op, inputs, state, name, false)
    }

    /// An operation under a name that [`Graph::unique_name`] has returned, for faces that name helpers after it first.
    ///
    /// # Panics
    /// As [`Graph::add`].
    #[track_caller]
    pub fn add_named(&self, op: impl Op, inputs: &[&Tensor], name: &str) -> Tensor {
        self.insert(op, inputs, &[], name, true)
    }

    #[track_caller]
    fn insert(&self, op: impl Op, inputs: &[&Tensor], state: &[&Tensor], name: &str, reserved: bool) -> Tensor {
        for tensor in inputs.iter().chain(state) {
            assert!(
                &tensor.graph == self,
                "{name}: {tensor} belongs to another graph\nhelp: build the whole network on one Graph"
            );
        }
        let shapes: Vec<Shape> = inputs.iter().map(|tensor| tensor.shape()).collect();
        let shape = op.output_shape(&shapes.iter().collect::<Vec<_>>());
        let dtype = op.output_type(&inputs.iter().map(|tensor| tensor.dtype()).collect::<Vec<_>>());
        let ids = |list: &[&Tensor]| list.iter().map(|tensor| tensor.node).collect();
        let name = if reserved { name.to_string() } else { self.unique_name(name) };
        let kind = NodeKind::Op(Rc::new(op));
        self.push_node(Node { name, kind, inputs: ids(inputs), state: ids(state), shape, dtype })
    }

    /// The gradients of `of` (or of its sum, if it is not a single number) with respect to each of `tensors`.
    ///
    /// They can be fetched like any tensor; a gradient of a gradient is not defined.
    pub fn gradients(&self, of: &Tensor, tensors: &[&Tensor]) -> Vec<Tensor> {
        let one = |tensor: &&Tensor| {
            let kind = NodeKind::Gradient { of: of.node, with_respect_to: tensor.node };
            let inputs = vec![of.node, tensor.node];
            let name = format!("gradients/{}_grad", tensor.name());
            self.push(&name, kind, inputs, vec![], tensor.shape(), DType::Float32)
        };
        tensors.iter().map(one).collect()
    }

    /// A training step: moves `variables` along the negative gradient of `loss`, as the optimizer says.
    pub fn minimize(
        &self,
        loss: &Tensor,
        variables: &[&Tensor],
        optimizer: impl Optimizer + 'static,
        name: &str,
    ) -> Operation {
        let variables = variables.iter().map(|tensor| tensor.node).collect();
        let kind = NodeKind::Minimize { loss: loss.node, variables, optimizer: Rc::new(optimizer) };
        let node = self.push(name, kind, vec![loss.node], vec![], Shape::scalar(), DType::Float32);
        Operation { graph: self.clone(), node: node.node }
    }

    /// Gives every variable its first values.
    pub fn initialize_all(&self, name: &str) -> Operation {
        let node = self.push(name, NodeKind::Initialize, vec![], vec![], Shape::scalar(), DType::Float32);
        Operation { graph: self.clone(), node: node.node }
    }

    /// All tensors, in the order of creation.
    pub fn tensors(&self) -> Vec<Tensor> {
        self.select(|node, _| !matches!(node.kind, NodeKind::Minimize { .. } | NodeKind::Initialize))
    }

    /// All variables, in the order of creation.
    pub fn variables(&self) -> Vec<Tensor> {
        self.select(|node, _| matches!(node.kind, NodeKind::Variable { .. }))
    }

    /// The variables that optimizers may move, in the order of creation.
    pub fn trainable_variables(&self) -> Vec<Tensor> {
        self.select(|node, frozen| matches!(node.kind, NodeKind::Variable { trainable: true, .. }) && !frozen)
    }

    fn select(&self, keep: impl Fn(&Node, bool) -> bool) -> Vec<Tensor> {
        let inner = self.inner.borrow();
        let nodes = inner.nodes.iter().enumerate();
        let kept = nodes.filter(|(id, node)| keep(node, inner.frozen.contains(id)));
        kept.map(|(node, _)| Tensor { graph: self.clone(), node }).collect()
    }

    /// Freezes or thaws a variable: a frozen one keeps its values in every training step.
    pub fn set_trainable(&self, variable: &Tensor, trainable: bool) {
        let mut inner = self.inner.borrow_mut();
        let changed = if trainable { inner.frozen.remove(&variable.node) } else { inner.frozen.insert(variable.node) };
        inner.revision += u64::from(changed);
    }

    /// Changes when batch normalisation or dropout acts as in training.
    pub fn set_phase(&self, tensor: &Tensor, phase: Phase) {
        let mut inner = self.inner.borrow_mut();
        inner.phases.insert(tensor.node, phase);
        inner.revision += 1;
    }

    fn push(
        &self,
        name: &str,
        kind: NodeKind,
        inputs: Vec<usize>,
        state: Vec<usize>,
        shape: Shape,
        dtype: DType,
    ) -> Tensor {
        let name = self.unique_name(name);
        self.push_node(Node { name, kind, inputs, state, shape, dtype })
    }

    fn push_node(&self, node: Node) -> Tensor {
        let mut inner = self.inner.borrow_mut();
        inner.operations.push(node.name.clone());
        inner.nodes.push(Rc::new(node));
        Tensor { graph: self.clone(), node: inner.nodes.len() - 1 }
    }

    pub(in crate::graph) fn node(&self, id: usize) -> Rc<Node> {
        self.inner.borrow().nodes[id].clone()
    }

    pub(in crate::graph) fn revision(&self) -> u64 {
        self.inner.borrow().revision
    }

    pub(in crate::graph) fn is_frozen(&self, id: usize) -> bool {
        self.inner.borrow().frozen.contains(&id)
    }

    pub(in crate::graph) fn phase(&self, id: usize) -> Option<Phase> {
        self.inner.borrow().phases.get(&id).copied()
    }

    pub(in crate::graph) fn tensor(&self, node: usize) -> Tensor {
        Tensor { graph: self.clone(), node }
    }
}

impl PartialEq for Graph {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.inner, &other.inner)
    }
}

impl Eq for Graph {}

impl fmt::Debug for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<Graph of {} operations>", self.last_id())
    }
}

impl Tensor {
    /// The graph it belongs to.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Its node's number, counted from 0 in the order of creation.
    pub fn id(&self) -> usize {
        self.node
    }

    /// Its node's name, without the `:0` of the printed form.
    pub fn name(&self) -> String {
        self.graph.node(self.node).name.clone()
    }

    /// Its shape.
    pub fn shape(&self) -> Shape {
        self.graph.node(self.node).shape.clone()
    }

    /// Its element type.
    pub fn dtype(&self) -> DType {
        self.graph.node(self.node).dtype
    }

    /// The operation that makes it, such as `Conv2D`; `Placeholder`, `VariableV2`, `Const` for what no operation makes.
    pub fn kind(&self) -> &'static str {
        match &self.graph.node(self.node).kind {
            NodeKind::Placeholder => "Placeholder",
            NodeKind::Variable { .. } => "VariableV2",
            NodeKind::Constant(_) => "Const",
            NodeKind::Op(op) => op.kind(),
            NodeKind::Gradient { .. } => "Gradient",
            NodeKind::Minimize { .. } | NodeKind::Initialize => "NoOp",
        }
    }

    /// The tensors that it is computed from.
    pub fn inputs(&self) -> Vec<Tensor> {
        self.graph.node(self.node).inputs.iter().map(|node| self.graph.tensor(*node)).collect()
    }
}

impl Tensor {
    /// The inputs that a gradient of it flows back to.
    pub(crate) fn differentiated_inputs(&self) -> Vec<Tensor> {
        let node = self.graph.node(self.node);
        let NodeKind::Op(op) = &node.kind else { return Vec::new() };
        let inputs = self.inputs().into_iter().enumerate();
        inputs.filter(|(i, _)| op.differentiable(*i)).map(|(_, input)| input).collect()
    }
}

impl fmt::Display for Tensor {
    /// As TensorFlow 1 prints it: `Tensor("Placeholder:0", shape=(?, 64, 64, 3), dtype=float32)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let node = self.graph.node(self.node);
        if matches!(node.kind, NodeKind::Variable { .. }) {
            return write!(f, "<tf.Variable '{}:0' shape={} dtype=float32_ref>", node.name, node.shape);
        }
        write!(f, "Tensor(\"{}:0\", shape={}, dtype={})", node.name, node.shape, node.dtype)
    }
}

impl fmt::Debug for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PartialEq for Tensor {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node && self.graph == other.graph
    }
}

impl Eq for Tensor {}

impl Hash for Tensor {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.node.hash(state);
    }
}

impl Operation {
    /// The graph it belongs to.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Its node's name.
    pub fn name(&self) -> String {
        self.graph.node(self.node).name.clone()
    }

    pub(in crate::graph) fn id(&self) -> usize {
        self.node
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "name: \"{}\"\nop: \"NoOp\"\n", self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_numbered_as_tensorflow_numbers_them() {
        let graph = Graph::new();
        let names: Vec<String> = ["Mean", "Mean", "Mean_2", "Mean", "Mean_1"].map(|n| graph.unique_name(n)).into();
        assert_eq!(names, ["Mean", "Mean_1", "Mean_2", "Mean_3", "Mean_1_1"]);
    }

    #[test]
    fn tensors_print_as_in_tensorflow() {
        let graph = Graph::new();
        let x = graph.placeholder([None, Some(64), Some(64), Some(3)], DType::Float32, "Placeholder");
        let y = graph.placeholder([None, Some(6)], DType::Float32, "Placeholder");
        assert_eq!(x.to_string(), r#"Tensor("Placeholder:0", shape=(?, 64, 64, 3), dtype=float32)"#);
        assert_eq!(y.to_string(), r#"Tensor("Placeholder_1:0", shape=(?, 6), dtype=float32)"#);
    }
}
