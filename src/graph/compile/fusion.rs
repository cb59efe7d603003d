/*!
Which operations are computed in one pass over memory: a convolution, matrix product or normalisation with the bias,
normalisation, addition and relu that follow it as the epilogue of its kernel.

Of these, only the forward pass is fused, and the values in between are never written; gradients are computed operation
by operation as before. A convolution and the max pooling that follows it are fused in both directions. The exact
kernels fuse nothing: their digits depend on the order.
*/

use super::plan::Instruction;
use crate::graph::{
    network::{Op, fusion::EpilogueStep},
    ops::{conv2d::Conv2d, conv2d_max_pool::Conv2dMaxPool, max_pool::MaxPool},
};
use std::{
    any::Any,
    collections::{HashMap, HashSet},
    rc::Rc,
};

/// Moves max pooling before the relu in front of it, so that the relu has fewer elements to process, forward and
/// backward. The results stay the same: the maximum of the rectified elements is the rectified maximum, and no gradient
/// flows where that is zero.
///
/// `materialised` values are returned and must be written.
pub fn pool_before_relu(
    instructions: &mut [Instruction],
    materialised: &HashSet<usize>,
    dims: &mut HashMap<usize, Vec<usize>>,
) {
    let users = users(instructions);
    for relu in 0..instructions.len() {
        let node = instructions[relu].node;
        let Some([pool]) = users.get(&node).map(Vec::as_slice) else { continue };
        let is_relu = instructions[relu].op.fusion().step == Some(EpilogueStep::Relu);
        if !is_relu || operation::<MaxPool>(&instructions[*pool].op).is_none() || materialised.contains(&node) {
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

/// Fuses a convolution and the max pooling that follows it, where that is faster and no gradient of the images is asked
/// for (`is_fed`): the values between them, and their gradient, are never written.
pub fn fuse_max_pools(
    instructions: &mut Vec<Instruction>,
    materialised: &HashSet<usize>,
    is_fed: impl Fn(usize) -> bool,
) {
    let users = users(instructions);
    let mut fused = HashSet::new();
    for head in 0..instructions.len() {
        let Instruction { op, node, inputs, dims, .. } = &instructions[head];
        let Some([next]) = users.get(node).map(Vec::as_slice) else { continue };
        let (Some(conv), Some(pool)) = (operation::<Conv2d>(op), operation::<MaxPool>(&instructions[*next].op)) else {
            continue;
        };
        if materialised.contains(node) || !inputs.first().is_some_and(|images| is_fed(*images)) {
            continue;
        }
        let Some(op) = Conv2dMaxPool::fused(*conv, *pool, dims) else { continue };
        let (inputs, input_dims) = (inputs.clone(), dims.inputs.clone());
        let pool = &mut instructions[*next];
        (pool.op, pool.inputs, pool.dims.inputs) = (Rc::new(op), inputs, input_dims);
        fused.insert(head);
    }
    let mut index = 0..;
    instructions.retain(|_| !fused.contains(&index.next().expect("endless")));
}

/// Moves instructions into the epilogue of the kernel before them: that instruction gets their list, in order.
///
/// Statistics can be folded into a convolution only where nothing is differentiated (`folds_statistics`).
pub fn fuse_epilogues(instructions: &mut [Instruction], materialised: &HashSet<usize>, folds_statistics: bool) {
    let users = users(instructions);
    let mut taken = HashSet::new();
    for head in 0..instructions.len() {
        if taken.contains(&head) {
            continue;
        }
        let accepts = instructions[head].op.fusion().epilogue;
        let mut epilogue = Vec::new();
        let (mut last, mut order) = (head, None);
        while let Some([next]) = users.get(&instructions[last].node).map(Vec::as_slice) {
            let value = instructions[last].node;
            let step = step_after(&instructions[*next], value, folds_statistics).filter(|step| accepts.contains(*step));
            let Some(step) = step.filter(|step| order < Some(step.order())) else { break };
            if materialised.contains(&value) || taken.contains(next) {
                break;
            }
            taken.insert(*next);
            epilogue.push(*next);
            (last, order) = (*next, Some(step.order()));
        }
        for index in &epilogue {
            instructions[*index].fused_into = Some(head);
        }
        instructions[head].epilogue = epilogue;
    }
}

/// What `instruction` is as a step of the epilogue of the kernel whose output is `value`.
fn step_after(instruction: &Instruction, value: usize, folds_statistics: bool) -> Option<EpilogueStep> {
    let step = instruction.op.fusion().step?;
    let fits = match step {
        EpilogueStep::Bias | EpilogueStep::Relu => instruction.inputs[0] == value,
        EpilogueStep::Norm { .. } => instruction.inputs[0] == value && folds_statistics && !instruction.training,
        EpilogueStep::Add => instruction.inputs.len() == 2,
    };
    fits.then_some(step)
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

/// The operation, if it is of this type.
fn operation<T: Op>(op: &Rc<dyn Op>) -> Option<&T> {
    (op.as_ref() as &dyn Any).downcast_ref()
}
