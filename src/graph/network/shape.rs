/*!
The shape of a symbolic tensor, whose batch dimension may be unknown until something is fed, and its element type.

It is not the shape of an array: once a run begins, every dimension is a plain `usize`.
*/

use std::fmt;

/// Dimensions of a tensor, outermost first; `None` is not known before a run.
///
/// ```
/// use cnn::graph::Shape;
/// let shape = Shape::from([None, Some(64), Some(64), Some(3)]);
/// assert_eq!(shape.to_string(), "(?, 64, 64, 3)");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Shape(Vec<Option<usize>>);

impl Shape {
    /// The shape of a scalar.
    pub fn scalar() -> Self {
        Shape(Vec::new())
    }

    /// A shape without unknown dimensions.
    pub fn known(dims: &[usize]) -> Self {
        Shape(dims.iter().copied().map(Some).collect())
    }

    /// The dimensions.
    pub fn dims(&self) -> &[Option<usize>] {
        &self.0
    }

    /// How many dimensions there are.
    pub fn rank(&self) -> usize {
        self.0.len()
    }

    /// Dimension `axis`, if it is known.
    pub fn dim(&self, axis: usize) -> Option<usize> {
        self.0[axis]
    }

    /// The last dimension, which is the channels of an image.
    pub fn last(&self) -> Option<usize> {
        self.0.last().copied().flatten()
    }

    /// How many elements the tensor has, if every dimension is known.
    pub fn len(&self) -> Option<usize> {
        self.0.iter().copied().try_fold(1, |product, dim| dim.map(|dim| product * dim))
    }

    /// Whether a dimension is zero.
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// All dimensions, if every one is known.
    pub fn concrete(&self) -> Option<Vec<usize>> {
        self.0.iter().copied().collect()
    }

    /// Whether an array of the dimensions `dims` has this shape.
    pub fn admits(&self, dims: &[usize]) -> bool {
        self.rank() == dims.len() && self.0.iter().zip(dims).all(|(own, dim)| own.is_none_or(|own| own == *dim))
    }

    /// The shape that both agree on, filling in what one of them knows; `None` if they contradict each other.
    pub fn merge(&self, other: &Shape) -> Option<Shape> {
        if self.rank() != other.rank() {
            return None;
        }
        let merged = self.0.iter().zip(&other.0).map(|pair| match pair {
            (Some(a), Some(b)) if a != b => None,
            (a, b) => Some(a.or(*b)),
        });
        merged.collect::<Option<Vec<_>>>().map(Shape)
    }
}

impl From<Vec<Option<usize>>> for Shape {
    fn from(dims: Vec<Option<usize>>) -> Self {
        Shape(dims)
    }
}

impl From<&[Option<usize>]> for Shape {
    fn from(dims: &[Option<usize>]) -> Self {
        Shape(dims.to_vec())
    }
}

impl<const N: usize> From<[Option<usize>; N]> for Shape {
    fn from(dims: [Option<usize>; N]) -> Self {
        Shape(dims.to_vec())
    }
}

impl<const N: usize> From<[usize; N]> for Shape {
    fn from(dims: [usize; N]) -> Self {
        Shape::known(&dims)
    }
}

impl From<&[usize]> for Shape {
    fn from(dims: &[usize]) -> Self {
        Shape::known(dims)
    }
}

impl fmt::Display for Shape {
    /// As a Python tuple, unknown dimensions as question marks: `(?, 64, 64, 3)`, and `(5,)` for a vector.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        for (axis, dim) in self.0.iter().enumerate() {
            if axis > 0 {
                f.write_str(", ")?;
            }
            match dim {
                Some(dim) => write!(f, "{dim}")?,
                None => f.write_str("?")?,
            }
        }
        f.write_str(if self.rank() == 1 { ",)" } else { ")" })
    }
}

/// The element type of a tensor.
///
/// Every buffer is f32, whatever the type: that represents integers up to 2^24, and truth values as 0 and 1, exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DType {
    /// Floating-point numbers of 32 bits.
    #[default]
    Float32,
    /// Indices and counts.
    Int64,
    /// Truth values.
    Bool,
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DType::Float32 => "float32",
            DType::Int64 => "int64",
            DType::Bool => "bool",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_a_tuple() {
        assert_eq!(Shape::from([None, Some(6)]).to_string(), "(?, 6)");
        assert_eq!(Shape::from([5]).to_string(), "(5,)");
        assert_eq!(Shape::scalar().to_string(), "()");
    }

    #[test]
    fn merging_fills_in_and_finds_contradictions() {
        let a = Shape::from([None, Some(6)]);
        assert_eq!(a.merge(&Shape::from([4, 6])), Some(Shape::from([4, 6])));
        assert_eq!(a.merge(&Shape::from([4, 5])), None);
        assert!(a.admits(&[9, 6]) && !a.admits(&[9, 6, 1]));
    }
}
