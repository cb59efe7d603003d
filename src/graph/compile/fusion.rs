/*!
Which operations are computed in one pass over memory: a convolution, dense layer or normalisation with the bias,
normalisation, addition and relu that follow it.

Of these, only the forward pass is joined, and the numbers in between are never written; gradients flow through each
operation as before. A convolution and the max pooling behind it are joined in both directions. The exact kernels do not
fuse anything: their digits depend on the order.
*/

use super::plan::Instruction;
use std::collections::{HashMap, HashSet};

/// What an operation can be asked to do to its output before it writes it, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Add one number per channel.
    Bias,
    /// Normalise with given statistics.
    Norm,
    /// Add another tensor.
    Add,
    /// Replace negative numbers by zero.
    Relu,
}

/// Lets max pooling go before the relu in front of it, so that the relu has fewer numbers to look at, forward and
/// backward. The numbers stay the same: the largest of the rectified is the rectified largest, and no gradient flows
/// where that is zero.
pub fn pool_first(instructions: &mut [Instruction], pinned: &HashSet<usize>, dims: &mut HashMap<usize, Vec<usize>>) {
    let users = users(instructions);
    for relu in 0..instructions.len() {
        let node = instructions[relu].node;
        let Some([pool]) = users.get(&node).map(Vec::as_slice) else { continue };
        let swaps =
            instructions[relu].op.stage() == Some(Stage::Relu) && instructions[*pool].op.as_max_pool().is_some();
        if !swaps || pinned.contains(&node) {
            continue;
        }
        let [first, second] = instructions.get_disjoint_mut([relu, *pool]).expect("two instructions");
        std::mem::swap(&mut first.op, &mut second.op);
        // The value between them is the pooled one now.
        first.dims.output = second.dims.output.clone();
        second.dims.inputs[0] = second.dims.output.clone();
        dims.insert(node, second.dims.output.clone());
    }
}

/// Lets a convolution and the max pooling behind it become one operation, where that is faster and no gradient of the
/// images is asked for (`fixed`): their numbers in between, and the gradient of these, are never written.
pub fn join_max_pools(instructions: &mut Vec<Instruction>, pinned: &HashSet<usize>, fixed: impl Fn(usize) -> bool) {
    let users = users(instructions);
    let mut joined = HashSet::new();
    for head in 0..instructions.len() {
        let Instruction { op, node, inputs, dims, .. } = &instructions[head];
        let Some([behind]) = users.get(node).map(Vec::as_slice) else { continue };
        let Some(pool) = instructions[*behind].op.as_max_pool() else { continue };
        if pinned.contains(node) || !inputs.first().is_some_and(|images| fixed(*images)) {
            continue;
        }
        let Some(op) = op.with_max_pool(dims, pool) else { continue };
        let (inputs, input_dims) = (inputs.clone(), dims.inputs.clone());
        let pool = &mut instructions[*behind];
        (pool.op, pool.inputs, pool.dims.inputs) = (op, inputs, input_dims);
        joined.insert(head);
    }
    let mut index = 0..;
    instructions.retain(|_| !joined.contains(&index.next().expect("endless")));
}

/// The instructions that read each value.
fn users(instructions: &[Instruction]) -> HashMap<usize, Vec<usize>> {
    let mut users: HashMap<usize, Vec<usize>> = HashMap::new();
    for (index, instruction) in instructions.iter().enumerate() {
        for input in instruction.inputs.iter().chain(&instruction.state) {
            users.entry(*input).or_default().push(index);
        }
    }
    users
}

/// Joins instructions: heads get the list of what they take over, in order.
///
/// `pinned` values are handed out and must be written. Statistics can be folded into a convolution only where nothing is
/// differentiated (`folds`).
pub fn fuse(instructions: &mut [Instruction], pinned: &HashSet<usize>, folds: bool) {
    let users = users(instructions);
    let mut taken = HashSet::new();
    for head in 0..instructions.len() {
        if taken.contains(&head) {
            continue;
        }
        let mut chain = Vec::new();
        let (mut last, mut stage) = (head, None);
        while let Some([next]) = users.get(&instructions[last].node).map(Vec::as_slice) {
            let next_stage = stage_of(&instructions[*next], instructions[last].node, folds);
            let fits = next_stage.is_some_and(|s| stage < Some(s) && instructions[head].op.fuses(s));
            if !fits || pinned.contains(&instructions[last].node) || taken.contains(next) {
                break;
            }
            taken.insert(*next);
            chain.push(*next);
            (last, stage) = (*next, next_stage);
        }
        for index in &chain {
            instructions[*index].fused_into = Some(head);
        }
        instructions[head].fused = chain;
    }
}

/// What `instruction` would be as a stage behind the operation whose output is `value`.
fn stage_of(instruction: &Instruction, value: usize, folds: bool) -> Option<Stage> {
    let stage = instruction.op.stage()?;
    let fits = match stage {
        Stage::Bias | Stage::Relu => instruction.inputs[0] == value,
        Stage::Norm => instruction.inputs[0] == value && folds && !instruction.training,
        Stage::Add => instruction.inputs.len() == 2,
    };
    fits.then_some(stage)
}
