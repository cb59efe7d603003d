/*!
The interface of an operation: the shape of its output, its forward pass and its backward pass.

No operation is here: each has its own file in [`ops`](crate::graph::ops), or in a crate of its own. Nor does an
operation own memory: the [`Session`](crate::graph::Session) plans and lends it.
*/

use super::{
    fusion::Fusion,
    shape::{DType, Shape},
};
use crate::graph::{
    kernels::{epilogue::Epilogue, exact::elementwise},
    run::backend::Backend,
};
use std::{any::Any, fmt};

/// One kind of operation with its configuration: a shape, a forward pass, a backward pass. Everything else has a
/// default.
///
/// ```
/// use cnn::graph::{DType, Graph, Op, Session, Shape, op::{Backward, Forward, Reads}};
/// use ndarray::array;
///
/// /// y = x².
/// #[derive(Debug)]
/// struct Square;
///
/// impl Op for Square {
///     fn kind(&self) -> &'static str {
///         "Square"
///     }
///     fn output_shape(&self, inputs: &[&Shape]) -> Shape {
///         inputs[0].clone()
///     }
///     fn forward(&self, run: Forward<'_>) {
///         run.map(|x| x * x);
///     }
///     fn backward_reads(&self) -> Reads {
///         Reads::inputs(&[0])
///     }
///     fn backward(&self, run: Backward<'_>) {
///         let x = run.inputs[0];
///         run.map_gradient(x, |x, dy| 2.0 * x * dy);
///     }
/// }
///
/// let graph = Graph::new();
/// let x = graph.placeholder([None], DType::Float32, "x");
/// let y = graph.add(Square, &[&x], "y");
/// let dx = graph.gradients(&y, &[&x]).remove(0);
/// let session = Session::new(&graph);
/// let (y, dx) = session.run((&y, &dx), &[x.feed(&array![1.0, 3.0])]);
/// assert_eq!((y, dx), (array![1.0, 9.0].into_dyn(), array![2.0, 6.0].into_dyn()));
/// ```
pub trait Op: fmt::Debug + Any {
    /// The operation's name, such as `Conv2D`.
    fn kind(&self) -> &'static str;

    /// How many tensors the operation takes. `None`: any number, but at least one.
    fn arity(&self) -> Option<usize> {
        Some(1)
    }

    /// How many variables the operation may change when it runs, see [`Forward::state`].
    fn n_state(&self) -> usize {
        0
    }

    /// The output's shape, from the shapes of the inputs, as many as [`Op::arity`] says; unknown dimensions stay
    /// unknown.
    ///
    /// # Panics
    /// If the inputs do not fit each other, with a sentence that says what was expected and what came.
    fn output_shape(&self, inputs: &[&Shape]) -> Shape;

    /// The output's element type.
    fn output_type(&self, _inputs: &[DType]) -> DType {
        DType::Float32
    }

    /// Computes the output.
    fn forward(&self, run: Forward<'_>);

    /// Adds or writes the gradient of each wanted input, given the gradient of the output.
    fn backward(&self, run: Backward<'_>);

    /// Which tensors `backward` reads; the memory of all others is reused before.
    fn backward_reads(&self) -> Reads {
        Reads::default()
    }

    /// How many elements `forward` saves for `backward`, in addition to the tensors named by [`Op::backward_reads`].
    fn saved_len(&self, _dims: &Dims) -> usize {
        0
    }

    /// Whether a gradient flows to input `i` at all.
    fn differentiable(&self, _input: usize) -> bool {
        true
    }

    /// Whether the operation behaves differently while training.
    fn phase(&self) -> Option<Phase> {
        None
    }

    /// Which of its tensors may share memory.
    fn aliasing(&self) -> Aliasing {
        Aliasing::default()
    }

    /// What can be computed in one pass with the operation's neighbours.
    fn fusion(&self) -> Fusion {
        Fusion::default()
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

    /// Whether input `i` is read.
    pub fn input(self, i: usize) -> bool {
        self.inputs >> i & 1 == 1
    }
}

/// Which tensors of an operation may share memory. The default shares nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Aliasing {
    /// Whether the output may overwrite input 0 when nothing else reads that; see [`Forward::in_place`].
    pub in_place: bool,
    /// Whether the gradient of input 0 may overwrite the gradient of the output; see [`Backward::in_place`].
    pub gradient_in_place: bool,
    /// Whether the output has the elements of input 0 in the same order, so that nothing is computed (reshape).
    pub is_view: bool,
    /// The inputs whose gradient is the gradient of the output itself (add).
    pub passes_gradient: Inputs,
}

/// A set of inputs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Inputs {
    /// None of them.
    #[default]
    None,
    /// Input 0.
    First,
    /// All of them.
    All,
}

impl Inputs {
    /// Whether input `i` is in the set.
    pub fn contains(self, i: usize) -> bool {
        match self {
            Inputs::None => false,
            Inputs::First => i == 0,
            Inputs::All => true,
        }
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
    /// How many elements input `i` has.
    pub fn input_len(&self, i: usize) -> usize {
        self.inputs[i].iter().product()
    }

    /// How many elements the output has.
    pub fn output_len(&self) -> usize {
        self.output.iter().product()
    }
}

/// The arguments of [`Op::forward`].
#[derive(Debug)]
pub struct Forward<'a> {
    /// Kernels and threads.
    pub backend: &'a mut Backend,
    /// Whether this is a training run.
    pub training: bool,
    /// Dimensions.
    pub dims: &'a Dims,
    /// The inputs; input 0 is empty when `in_place` is set.
    pub inputs: &'a [&'a [f32]],
    /// Whether `output` already holds input 0, see [`Aliasing::in_place`].
    pub in_place: bool,
    /// Where the output goes; its old contents are arbitrary unless `in_place`.
    pub output: &'a mut [f32],
    /// Memory for `backward`, [`Op::saved_len`] elements; empty when no gradient is asked for.
    pub saved: &'a mut [f32],
    /// Variables that the operation may change, such as moving statistics.
    pub state: &'a mut [&'a mut [f32]],
    /// Blocks drawn so far by this operation from its random stream.
    pub counter: &'a mut u64,
    /// What to do to the output before it is written; only the steps that [`Op::fusion`] accepts.
    pub epilogue: Epilogue<'a>,
    /// What the operation derived from variables alone, kept from run to run until a variable changes; empty at first.
    pub cache: &'a mut Option<Box<dyn Any>>,
}

impl Forward<'_> {
    /// Copies input 0 into the output, if it is not there already.
    pub fn copy_input(&mut self) {
        if !self.in_place {
            self.output.copy_from_slice(self.inputs[0]);
        }
    }

    /// Computes y = f(x) for each element of input 0.
    pub fn map(mut self, f: impl Fn(f32) -> f32) {
        self.copy_input();
        elementwise::map(self.output, f);
    }
}

/// The arguments of [`Op::backward`].
#[derive(Debug)]
pub struct Backward<'a> {
    /// Kernels and threads.
    pub backend: &'a mut Backend,
    /// Whether this is a training run.
    pub training: bool,
    /// Dimensions.
    pub dims: &'a Dims,
    /// The inputs that [`Op::backward_reads`] names; the others are empty.
    pub inputs: &'a [&'a [f32]],
    /// The output, if [`Op::backward_reads`] names it.
    pub output: &'a [f32],
    /// What `forward` saved.
    pub saved: &'a [f32],
    /// The state variables, for reading.
    pub state: &'a [&'a [f32]],
    /// The gradient of the output; empty when `in_place` is set.
    pub d_output: &'a [f32],
    /// The gradients of the inputs, where wanted.
    pub d_inputs: Vec<Option<Gradient<'a>>>,
    /// Whether the gradient of input 0 already holds `d_output`, see [`Aliasing::gradient_in_place`].
    pub in_place: bool,
    /// Whether a relu in the epilogue of the forward pass is to be differentiated, too: `d_output` is the gradient of
    /// its output.
    pub fused_relu: bool,
}

impl Backward<'_> {
    /// Computes dx = f(v, dy) for each element v of `values`, into the gradient of input 0.
    pub fn map_gradient(mut self, values: &[f32], f: impl Fn(f32, f32) -> f32) {
        let Some(mut d_x) = self.d_inputs[0].take() else { return };
        if self.in_place {
            elementwise::zip(d_x.data, values, |dy, v| f(v, dy));
        } else {
            let d_output = self.d_output;
            d_x.set(|i| f(values[i], d_output[i]));
        }
    }
}

/// Where the gradient of one input goes.
#[derive(Debug)]
pub struct Gradient<'a> {
    /// The elements.
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
            elementwise::zip(self.data, &before, |d, before| d + before);
        } else {
            f(self.data);
        }
    }

    /// Writes or adds `f(i)` to element i.
    pub fn set(&mut self, f: impl Fn(usize) -> f32) {
        elementwise::fill(self.data, self.accumulate, f);
    }
}
