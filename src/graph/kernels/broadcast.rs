/*!
NumPy's broadcasting: which elements of two operands meet.

Axes are aligned at the last one; an axis of length 1, or a missing one, is repeated.
*/

/// How the elements of an operand are repeated along the axes of the output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broadcast {
    /// For each axis of the output: its length and the operand's stride, 0 where it is repeated.
    axes: Vec<(usize, usize)>,
    /// Whether the operand has the output's shape.
    is_same: bool,
    /// How many elements the operand has.
    len: usize,
}

impl Broadcast {
    /// From an operand of dimensions `dims` to an output of dimensions `output`.
    pub fn new(dims: &[usize], output: &[usize]) -> Broadcast {
        let missing = output.len() - dims.len();
        let mut stride = 1;
        let mut axes: Vec<(usize, usize)> = output.iter().map(|n| (*n, 0)).collect();
        for (axis, n) in dims.iter().enumerate().rev() {
            if *n != 1 {
                axes[missing + axis].1 = stride;
            }
            stride *= n;
        }
        Broadcast { axes, is_same: dims == output, len: stride }
    }

    /// The index in the operand of element `i` of the output.
    #[inline]
    pub fn index(&self, mut i: usize) -> usize {
        if self.is_same {
            return i;
        }
        if self.len == 1 {
            return 0;
        }
        self.axes.iter().rev().fold(0, |index, (n, stride)| {
            let digit = i % n;
            i /= n;
            index + digit * stride
        })
    }

    /// Sums `f(i)` over the elements i of the output that meet each element of the operand, in f64 in the order of i.
    pub fn sum(&self, n: usize, f: impl Fn(usize) -> f32) -> Vec<f32> {
        if self.is_same {
            return (0..n).map(f).collect();
        }
        let mut sums = vec![0.0f64; self.len];
        (0..n).for_each(|i| sums[self.index(i)] += f64::from(f(i)));
        sums.into_iter().map(|sum| sum as f32).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(dims: &[usize], output: &[usize], expected: &[usize]) {
        let broadcast = Broadcast::new(dims, output);
        let n = output.iter().product();
        assert_eq!((0..n).map(|i| broadcast.index(i)).collect::<Vec<_>>(), expected, "{dims:?} to {output:?}");
    }

    #[test]
    fn operands_are_repeated_as_in_numpy() {
        check(&[2, 3], &[2, 3], &[0, 1, 2, 3, 4, 5]);
        check(&[3], &[2, 3], &[0, 1, 2, 0, 1, 2]);
        check(&[2, 1], &[2, 3], &[0, 0, 0, 1, 1, 1]);
        check(&[], &[2, 2], &[0, 0, 0, 0]);
        check(&[2, 1, 2], &[2, 2, 2], &[0, 1, 0, 1, 2, 3, 2, 3]);
    }

    #[test]
    fn sums_go_to_the_repeated_element() {
        assert_eq!(Broadcast::new(&[2, 1], &[2, 3]).sum(6, |i| i as f32), [3.0, 12.0]);
    }
}
