/*!
The matrix products that a convolution and its input gradient are: which segments of the image each row of the left
matrix consists of.

Nothing is computed here, see `gemm/rows.rs`. Pixels are grouped by the taps that are inside the image, axis by axis.
*/

use super::gemm::rows::{Region, RowsProduct};
use super::gemm::tile::RowSegment;
use crate::graph::kernels::geometry::ConvGeometry;
use std::ops::Range;

/// The windows along one axis.
#[derive(Clone, Copy)]
struct Axis {
    n: usize,
    n_prev: usize,
    f: usize,
    stride: usize,
    dilation: usize,
    pad: usize,
}

/// Depth, rows and columns.
fn axes(g: &ConvGeometry) -> [Axis; 3] {
    let axis = |n, n_prev, f, stride, dilation, pad| Axis { n, n_prev, f, stride, dilation, pad };
    [
        axis(g.n_d, g.n_d_prev, g.f_d, g.stride_d, g.dilation_d, g.pad_front),
        axis(g.n_h, g.n_h_prev, g.f_h, g.stride_h, g.dilation_h, g.pad_top),
        axis(g.n_w, g.n_w_prev, g.f_w, g.stride_w, g.dilation_w, g.pad_left),
    ]
}

/// Output positions along one axis for which the same taps are inside the image.
struct Class {
    first: usize,
    count: usize,
    taps: Range<usize>,
}

impl Axis {
    /// Groups the output positions.
    fn classes(&self) -> Vec<Class> {
        let mut classes: Vec<Class> = Vec::new();
        for position in 0..self.n {
            let at = position * self.stride;
            let start = self.pad.saturating_sub(at).div_ceil(self.dilation).min(self.f);
            let end = (self.n_prev + self.pad).saturating_sub(at).div_ceil(self.dilation).min(self.f).max(start);
            match classes.last_mut() {
                Some(class) if class.taps == (start..end) => class.count += 1,
                _ => classes.push(Class { first: position, count: 1, taps: start..end }),
            }
        }
        classes
    }

    /// Groups the input positions.
    fn phases(&self) -> Vec<Phase> {
        let mut phases: Vec<Phase> = Vec::new();
        for offset in 0..self.stride.min(self.n_prev) {
            let start = phases.len();
            for position in (offset..self.n_prev).step_by(self.stride) {
                let users = self.users(position);
                match phases[start..].last_mut() {
                    Some(phase) if phase.continues(&users) => phase.count += 1,
                    _ => phases.push(Phase { first: position, count: 1, users }),
                }
            }
        }
        phases
    }

    /// The output positions that read an input position, in ascending order, each with the tap.
    fn users(&self, position: usize) -> Vec<(usize, usize)> {
        let at = position + self.pad;
        let reach = (self.f - 1) * self.dilation;
        let outputs = at.saturating_sub(reach).div_ceil(self.stride)..(at / self.stride + 1).min(self.n);
        let distance = |output: usize| at - output * self.stride;
        let reading = outputs.filter(|output| distance(*output).is_multiple_of(self.dilation));
        reading.map(|output| (output, distance(output) / self.dilation)).collect()
    }

    /// The order in which the taps are packed for the gradient of the input, so that those which neighbouring outputs
    /// read follow each other: the place of each tap.
    fn backward_order(&self) -> Vec<usize> {
        let step = if self.stride.is_multiple_of(self.dilation) { self.stride / self.dilation } else { 1 };
        let mut order = vec![0; self.f];
        let taps = (0..step.min(self.f)).flat_map(|phase| (phase..self.f).step_by(step).rev());
        for (place, tap) in taps.enumerate() {
            order[tap] = place;
        }
        order
    }
}

/// Input positions along one axis, `stride` apart, that the same taps read.
struct Phase {
    first: usize,
    count: usize,
    /// The outputs that read the first position, each with its tap; the next position is read by the next outputs.
    users: Vec<(usize, usize)>,
}

impl Phase {
    fn continues(&self, users: &[(usize, usize)]) -> bool {
        self.users.len() == users.len()
            && self.users.iter().zip(users).all(|(own, next)| (own.0 + self.count, own.1) == *next)
    }
}

/// The product that computes the convolution.
pub fn forward(g: &ConvGeometry) -> RowsProduct {
    let mut product = RowsProduct { k: g.n_taps() * g.n_c_prev, n: g.n_c, ..RowsProduct::default() };
    let [slices, rows, columns] = axes(g).map(|axis| axis.classes());
    let row_len = g.n_w_prev * g.n_c_prev;
    let slice_len = g.n_h_prev * row_len;
    let offset = |position: usize, stride: usize, pad: usize| (position * stride) as isize - pad as isize;
    // A region has two axes; the slices of a volume have regions of their own.
    for (slice, d) in slices.iter().flat_map(|slice| (slice.first..slice.first + slice.count).map(move |d| (slice, d)))
    {
        for row in &rows {
            for column in &columns {
                let x_start = offset(d, g.stride_d, g.pad_front) * slice_len as isize
                    + offset(row.first, g.stride_h, g.pad_top) * row_len as isize
                    + offset(column.first, g.stride_w, g.pad_left) * g.n_c_prev as isize;
                let region = Region {
                    counts: [g.m, row.count, column.count],
                    x_base: x_start,
                    x_strides: [g.pixels_prev() * g.n_c_prev, g.stride_h * row_len, g.stride_w * g.n_c_prev],
                    y_base: ((d * g.n_h + row.first) * g.n_w + column.first) * g.n_c,
                    y_strides: [g.pixels() * g.n_c, g.n_w * g.n_c, g.n_c],
                    segments: 0..0,
                };
                // Neighbouring taps are one segment.
                let together = if g.dilation_w == 1 { column.taps.len().max(1) } else { 1 };
                let taps = slice.taps.clone().flat_map(|kd| row.taps.clone().map(move |kh| (kd, kh)));
                let taps = taps.flat_map(|(kd, kh)| column.taps.clone().step_by(together).map(move |kw| (kd, kh, kw)));
                let segments = taps.map(|(kd, kh, kw)| RowSegment {
                    x: (kd * g.dilation_d * slice_len + kh * g.dilation_h * row_len + kw * g.dilation_w * g.n_c_prev)
                        as isize,
                    b: ((kd * g.f_h + kh) * g.f_w + kw) * g.n_c_prev,
                    len: together * g.n_c_prev,
                });
                product.push(region, segments);
            }
        }
    }
    product
}

/// The product that computes the gradient of the input, and the place of each tap in its right matrix.
pub fn backward_input(g: &ConvGeometry) -> (RowsProduct, Vec<usize>) {
    let places = axes(g).map(|axis| axis.backward_order());
    let place = |kd: usize, kh: usize, kw: usize| (places[0][kd] * g.f_h + places[1][kh]) * g.f_w + places[2][kw];
    let taps = (0..g.f_d).flat_map(|kd| (0..g.f_h).flat_map(move |kh| (0..g.f_w).map(move |kw| (kd, kh, kw))));
    let order: Vec<usize> = taps.map(|(kd, kh, kw)| place(kd, kh, kw)).collect();
    let mut product = RowsProduct { k: g.n_taps() * g.n_c, n: g.n_c_prev, ..RowsProduct::default() };
    let [slices, rows, columns] = axes(g).map(|axis| axis.phases());
    let row_len = g.n_w * g.n_c;
    let slice_len = g.n_h * row_len;
    let x_row_len = g.n_w_prev * g.n_c_prev;
    // For each position along the depth, the outputs that read it.
    let slices = slices.iter().flat_map(|slice| (0..slice.count).map(move |nth| (slice, nth)));
    for (slice, nth) in slices {
        let d = slice.first + nth * g.stride_d;
        for row in &rows {
            for column in &columns {
                let first = |users: &[(usize, usize)]| users.first().map_or(0, |user| user.0);
                let (first_d, first_h, first_w) = (first(&slice.users), first(&row.users), first(&column.users));
                let region = Region {
                    counts: [g.m, row.count, column.count],
                    x_base: ((first_d + nth) * slice_len + first_h * row_len + first_w * g.n_c) as isize,
                    x_strides: [g.pixels() * g.n_c, row_len, g.n_c],
                    y_base: (d * g.n_h_prev + row.first) * x_row_len + column.first * g.n_c_prev,
                    y_strides: [g.pixels_prev() * g.n_c_prev, g.stride_h * x_row_len, g.stride_w * g.n_c_prev],
                    segments: 0..0,
                };
                let users = slice.users.iter().flat_map(|slice| row.users.iter().map(move |row| (slice, row)));
                let users = users.flat_map(|(d, h)| column.users.iter().map(move |w| (d, h, w)));
                let segments = users.map(|(d, h, w)| RowSegment {
                    x: ((d.0 - first_d) * slice_len + (h.0 - first_h) * row_len + (w.0 - first_w) * g.n_c) as isize,
                    b: place(d.1, h.1, w.1) * g.n_c,
                    len: g.n_c,
                });
                product.push(region, segments);
            }
        }
    }
    (product, order)
}
