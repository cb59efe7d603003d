/*!
What goes into a run and what comes out: arrays for placeholders, and tensors or tuples of them to fetch.
*/

use crate::graph::network::{Graph, Operation, Tensor};
use ndarray::{ArrayBase, ArrayD, Data, Dimension};
use std::borrow::Cow;

/// An array for a placeholder; see [`Tensor::feed`].
#[derive(Debug, Clone)]
pub struct Feed<'a> {
    pub(super) tensor: Tensor,
    pub(super) dims: Vec<usize>,
    pub(super) data: Cow<'a, [f32]>,
}

/// An element type that a placeholder can be fed with.
pub trait Element: Copy {
    /// The element as `f32`, which is what the engine computes with.
    fn to_f32(self) -> f32;

    /// The slice itself, if it is `f32` already.
    fn as_f32s(_elements: &[Self]) -> Option<&[f32]> {
        None
    }
}

impl Element for f32 {
    fn to_f32(self) -> f32 {
        self
    }

    fn as_f32s(elements: &[Self]) -> Option<&[f32]> {
        Some(elements)
    }
}

impl Element for f64 {
    fn to_f32(self) -> f32 {
        self as f32
    }
}

impl Element for u8 {
    fn to_f32(self) -> f32 {
        f32::from(self)
    }
}

impl Element for i32 {
    fn to_f32(self) -> f32 {
        self as f32
    }
}

impl Element for i64 {
    fn to_f32(self) -> f32 {
        self as f32
    }
}

impl Element for usize {
    fn to_f32(self) -> f32 {
        self as f32
    }
}

impl Element for bool {
    fn to_f32(self) -> f32 {
        f32::from(u8::from(self))
    }
}

impl Tensor {
    /// Feeds this placeholder with an array in a run. An f32 array in standard layout is not copied.
    pub fn feed<'a, A, S, D>(&self, array: &'a ArrayBase<S, D>) -> Feed<'a>
    where
        A: Element,
        S: Data<Elem = A>,
        D: Dimension,
    {
        let data = match array.as_slice().and_then(A::as_f32s) {
            Some(elements) => Cow::Borrowed(elements),
            None => Cow::Owned(array.iter().map(|x| x.to_f32()).collect()),
        };
        Feed { tensor: self.clone(), dims: array.shape().to_vec(), data }
    }
}

/// Something that [`Session::run`](super::Session::run) can return: a tensor, an operation, or several of them.
pub trait Fetch {
    /// What the run returns.
    type Output;

    /// Lists the nodes in the order in which [`Fetch::take`] takes their values.
    fn nodes(&self, list: &mut Vec<Node>);

    /// Takes the values.
    fn take(&self, values: &mut dyn Iterator<Item = Option<ArrayD<f32>>>) -> Self::Output;
}

/// A node to fetch.
#[derive(Debug, Clone)]
pub struct Node(pub(super) Graph, pub(super) usize);

impl Fetch for &Tensor {
    type Output = ArrayD<f32>;

    fn nodes(&self, list: &mut Vec<Node>) {
        list.push(Node(self.graph().clone(), self.id()));
    }

    fn take(&self, values: &mut dyn Iterator<Item = Option<ArrayD<f32>>>) -> ArrayD<f32> {
        values.next().flatten().expect("a tensor has a value")
    }
}

impl Fetch for &Operation {
    type Output = ();

    fn nodes(&self, list: &mut Vec<Node>) {
        list.push(Node(self.graph().clone(), self.id()));
    }

    fn take(&self, values: &mut dyn Iterator<Item = Option<ArrayD<f32>>>) {
        values.next();
    }
}

impl Fetch for &[Tensor] {
    type Output = Vec<ArrayD<f32>>;

    fn nodes(&self, list: &mut Vec<Node>) {
        self.iter().for_each(|tensor| tensor.nodes(list));
    }

    fn take(&self, values: &mut dyn Iterator<Item = Option<ArrayD<f32>>>) -> Vec<ArrayD<f32>> {
        self.iter().map(|tensor| tensor.take(values)).collect()
    }
}

impl Fetch for &Vec<Tensor> {
    type Output = Vec<ArrayD<f32>>;

    fn nodes(&self, list: &mut Vec<Node>) {
        self.as_slice().nodes(list);
    }

    fn take(&self, values: &mut dyn Iterator<Item = Option<ArrayD<f32>>>) -> Vec<ArrayD<f32>> {
        self.as_slice().take(values)
    }
}

macro_rules! fetch_tuple {
    ($($name:ident)+) => {
        impl<$($name: Fetch),+> Fetch for ($($name,)+) {
            type Output = ($($name::Output,)+);

            #[expect(non_snake_case, reason = "the type's name is the field's")]
            fn nodes(&self, list: &mut Vec<Node>) {
                let ($($name,)+) = self;
                $($name.nodes(list);)+
            }

            #[expect(non_snake_case, reason = "the type's name is the field's")]
            fn take(&self, values: &mut dyn Iterator<Item = Option<ArrayD<f32>>>) -> Self::Output {
                let ($($name,)+) = self;
                ($($name.take(values),)+)
            }
        }
    };
}

fetch_tuple!(A);
fetch_tuple!(A B);
fetch_tuple!(A B C);
fetch_tuple!(A B C D);

/// The single element of an array, as NumPy's `item()`.
pub trait Item {
    /// The element.
    ///
    /// # Panics
    /// If there is not exactly one.
    fn item(&self) -> f32;
}

impl<S: Data<Elem = f32>, D: Dimension> Item for ArrayBase<S, D> {
    #[track_caller]
    fn item(&self) -> f32 {
        assert!(self.len() == 1, "item: expected one element, got an array of shape {:?}", self.shape());
        *self.first().expect("one element")
    }
}
