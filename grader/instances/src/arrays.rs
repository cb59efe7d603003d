/*! What is done with whole arrays: made, read, walked through, computed with. */

use std::hint::black_box;

use cnn::prelude::*;
use ndarray::{
    ArrayViewMut1, ArrayViewMut2, ArrayViewMut3, ArrayViewMut4, Dimension as _, Ix1, Ix2, Ix3, Ix4, Ix5, IxDyn,
};

/// What exists for every type of entry, in one number of dimensions.
macro_rules! common {
    ($name:ident, $entry:ty, $dimension:ty) => {
        /// Compiled for its instances.
        pub fn $name(shape: $dimension, value: $entry, other: &Array<$entry, $dimension>) {
            let pattern = shape.clone().into_pattern();
            let mut a = Array::<$entry, $dimension>::from_elem(pattern.clone(), value);
            black_box(Array::<$entry, $dimension>::from_elem(shape.clone(), value));
            black_box(Array::<$entry, $dimension>::from_elem(other.raw_dim(), value));
            black_box(Array::<$entry, $dimension>::from_shape_vec(pattern.clone(), vec![value]).unwrap());
            black_box(Array::<$entry, $dimension>::from_shape_fn(pattern.clone(), |_| value));
            black_box(a.clone());
            a.assign(other);
            a.assign(&other.view());
            a.view_mut().assign(other);
            a.fill(value);
            let at = shape.clone();
            a[at.clone()] = other[at.clone()];
            a[pattern.clone()] = other[pattern.clone()];
            black_box(a.view()[at.clone()]);
            black_box(a.view()[pattern.clone()]);
            a.view_mut()[at.clone()] = value;
            a.view_mut()[pattern.clone()] = value;
            black_box(a.get(pattern.clone()));
            black_box(a.get_mut(pattern));
            black_box((a.dim(), a.shape(), a.raw_dim(), a.ndim(), a.len(), a.is_empty(), a.strides()));
            black_box((a.view().dim(), a.view().shape(), a.view().to_owned(), a.to_owned(), a.first(), a.last()));
            for entry in &a {
                black_box(entry);
            }
            for entry in a.iter() {
                black_box(entry);
            }
            for entry in a.iter().copied() {
                black_box(entry);
            }
            for entry in a.view().iter() {
                black_box(entry);
            }
            for (at, entry) in a.indexed_iter() {
                black_box((at, entry));
            }
            for (entry, other) in a.iter().zip(other.iter()) {
                black_box((entry, other));
            }
            for (entry, other) in a.iter_mut().zip(other) {
                *entry = *other;
            }
            for (at, entry) in a.indexed_iter_mut() {
                black_box(at);
                *entry = value;
            }
            black_box(a.iter().copied().collect::<Vec<$entry>>());
            black_box(a.iter().cloned().collect::<Vec<$entry>>());
            black_box((a.as_slice(), a.as_slice_memory_order()));
            black_box(a == *other);
            black_box(a.view() == other.view());
            black_box(a.map(|entry| *entry));
            black_box(a.mapv(|entry| entry));
            a.mapv_inplace(|entry| entry);
            a.view_mut().mapv_inplace(|entry| entry);
            Zip::from(&mut a).and(other).for_each(|entry, other| *entry = *other);
            Zip::indexed(&mut a).for_each(|_, entry| *entry = value);
            black_box(Zip::from(&a).and(other).map_collect(|entry, _| *entry));
            black_box(a.into_raw_vec_and_offset());
        }
    };
}

/// What exists for numbers beside that.
macro_rules! numbers {
    ($name:ident, $entry:ty, $dimension:ty, $zero:expr) => {
        /// Compiled for its instances.
        pub fn $name(shape: $dimension, value: $entry, b: &Array<$entry, $dimension>) {
            let pattern = shape.clone().into_pattern();
            let mut a = Array::<$entry, $dimension>::zeros(pattern.clone());
            black_box(Array::<$entry, $dimension>::ones(pattern));
            black_box(Array::<$entry, $dimension>::zeros(shape));
            black_box(Array::<$entry, $dimension>::zeros(b.raw_dim()));
            let (x, y) = (a.view(), b.view());
            black_box((&a + b, &a - b, &a * b, &a / b));
            black_box((&x + &y, &x - &y, &x * &y, &x / &y));
            black_box((&a + &y, &a - &y, &a * &y, &a / &y));
            black_box((&x + b, &x - b, &x * b, &x / b));
            black_box((&a + value, &a - value, &a * value, &a / value));
            black_box((&x + value, &x - value, &x * value, &x / value));
            black_box((a.clone() + value, a.clone() - value, a.clone() * value, a.clone() / value));
            black_box((a.clone() + b, a.clone() - b, a.clone() * b, a.clone() / b));
            black_box((value * &a, value + &a, value * &x, -a.clone()));
            black_box((a.sum(), x.sum(), a.iter().sum::<$entry>(), a.product()));
            black_box(a.fold(value, |sum, entry| sum + *entry));
            black_box(x.fold(value, |sum, entry| sum + *entry));
            black_box(a.iter().copied().fold(value, <$entry>::max));
            black_box(a.iter().fold(value, |most, entry| most.max(*entry)));
            black_box((np::sum(&a), np::sum(&x), np::mean(&a), np::max(&a), np::max(&x), np::min(&a)));
            black_box((np::sum_of_products(&a, b), np::sum_of_products(&x, &y), np::sum_of_products(&a, &y)));
            a += b;
            a += &b.view();
            a += value;
            a -= b;
            a *= b;
            a *= value;
            a /= value;
            a.scaled_add(value, b);
            let mut view = a.view_mut();
            view += b;
            view += &b.view();
            view += value;
            view -= b;
            view *= value;
            view.assign(&b.view());
            view.fill($zero);
            view.mapv_inplace(|entry| entry);
            for entry in view.iter_mut() {
                *entry = value;
            }
        }
    };
}

/// What exists along the axes of an array of numbers.
macro_rules! axes {
    ($name:ident, $entry:ty, $dimension:ty) => {
        /// Compiled for its instances.
        pub fn $name(a: &mut Array<$entry, $dimension>, axis: Axis, at: &[usize]) {
            black_box((a.sum_axis(axis), a.mean_axis(axis), np::sum_axis(a, axis), np::mean_axis(a, axis)));
            black_box((a.len_of(axis), a.index_axis(axis, 0).to_owned(), a.select(axis, at)));
            black_box(a.view().index_axis(axis, 0).sum());
            black_box(&a.index_axis(axis, 0) * &a.index_axis(axis, 1));
            black_box(a.clone().insert_axis(axis));
            black_box(a.clone().reversed_axes());
            a.index_axis_mut(axis, 0).fill(0.0);
            for part in a.axis_iter(axis) {
                black_box(part.sum());
            }
            for part in a.outer_iter() {
                black_box(part.sum());
            }
            for lane in a.lanes(axis) {
                black_box(lane.sum());
            }
        }
    };
}

common!(common_f64_1, f64, Ix1);
common!(common_f64_2, f64, Ix2);
common!(common_f64_3, f64, Ix3);
common!(common_f64_4, f64, Ix4);
common!(common_f64_5, f64, Ix5);
common!(common_f32_2, f32, Ix2);
common!(common_f32_4, f32, Ix4);
common!(common_bool_2, bool, Ix2);
common!(common_usize_1, usize, Ix1);
numbers!(numbers_f64_1, f64, Ix1, 0.0);
numbers!(numbers_f64_2, f64, Ix2, 0.0);
numbers!(numbers_f64_3, f64, Ix3, 0.0);
numbers!(numbers_f64_4, f64, Ix4, 0.0);
numbers!(numbers_f64_5, f64, Ix5, 0.0);
axes!(axes_f64_2, f64, Ix2);
axes!(axes_f64_3, f64, Ix3);
axes!(axes_f64_4, f64, Ix4);

/// Compiled for its instances: vectors and matrices.
pub fn matrices(a: &mut Array2<f64>, v: &Array1<f64>, mut row: ArrayViewMut1<f64>, mut part: ArrayViewMut2<f64>) {
    black_box((a.dot(a), a.dot(&a.t()), a.dot(v), v.dot(v), a.t().dot(a), a.t().to_owned(), a.nrows(), a.ncols()));
    black_box((a.row(0).sum(), a.column(0).sum(), a.row(0).to_owned(), a.column(0).to_owned(), a.diag().sum()));
    black_box((v.to_vec(), Array1::from_vec(vec![0.0]), Array1::from(vec![0.0]), Array1::from_iter([0.0])));
    black_box((array![0.0], array![[0.0]], array![[[0.0]]], array![[[[0.0]]]], array![0_usize]));
    black_box((array![0.0, 1.0], array![0.0, 1.0, 2.0], array![0.0, 1.0, 2.0, 3.0], array![0.0, 1.0, 2.0, 3.0, 4.0]));
    black_box((array![[0.0, 1.0]], array![[0.0, 1.0], [2.0, 3.0]], Array1::<f64>::linspace(0.0, 1.0, 2)));
    for row in a.rows() {
        black_box((row[0], row.len(), row.iter().copied().sum::<f64>()));
    }
    for row in a.outer_iter() {
        black_box(row[0]);
    }
    let _ = a.push_row(v.view());
    black_box((a.to_shape((1, 1)).is_ok(), a.clone().into_shape_with_order(1).is_ok()));
    a.row_mut(0).assign(v);
    row.assign(v);
    row += v;
    part += &*a;
    part.assign(a);
}

/// Compiled for its instances: volumes.
pub fn volumes(a: &Array4<f64>, b: &Array3<f64>, mut part: ArrayViewMut3<f64>, mut whole: ArrayViewMut4<f64>) {
    black_box((np::pad(a, &[], 0.0), np::pad(b, &[], 0.0)));
    black_box((a.index_axis(Axis(0), 0).index_axis(Axis(0), 0).sum(), b.to_shape((1, 1)).is_ok()));
    black_box(a.to_shape((1, 1)).is_ok());
    part.assign(&a.index_axis(Axis(0), 0));
    part.scaled_add(1.0, &a.index_axis(Axis(0), 0));
    part += &(&b.view() * 2.0);
    part += b;
    whole.assign(a);
}

/// Compiled for its instances: lists, and what is counted.
pub fn lists(mut list: Vec<f64>, mut at: Vec<usize>, shape: IxDyn) {
    list.push(0.0);
    at.push(0);
    at.retain(|at| *at > 0);
    at.extend(0..3);
    at.sort_unstable();
    list.sort_by(f64::total_cmp);
    black_box((list.iter().sum::<f64>(), list.len(), at.iter().sum::<usize>(), at.iter().max(), at.contains(&1)));
    black_box((0..3).map(|i| i as f64).collect::<Vec<f64>>());
    black_box((0..3).collect::<Vec<usize>>());
    black_box((0..3).step_by(2).rev().sum::<usize>());
    for (i, entry) in list.iter().enumerate() {
        black_box((i, entry));
    }
    for (i, entry) in at.iter().zip(&list) {
        black_box((i, entry));
    }
    for pair in list.windows(2).chain(list.chunks(2)) {
        black_box(pair[0]);
    }
    black_box((Array1::from_vec(at.clone()), ArrayD::<f64>::zeros(shape.clone()), ArrayD::<f32>::zeros(shape)));
    black_box((format!("{list:?} {at:?}"), list.swap_remove(0), at.remove(0), list.pop(), list.first()));
}
