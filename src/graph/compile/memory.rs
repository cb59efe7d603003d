/*!
Which buffers of a plan share memory: an output takes over its input's where nobody reads that any more, and buffers
that do not live at the same time share a slot.

The numbers do not depend on it.
*/

use super::plan::{Place, Plan, Step};

/// From the step that first writes a buffer to the last one that reads it.
#[derive(Debug, Clone, Copy)]
struct Life {
    first: usize,
    last: usize,
}

impl Life {
    fn overlaps(self, other: Life) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

/// Decides what happens in place and gives every buffer a slot.
pub fn assign(plan: &mut Plan) {
    let mut lives = lives(plan);
    merge_in_place(plan, &mut lives);
    // Large buffers choose first: what is left over is small.
    let mut order: Vec<usize> = (0..plan.buffers.len()).filter(|buffer| lives[*buffer].is_some()).collect();
    order.sort_by_key(|buffer| std::cmp::Reverse(plan.buffers[*buffer]));
    let mut tenants: Vec<Vec<Life>> = Vec::new();
    plan.slots = vec![usize::MAX; plan.buffers.len()];
    for buffer in order {
        let life = lives[buffer].expect("filtered above");
        let free = tenants.iter().position(|slot| slot.iter().all(|tenant| !tenant.overlaps(life)));
        let slot = free.unwrap_or_else(|| {
            tenants.push(Vec::new());
            plan.slot_lens.push(plan.buffers[buffer]);
            tenants.len() - 1
        });
        tenants[slot].push(life);
        plan.slots[buffer] = slot;
    }
}

/// The buffers that a step touches.
fn touched(plan: &Plan, step: &Step) -> Vec<usize> {
    let mut list = Vec::new();
    match step {
        Step::Forward { instruction, output, .. } => {
            let instruction = &plan.instructions[*instruction];
            let later = instruction.fused.iter().flat_map(|index| &plan.instructions[*index].inputs);
            list.extend(instruction.inputs.iter().chain(later).filter_map(|node| plan.buffer(*node)));
            list.extend(instruction.saved);
            list.push(*output);
        }
        Step::Fill { buffer, .. } => list.push(*buffer),
        Step::Backward { instruction, d_output, d_inputs, .. } => {
            let instruction = &plan.instructions[*instruction];
            let reads = instruction.op.backward_reads();
            let inputs = instruction.inputs.iter().enumerate().filter(|(i, _)| reads.input(*i));
            list.extend(inputs.filter_map(|(_, node)| plan.buffer(*node)));
            list.extend(reads.output.then(|| plan.buffer(instruction.node)).flatten());
            list.extend(instruction.saved);
            list.push(*d_output);
            list.extend(d_inputs.iter().flatten().map(|(buffer, _)| *buffer));
        }
        Step::Copy { from, to } | Step::AddInto { from, to } => list.extend([*from, *to]),
        Step::Update { gradient, .. } => list.push(*gradient),
        Step::Finish { .. } => {}
    }
    list
}

fn lives(plan: &Plan) -> Vec<Option<Life>> {
    let mut lives: Vec<Option<Life>> = vec![None; plan.buffers.len()];
    for (at, step) in plan.steps.iter().enumerate() {
        for buffer in touched(plan, step) {
            let life = lives[buffer].get_or_insert(Life { first: at, last: at });
            life.last = at;
        }
    }
    for fetched in plan.fetches.iter().flatten() {
        if let Place::Buffer(buffer) = fetched.place
            && let Some(life) = &mut lives[buffer]
        {
            life.last = usize::MAX;
        }
    }
    lives
}

/// Lets outputs take over the memory of inputs that die with the step.
fn merge_in_place(plan: &mut Plan, lives: &mut [Option<Life>]) {
    for at in 0..plan.steps.len() {
        let Step::Forward { instruction, output, .. } = plan.steps[at] else { continue };
        let op = &plan.instructions[instruction];
        let Some(i) = op.op.in_place() else { continue };
        let Some(input) = plan.buffer(op.inputs[i]) else { continue };
        let later = op.fused.iter().flat_map(|index| &plan.instructions[*index].inputs);
        let once = op.inputs.iter().chain(later).filter(|node| plan.buffer(**node) == Some(input)).count() == 1;
        let (Some(own), Some(life)) = (lives[input], lives[output]) else { continue };
        if own.last != at || !once || plan.buffers[input] != plan.buffers[output] {
            continue;
        }
        lives[input] = Some(Life { first: own.first, last: life.last });
        lives[output] = None;
        rename(plan, output, input);
        if let Step::Forward { in_place, .. } = &mut plan.steps[at] {
            *in_place = true;
        }
    }
}

/// Replaces one buffer by another everywhere. Gradients have buffers of their own, so only values are concerned.
fn rename(plan: &mut Plan, old: usize, new: usize) {
    for place in plan.places.values_mut().chain(plan.fetches.iter_mut().flatten().map(|fetched| &mut fetched.place)) {
        if *place == Place::Buffer(old) {
            *place = Place::Buffer(new);
        }
    }
    for step in &mut plan.steps {
        if let Step::Forward { output, .. } = step
            && *output == old
        {
            *output = new;
        }
    }
}
