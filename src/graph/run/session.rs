/*!
Runs a graph: holds the variables' values, the optimizers' slots and the buffers, and executes plans.

What is to be done is decided in `compile`, once for each set of fetches and shapes.
*/

use super::{
    backend::{Backend, Kernels},
    execute::Execution,
    fetch::{Feed, Fetch},
    state::{State, initialize_missing, no_value},
};
use crate::graph::{
    network::{Graph, Operation, Shape, Tensor, graph::NodeKind},
    optimizers::Optimizer,
};
use ndarray::{ArrayBase, ArrayD, Data, Dimension, IxDyn};
use std::{cell::RefCell, collections::HashMap, rc::Rc};

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
    pub(super) state: RefCell<State>,
}

impl Session {
    /// A session with the fast kernels on all threads of the machine.
    pub fn new(graph: &Graph) -> Self {
        Session::with_kernels(graph, Kernels::default())
    }

    /// A session with the given kernels.
    pub fn with_kernels(graph: &Graph, kernels: Kernels) -> Self {
        let state = State {
            backend: Backend::new(kernels),
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
        self.state.borrow().backend.kernels()
    }

    /// Computes with other kernels from now on; all values stay.
    pub fn set_kernels(&self, kernels: Kernels) {
        let state = &mut self.state.borrow_mut();
        state.backend = Backend::new(kernels);
        state.plans.clear();
    }

    /// Gives every variable its first values, and resets the optimizers' slots.
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
    /// If a placeholder is not fed or fed twice, an array does not fit its placeholder, a tensor belongs to another
    /// graph, or a variable has no value yet.
    #[track_caller]
    pub fn run<F: Fetch>(&self, fetch: F, feeds: &[Feed<'_>]) -> F::Output {
        self.run_in_phase(fetch, feeds, false)
    }

    /// As [`Session::run`], with batch normalisation and dropout as in training (unless their
    /// [`Phase`](crate::graph::Phase) says otherwise); moving statistics are updated.
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
            self.own(&tensor, "run");
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
                let elements = execution.copy_out(state, fetched.place);
                ArrayD::from_shape_vec(IxDyn(&fetched.dims), elements).expect("planned with these dimensions")
            })
        });
        fetch.take(&mut values.collect::<Vec<_>>().into_iter())
    }

    #[track_caller]
    fn own(&self, tensor: &Tensor, caller: &str) {
        assert!(
            tensor.graph() == &self.graph,
            "{caller}: {tensor} belongs to another graph than the session\nhelp: a session runs the graph that it was made \
             for; after a new Graph, make new tensors and a new session"
        );
    }

    /// The value of a variable.
    ///
    /// # Panics
    /// If the tensor is no variable of this graph or has no value yet.
    #[track_caller]
    pub fn value(&self, variable: &Tensor) -> ArrayD<f32> {
        self.own(variable, "value");
        let state = self.state.borrow();
        let elements = state.variables.get(&variable.id()).unwrap_or_else(|| panic!("{}", no_value(variable)));
        let dims = variable.shape().concrete().expect("variables have known shapes");
        ArrayD::from_shape_vec(IxDyn(&dims), elements.clone()).expect("stored with its shape")
    }

    /// Gives a variable new values.
    ///
    /// # Panics
    /// If the tensor is no variable of this graph, or the array has another shape.
    #[track_caller]
    pub fn assign<S: Data<Elem = f32>, D: Dimension>(&self, variable: &Tensor, values: &ArrayBase<S, D>) {
        self.own(variable, "assign");
        assert!(variable.is_variable(), "assign: expected a variable, got {variable}");
        assert!(
            variable.shape().admits(values.shape()),
            "assign: expected an array of shape {} for {variable}, got shape {}",
            variable.shape(),
            Shape::known(values.shape())
        );
        let state = &mut self.state.borrow_mut();
        state.variables_changed();
        state.variables.insert(variable.id(), values.iter().copied().collect());
    }

    /// The learning rate that a training step uses now.
    ///
    /// # Panics
    /// If the operation is no training step of this graph.
    #[track_caller]
    pub fn learning_rate(&self, step: &Operation) -> f32 {
        let optimizer = self.optimizer(step, "learning_rate");
        let state = self.state.borrow();
        let changed = state.training.get(&step.id()).and_then(|training| training.learning_rate);
        changed.unwrap_or_else(|| optimizer.learning_rate())
    }

    /// The update rule of a training step.
    #[track_caller]
    pub(super) fn optimizer(&self, step: &Operation, caller: &str) -> Rc<dyn Optimizer> {
        let node = (step.graph() == &self.graph).then(|| self.graph.node(step.id()));
        match node.as_deref().map(|node| &node.kind) {
            Some(NodeKind::Minimize { optimizer, .. }) => optimizer.clone(),
            _ => panic!("{caller}: expected a training step of the session's graph, got {}", step.name()),
        }
    }

    /// Changes the learning rate of a training step, from the next run on.
    ///
    /// # Panics
    /// If the operation is no training step of this graph.
    #[track_caller]
    pub fn set_learning_rate(&self, step: &Operation, learning_rate: f32) {
        self.optimizer(step, "set_learning_rate");
        let state = &mut self.state.borrow_mut();
        state.training.entry(step.id()).or_default().learning_rate = Some(learning_rate);
    }

    /// What the optimizer of a training step remembers for a variable: one array for each of its slots; empty before
    /// the first step.
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
