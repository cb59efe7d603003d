/*!
Mini-batches against NumPy's permutations, row by row.
*/

use cnn::datasets::{convert_to_one_hot, random_mini_batches};
use cnn::prelude::*;

/// Batches of m rows whose x and y both say which row they are.
fn rows(m: usize, mini_batch_size: usize, seed: u32) -> Vec<Vec<usize>> {
    let x = Array4::from_shape_fn((m, 2, 2, 3), |(i, ..)| i as f32);
    let y = Array2::from_shape_fn((m, 6), |(i, j)| 10 * i + j);
    let batches = random_mini_batches(&x, &y, mini_batch_size, seed);
    let rows_of = |(x, y): (Array4<f32>, Array2<usize>)| -> Vec<usize> {
        assert_eq!((x.shape()[1..].to_vec(), y.ncols()), (vec![2, 2, 3], 6));
        let rows: Vec<usize> = x.slice(s![.., 1, 1, 2]).iter().map(|&i| i as usize).collect();
        assert_eq!(y.column(5).to_vec(), rows.iter().map(|i| 10 * i + 5).collect::<Vec<_>>(), "y goes with x");
        rows
    };
    batches.into_iter().map(rows_of).collect()
}

// np.random.seed(seed); p = np.random.permutation(m); [p[k:k+b].tolist() for k in range(0, m, b)]
#[test]
fn batches_are_consecutive_slices_of_numpys_permutation() {
    assert_eq!(rows(10, 4, 0), [vec![2, 8, 4, 9], vec![1, 6, 7, 3], vec![0, 5]]);
    assert_eq!(
        rows(17, 8, 4),
        [vec![10, 3, 9, 4, 0, 13, 6, 16], vec![11, 2, 12, 15, 8, 1, 5, 7], vec![14]],
        "the short last batch is kept"
    );
    assert_eq!(rows(6, 3, 3), [[3, 5, 4], [1, 0, 2]], "no empty batch where the size divides m");
    assert_eq!(rows(5, 64, 11), [[2, 4, 0, 3, 1]]);
}

// np.random.seed(4); p = np.random.permutation(1080): the first epoch of the course's `model`
#[test]
fn the_first_epoch_of_the_course_is_numpys() {
    let batches = rows(1080, 64, 4);
    assert_eq!(batches.len(), 17);
    assert_eq!(batches[0][..8], [858, 735, 964, 628, 303, 987, 354, 880]);
    assert_eq!(batches[16].len(), 56);
    assert_eq!(batches[16][48..], [109, 393, 818, 456, 360, 709, 439, 174]);
    let mut all = batches.concat();
    all.sort_unstable();
    assert!(all.into_iter().eq(0..1080), "every row once");
}

#[test]
#[should_panic(expected = "expected as many rows in y as in x, got shapes [2, 1] and [3, 2]")]
fn rows_that_do_not_match_are_a_bug_of_the_caller() {
    random_mini_batches(&Array2::<f32>::zeros((3, 2)), &Array2::<f32>::zeros((2, 1)), 2, 0);
}

#[test]
#[should_panic(expected = "expected a mini_batch_size of at least 1, got 0")]
fn a_batch_has_at_least_one_row() {
    random_mini_batches(&Array1::<f32>::zeros(3), &Array1::<f32>::zeros(3), 0, 0);
}

#[test]
#[should_panic(expected = "expected labels below 3, the number of classes, got 3 at position 1")]
fn a_label_beyond_the_classes_is_a_bug_of_the_caller() {
    convert_to_one_hot(&array![0, 3], 3);
}
