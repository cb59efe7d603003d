/*! What a case file makes: the arguments of calls, some of them visible to the learner, drawn from a seed. */

use cnn::numpy::RandomState;
use ndarray::{Array, IntoDimension};
use wire::Value;

use crate::convert::Answer;

/// The arguments of one call.
pub trait Arguments {
    /// Writes them, in order.
    fn to_arguments(&self) -> Value;
}

impl<T: Answer> Arguments for T {
    /// A tuple holds several arguments, anything else is the only one.
    fn to_arguments(&self) -> Value {
        match self.to_value() {
            Value::Tuple(arguments) => Value::Tuple(arguments),
            argument => Value::Tuple(vec![argument]),
        }
    }
}

/// A call that the grader makes.
#[derive(Debug, Clone)]
pub struct Case {
    pub(crate) name: String,
    pub(crate) visible: bool,
    pub(crate) weight: usize,
    pub(crate) trivial: bool,
    pub(crate) arguments: Value,
}

impl Case {
    /// How much of the function's points hang on it, compared with the other cases; 1 unless said otherwise.
    pub fn weight(&mut self, weight: usize) -> &mut Self {
        self.weight = weight;
        self
    }

    /// Says that a body that does nothing passes it, too: it earns points only where a case that is not trivial passes.
    pub fn trivial(&mut self) -> &mut Self {
        self.trivial = true;
        self
    }
}

/// The cases of one function. A case file has one function for each graded function, which fills it:
///
/// ```
/// use harness::Cases;
///
/// fn square(cases: &mut Cases) {
///     cases.visible("two", (2.0,)).weight(2);
///     let x = cases.random().next_gauss();
///     cases.hidden("a drawn number", (x,));
/// }
/// ```
#[derive(Debug)]
pub struct Cases {
    random: RandomState,
    cases: Vec<Case>,
}

impl Cases {
    pub(crate) fn new(seed: u64, function: &str) -> Self {
        // Each function draws from its own stream, so that a case added to one leaves the others as they were.
        // FNV-1a (Fowler, Noll, Vo) mixes name and seed into the 32 bits that the generator takes.
        let bytes = function.bytes().chain(seed.to_le_bytes());
        let mixed = bytes.fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        Self { random: RandomState::new(mixed), cases: Vec::new() }
    }

    /// A case that the learner sees, with its expected answer.
    pub fn visible(&mut self, name: &str, arguments: impl Arguments) -> &mut Case {
        self.push(name, true, &arguments)
    }

    /// A case of which the learner learns only whether it passed.
    pub fn hidden(&mut self, name: &str, arguments: impl Arguments) -> &mut Case {
        self.push(name, false, &arguments)
    }

    /// The generator of this function's hidden cases.
    pub fn random(&mut self) -> &mut RandomState {
        &mut self.random
    }

    /// Standard normal numbers.
    pub fn randn<S: IntoDimension>(&mut self, shape: S) -> Array<f64, S::Dim> {
        self.random.randn(shape)
    }

    /// A count between `low` and `high`, both included.
    ///
    /// # Panics
    /// When `low` is above `high`.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        self.random.randint(low as i64, high as i64 + 1, 1)[0] as usize
    }

    fn push(&mut self, name: &str, visible: bool, arguments: &impl Arguments) -> &mut Case {
        let arguments = arguments.to_arguments();
        self.cases.push(Case { name: name.into(), visible, weight: 1, trivial: false, arguments });
        self.cases.last_mut().expect("a case was just pushed")
    }

    pub(crate) fn into_cases(self) -> Vec<Case> {
        self.cases
    }
}
