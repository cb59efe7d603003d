/*! What the handles `Tensor` and `Operation` say of the nodes that they point to. */

use super::{
    graph::{Graph, NodeKind, Operation, Tensor},
    op::Op,
    shape::{DType, Shape},
};
use std::{
    any::Any,
    fmt,
    hash::{Hash, Hasher},
};

impl Tensor {
    /// The graph it belongs to.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Its node's number, counted from 0 in the order of creation.
    pub fn id(&self) -> usize {
        self.node
    }

    /// Its node's name.
    pub fn name(&self) -> String {
        self.graph.node(self.node).name.clone()
    }

    /// Its shape.
    pub fn shape(&self) -> Shape {
        self.graph.node(self.node).shape.clone()
    }

    /// Its element type.
    pub fn dtype(&self) -> DType {
        self.graph.node(self.node).dtype
    }

    /// What makes it: the operation's kind, such as `Conv2D`, or `Placeholder`, `Variable`, `Constant`.
    pub fn kind(&self) -> &'static str {
        match &self.graph.node(self.node).kind {
            NodeKind::Placeholder => "Placeholder",
            NodeKind::Variable { .. } => "Variable",
            NodeKind::Constant(_) => "Constant",
            NodeKind::Op(op) => op.kind(),
            NodeKind::Gradient { .. } => "Gradient",
            NodeKind::Minimize { .. } => "Minimize",
            NodeKind::Initialize => "Initialize",
        }
    }

    /// Whether it is a variable.
    pub fn is_variable(&self) -> bool {
        matches!(self.graph.node(self.node).kind, NodeKind::Variable { .. })
    }

    /// Whether it is a placeholder.
    pub fn is_placeholder(&self) -> bool {
        matches!(self.graph.node(self.node).kind, NodeKind::Placeholder)
    }

    /// Whether an operation of type `T` makes it.
    pub fn is_made_by<T: Op>(&self) -> bool {
        match &self.graph.node(self.node).kind {
            NodeKind::Op(op) => (op.as_ref() as &dyn Any).is::<T>(),
            _ => false,
        }
    }

    /// The tensors that it is computed from.
    pub fn inputs(&self) -> Vec<Tensor> {
        self.graph.node(self.node).inputs.iter().map(|node| self.graph.tensor(*node)).collect()
    }

    /// The inputs that a gradient of it flows to.
    pub(crate) fn differentiated_inputs(&self) -> Vec<Tensor> {
        let node = self.graph.node(self.node);
        let NodeKind::Op(op) = &node.kind else { return Vec::new() };
        let inputs = self.inputs().into_iter().enumerate();
        inputs.filter(|(i, _)| op.differentiable(*i)).map(|(_, input)| input).collect()
    }
}

impl fmt::Display for Tensor {
    /// Name, element type and shape, `x: float32 (?, 64, 64, 3)`, or as a frontend has it, see [`Graph::set_printer`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(print) = self.graph.printer() {
            return print(self, f);
        }
        let node = self.graph.node(self.node);
        write!(f, "{}: {} {}", node.name, node.dtype, node.shape)
    }
}

impl fmt::Debug for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PartialEq for Tensor {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node && self.graph == other.graph
    }
}

impl Eq for Tensor {}

impl Hash for Tensor {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.node.hash(state);
    }
}

impl Operation {
    /// The graph it belongs to.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Its node's name.
    pub fn name(&self) -> String {
        self.graph.node(self.node).name.clone()
    }

    pub(in crate::graph) fn id(&self) -> usize {
        self.node
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<Operation {}>", self.name())
    }
}
