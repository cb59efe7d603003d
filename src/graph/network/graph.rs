/*!
The graph: nodes, names, and the handles `Graph`, `Tensor` and `Operation` that refer to them.

A [`Session`](crate::graph::Session) executes it. The methods of the handles are in `tensor.rs`.
*/

use super::{
    initializer::Initializer,
    op::{Op, Phase},
    shape::{DType, Shape},
};
use crate::graph::optimizers::Optimizer;
use ndarray::{ArrayBase, Data, Dimension};
use std::{
    any::{Any, TypeId},
    cell::RefCell,
    collections::{HashMap, HashSet},
    fmt,
    rc::Rc,
};

/// A network that is defined but not yet executed. Cheap to clone: all clones are the same graph.
///
/// A graph is a value that the caller holds, not a global of the process, so it lives as long as the variable does,
/// from one notebook cell to the next.
#[derive(Clone, Default)]
pub struct Graph {
    inner: Rc<RefCell<Inner>>,
}

/// A symbolic tensor: one node's output. Cheap to clone.
#[derive(Clone)]
pub struct Tensor {
    pub(super) graph: Graph,
    pub(super) node: usize,
}

/// A node that is run for what it does (a training step, an initialisation) and has no value. Cheap to clone.
#[derive(Clone)]
pub struct Operation {
    pub(super) graph: Graph,
    pub(super) node: usize,
}

#[derive(Default)]
struct Inner {
    nodes: Vec<Rc<Node>>,
    /// How often each name was asked for.
    names: HashMap<String, usize>,
    seed: Option<u64>,
    /// How a frontend prints tensors.
    printer: Option<Printer>,
    /// What frontends keep with the graph, by type.
    extensions: HashMap<TypeId, Rc<dyn Any>>,
    /// Counts changes to existing nodes, which make plans stale.
    revision: u64,
    frozen: HashSet<usize>,
    phases: HashMap<usize, Phase>,
}

/// How a frontend prints a tensor, see [`Graph::set_printer`].
pub type Printer = fn(&Tensor, &mut fmt::Formatter<'_>) -> fmt::Result;

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

    /// Sets the graph's seed. The engine draws nothing by itself: a frontend derives the seeds of random operations and
    /// initializers from it.
    pub fn set_random_seed(&self, seed: u64) {
        self.inner.borrow_mut().seed = Some(seed);
    }

    /// The seed set by [`Graph::set_random_seed`].
    pub fn random_seed(&self) -> Option<u64> {
        self.inner.borrow().seed
    }

    /// The names of all nodes, in the order of their creation.
    pub fn names(&self) -> Vec<String> {
        self.inner.borrow().nodes.iter().map(|node| node.name.clone()).collect()
    }

    /// Lets tensors of this graph be printed by `printer`, in a frontend's notation.
    pub fn set_printer(&self, printer: Printer) {
        self.inner.borrow_mut().printer = Some(printer);
    }

    pub(super) fn printer(&self) -> Option<Printer> {
        self.inner.borrow().printer
    }

    /// What a frontend keeps with the graph: one value of each type, created when it is first asked for.
    pub fn extension<T: Default + 'static>(&self) -> Rc<T> {
        let extensions = &mut self.inner.borrow_mut().extensions;
        let value = extensions.entry(TypeId::of::<T>()).or_insert_with(|| Rc::new(T::default())).clone();
        value.downcast().expect("stored under its type")
    }

    /// `name`, or `name_1`, `name_2`, … if it is taken. The returned name is taken from then on.
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

    /// An input that every run feeds.
    pub fn placeholder(&self, shape: impl Into<Shape>, dtype: DType, name: &str) -> Tensor {
        self.push(name, NodeKind::Placeholder, vec![], vec![], shape.into(), dtype)
    }

    /// A tensor whose values last from run to run. The initializer supplies the first ones.
    pub fn variable(&self, shape: &[usize], initializer: impl Initializer + 'static, name: &str) -> Tensor {
        self.variable_node(shape, Rc::new(initializer), true, name)
    }

    /// A variable that optimizers do not update, such as a moving mean.
    pub fn non_trainable_variable(
        &self,
        shape: &[usize],
        initializer: impl Initializer + 'static,
        name: &str,
    ) -> Tensor {
        self.variable_node(shape, Rc::new(initializer), false, name)
    }

    fn variable_node(&self, shape: &[usize], initializer: Rc<dyn Initializer>, trainable: bool, name: &str) -> Tensor {
        let kind = NodeKind::Variable { initializer, trainable };
        self.push(name, kind, vec![], vec![], Shape::known(shape), DType::Float32)
    }

    /// A tensor of fixed values.
    pub fn constant<S: Data<Elem = f32>, D: Dimension>(&self, values: &ArrayBase<S, D>, name: &str) -> Tensor {
        let elements = values.iter().copied().collect();
        self.push(name, NodeKind::Constant(elements), vec![], vec![], Shape::known(values.shape()), DType::Float32)
    }

    /// An operation on tensors.
    ///
    /// # Panics
    /// If there are more or fewer inputs than the operation takes, their shapes do not fit it, or one belongs to
    /// another graph.
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

    /// An operation under a name that [`Graph::unique_name`] has returned, for frontends that name other nodes after
    /// it first.
    ///
    /// # Panics
    /// As [`Graph::add`].
    #[track_caller]
    pub fn add_named(&self, op: impl Op, inputs: &[&Tensor], name: &str) -> Tensor {
        self.insert(op, inputs, &[], name, true)
    }

    #[track_caller]
    fn insert(&self, op: impl Op, inputs: &[&Tensor], state: &[&Tensor], name: &str, reserved: bool) -> Tensor {
        self.own(inputs.iter().chain(state).copied(), name);
        check_arity(&op, inputs.len(), state, name);
        let shapes: Vec<Shape> = inputs.iter().map(|tensor| tensor.shape()).collect();
        let shape = op.output_shape(&shapes.iter().collect::<Vec<_>>());
        let dtype = op.output_type(&inputs.iter().map(|tensor| tensor.dtype()).collect::<Vec<_>>());
        let ids = |list: &[&Tensor]| list.iter().map(|tensor| tensor.node).collect();
        let name = if reserved { name.to_string() } else { self.unique_name(name) };
        let kind = NodeKind::Op(Rc::new(op));
        self.push_node(Node { name, kind, inputs: ids(inputs), state: ids(state), shape, dtype })
    }

    #[track_caller]
    fn own<'a>(&self, tensors: impl IntoIterator<Item = &'a Tensor>, caller: &str) {
        for tensor in tensors {
            assert!(
                &tensor.graph == self,
                "{caller}: {tensor} belongs to another graph\nhelp: build the whole network on one Graph"
            );
        }
    }

    /// The gradients of `of` (or of its sum, if it is not a scalar) with respect to each of `tensors`.
    ///
    /// They can be fetched like any tensor; a gradient of a gradient is not defined.
    ///
    /// # Panics
    /// If a tensor belongs to another graph.
    #[track_caller]
    pub fn gradients(&self, of: &Tensor, tensors: &[&Tensor]) -> Vec<Tensor> {
        self.own(tensors.iter().copied().chain([of]), "gradients");
        let one = |tensor: &&Tensor| {
            let kind = NodeKind::Gradient { of: of.node, with_respect_to: tensor.node };
            let inputs = vec![of.node, tensor.node];
            let name = format!("gradients/{}_grad", tensor.name());
            self.push(&name, kind, inputs, vec![], tensor.shape(), DType::Float32)
        };
        tensors.iter().map(one).collect()
    }

    /// A training step: updates `variables` by the gradient of `loss`, as the optimizer says.
    ///
    /// # Panics
    /// If one of `variables` is no variable, or belongs to another graph.
    #[track_caller]
    pub fn minimize(
        &self,
        loss: &Tensor,
        variables: &[&Tensor],
        optimizer: impl Optimizer + 'static,
        name: &str,
    ) -> Operation {
        self.own(variables.iter().copied().chain([loss]), "minimize");
        if let Some(tensor) = variables.iter().find(|tensor| !tensor.is_variable()) {
            panic!("minimize: expected variables to update, got {tensor}");
        }
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

    /// The variables that optimizers may update, in the order of creation.
    pub fn trainable_variables(&self) -> Vec<Tensor> {
        self.select(|node, frozen| matches!(node.kind, NodeKind::Variable { trainable: true, .. }) && !frozen)
    }

    fn select(&self, keep: impl Fn(&Node, bool) -> bool) -> Vec<Tensor> {
        let inner = self.inner.borrow();
        let nodes = inner.nodes.iter().enumerate();
        let kept = nodes.filter(|(id, node)| keep(node, inner.frozen.contains(id)));
        kept.map(|(node, _)| Tensor { graph: self.clone(), node }).collect()
    }

    /// Freezes or unfreezes a variable: a frozen one keeps its values in every training step.
    ///
    /// # Panics
    /// If it is no variable, or belongs to another graph.
    #[track_caller]
    pub fn set_trainable(&self, variable: &Tensor, trainable: bool) {
        self.own([variable], "set_trainable");
        assert!(variable.is_variable(), "set_trainable: expected a variable, got {variable}");
        let mut inner = self.inner.borrow_mut();
        let changed = if trainable { inner.frozen.remove(&variable.node) } else { inner.frozen.insert(variable.node) };
        inner.revision += u64::from(changed);
    }

    /// Whether training steps update a variable, see [`Graph::set_trainable`].
    pub fn is_trainable(&self, variable: &Tensor) -> bool {
        !self.is_frozen(variable.node)
    }

    /// Changes when the batch normalisation or dropout that makes `tensor` acts as in training.
    ///
    /// # Panics
    /// If the tensor belongs to another graph.
    #[track_caller]
    pub fn set_phase(&self, tensor: &Tensor, phase: Phase) {
        self.own([tensor], "set_phase");
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
        write!(f, "<Graph of {} nodes>", self.inner.borrow().nodes.len())
    }
}

/// Compares the number of inputs and state variables with what the operation takes.
#[track_caller]
fn check_arity(op: &dyn Op, n_inputs: usize, state: &[&Tensor], name: &str) {
    let kind = op.kind();
    let tensors = |n: usize| if n == 1 { "1 tensor".to_owned() } else { format!("{n} tensors") };
    match op.arity() {
        Some(n) => assert!(
            n_inputs == n,
            "{name}: expected {} as {kind} takes, got {n_inputs}\nhelp: an operation of several tensors says how many in \
             Op::arity",
            tensors(n)
        ),
        None => assert!(n_inputs > 0, "{name}: expected at least one tensor for {kind}, got none"),
    }
    assert!(
        state.len() == op.n_state() && state.iter().all(|tensor| tensor.is_variable()),
        "{name}: expected {} of state, all variables, as {kind} has, got {state:?}\nhelp: see Graph::add_stateful",
        tensors(op.n_state())
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_names_are_numbered() {
        let graph = Graph::new();
        let names: Vec<String> = ["Mean", "Mean", "Mean_2", "Mean", "Mean_1"].map(|n| graph.unique_name(n)).into();
        assert_eq!(names, ["Mean", "Mean_1", "Mean_2", "Mean_3", "Mean_1_1"]);
    }

    #[test]
    fn tensors_print_their_name_shape_and_type_or_as_the_frontend_says() {
        let graph = Graph::new();
        let x = graph.placeholder([None, Some(6)], DType::Float32, "x");
        assert_eq!(x.to_string(), "x: float32 (?, 6)");
        graph.set_printer(|tensor, f| write!(f, "<{}>", tensor.name()));
        assert_eq!(x.to_string(), "<x>");
    }
}
