/*!
What a graph is compiled to: the list of steps of a run, and which memory each uses.

It is data alone: [`compiler`](super::compiler) makes it, [`Session`](crate::graph::Session) executes it.
*/

use crate::graph::{
    network::{Op, op::Dims},
    optimizers::Optimizer,
};
use std::{
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

/// Where the elements of a tensor are during a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the array fed for this placeholder.
    Feed(usize),
    /// In the session's value of this variable.
    Variable(usize),
    /// In this constant node.
    Constant(usize),
    /// In this buffer, whose memory is reused in other parts of the run.
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
    /// The instructions that are the epilogue of this one's kernel, in order.
    pub epilogue: Vec<usize>,
    /// The instruction whose epilogue this one is part of.
    pub fused_into: Option<usize>,
    /// Whether backward applies the gradient of the relu in `epilogue`, too.
    pub fused_relu: bool,
}

/// One step of a run.
#[derive(Debug)]
pub enum Step {
    /// Compute an operation's output.
    Forward { instruction: usize, output: usize, in_place: bool },
    /// Fill a buffer with one value.
    Fill { buffer: usize, value: f32 },
    /// Backpropagate through an operation; each wanted gradient is a buffer and whether to add to it.
    Backward { instruction: usize, d_output: usize, d_inputs: Vec<Option<(usize, bool)>>, in_place: bool },
    /// Copy a buffer.
    Copy { from: usize, to: usize },
    /// Add a buffer to another.
    AddInto { from: usize, to: usize },
    /// Compute the common norm of the gradients of a training step.
    Norm { minimize: usize, gradients: Vec<usize> },
    /// Update a variable by its gradient.
    Update { minimize: usize, variable: usize, gradient: usize },
    /// A training step is complete.
    Finish { minimize: usize },
}

/// A tensor that the run returns.
#[derive(Debug)]
pub struct Fetched {
    pub place: Place,
    pub dims: Vec<usize>,
}

/// The steps of a run, and the memory that each uses.
#[derive(Debug)]
pub struct Plan {
    pub instructions: Vec<Instruction>,
    pub steps: Vec<Step>,
    /// Where each value (node) is.
    pub places: HashMap<usize, Place>,
    /// The values of the constants.
    pub constants: HashMap<usize, Vec<f32>>,
    /// How many elements each buffer has.
    pub buffers: Vec<usize>,
    /// Which slot of memory each buffer uses.
    pub slots: Vec<usize>,
    /// How many elements each slot must have.
    pub slot_lens: Vec<usize>,
    /// For each fetch, its value; `None` for operations.
    pub fetches: Vec<Option<Fetched>>,
    /// The optimizers of the training steps in this plan.
    pub optimizers: BTreeMap<usize, Rc<dyn Optimizer>>,
    /// Whether the run gives all variables their first values.
    pub initializes: bool,
}

impl Plan {
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
