/*! The dot product of two tensors along one axis of each. */

use crate::{
    graph::{
        self, Shape,
        ops::{self, BatchMatMul, L2Normalize, Transpose},
    },
    keras::{
        config::Config,
        layer::{Attributes, Layer},
        mismatch::Mismatch,
        scope::Scope,
        setting::Setting,
    },
};

/// Sums the products along one axis of each of two tensors, example by example.
///
/// Inputs: (m, …) each. Output: (m, the other axes of the first, those of the second), or (m, 1) where there are none.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new(128).call();
/// let y = Dense::new(128).call(&x);
/// let cosine = Dot::new(-1).normalize(true).call([&x, &y]);
/// assert_eq!(cosine.shape().to_string(), "(?, 1)");
/// ```
#[derive(Debug, Clone)]
pub struct Dot {
    /// The axis of each tensor; negative numbers count from the end.
    pub axes: (isize, isize),
    /// Whether the vectors are brought to the length 1 first: the result is the cosine of their angle.
    pub normalize: bool,
    attributes: Attributes,
}

impl Dot {
    /// Along this axis of both tensors; negative numbers count from the end.
    pub fn new(axis: isize) -> Self {
        Dot { axes: (axis, axis), normalize: false, attributes: Attributes::default() }
    }

    /// Along different axes of the two.
    #[must_use]
    pub fn axes(mut self, first: isize, second: isize) -> Self {
        self.axes = (first, second);
        self
    }

    /// Whether the vectors are brought to the length 1 first.
    #[must_use]
    pub fn normalize(mut self, normalize: bool) -> Self {
        self.normalize = normalize;
        self
    }

    /// The axis of each tensor, counted from 0; `None` if there is none, or it counts examples.
    fn axis_of(axis: isize, x: &Shape) -> Option<usize> {
        let axis = if axis < 0 { axis + x.rank() as isize } else { axis };
        usize::try_from(axis).ok().filter(|axis| (1..x.rank()).contains(axis))
    }

    /// The sizes of an example but that of the axis, and the axis.
    fn others(axis: isize, x: &Shape) -> Option<(Vec<usize>, usize)> {
        let axis = Dot::axis_of(axis, x)?;
        let example = Shape::from(&x.dims()[1..]).concrete()?;
        let others = example.iter().enumerate().filter(|(i, _)| i + 1 != axis).map(|(_, n)| *n).collect();
        Some((others, axis))
    }

    /// A tensor as matrices of one row for each of its vectors.
    fn rows(&self, scope: &Scope<'_>, x: &graph::Tensor, axis: isize) -> graph::Tensor {
        let (others, axis) = Dot::others(axis, &x.shape()).expect("checked when the layer was called");
        let n = x.shape().dim(axis).expect("checked when the layer was called");
        let permutation: Vec<usize> = (0..x.shape().rank()).filter(|i| *i != axis).chain([axis]).collect();
        let x = scope.apply(Transpose { permutation }, &[x], "transpose");
        let dims = vec![None, Some(others.iter().product()), Some(n)];
        let rows = scope.apply(ops::Reshape { dims }, &[&x], "rows");
        if self.normalize { scope.apply(L2Normalize { axis: 2, epsilon: 1e-12 }, &[&rows], "normalize") } else { rows }
    }
}

impl Layer for Dot {
    fn class_name() -> &'static str {
        "Dot"
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn attributes_mut(&mut self) -> &mut Attributes {
        &mut self.attributes
    }

    fn check_inputs(&self, inputs: &[Shape]) -> Result<(), Mismatch> {
        let [a, b] = inputs else { return Err(Mismatch::new("two tensors", inputs.len().to_string())) };
        for (x, axis) in [(a, self.axes.0), (b, self.axes.1)] {
            if Dot::others(axis, x).is_none() {
                let expected = format!("an axis from 1 to {} of examples of known size", x.rank() as isize - 1);
                let found = format!("axis {axis} of shape {x}");
                return Err(Mismatch::new(expected, found).help("axis 0 counts examples"));
            }
        }
        let size = |x: &Shape, axis| x.dim(Dot::axis_of(axis, x).expect("checked above"));
        if size(a, self.axes.0) == size(b, self.axes.1) {
            return Ok(());
        }
        let found = format!("axis {} of shape {a} and axis {} of shape {b}", self.axes.0, self.axes.1);
        Err(Mismatch::new("axes of one size", found))
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        let others = |i: usize, axis| Dot::others(axis, &inputs[i]).expect("checked when the layer was called").0;
        let mut sizes = [others(0, self.axes.0), others(1, self.axes.1)].concat();
        if sizes.is_empty() {
            sizes.push(1);
        }
        Shape::from([inputs[0].dim(0)].into_iter().chain(sizes.into_iter().map(Some)).collect::<Vec<_>>())
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        let (a, b) = (self.rows(scope, inputs[0], self.axes.0), self.rows(scope, inputs[1], self.axes.1));
        let products = BatchMatMul { transpose_a: false, transpose_b: true };
        let products = scope.apply(products, &[&a, &b], "products");
        let shape = self.output_shape(&[inputs[0].shape(), inputs[1].shape()]);
        let dims = [None].into_iter().chain(shape.dims()[1..].iter().copied()).collect();
        scope.apply(ops::Reshape { dims }, &[&products], "dot")
    }

    fn config(&self) -> Config {
        Config::new().set("axes", Axes(self.axes)).set("normalize", self.normalize)
    }

    fn from_config(config: &Config) -> Result<Self, Mismatch> {
        let Axes((first, second)) = config.get("axes")?;
        Ok(Dot::new(first).axes(first, second).normalize(config.get_or("normalize", false)?))
    }
}

/// One axis of both tensors, or one of each.
struct Axes((isize, isize));

impl Setting for Axes {
    const EXPECTED: &'static str = "an axis, or a list of two";

    fn to_json(&self) -> serde_json::Value {
        if self.0.0 == self.0.1 { self.0.0.to_json() } else { serde_json::json!([self.0.0, self.0.1]) }
    }

    fn from_json(value: &serde_json::Value) -> Option<Self> {
        match value.as_array().map(Vec::as_slice) {
            Some([first, second]) => Some(Axes((isize::from_json(first)?, isize::from_json(second)?))),
            Some(_) => None,
            None => isize::from_json(value).map(|axis| Axes((axis, axis))),
        }
    }
}
