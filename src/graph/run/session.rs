/*!
Runs a graph: holds the variables' values, the optimizers' memory and the buffers, and carries plans out.

What is to be done is decided in `plan`, once for each set of fetches and shapes.
*/

use super::{
    backend::{Compute, Kernels},
    execute::Execution,
    fetch::{Feed, Fetch},
};
use crate::graph::{
    compile::plan::Plan,
    kernels::aligned::Aligned,
    network::{Graph, Operation, Tensor, graph::NodeKind},
};
use ndarray::{ArrayBase, ArrayD, Data, Dimension, IxDyn};
use std::{
    any::Any,
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

/// Values for a graph's variables, and the means to run it.
///
/// ```
/// use cnn::graph::{DType, Graph, Session, initializer::Constant, ops::Multiply};
/// use ndarray::array;
///
/// let graph = Graph::new();
/// let x = graph.placeholder([None], DType::Float32, "x");
/// let w = graph.variable(&[], Constant(3.0), "w");
/// let y = graph.add(Multiply, &[&x, &w], "y");
/// let session = Session::new(&graph);
/// session.initialize();
/// assert_eq!(session.run(&y, &[x.feed(&array![1.0, 2.0])]), array![3.0, 6.0].into_dyn());
/// ```
#[derive(Debug)]
pub struct Session {
    graph: Graph,
    state: RefCell<State>,
}

/// What lasts from run to run.
#[derive(Debug)]
pub(super) struct State {
    pub compute: Compute,
    pub variables: HashMap<usize, Vec<f32>>,
    /// Blocks drawn by each random operation.
    pub counters: HashMap<usize, u64>,
    pub training: HashMap<usize, TrainingState>,
    /// What operations derived from variables, by node; see [`State::variables_changed`].
    pub caches: HashMap<usize, Box<dyn Any>>,
    /// Memory that the plans share.
    pub slots: Vec<Aligned>,
    plans: HashMap<Key, Rc<Plan>>,
    revision: u64,
}

/// What an optimizer remembers.
#[derive(Debug, Default)]
pub(super) struct TrainingState {
    pub learning_rate: Option<f32>,
    pub scalars: Vec<f32>,
    pub slots: BTreeMap<usize, Vec<Vec<f32>>>,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    fetches: Vec<usize>,
    feeds: Vec<(usize, Vec<usize>)>,
    training: bool,
}

/// More plans than this are not kept: a run of many different shapes must not eat the memory.
const MAX_PLANS: usize = 64;

impl Session {
    /// A session with the fast kernels on all threads of the machine.
    pub fn new(graph: &Graph) -> Self {
        Session::with_kernels(graph, Kernels::default())
    }

    /// A session with the given kernels.
    pub fn with_kernels(graph: &Graph, kernels: Kernels) -> Self {
        let state = State {
            compute: Compute::new(kernels),
            variables: HashMap::new(),
            counters: HashMap::new(),
            training: HashMap::new(),
            caches: HashMap::new(),
            slots: Vec::new(),
            plans: HashMap::new(),
            revision: graph.revision(),
        };
        Session { graph: graph.clone(), state: RefCell::new(state) }
    }

    /// The graph.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The kernels it computes with.
    pub fn kernels(&self) -> Kernels {
        self.state.borrow().compute.kernels()
    }

    /// Computes with other kernels from now on; all values stay.
    pub fn set_kernels(&self, kernels: Kernels) {
        let state = &mut self.state.borrow_mut();
        state.compute = Compute::new(kernels);
        state.plans.clear();
    }

    /// Gives every variable its first values, and forgets what optimizers remembered.
    pub fn initialize(&self) {
        self.state.borrow_mut().initialize(&self.graph);
    }

    /// Gives first values to those variables that have none yet.
    pub fn initialize_missing(&self) {
        initialize_missing(&self.graph, &mut self.state.borrow_mut().variables);
    }

    /// Computes what is fetched: a tensor gives its array, an operation `()`, a tuple a tuple.
    ///
    /// Batch normalisation and dropout act as after training; see [`Session::run_training`].
    ///
    /// # Panics
    /// If a placeholder is not fed or fed twice, an array does not fit its placeholder, a tensor belongs to another graph,
    /// or a variable has no value yet.
    #[track_caller]
    pub fn run<F: Fetch>(&self, fetch: F, feeds: &[Feed<'_>]) -> F::Output {
        self.run_in_phase(fetch, feeds, false)
    }

    /// As [`Session::run`], with batch normalisation and dropout as in training (unless they were told otherwise); moving
    /// statistics are updated.
    ///
    /// # Panics
    /// As [`Session::run`].
    #[track_caller]
    pub fn run_training<F: Fetch>(&self, fetch: F, feeds: &[Feed<'_>]) -> F::Output {
        self.run_in_phase(fetch, feeds, true)
    }

    #[track_caller]
    fn run_in_phase<F: Fetch>(&self, fetch: F, feeds: &[Feed<'_>], training: bool) -> F::Output {
        let mut nodes = Vec::new();
        fetch.nodes(&mut nodes);
        let fetched = nodes.iter().map(|node| node.0.tensor(node.1));
        for tensor in fetched.chain(feeds.iter().map(|feed| feed.tensor.clone())) {
            assert!(
                tensor.graph() == &self.graph,
                "run: {tensor} belongs to another graph than the session\nhelp: a session runs the graph that it was made \
                 for; after a new Graph, make the tensors and the session anew"
            );
        }
        for (i, feed) in feeds.iter().enumerate() {
            let again = feeds[..i].iter().any(|earlier| earlier.tensor == feed.tensor);
            assert!(!again, "run: expected one array for {}, it is fed twice", feed.tensor);
        }
        let fetches: Vec<usize> = nodes.iter().map(|node| node.1).collect();
        let state = &mut *self.state.borrow_mut();
        let plan = state.plan(&self.graph, fetches, feeds, training);
        if plan.initializes {
            state.initialize(&self.graph);
        }
        if plan.changes_variables() {
            state.variables_changed();
        }
        let fed = feeds.iter().map(|feed| (feed.tensor.id(), &*feed.data)).collect();
        let execution = Execution { graph: &self.graph, plan: &plan, feeds: fed };
        execution.run(state);
        let values = plan.fetches.iter().map(|fetched| {
            fetched.as_ref().map(|fetched| {
                let numbers = execution.copy_out(state, fetched.place);
                ArrayD::from_shape_vec(IxDyn(&fetched.dims), numbers).expect("planned with these dimensions")
            })
        });
        fetch.take(&mut values.collect::<Vec<_>>().into_iter())
    }

    /// The value of a variable.
    ///
    /// # Panics
    /// If the tensor is no variable or has no value yet.
    #[track_caller]
    pub fn value(&self, variable: &Tensor) -> ArrayD<f32> {
        let state = self.state.borrow();
        let numbers = state.variables.get(&variable.id()).unwrap_or_else(|| panic!("{}", no_value(variable)));
        let dims = variable.shape().concrete().expect("variables have known shapes");
        ArrayD::from_shape_vec(IxDyn(&dims), numbers.clone()).expect("stored with its shape")
    }

    /// Gives a variable new values.
    ///
    /// # Panics
    /// If the tensor is no variable, or the array has another shape.
    #[track_caller]
    pub fn assign<S: Data<Elem = f32>, D: Dimension>(&self, variable: &Tensor, values: &ArrayBase<S, D>) {
        let node = self.graph.node(variable.id());
        assert!(matches!(node.kind, NodeKind::Variable { .. }), "assign: expected a variable, got {variable}");
        assert!(
            node.shape.admits(values.shape()),
            "assign: {variable} cannot take an array of shape {:?}",
            values.shape()
        );
        let state = &mut self.state.borrow_mut();
        state.variables_changed();
        state.variables.insert(variable.id(), values.iter().copied().collect());
    }

    /// The learning rate that a training step uses now.
    ///
    /// # Panics
    /// If the operation is no training step.
    #[track_caller]
    pub fn learning_rate(&self, step: &Operation) -> f32 {
        let node = self.graph.node(step.id());
        let NodeKind::Minimize { optimizer, .. } = &node.kind else {
            panic!("learning_rate: expected a training step, got {}", step.name())
        };
        let state = self.state.borrow();
        let changed = state.training.get(&step.id()).and_then(|training| training.learning_rate);
        changed.unwrap_or_else(|| optimizer.learning_rate())
    }

    /// Changes the learning rate of a training step, from the next run on.
    pub fn set_learning_rate(&self, step: &Operation, learning_rate: f32) {
        let state = &mut self.state.borrow_mut();
        state.training.entry(step.id()).or_default().learning_rate = Some(learning_rate);
    }

    /// What the optimizer of a training step remembers for a variable: one array for each of its slots; empty before the
    /// first step.
    pub fn slots(&self, step: &Operation, variable: &Tensor) -> Vec<ArrayD<f32>> {
        let dims = variable.shape().concrete().unwrap_or_default();
        let array = |slot: &Vec<f32>| ArrayD::from_shape_vec(IxDyn(&dims), slot.clone()).expect("as the variable");
        let state = self.state.borrow();
        let training = state.training.get(&step.id());
        training.and_then(|t| t.slots.get(&variable.id())).map_or(Vec::new(), |slots| slots.iter().map(array).collect())
    }

    /// Bytes held for variables, optimizers and buffers.
    pub fn memory(&self) -> usize {
        let state = self.state.borrow();
        let variables: usize = state.variables.values().map(Vec::len).sum();
        let training = state.training.values().flat_map(|t| t.slots.values().flatten()).map(Vec::len);
        let slots: usize = state.slots.iter().map(|slot| slot.len()).sum();
        (variables + training.sum::<usize>() + slots) * size_of::<f32>()
    }
}

fn initialize_missing(graph: &Graph, variables: &mut HashMap<usize, Vec<f32>>) {
    for variable in graph.variables() {
        let node = graph.node(variable.id());
        if let NodeKind::Variable { initializer, .. } = &node.kind {
            let values = || {
                let dims = node.shape.concrete().expect("variables have known shapes");
                let values = initializer.values(&dims);
                let n = dims.iter().product::<usize>();
                assert!(values.len() == n, "{variable}: the initializer made {} numbers instead of {n}", values.len());
                values
            };
            variables.entry(variable.id()).or_insert_with(values);
        }
    }
}

/// Why a tensor's value cannot be had.
pub(super) fn no_value(tensor: &Tensor) -> String {
    if tensor.kind() == "VariableV2" {
        format!(
            "run: the variable {tensor} has no value yet\nhelp: run the initializer first, as in \
             session.run(&init, &[]), or call session.initialize()"
        )
    } else {
        format!("value: expected a variable, got {tensor}\nhelp: use session.run for other tensors")
    }
}

impl State {
    fn initialize(&mut self, graph: &Graph) {
        self.training.clear();
        self.counters.clear();
        self.variables.clear();
        self.variables_changed();
        initialize_missing(graph, &mut self.variables);
    }

    /// Forgets what was derived from the variables' old values.
    fn variables_changed(&mut self) {
        self.caches.clear();
    }

    fn plan(&mut self, graph: &Graph, fetches: Vec<usize>, feeds: &[Feed<'_>], training: bool) -> Rc<Plan> {
        if self.revision != graph.revision() || self.plans.len() >= MAX_PLANS {
            self.plans.clear();
            self.revision = graph.revision();
        }
        let feeds = feeds.iter().map(|feed| (feed.tensor.id(), feed.dims.clone())).collect();
        let key = Key { fetches, feeds, training };
        if let Some(plan) = self.plans.get(&key) {
            return plan.clone();
        }
        let fused = self.compute.kernels() != Kernels::Exact;
        let plan = Rc::new(Plan::new(graph, &key.fetches, &key.feeds, training, fused));
        self.plans.insert(key, plan.clone());
        plan
    }
}
