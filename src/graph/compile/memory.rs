/*!
Which buffers of a plan share memory: an output overwrites its input where nothing else reads that, and buffers
whose live ranges do not overlap share a slot.

No result depends on it.
*/

use super::plan::{Place, Plan, Step};

/// The live range of a buffer: from the step that first writes it to the last one that reads it.
#[derive(Debug, Clone, Copy)]
struct LiveRange {
    first: usize,
    last: usize,
}

impl LiveRange {
    fn overlaps(self, other: LiveRange) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

/// Decides what happens in place and gives every buffer a slot.
pub fn assign(plan: &mut Plan) {
    let mut live_ranges = live_ranges(plan);
    merge_in_place(plan, &mut live_ranges);
    // Large buffers are assigned first: the slots' lengths are those of their first occupants.
    let mut order: Vec<usize> = (0..plan.buffers.len()).filter(|buffer| live_ranges[*buffer].is_some()).collect();
    order.sort_by_key(|buffer| std::cmp::Reverse(plan.buffers[*buffer]));
    let mut occupants: Vec<Vec<LiveRange>> = Vec::new();
    plan.slots = vec![usize::MAX; plan.buffers.len()];
    for buffer in order {
        let range = live_ranges[buffer].expect("filtered above");
        let free = occupants.iter().position(|slot| slot.iter().all(|occupant| !occupant.overlaps(range)));
        let slot = free.unwrap_or_else(|| {
            occupants.push(Vec::new());
            plan.slot_lens.push(plan.buffers[buffer]);
            occupants.len() - 1
        });
        occupants[slot].push(range);
        plan.slots[buffer] = slot;
    }
}

/// The buffers that a step touches.
fn touched(plan: &Plan, step: &Step) -> Vec<usize> {
    let mut list = Vec::new();
    match step {
        Step::Forward { instruction, output, .. } => {
            let instruction = &plan.instructions[*instruction];
            let later = instruction.epilogue.iter().flat_map(|index| &plan.instructions[*index].inputs);
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
        Step::Norm { gradients, .. } => list.extend(gradients),
        Step::Update { gradient, .. } => list.push(*gradient),
        Step::Finish { .. } => {}
    }
    list
}

fn live_ranges(plan: &Plan) -> Vec<Option<LiveRange>> {
    let mut live_ranges: Vec<Option<LiveRange>> = vec![None; plan.buffers.len()];
    for (at, step) in plan.steps.iter().enumerate() {
        for buffer in touched(plan, step) {
            let range = live_ranges[buffer].get_or_insert(LiveRange { first: at, last: at });
            range.last = at;
        }
    }
    for fetched in plan.fetches.iter().flatten() {
        if let Place::Buffer(buffer) = fetched.place
            && let Some(range) = &mut live_ranges[buffer]
        {
            range.last = usize::MAX;
        }
    }
    live_ranges
}

/// Lets outputs overwrite input 0 where its live range ends with the step.
fn merge_in_place(plan: &mut Plan, live_ranges: &mut [Option<LiveRange>]) {
    for at in 0..plan.steps.len() {
        let Step::Forward { instruction, output, .. } = plan.steps[at] else { continue };
        let op = &plan.instructions[instruction];
        if !op.op.aliasing().in_place {
            continue;
        }
        let Some(input) = plan.buffer(op.inputs[0]) else { continue };
        let later = op.epilogue.iter().flat_map(|index| &plan.instructions[*index].inputs);
        let once = op.inputs.iter().chain(later).filter(|node| plan.buffer(**node) == Some(input)).count() == 1;
        let (Some(own), Some(range)) = (live_ranges[input], live_ranges[output]) else { continue };
        if own.last != at || !once || plan.buffers[input] != plan.buffers[output] {
            continue;
        }
        live_ranges[input] = Some(LiveRange { first: own.first, last: range.last });
        live_ranges[output] = None;
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
