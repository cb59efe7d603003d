/*!
The order in which NumPy's iterator visits an array, and how it splits it into inner loops.

Only for reductions, which have to round as NumPy's do. It works on shapes and strides alone.
*/

/// Entries that fit into the iterator's buffer (`np.getbufsize()`).
const BUFFER: usize = 8192;

/// The axes of an array from the outermost to the innermost, as NumPy's iterator sorts them: by falling distance in
/// memory between neighbours, equal ones in their own order.
///
/// Source: `npyiter_find_best_axis_ordering`, an insertion sort in which an axis of length 1 or of stride 0 compares
/// with nothing.
pub(super) fn memory_order(shape: &[usize], strides: &[isize]) -> Vec<usize> {
    let distance = |axis: usize| if shape[axis] == 1 { 0 } else { strides[axis].unsigned_abs() };
    let mut inner_first: Vec<usize> = (0..shape.len()).rev().collect();
    for i in 1..inner_first.len() {
        let moved = distance(inner_first[i]);
        let mut target = i;
        for j in (0..i).rev() {
            let other = distance(inner_first[j]);
            if moved != 0 && other != 0 {
                if other <= moved {
                    break;
                }
                target = j;
            }
        }
        inner_first[target..=i].rotate_right(1);
    }
    inner_first.reverse();
    inner_first
}

/// Whether [`memory_order`] surely leaves the axes as they are; it may do so for others with a stride of 0 as well.
pub(super) fn is_in_memory_order(shape: &[usize], strides: &[isize]) -> bool {
    let axes = shape.iter().zip(strides).filter(|&(&length, _)| length != 1);
    let distances = axes.map(|(_, stride)| stride.unsigned_abs());
    distances.clone().all(|distance| distance != 0) && distances.is_sorted_by(|outer, inner| outer >= inner)
}

/// The axis along which NumPy's innermost loop runs, or `None` if no axis is longer than 1.
pub(super) fn innermost_axis(shape: &[usize], strides: &[isize]) -> Option<usize> {
    memory_order(shape, strides).into_iter().rev().find(|&axis| shape[axis] > 1)
}

/// The lengths of the runs that NumPy hands to its inner loop, one after another in memory order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Runs {
    /// Entries of the array.
    total: usize,
    /// After so many entries a run ends in any case.
    block: usize,
    /// No run is longer.
    longest: usize,
}

impl Runs {
    /// The runs of an array with at least one entry, walked in `order` (outermost axis first).
    ///
    /// Axes that lie behind one another at one distance are one axis. If one is left, it is one run. Otherwise the
    /// iterator weighs walking along the innermost axis against copying whole inner blocks into its buffer, which
    /// costs twice as much for each call of the loop (`npyiter_find_buffering_setup`). An array that fits into the
    /// buffer is always one run.
    pub(super) fn new(shape: &[usize], strides: &[isize], order: &[usize]) -> Self {
        let mut axes: Vec<(usize, isize)> = Vec::with_capacity(order.len()); // (length, stride), innermost first
        for &axis in order.iter().rev().filter(|&&axis| shape[axis] != 1) {
            match axes.last_mut() {
                Some((length, stride)) if *length as isize * *stride == strides[axis] => *length *= shape[axis],
                _ => axes.push((shape[axis], strides[axis])),
            }
        }
        let total = shape.iter().product();
        let Some(&(row, _)) = axes.first() else { return Self { total, block: total, longest: total } };
        let mut size = row;
        let (mut best_size, mut best_cost, mut best) = (row, 1, Self { total, block: row, longest: row });
        for (step, &(length, _)) in axes[1..].iter().enumerate() {
            if step > 0 && size >= BUFFER {
                break;
            }
            let core = size;
            size *= length;
            if 2 * best_size <= best_cost * size.min(BUFFER) {
                let longest = if size <= BUFFER { size } else { BUFFER / core * core };
                (best_size, best_cost, best) = (size, 2, Self { total, block: size, longest });
            }
        }
        best
    }

    /// An upper bound for every length.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    /// The lengths, in order; they add up to the number of entries.
    pub(super) fn lengths(&self) -> impl Iterator<Item = usize> {
        let Self { total, block, longest } = *self;
        let mut done = 0;
        std::iter::from_fn(move || {
            let length = longest.min(block - done % block);
            done += length;
            (done <= total).then_some(length)
        })
    }
}
