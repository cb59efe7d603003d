/*!
Reverse-mode differentiation as steps of a plan: which operation's backward runs when, and into which buffer.

The arithmetic is in the operations; this module decides where a gradient is written, where it is added to, and where
two gradients share one buffer.
*/

use super::plan::{Instruction, Step};
use crate::graph::network::fusion::EpilogueStep;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// A tensor to differentiate, and what its gradients are for.
#[derive(Debug)]
pub struct Loss {
    pub node: usize,
    /// Tensors whose gradients are returned.
    pub fetched: BTreeSet<usize>,
    /// For each training step, the variables that it updates.
    pub updates: BTreeMap<usize, Vec<usize>>,
}

impl Loss {
    pub fn new(node: usize) -> Self {
        Loss { node, fetched: BTreeSet::new(), updates: BTreeMap::new() }
    }

    fn wanted(&self) -> HashSet<usize> {
        self.fetched.iter().chain(self.updates.values().flatten()).copied().collect()
    }
}

/// The plan that steps are added to.
pub struct Target<'a> {
    /// The dimensions of each value.
    pub dims: &'a HashMap<usize, Vec<usize>>,
    pub buffers: &'a mut Vec<usize>,
    pub steps: &'a mut Vec<Step>,
    /// Where updates of variables go if they have to wait for the end.
    pub later: &'a mut Option<Vec<Step>>,
}

/// Appends the steps that backpropagate from `loss`; returns the buffers of the fetched gradients, by loss and tensor.
pub fn differentiate(
    loss: &Loss,
    instructions: &mut [Instruction],
    target: Target<'_>,
) -> HashMap<(usize, usize), usize> {
    let wanted = loss.wanted();
    let mut depends = wanted.clone();
    for instruction in instructions.iter() {
        if differentiated_inputs(instruction, &depends).next().is_some() {
            depends.insert(instruction.node);
        }
    }
    let last_contribution = first_users(instructions, &depends);
    let mut tape = Tape { target, of: HashMap::new(), holders: HashMap::new() };
    if depends.contains(&loss.node) {
        let buffer = tape.new_buffer(loss.node);
        tape.target.steps.push(Step::Fill { buffer, value: 1.0 });
        tape.assign(loss.node, buffer);
    }
    // A wanted tensor that no differentiable operation reads has its gradient already.
    tape.update_variables(loss, |variable| !last_contribution.contains_key(&variable));
    for index in (0..instructions.len()).rev() {
        if tape.of.contains_key(&instructions[index].node) && !tape.fuse_relu(index, instructions, &loss.fetched) {
            tape.backpropagate(index, &mut instructions[index], &depends, &loss.fetched);
        }
        tape.update_variables(loss, |variable| last_contribution.get(&variable) == Some(&index));
    }
    let mut gradients = HashMap::new();
    for node in &loss.fetched {
        let buffer = tape.of.get(node).copied().unwrap_or_else(|| {
            let buffer = tape.new_buffer(*node);
            tape.target.steps.push(Step::Fill { buffer, value: 0.0 });
            buffer
        });
        gradients.insert((loss.node, *node), buffer);
    }
    gradients
}

fn differentiated_inputs(instruction: &Instruction, depends: &HashSet<usize>) -> impl Iterator<Item = usize> {
    let inputs = instruction.inputs.iter().enumerate();
    inputs.filter(|(i, node)| depends.contains(node) && instruction.op.differentiable(*i)).map(|(i, _)| i)
}

/// For each tensor, the earliest instruction that contributes to its gradient: going backward, the last contribution.
fn first_users(instructions: &[Instruction], depends: &HashSet<usize>) -> HashMap<usize, usize> {
    let mut first = HashMap::new();
    for (index, instruction) in instructions.iter().enumerate() {
        for i in differentiated_inputs(instruction, depends) {
            first.entry(instruction.inputs[i]).or_insert(index);
        }
    }
    first
}

struct Tape<'a> {
    target: Target<'a>,
    /// The buffer of each tensor's gradient, as far as it has been accumulated.
    of: HashMap<usize, usize>,
    /// The tensors whose gradient is in each buffer and will still be read.
    holders: HashMap<usize, BTreeSet<usize>>,
}

impl Tape<'_> {
    fn new_buffer(&mut self, node: usize) -> usize {
        self.target.buffers.push(self.target.dims[&node].iter().product());
        self.target.buffers.len() - 1
    }

    fn assign(&mut self, node: usize, buffer: usize) {
        if let Some(old) = self.of.insert(node, buffer) {
            self.holders.entry(old).or_default().remove(&node);
        }
        self.holders.entry(buffer).or_default().insert(node);
    }

    /// Whether nothing but `node` reads the buffer any more.
    fn is_free(&self, buffer: usize, node: Option<usize>) -> bool {
        self.holders.get(&buffer).is_none_or(|holders| holders.iter().all(|holder| Some(*holder) == node))
    }

    /// Leaves the gradient of a relu to the operation in whose epilogue it was, if that can apply it.
    fn fuse_relu(&mut self, index: usize, instructions: &mut [Instruction], fetched: &BTreeSet<usize>) -> bool {
        let relu = &instructions[index];
        let Some(head) = relu.fused_into.filter(|_| relu.op.fusion().step == Some(EpilogueStep::Relu)) else {
            return false;
        };
        let (node, input) = (relu.node, relu.inputs[0]);
        let can_apply = instructions[head].training && instructions[head].op.fusion().relu_backward;
        if instructions[head].node != input || !can_apply || fetched.contains(&node) || fetched.contains(&input) {
            return false;
        }
        let d_output = self.of[&node];
        self.holders.entry(d_output).or_default().remove(&node);
        self.assign(input, d_output);
        instructions[head].fused_relu = true;
        true
    }

    /// Backpropagates from one operation's output to its inputs.
    fn backpropagate(
        &mut self,
        index: usize,
        instruction: &mut Instruction,
        depends: &HashSet<usize>,
        fetched: &BTreeSet<usize>,
    ) {
        let d_output = self.of[&instruction.node];
        if !fetched.contains(&instruction.node) {
            self.holders.entry(d_output).or_default().remove(&instruction.node);
        }
        let op = instruction.op.clone();
        let aliasing = op.aliasing();
        let (passing, computed): (Vec<usize>, Vec<usize>) =
            differentiated_inputs(instruction, depends).partition(|i| aliasing.passes_gradient.contains(*i));
        let mut d_inputs: Vec<Option<(usize, bool)>> = vec![None; instruction.inputs.len()];
        let mut afterwards = Vec::new();
        let mut written = HashSet::new();
        let mut in_place = false;
        let keeps_len = instruction.dims.input_len(0) == instruction.dims.output_len();
        let may_overwrite = aliasing.gradient_in_place && keeps_len && passing.is_empty();
        for i in &computed {
            let node = instruction.inputs[*i];
            let old = self.of.get(&node).copied();
            d_inputs[*i] = Some(match old {
                Some(buffer) if written.contains(&buffer) => {
                    let own = self.new_buffer(node);
                    afterwards.push(Step::AddInto { from: own, to: buffer });
                    (own, false)
                }
                Some(buffer) if buffer != d_output && self.is_free(buffer, Some(node)) => (buffer, true),
                Some(buffer) => {
                    let own = self.new_buffer(node);
                    afterwards.push(Step::AddInto { from: buffer, to: own });
                    self.assign(node, own);
                    (own, false)
                }
                None if may_overwrite && *i == 0 && self.is_free(d_output, None) => {
                    in_place = true;
                    self.assign(node, d_output);
                    (d_output, false)
                }
                None => {
                    let own = self.new_buffer(node);
                    self.assign(node, own);
                    (own, false)
                }
            });
            written.insert(self.of[&node]);
        }
        if !computed.is_empty() {
            let saved_len = op.saved_len(&instruction.dims);
            if saved_len > 0 && instruction.saved.is_none() {
                self.target.buffers.push(saved_len);
                instruction.saved = Some(self.target.buffers.len() - 1);
            }
            self.target.steps.push(Step::Backward { instruction: index, d_output, d_inputs, in_place });
        }
        self.target.steps.extend(afterwards);
        for i in passing {
            self.pass(instruction.inputs[i], d_output);
        }
    }

    /// Makes `d_output` the gradient of `node`, or adds it to that.
    fn pass(&mut self, node: usize, d_output: usize) {
        match self.of.get(&node).copied() {
            None => self.assign(node, d_output),
            Some(buffer) if buffer != d_output && self.is_free(buffer, Some(node)) => {
                self.target.steps.push(Step::AddInto { from: d_output, to: buffer });
            }
            Some(buffer) => {
                let own = self.new_buffer(node);
                self.target.steps.push(Step::Copy { from: d_output, to: own });
                self.target.steps.push(Step::AddInto { from: buffer, to: own });
                self.assign(node, own);
            }
        }
    }

    /// Updates the variables whose gradients are complete now: early, so that the gradient's memory is free again.
    fn update_variables(&mut self, loss: &Loss, complete: impl Fn(usize) -> bool) {
        for (minimize, variables) in &loss.updates {
            for variable in variables.iter().copied().filter(|variable| complete(*variable)) {
                let Some(gradient) = self.of.get(&variable).copied() else { continue };
                let update = Step::Update { minimize: *minimize, variable, gradient };
                if let Some(later) = self.target.later {
                    later.push(update);
                    continue;
                }
                self.target.steps.push(update);
                if !loss.fetched.contains(&variable) {
                    self.holders.entry(gradient).or_default().remove(&variable);
                }
            }
        }
    }
}
