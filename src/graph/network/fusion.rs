/*!
How an operation can share a pass over memory with its neighbours: what it is as a step of another kernel's epilogue,
and which steps its own kernel takes over.

It describes, it does not decide: a plan chooses what is fused.
*/

/// What an operation says about fusing, see [`Op::fusion`](super::op::Op::fusion). The default fuses nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Fusion {
    /// What the operation is as a step of the epilogue of the kernel before it, if it can be one.
    pub step: Option<EpilogueStep>,
    /// The steps that `forward` applies to its output when the plan puts them into
    /// [`Forward::epilogue`](super::op::Forward::epilogue).
    pub epilogue: Accepts,
    /// Whether `backward` can also apply the gradient of a relu in its epilogue, see
    /// [`Backward::fused_relu`](super::op::Backward::fused_relu).
    pub relu_backward: bool,
}

/// A step of an epilogue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum EpilogueStep {
    /// Adds one element per channel: input 1.
    Bias,
    /// Normalises with given statistics: gamma and beta are inputs 1 and 2, mean and variance the state.
    Norm {
        /// Added to the variance.
        epsilon: f32,
    },
    /// Adds another tensor of the same shape.
    Add,
    /// Replaces negative elements by zero.
    Relu,
}

impl EpilogueStep {
    /// The place in the order in which a kernel applies the steps.
    pub fn order(self) -> usize {
        match self {
            EpilogueStep::Bias => 0,
            EpilogueStep::Norm { .. } => 1,
            EpilogueStep::Add => 2,
            EpilogueStep::Relu => 3,
        }
    }
}

/// The steps that a kernel's epilogue can have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Accepts {
    /// See [`EpilogueStep::Bias`].
    pub bias: bool,
    /// See [`EpilogueStep::Norm`].
    pub norm: bool,
    /// See [`EpilogueStep::Add`].
    pub add: bool,
    /// See [`EpilogueStep::Relu`].
    pub relu: bool,
}

impl Accepts {
    /// All steps.
    pub const ALL: Accepts = Accepts { bias: true, norm: true, add: true, relu: true };

    /// Whether the step is among them.
    pub fn contains(self, step: EpilogueStep) -> bool {
        match step {
            EpilogueStep::Bias => self.bias,
            EpilogueStep::Norm { .. } => self.norm,
            EpilogueStep::Add => self.add,
            EpilogueStep::Relu => self.relu,
        }
    }
}
