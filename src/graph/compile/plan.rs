/*!
From a graph, what is fetched and the shapes that are fed: the list of steps of a run, and which memory each uses.

It computes nothing; [`Session`](super::Session) carries the steps out. A plan is made once for each set of fetches and
fed shapes.
*/

use super::{
    backward::{self, Loss},
    fusion, memory,
};
use crate::graph::{
    network::{Graph, Op, Shape, Tensor, graph::NodeKind, op::Dims},
    optimizers::Optimizer,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    rc::Rc,
};

/// Where the numbers of a tensor are during a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the array fed for this placeholder.
    Feed(usize),
    /// In the session's value of this variable.
    Variable(usize),
    /// In this constant node.
    Constant(usize),
    /// In this buffer, whose memory lasts for a part of the run.
    Buffer(usize),
}

/// One operation of the run with its operands.
#[derive(Debug)]
pub struct Instruction {
    pub op: Rc<dyn Op>,
    /// The node, which is also the name of its output.
    pub node: usize,
    pub inputs: Vec<usize>,
    pub state: Vec<usize>,
    pub dims: Dims,
    pub training: bool,
    /// The buffer of what forward leaves for backward.
    pub saved: Option<usize>,
    /// Instructions that are carried out in the same pass, in order.
    pub fused: Vec<usize>,
    /// The instruction in whose pass this one is carried out.
    pub fused_into: Option<usize>,
    /// Whether backward applies the gradient of the relu in `fused`, too.
    pub gated: bool,
}

/// One thing to do.
#[derive(Debug)]
pub enum Step {
    /// Compute an operation's output.
    Forward { instruction: usize, output: usize, in_place: bool },
    /// Fill a buffer with one number.
    Fill { buffer: usize, value: f32 },
    /// Carry a gradient back through an operation; each wanted gradient is a buffer and whether to add to it.
    Backward { instruction: usize, d_output: usize, d_inputs: Vec<Option<(usize, bool)>>, in_place: bool },
    /// Copy a buffer.
    Copy { from: usize, to: usize },
    /// Add a buffer to another.
    AddInto { from: usize, to: usize },
    /// Move a variable along its gradient.
    Update { minimize: usize, variable: usize, gradient: usize },
    /// A training step is complete.
    Finish { minimize: usize },
}

/// A tensor to hand out after the run.
#[derive(Debug)]
pub struct Fetched {
    pub place: Place,
    pub dims: Vec<usize>,
}

/// A run, planned.
#[derive(Debug)]
pub struct Plan {
    pub instructions: Vec<Instruction>,
    pub steps: Vec<Step>,
    /// Where each value (node) is.
    pub places: HashMap<usize, Place>,
    /// The values of the constants.
    pub constants: HashMap<usize, Vec<f32>>,
    /// How many numbers each buffer holds.
    pub buffers: Vec<usize>,
    /// Which slot of memory each buffer uses.
    pub slots: Vec<usize>,
    /// How many numbers each slot must hold.
    pub slot_lens: Vec<usize>,
    /// For each fetch, its value; `None` for operations.
    pub fetches: Vec<Option<Fetched>>,
    /// The optimizers of the training steps in this plan.
    pub optimizers: BTreeMap<usize, Rc<dyn Optimizer>>,
    /// Whether the run gives all variables their first values.
    pub initializes: bool,
}

impl Plan {
    /// Plans a run that fetches the nodes `fetches`, fed with arrays of the given dimensions.
    ///
    /// # Panics
    /// If something that is needed was not fed, or the shapes do not fit.
    pub fn new(graph: &Graph, fetches: &[usize], feeds: &[(usize, Vec<usize>)], training: bool, fused: bool) -> Plan {
        let fed: HashMap<usize, &Vec<usize>> = feeds.iter().map(|(node, dims)| (*node, dims)).collect();
        let required = required(graph, fetches, &fed);
        let mut dims = concrete_dims(graph, &required, &fed);
        let mut instructions = instructions(graph, &required, &fed, &dims, training);
        let losses = losses(graph, &required, fetches);
        if fused {
            let losses_of = losses.iter().flat_map(|loss| loss.fetched.iter().chain([&loss.node])).copied();
            let pinned = fetches.iter().copied().chain(losses_of).collect();
            fusion::pool_first(&mut instructions, &pinned, &mut dims);
            let fixed = |node| fed.contains_key(&node) && !losses.iter().any(|loss| loss.fetched.contains(&node));
            fusion::join_max_pools(&mut instructions, &pinned, fixed);
            fusion::fuse(&mut instructions, &pinned, losses.is_empty());
        }
        let mut buffers = Vec::new();
        let mut places = HashMap::new();
        let mut constants = HashMap::new();
        for node in &required {
            let place = match &graph.node(*node).kind {
                _ if fed.contains_key(node) => Place::Feed(*node),
                NodeKind::Variable { .. } => Place::Variable(*node),
                NodeKind::Constant(numbers) => {
                    constants.insert(*node, numbers.clone());
                    Place::Constant(*node)
                }
                _ => continue,
            };
            places.insert(*node, place);
        }
        // What is computed on the way to the end of a pass is never written.
        for instruction in instructions.iter().filter(|instruction| is_written(instruction, &instructions)) {
            let place = if instruction.op.is_view() {
                places[&instruction.inputs[0]]
            } else {
                buffers.push(instruction.dims.output_len());
                Place::Buffer(buffers.len() - 1)
            };
            places.insert(instruction.node, place);
        }
        let mut steps: Vec<Step> = Vec::new();
        for (index, instruction) in instructions.iter().enumerate() {
            // A pass is carried out where its end would have been: by then, all that it reads is there.
            if !instruction.op.is_view()
                && is_written(instruction, &instructions)
                && let Place::Buffer(output) = places[&instruction.node]
            {
                let instruction = instruction.fused_into.unwrap_or(index);
                steps.push(Step::Forward { instruction, output, in_place: false });
            }
        }
        let mut gradients = HashMap::new();
        // With several losses, a variable must not move before all have been differentiated.
        let mut later = (losses.len() > 1).then(Vec::new);
        for loss in &losses {
            let target = backward::Target { dims: &dims, buffers: &mut buffers, steps: &mut steps, later: &mut later };
            gradients.extend(backward::plan(loss, &mut instructions, target));
        }
        steps.extend(later.into_iter().flatten());
        let mut optimizers = BTreeMap::new();
        for minimize in losses.iter().flat_map(|loss| loss.updates.keys()) {
            if let NodeKind::Minimize { optimizer, .. } = &graph.node(*minimize).kind {
                optimizers.insert(*minimize, optimizer.clone());
                steps.push(Step::Finish { minimize: *minimize });
            }
        }
        let fetched = |node: &usize| match &graph.node(*node).kind {
            NodeKind::Minimize { .. } | NodeKind::Initialize => None,
            NodeKind::Gradient { of, with_respect_to } if !fed.contains_key(node) => Some(Fetched {
                place: Place::Buffer(gradients[&(*of, *with_respect_to)]),
                dims: dims[with_respect_to].clone(),
            }),
            _ => Some(Fetched { place: places[node], dims: dims[node].clone() }),
        };
        let fetches: Vec<Option<Fetched>> = fetches.iter().map(fetched).collect();
        let initializes = required.iter().any(|node| matches!(graph.node(*node).kind, NodeKind::Initialize));
        let mut plan = Plan {
            instructions,
            steps,
            places,
            constants,
            buffers,
            slots: vec![],
            slot_lens: vec![],
            fetches,
            optimizers,
            initializes,
        };
        memory::assign(&mut plan);
        plan
    }

    /// Whether the run changes any variable: by a training step, or by moving statistics.
    pub fn changes_variables(&self) -> bool {
        !self.optimizers.is_empty() || self.instructions.iter().any(|i| i.training && !i.state.is_empty())
    }

    /// The buffer of a value, if it is in one.
    pub fn buffer(&self, node: usize) -> Option<usize> {
        match self.places.get(&node) {
            Some(Place::Buffer(buffer)) => Some(*buffer),
            _ => None,
        }
    }
}

/// Whether an instruction's output is written: it is not if a later one goes on with it in the same pass.
fn is_written(instruction: &Instruction, all: &[Instruction]) -> bool {
    let chain = match instruction.fused_into {
        Some(head) => &all[head].fused,
        None => &instruction.fused,
    };
    chain.last().is_none_or(|last| all[*last].node == instruction.node)
}

/// All nodes that a run needs, in the order of creation, which is an order of computation.
fn required(graph: &Graph, fetches: &[usize], fed: &HashMap<usize, &Vec<usize>>) -> BTreeSet<usize> {
    let mut required = BTreeSet::new();
    let mut open = fetches.to_vec();
    while let Some(node) = open.pop() {
        if required.insert(node) && !fed.contains_key(&node) {
            open.extend(&graph.node(node).inputs);
        }
    }
    required
}

fn concrete_dims(
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

/// Says that an array does not have the shape of what it was fed for, and what it may have been meant for.
fn wrong_feed(graph: &Graph, node: usize, dims: &[usize]) -> String {
    let (tensor, shape) = (graph.tensor(node), graph.tensor(node).shape());
    let transposed: Vec<usize> = dims.iter().rev().copied().collect();
    let stands_for = |other: &Tensor| other.kind() == "Placeholder" && other.shape().admits(dims);
    let help = if shape.admits(&transposed) {
        "\nhelp: the array lies on its side; transpose it, as in y.feed(&labels.t())".to_owned()
    } else if shape.admits(&[&[1], dims].concat()) {
        "\nhelp: a single example is a batch of one: insert_axis(Axis(0))".to_owned()
    } else if let Some(other) = graph.tensors().into_iter().find(stands_for) {
        format!("\nhelp: the array fits {other}; were two placeholders taken for each other?")
    } else {
        String::new()
    };
    format!("run: {tensor} takes arrays of shape {shape}, got one of shape {}{help}", Shape::known(dims))
}

/// Says that a placeholder was not fed, and which ones were.
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

fn instructions(
    graph: &Graph,
    required: &BTreeSet<usize>,
    fed: &HashMap<usize, &Vec<usize>>,
    dims: &HashMap<usize, Vec<usize>>,
    training: bool,
) -> Vec<Instruction> {
    let one = |id: &usize| {
        let node = graph.node(*id);
        let NodeKind::Op(op) = &node.kind else { return None };
        let phase = graph.phase(*id).or(op.phase());
        Some(Instruction {
            op: op.clone(),
            node: *id,
            inputs: node.inputs.clone(),
            state: node.state.clone(),
            dims: Dims {
                inputs: node.inputs.iter().map(|input| dims[input].clone()).collect(),
                output: dims[id].clone(),
            },
            training: phase.map_or(training, |phase| phase.is_training(training)),
            saved: None,
            fused: vec![],
            fused_into: None,
            gated: false,
        })
    };
    required.iter().filter(|id| !fed.contains_key(*id)).filter_map(one).collect()
}

/// Every tensor whose gradient is asked for, and what for.
fn losses(graph: &Graph, required: &BTreeSet<usize>, fetches: &[usize]) -> Vec<Loss> {
    let mut losses: BTreeMap<usize, Loss> = BTreeMap::new();
    for id in required {
        match &graph.node(*id).kind {
            NodeKind::Gradient { of, with_respect_to } => {
                assert!(fetches.contains(id), "a gradient can be fetched, but nothing can be computed from it");
                let loss = losses.entry(*of).or_insert_with(|| Loss::new(*of));
                loss.fetched.insert(*with_respect_to);
            }
            NodeKind::Minimize { loss, variables, .. } => {
                let trained: Vec<usize> = variables.iter().copied().filter(|node| !graph.is_frozen(*node)).collect();
                losses.entry(*loss).or_insert_with(|| Loss::new(*loss)).updates.insert(*id, trained);
            }
            _ => {}
        }
    }
    losses.into_values().collect()
}
