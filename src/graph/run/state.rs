/*! What a session keeps from run to run: values, optimizer slots, plans and memory. */

use super::{
    backend::{Backend, Kernels},
    fetch::Feed,
};
use crate::graph::{
    compile::{compiler::compile, plan::Plan},
    kernels::aligned::Aligned,
    network::{Graph, Tensor, graph::NodeKind},
    optimizers::Optimizer,
};
use std::{
    any::Any,
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

/// Everything that lasts from run to run.
#[derive(Debug)]
pub struct State {
    pub backend: Backend,
    pub variables: HashMap<usize, Vec<f32>>,
    /// Blocks drawn by each random operation.
    pub counters: HashMap<usize, u64>,
    pub training: HashMap<usize, TrainingState>,
    /// What operations derived from variables, by node; see [`State::variables_changed`].
    pub caches: HashMap<usize, Box<dyn Any>>,
    /// Memory that the plans share.
    pub slots: Vec<Aligned>,
    pub plans: HashMap<Key, Rc<Plan>>,
    /// The graph's revision that the plans were made for.
    pub revision: u64,
}

/// What an optimizer remembers.
#[derive(Debug, Default)]
pub struct TrainingState {
    pub learning_rate: Option<f32>,
    pub scalars: Vec<f32>,
    /// The norm of all gradients of the current step, where it is limited.
    pub norm: Option<f32>,
    pub slots: BTreeMap<usize, Vec<Vec<f32>>>,
}

impl TrainingState {
    /// Gives the scalars their first values, if they have none.
    pub fn prepare(&mut self, optimizer: &dyn Optimizer) {
        let scalars = optimizer.scalars();
        if self.scalars.len() != scalars.len() {
            self.scalars = scalars.iter().map(|(_, first)| *first).collect();
        }
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Key {
    fetches: Vec<usize>,
    feeds: Vec<(usize, Vec<usize>)>,
    training: bool,
}

/// More plans than this are not kept, so that runs of many different shapes do not use up the memory.
const MAX_PLANS: usize = 64;

/// Gives first values to those variables that have none yet.
pub fn initialize_missing(graph: &Graph, variables: &mut HashMap<usize, Vec<f32>>) {
    for variable in graph.variables() {
        let node = graph.node(variable.id());
        if let NodeKind::Variable { initializer, .. } = &node.kind {
            let values = || {
                let dims = node.shape.concrete().expect("variables have known shapes");
                let values = initializer.values(&dims);
                let n = dims.iter().product::<usize>();
                assert!(
                    values.len() == n,
                    "{variable}: expected {n} elements from the initializer, got {}",
                    values.len()
                );
                values
            };
            variables.entry(variable.id()).or_insert_with(values);
        }
    }
}

/// Why a tensor's value cannot be had.
pub fn no_value(tensor: &Tensor) -> String {
    if tensor.is_variable() {
        format!(
            "run: the variable {tensor} has no value yet\nhelp: run the initializer first, as in \
             session.run(&init, &[]), or call session.initialize()"
        )
    } else {
        format!("value: expected a variable, got {tensor}\nhelp: use session.run for other tensors")
    }
}

impl State {
    /// Gives every variable its first values, and forgets what optimizers remembered.
    pub fn initialize(&mut self, graph: &Graph) {
        self.training.clear();
        self.counters.clear();
        self.variables.clear();
        self.variables_changed();
        initialize_missing(graph, &mut self.variables);
    }

    /// Drops what was derived from the variables' previous values.
    pub fn variables_changed(&mut self) {
        self.caches.clear();
    }

    /// The plan of a run, made if there is none yet.
    pub fn plan(&mut self, graph: &Graph, fetches: Vec<usize>, feeds: &[Feed<'_>], training: bool) -> Rc<Plan> {
        if self.revision != graph.revision() || self.plans.len() >= MAX_PLANS {
            self.plans.clear();
            self.revision = graph.revision();
        }
        let feeds = feeds.iter().map(|feed| (feed.tensor.id(), feed.dims.clone())).collect();
        let key = Key { fetches, feeds, training };
        if let Some(plan) = self.plans.get(&key) {
            return plan.clone();
        }
        let fused = self.backend.kernels() != Kernels::Exact;
        let plan = Rc::new(compile(graph, &key.fetches, &key.feeds, training, fused));
        self.plans.insert(key, plan.clone());
        plan
    }
}
