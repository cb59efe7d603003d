/*!
Compiles a graph, its fetches and the shapes that are fed into a [`Plan`].

It computes nothing. A plan is made once for each set of fetches and fed shapes.
*/

use super::{
    backward::{self, Loss},
    feeds::concrete_dims,
    fusion, memory,
    plan::{Fetched, Instruction, Place, Plan, Step},
};
use crate::graph::network::{Graph, graph::NodeKind, op::Dims};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Plans a run that fetches the nodes `fetches`, fed with arrays of the given dimensions.
///
/// # Panics
/// If something that is needed was not fed, or the shapes do not fit.
pub fn compile(graph: &Graph, fetches: &[usize], feeds: &[(usize, Vec<usize>)], training: bool, fused: bool) -> Plan {
    let fed: Feeds = feeds.iter().map(|(node, dims)| (*node, dims)).collect();
    let required = required(graph, fetches, &fed);
    let mut dims = concrete_dims(graph, &required, &fed);
    let mut instructions = instructions(graph, &required, &fed, &dims, training);
    let losses = losses(graph, &required, fetches);
    if fused {
        let losses_of = losses.iter().flat_map(|loss| loss.fetched.iter().chain([&loss.node])).copied();
        let materialised = fetches.iter().copied().chain(losses_of).collect();
        fusion::pool_before_relu(&mut instructions, &materialised, &mut dims);
        let is_fed = |node| fed.contains_key(&node) && !losses.iter().any(|loss| loss.fetched.contains(&node));
        fusion::fuse_max_pools(&mut instructions, &materialised, is_fed);
        fusion::fuse_epilogues(&mut instructions, &materialised, losses.is_empty());
    }
    let (mut places, constants) = given_places(graph, &required, &fed);
    let mut buffers = Vec::new();
    // Values inside an epilogue are never written.
    for instruction in instructions.iter().filter(|instruction| is_written(instruction, &instructions)) {
        let place = if instruction.op.aliasing().is_view {
            places[&instruction.inputs[0]]
        } else {
            buffers.push(instruction.dims.output_len());
            Place::Buffer(buffers.len() - 1)
        };
        places.insert(instruction.node, place);
    }
    let mut steps = forward_steps(&instructions, &places);
    let mut gradients = HashMap::new();
    let optimizer = |minimize: &usize| match &graph.node(*minimize).kind {
        NodeKind::Minimize { optimizer, .. } => Some(optimizer.clone()),
        _ => None,
    };
    let is_limited = |minimize: &usize| optimizer(minimize).is_some_and(|o| o.clipping().global_norm.is_some());
    let has_limit = losses.iter().flat_map(|loss| loss.updates.keys()).any(is_limited);
    // With several losses, a variable must not be updated before all have been differentiated; nor, where the norm of
    // all gradients is limited, before that is known.
    let mut later = (losses.len() > 1 || has_limit).then(Vec::new);
    for loss in &losses {
        let target = backward::Target { dims: &dims, buffers: &mut buffers, steps: &mut steps, later: &mut later };
        gradients.extend(backward::differentiate(loss, &mut instructions, target));
    }
    let later: Vec<Step> = later.into_iter().flatten().collect();
    for minimize in losses.iter().flat_map(|loss| loss.updates.keys()).filter(|minimize| is_limited(minimize)) {
        let gradient = |step: &Step| match step {
            Step::Update { minimize: of, gradient, .. } if of == minimize => Some(*gradient),
            _ => None,
        };
        steps.push(Step::Norm { minimize: *minimize, gradients: later.iter().filter_map(gradient).collect() });
    }
    steps.extend(later);
    let mut optimizers = BTreeMap::new();
    for minimize in losses.iter().flat_map(|loss| loss.updates.keys()) {
        if let Some(optimizer) = optimizer(minimize) {
            optimizers.insert(*minimize, optimizer);
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

/// The dimensions of the arrays that are fed, by node.
type Feeds<'a> = HashMap<usize, &'a Vec<usize>>;

/// The places of what is there before the run: fed arrays, variables, constants; and the elements of the constants.
fn given_places(
    graph: &Graph,
    required: &BTreeSet<usize>,
    fed: &Feeds,
) -> (HashMap<usize, Place>, HashMap<usize, Vec<f32>>) {
    let mut places = HashMap::new();
    let mut constants = HashMap::new();
    for node in required {
        let place = match &graph.node(*node).kind {
            _ if fed.contains_key(node) => Place::Feed(*node),
            NodeKind::Variable { .. } => Place::Variable(*node),
            NodeKind::Constant(elements) => {
                constants.insert(*node, elements.clone());
                Place::Constant(*node)
            }
            _ => continue,
        };
        places.insert(*node, place);
    }
    (places, constants)
}

/// The forward pass. A kernel with an epilogue runs where the last step of the epilogue would have: by then, all that
/// it reads has been computed.
fn forward_steps(instructions: &[Instruction], places: &HashMap<usize, Place>) -> Vec<Step> {
    let mut steps = Vec::new();
    for (index, instruction) in instructions.iter().enumerate() {
        if !instruction.op.aliasing().is_view
            && is_written(instruction, instructions)
            && let Place::Buffer(output) = places[&instruction.node]
        {
            let instruction = instruction.fused_into.unwrap_or(index);
            steps.push(Step::Forward { instruction, output, in_place: false });
        }
    }
    steps
}

/// Whether an instruction's output is written to memory: only the last one of an epilogue is.
fn is_written(instruction: &Instruction, all: &[Instruction]) -> bool {
    let epilogue = match instruction.fused_into {
        Some(head) => &all[head].epilogue,
        None => &instruction.epilogue,
    };
    epilogue.last().is_none_or(|last| all[*last].node == instruction.node)
}

/// All nodes that a run needs, in the order of creation, which is an order of computation.
fn required(graph: &Graph, fetches: &[usize], fed: &Feeds) -> BTreeSet<usize> {
    let mut required = BTreeSet::new();
    let mut open = fetches.to_vec();
    while let Some(node) = open.pop() {
        if required.insert(node) && !fed.contains_key(&node) {
            open.extend(&graph.node(node).inputs);
        }
    }
    required
}

/// The operations of a run with their operands.
fn instructions(
    graph: &Graph,
    required: &BTreeSet<usize>,
    fed: &Feeds,
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
            epilogue: vec![],
            fused_into: None,
            fused_relu: false,
        })
    };
    required.iter().filter(|id| !fed.contains_key(*id)).filter_map(one).collect()
}

/// Every tensor that is differentiated, and what for.
fn losses(graph: &Graph, required: &BTreeSet<usize>, fetches: &[usize]) -> Vec<Loss> {
    let mut losses: BTreeMap<usize, Loss> = BTreeMap::new();
    for id in required {
        match &graph.node(*id).kind {
            NodeKind::Gradient { of, with_respect_to } => {
                assert!(
                    fetches.contains(id),
                    "run: expected gradients only among what is fetched, {} is an input of another tensor\nhelp: fetch the \
                     gradient and go on with its array",
                    graph.tensor(*id)
                );
                let loss = losses.entry(*of).or_insert_with(|| Loss::new(*of));
                loss.fetched.insert(*with_respect_to);
            }
            NodeKind::Minimize { loss, variables, .. } => {
                let trainable: Vec<usize> = variables.iter().copied().filter(|node| !graph.is_frozen(*node)).collect();
                losses.entry(*loss).or_insert_with(|| Loss::new(*loss)).updates.insert(*id, trainable);
            }
            _ => {}
        }
    }
    losses.into_values().collect()
}
