/*!
What every operation of the graph can do: say its output's shape, compute it, and carry a gradient back.

No operation is here, each has its own file in [`ops`](crate::graph::ops); nor does an operation own memory, the
[`Session`](crate::graph::Session) plans and lends it.
*/

use super::shape::{DType, Shape};
pub use crate::graph::compile::fusion::Stage;
use crate::graph::{ops::MaxPool, run::backend::Compute};
use std::{any::Any, fmt, rc::Rc};

/// One kind of operation with its configuration.
///
/// A layer is four verbs (configure, shape, forward, backward); an operation is the last three.
pub trait Op: fmt::Debug + Any {
    /// TensorFlow's name of the operation, such as `Conv2D`.
    fn kind(&self) -> &'static str;

    /// The output's shape, from the shapes of the inputs; unknown dimensions stay unknown.
    ///
    /// # Panics
    /// If the inputs do not fit each other, with a sentence that says what was expected and what came.
    fn output_shape(&self, inputs: &[&Shape]) -> Shape;

    /// The output's element type.
    fn output_type(&self, _inputs: &[DType]) -> DType {
        DType::Float32
    }

    /// How many numbers `forward` leaves for `backward`, beside the tensors named by [`Op::backward_reads`].
    fn saved_len(&self, _dims: &Dims) -> usize {
        0
    }

    /// Computes the output.
    fn forward(&self, run: Forward<'_>);

    /// Which tensors `backward` reads; what nobody reads is overwritten early.
    fn backward_reads(&self) -> Reads {
        Reads::default()
    }

    /// Adds or writes the gradient of each wanted input, given the gradient of the output.
    fn backward(&self, run: Backward<'_>);

    /// Whether a gradient flows to input `i` at all.
    fn differentiable(&self, _input: usize) -> bool {
        true
    }

    /// The input whose memory the output may take over when nobody else needs it.
    fn in_place(&self) -> Option<usize> {
        None
    }

    /// The input whose gradient may take over the memory of the output's gradient.
    fn gradient_in_place(&self) -> Option<usize> {
        None
    }

    /// Whether the output is the same row of numbers as input 0, so that nothing is computed (reshape).
    fn is_view(&self) -> bool {
        false
    }

    /// Whether the gradient of input `i` is the gradient of the output itself (add).
    fn passes_gradient(&self, _input: usize, _dims: &Dims) -> bool {
        false
    }

    /// What this operation is behind another one that computes it in the same pass; see [`Op::fuses`].
    fn stage(&self) -> Option<Stage> {
        None
    }

    /// Whether `forward` can carry out a stage behind it in the same pass.
    fn fuses(&self, _stage: Stage) -> bool {
        false
    }

    /// The operation as a max pooling, if it is one: a relu in front of it may as well come behind.
    fn as_max_pool(&self) -> Option<&MaxPool> {
        None
    }

    /// One operation for this one and the max pooling behind it, with the inputs of this one, where that is the faster
    /// way. It need not give a gradient for input 0.
    fn with_max_pool(&self, _dims: &Dims, _pool: &MaxPool) -> Option<Rc<dyn Op>> {
        None
    }

    /// Whether `backward` can apply the gradient of a relu behind it itself.
    fn gates(&self) -> bool {
        false
    }

    /// The constant beside the variance, of a normalisation.
    fn epsilon(&self) -> f32 {
        0.0
    }

    /// Whether the operation behaves differently while training.
    fn phase(&self) -> Option<Phase> {
        None
    }
}

/// When an operation such as dropout or batch normalisation acts as in training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Phase {
    /// As the run says: see [`Session::run_training`](crate::graph::Session::run_training).
    #[default]
    OfRun,
    /// Always as in training.
    Training,
    /// Never.
    Inference,
}

impl Phase {
    /// Whether to act as in training, in a run that is (or is not) a training run.
    pub fn is_training(self, run: bool) -> bool {
        match self {
            Phase::OfRun => run,
            Phase::Training => true,
            Phase::Inference => false,
        }
    }
}

/// The tensors that a backward pass reads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reads {
    /// Bit i: input i.
    inputs: u32,
    /// The output.
    pub output: bool,
}

impl Reads {
    /// The inputs in `list`.
    pub fn inputs(list: &[usize]) -> Self {
        Reads { inputs: list.iter().fold(0, |bits, i| bits | 1 << i), output: false }
    }

    /// The output alone.
    pub fn output() -> Self {
        Reads { inputs: 0, output: true }
    }

    /// The output, too.
    pub fn and_output(self) -> Self {
        Reads { output: true, ..self }
    }

    /// Whether input `i` is read.
    pub fn input(self, i: usize) -> bool {
        self.inputs >> i & 1 == 1
    }
}

/// The dimensions of an operation's inputs and output in one run.
#[derive(Debug, Clone)]
pub struct Dims {
    /// Of each input.
    pub inputs: Vec<Vec<usize>>,
    /// Of the output.
    pub output: Vec<usize>,
}

impl Dims {
    /// How many numbers input `i` holds.
    pub fn input_len(&self, i: usize) -> usize {
        self.inputs[i].iter().product()
    }

    /// How many numbers the output holds.
    pub fn output_len(&self) -> usize {
        self.output.iter().product()
    }
}

/// What an operation gets to compute its output.
#[derive(Debug)]
pub struct Forward<'a> {
    /// Kernels and threads.
    pub compute: &'a mut Compute,
    /// Whether this is a training run.
    pub training: bool,
    /// Dimensions.
    pub dims: &'a Dims,
    /// The inputs; the one that [`Op::in_place`] names is empty when `in_place` is set.
    pub inputs: &'a [&'a [f32]],
    /// Whether `output` already holds the input that [`Op::in_place`] names.
    pub in_place: bool,
    /// Where the output goes; its old contents are arbitrary unless `in_place`.
    pub output: &'a mut [f32],
    /// Numbers for `backward`, [`Op::saved_len`] of them; empty when no gradient is asked for.
    pub saved: &'a mut [f32],
    /// Variables that the operation may change, such as moving statistics.
    pub state: &'a mut [&'a mut [f32]],
    /// Blocks drawn so far by this operation from its random stream.
    pub counter: &'a mut u64,
    /// What to do to the output before it is written; only what [`Op::fuses`] agreed to.
    pub then: Then<'a>,
    /// What the operation derived from variables alone, kept from run to run until a variable changes; empty at first.
    pub cache: &'a mut Option<Box<dyn Any>>,
}

/// The stages that are carried out in the same pass, in the order of the fields.
#[derive(Debug, Clone, Copy, Default)]
pub struct Then<'a> {
    /// Add one number per channel.
    pub bias: Option<&'a [f32]>,
    /// Normalise with given statistics.
    pub norm: Option<Norm<'a>>,
    /// Add a tensor of the output's shape.
    pub add: Option<&'a [f32]>,
    /// Replace negative numbers by zero.
    pub relu: bool,
}

/// A normalisation with given statistics.
#[derive(Debug, Clone, Copy)]
pub struct Norm<'a> {
    /// The scale of each channel.
    pub gamma: &'a [f32],
    /// The shift of each channel.
    pub beta: &'a [f32],
    /// The mean of each channel.
    pub mean: &'a [f32],
    /// The variance of each channel.
    pub variance: &'a [f32],
    /// Added to the variance.
    pub epsilon: f32,
}

/// What an operation gets to carry a gradient back.
#[derive(Debug)]
pub struct Backward<'a> {
    /// Kernels and threads.
    pub compute: &'a mut Compute,
    /// Whether this is a training run.
    pub training: bool,
    /// Dimensions.
    pub dims: &'a Dims,
    /// The inputs that [`Op::backward_reads`] names; the others are empty.
    pub inputs: &'a [&'a [f32]],
    /// The output, if [`Op::backward_reads`] names it.
    pub output: &'a [f32],
    /// What `forward` left.
    pub saved: &'a [f32],
    /// The state variables, for reading.
    pub state: &'a [&'a [f32]],
    /// The gradient of the output; empty when `in_place` is set.
    pub d_output: &'a [f32],
    /// The gradients of the inputs, where wanted.
    pub d_inputs: Vec<Option<Gradient<'a>>>,
    /// Whether the gradient that [`Op::gradient_in_place`] names already holds `d_output`.
    pub in_place: bool,
    /// Whether `d_output` is the gradient behind a relu that was computed in the same pass and still has to be applied.
    pub gated: bool,
}

/// Where the gradient of one input goes.
#[derive(Debug)]
pub struct Gradient<'a> {
    /// The numbers.
    pub data: &'a mut [f32],
    /// Whether to add to what is there, rather than to overwrite it.
    pub accumulate: bool,
}

impl Gradient<'_> {
    /// Lets `f` overwrite the gradient, for kernels that cannot add to it; what was there is added afterwards.
    pub fn write(&mut self, f: impl FnOnce(&mut [f32])) {
        if self.accumulate {
            let before = self.data.to_vec();
            f(self.data);
            self.data.iter_mut().zip(before).for_each(|(d, before)| *d += before);
        } else {
            f(self.data);
        }
    }

    /// Writes or adds `f(i)` to entry i.
    pub fn set(&mut self, f: impl Fn(usize) -> f32) {
        if self.accumulate {
            self.data.iter_mut().enumerate().for_each(|(i, d)| *d += f(i));
        } else {
            self.data.iter_mut().enumerate().for_each(|(i, d)| *d = f(i));
        }
    }
}
