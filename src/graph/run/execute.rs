/*!
Executes a plan's steps: passes each operation its operands and stores the results.

It decides nothing, see [`compile`](crate::graph::compile). Memory that a step writes is moved out of the session for
the time of the step, so that what it reads can be borrowed at the same time.
*/

use super::{
    backend::Backend,
    state::{State, TrainingState, no_value},
};
use crate::graph::{
    compile::plan::{Instruction, Place, Plan, Step},
    kernels::{
        aligned::Aligned,
        epilogue::{Epilogue, Norm},
        exact::elementwise,
        fast::add as fast,
    },
    network::{
        Graph,
        fusion::EpilogueStep,
        op::{Backward, Forward, Gradient},
    },
    optimizers::{Optimizer, Update, norm},
};
use std::{collections::HashMap, mem};

/// A plan with what it was fed.
pub struct Execution<'a> {
    pub graph: &'a Graph,
    pub plan: &'a Plan,
    pub feeds: HashMap<usize, &'a [f32]>,
}

/// What a step may read: everything that is not moved out for writing.
struct Readable<'a> {
    execution: &'a Execution<'a>,
    slots: &'a [Aligned],
    variables: &'a HashMap<usize, Vec<f32>>,
}

impl<'a> Readable<'a> {
    fn place(&self, place: Place) -> &'a [f32] {
        match place {
            Place::Feed(node) => self.execution.feeds[&node],
            Place::Constant(node) => &self.execution.plan.constants[&node],
            Place::Buffer(buffer) => self.buffer(buffer),
            Place::Variable(node) => {
                let value = self.variables.get(&node);
                value.unwrap_or_else(|| panic!("{}", no_value(&self.execution.graph.tensor(node))))
            }
        }
    }

    /// The epilogue of an instruction's kernel with its operands.
    fn epilogue(&self, instruction: &Instruction) -> Epilogue<'a> {
        let plan = self.execution.plan;
        let mut epilogue = Epilogue::default();
        let mut last = instruction.node;
        for next in instruction.epilogue.iter().map(|index| &plan.instructions[*index]) {
            let input = |i: usize| self.place(plan.places[&next.inputs[i]]);
            match next.op.fusion().step.expect("only steps of an epilogue are fused") {
                EpilogueStep::Bias => epilogue.bias = Some(input(1)),
                EpilogueStep::Norm { epsilon } => {
                    let state = |i: usize| self.place(Place::Variable(next.state[i]));
                    let (gamma, beta) = (input(1), input(2));
                    epilogue.norm = Some(Norm { gamma, beta, mean: state(0), variance: state(1), epsilon });
                }
                EpilogueStep::Add => epilogue.add = Some(input(usize::from(next.inputs[0] == last))),
                EpilogueStep::Relu => epilogue.relu = true,
            }
            last = next.node;
        }
        epilogue
    }

    fn buffer(&self, buffer: usize) -> &'a [f32] {
        let plan = self.execution.plan;
        &self.slots[plan.slots[buffer]][..plan.buffers[buffer]]
    }
}

impl Execution<'_> {
    /// A copy of the elements at a place.
    pub fn copy_out(&self, state: &State, place: Place) -> Vec<f32> {
        Readable { execution: self, slots: &state.slots, variables: &state.variables }.place(place).to_vec()
    }

    /// Executes all steps.
    pub fn run(&self, state: &mut State) {
        let plan = self.plan;
        state.slots.resize_with(state.slots.len().max(plan.slot_lens.len()), Aligned::default);
        for (slot, len) in state.slots.iter_mut().zip(&plan.slot_lens) {
            if slot.len() < *len {
                *slot = Aligned::zeros(*len);
            }
        }
        for step in &plan.steps {
            match step {
                Step::Forward { instruction, output, in_place } => {
                    self.forward(state, &plan.instructions[*instruction], *output, *in_place);
                }
                Step::Backward { instruction, d_output, d_inputs, in_place } => {
                    let d_output = if *in_place { None } else { Some(*d_output) };
                    self.backward(state, &plan.instructions[*instruction], d_output, d_inputs);
                }
                Step::Fill { buffer, value } => {
                    state.slots[plan.slots[*buffer]][..plan.buffers[*buffer]].fill(*value);
                }
                Step::Copy { from, to } => self.combine(state, *from, *to, |to, from, _| to.copy_from_slice(from)),
                Step::AddInto { from, to } => {
                    self.combine(state, *from, *to, |to, from, backend| match backend.fast() {
                        Some(ws) => fast::add_assign(to, from, ws),
                        None => elementwise::zip(to, from, |to, from| to + from),
                    })
                }
                Step::Norm { minimize, gradients } => {
                    let gradients =
                        gradients.iter().map(|buffer| &state.slots[plan.slots[*buffer]][..plan.buffers[*buffer]]);
                    let norm = norm(gradients);
                    state.training.entry(*minimize).or_default().norm = Some(norm);
                }
                Step::Update { minimize, variable, gradient } => self.update(state, *minimize, *variable, *gradient),
                Step::Finish { minimize } => {
                    let training = prepared(plan, *minimize, &mut state.training);
                    plan.optimizers[minimize].finish(&mut training.scalars);
                }
            }
        }
    }

    fn combine(&self, state: &mut State, from: usize, to: usize, f: impl Fn(&mut [f32], &[f32], &mut Backend)) {
        let slot = self.plan.slots[to];
        let mut own = mem::take(&mut state.slots[slot]);
        let readable = Readable { execution: self, slots: &state.slots, variables: &state.variables };
        f(&mut own[..self.plan.buffers[to]], readable.buffer(from), &mut state.backend);
        state.slots[slot] = own;
    }

    fn forward(&self, state: &mut State, instruction: &Instruction, output: usize, in_place: bool) {
        let plan = self.plan;
        let mut out = mem::take(&mut state.slots[plan.slots[output]]);
        let mut saved = instruction.saved.map(|buffer| mem::take(&mut state.slots[plan.slots[buffer]]));
        let mut owned: Vec<Vec<f32>> = instruction
            .state
            .iter()
            .map(|node| match state.variables.get_mut(node) {
                Some(value) => mem::take(value),
                None => panic!("{}", no_value(&self.graph.tensor(*node))),
            })
            .collect();
        let mut counter = state.counters.get(&instruction.node).copied().unwrap_or(0);
        let readable = Readable { execution: self, slots: &state.slots, variables: &state.variables };
        let input = |(i, node): (usize, &usize)| {
            if in_place && i == 0 { &[] } else { readable.place(plan.places[node]) }
        };
        let inputs: Vec<&[f32]> = instruction.inputs.iter().enumerate().map(input).collect();
        let epilogue = readable.epilogue(instruction);
        let mut cache = state.caches.remove(&instruction.node);
        instruction.op.forward(Forward {
            epilogue,
            cache: &mut cache,
            backend: &mut state.backend,
            training: instruction.training,
            dims: &instruction.dims,
            inputs: &inputs,
            in_place,
            output: &mut out[..plan.buffers[output]],
            saved: match (&mut saved, instruction.saved) {
                (Some(saved), Some(buffer)) => &mut saved[..plan.buffers[buffer]],
                _ => &mut [],
            },
            state: &mut owned.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>(),
            counter: &mut counter,
        });
        if let Some(cache) = cache {
            state.caches.insert(instruction.node, cache);
        }
        if counter != 0 {
            state.counters.insert(instruction.node, counter);
        }
        for (node, value) in instruction.state.iter().zip(owned) {
            state.variables.insert(*node, value);
        }
        if let (Some(saved), Some(buffer)) = (saved, instruction.saved) {
            state.slots[plan.slots[buffer]] = saved;
        }
        state.slots[plan.slots[output]] = out;
    }

    fn backward(
        &self,
        state: &mut State,
        instruction: &Instruction,
        d_output: Option<usize>,
        d_inputs: &[Option<(usize, bool)>],
    ) {
        let plan = self.plan;
        let take = |wanted: &Option<(usize, bool)>| {
            wanted.map(|(buffer, accumulate)| (buffer, accumulate, mem::take(&mut state.slots[plan.slots[buffer]])))
        };
        let mut taken: Vec<Option<(usize, bool, Aligned)>> = d_inputs.iter().map(take).collect();
        let readable = Readable { execution: self, slots: &state.slots, variables: &state.variables };
        let reads = instruction.op.backward_reads();
        let input = |(i, node): (usize, &usize)| {
            if reads.input(i) { readable.place(plan.places[node]) } else { &[] }
        };
        let inputs: Vec<&[f32]> = instruction.inputs.iter().enumerate().map(input).collect();
        let states: Vec<&[f32]> = instruction.state.iter().map(|node| readable.place(Place::Variable(*node))).collect();
        let d_inputs = taken.iter_mut().map(|taken| {
            taken.as_mut().map(|(buffer, accumulate, data)| Gradient {
                data: &mut data[..plan.buffers[*buffer]],
                accumulate: *accumulate,
            })
        });
        instruction.op.backward(Backward {
            backend: &mut state.backend,
            training: instruction.training,
            dims: &instruction.dims,
            inputs: &inputs,
            output: if reads.output { readable.place(plan.places[&instruction.node]) } else { &[] },
            saved: instruction.saved.map_or(&[], |buffer| readable.buffer(buffer)),
            state: &states,
            d_output: d_output.map_or(&[], |buffer| readable.buffer(buffer)),
            d_inputs: d_inputs.collect(),
            in_place: d_output.is_none(),
            fused_relu: instruction.fused_relu,
        });
        for (buffer, _, data) in taken.into_iter().flatten() {
            state.slots[plan.slots[buffer]] = data;
        }
    }

    fn update(&self, state: &mut State, minimize: usize, variable: usize, gradient: usize) {
        let plan = self.plan;
        let optimizer = &plan.optimizers[&minimize];
        let Some(value) = state.variables.get_mut(&variable) else {
            panic!("{}", no_value(&self.graph.tensor(variable)))
        };
        let training = prepared(plan, minimize, &mut state.training);
        let gradient = &state.slots[plan.slots[gradient]][..plan.buffers[gradient]];
        update(&**optimizer, &mut state.backend, training, (variable, value), gradient);
    }
}

/// Updates a variable, whose state is made in its first step.
pub fn update(
    optimizer: &dyn Optimizer,
    backend: &mut Backend,
    training: &mut TrainingState,
    (variable, value): (usize, &mut [f32]),
    gradient: &[f32],
) {
    let fresh = || optimizer.slots().iter().map(|(_, first)| vec![*first; value.len()]).collect();
    let slots = training.slots.entry(variable).or_insert_with(fresh);
    optimizer.update(Update {
        backend,
        learning_rate: training.learning_rate.unwrap_or_else(|| optimizer.learning_rate()),
        scalars: &training.scalars,
        variable: value,
        gradient: &optimizer.clipping().apply(gradient, training.norm),
        slots: &mut slots.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>(),
    });
}

/// The optimizer state of a training step, created in its first step.
fn prepared<'a>(
    plan: &Plan,
    minimize: usize,
    training: &'a mut HashMap<usize, TrainingState>,
) -> &'a mut TrainingState {
    let own = training.entry(minimize).or_default();
    own.prepare(&*plan.optimizers[&minimize]);
    own
}
