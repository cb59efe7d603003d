/*!
Assignment 9, "Faces": the loss that a network for faces is trained with, and what is done with its encodings.

An encoding is a list of numbers that a network makes of a picture; the network is in the chapter.
*/

use cnn::prelude::*;

/// Computes the triplet loss of a batch.
///
/// J = Σ_i max(‖f(A_i) − f(P_i)‖² − ‖f(A_i) − f(N_i)‖² + α, 0)
///
/// # Arguments
/// * `anchors`: encodings of pictures, shape (m, n)
/// * `positives`: encodings of other pictures of the same persons
/// * `negatives`: encodings of pictures of other persons
/// * `alpha`: the margin
///
/// # Returns
/// The sum of the losses of the triplets.
pub fn triplet_loss(anchors: &Array2<f64>, positives: &Array2<f64>, negatives: &Array2<f64>, alpha: f64) -> f64 {
    // START CODE HERE (≈ 4 lines)
    //~ let loss: f64 = todo!("triplet_loss: compare the two squared distances of each triplet, and add up");
    let to_positive = (anchors - positives).mapv(|difference| difference * difference).sum_axis(Axis(1)); // (m,)
    let to_negative = (anchors - negatives).mapv(|difference| difference * difference).sum_axis(Axis(1)); // (m,)
    let losses = (to_positive - to_negative).mapv(|difference| (difference + alpha).max(0.0)); // (m,)
    let loss = losses.sum();
    // END CODE HERE
    loss
}

/// Chooses, for each picture, the triplet that teaches most: the farthest picture of the same person and the nearest of
/// another one.
///
/// # Arguments
/// * `encodings`: one row for each picture, shape (m, n)
/// * `people`: whose picture it is, shape (m,)
///
/// # Returns
/// The triplets' rows: anchor, positive, negative; shape (k, 3). A picture without another of the same person, or
/// without one of another person, is the anchor of no triplet. Of equal distances the first counts.
pub fn select_hard_triplets(encodings: &Array2<f64>, people: &Array1<usize>) -> Array2<usize> {
    let mut triplets: Array2<usize> = Array2::zeros((0, 3));
    // START CODE HERE (≈ 18 lines)
    //~ todo!("select_hard_triplets: for each anchor find the farthest positive and the nearest negative");
    let distance = |i: usize, j: usize| -> f64 {
        (&encodings.row(i) - &encodings.row(j)).mapv(|difference| difference * difference).sum()
    };
    for anchor in 0..people.len() {
        let (mut positive, mut negative): (Option<usize>, Option<usize>) = (None, None);
        for other in 0..people.len() {
            if other == anchor {
                continue;
            }
            if people[other] == people[anchor] {
                if positive.is_none_or(|best| distance(anchor, other) > distance(anchor, best)) {
                    positive = Some(other);
                }
            } else if negative.is_none_or(|best| distance(anchor, other) < distance(anchor, best)) {
                negative = Some(other);
            }
        }
        if let (Some(positive), Some(negative)) = (positive, negative) {
            triplets.push_row(array![anchor, positive, negative].view()).expect("three numbers for each triplet");
        }
    }
    // END CODE HERE
    triplets
}

/// Decides whether a picture shows the person that it is said to show.
///
/// # Arguments
/// * `encoding`: the encoding of the new picture, shape (n,)
/// * `stored`: the encoding that was stored of that person, shape (n,)
/// * `threshold`: the distance below which two pictures count as of one person
///
/// # Returns
/// The distance ‖encoding − stored‖, and whether it is below the threshold.
pub fn verify(encoding: &Array1<f64>, stored: &Array1<f64>, threshold: f64) -> (f64, bool) {
    // START CODE HERE (≈ 2 lines)
    //~ let (distance, is_same): (f64, bool) = todo!("verify: compute the distance and compare it with the threshold");
    let distance = (encoding - stored).mapv(|difference| difference * difference).sum().sqrt();
    let is_same = distance < threshold;
    // END CODE HERE
    (distance, is_same)
}

/// Finds out whose picture it is.
///
/// # Arguments
/// * `encoding`: the encoding of the new picture, shape (n,)
/// * `gallery`: one stored encoding for each person, shape (n_people, n)
/// * `threshold`: a nearest person who is not nearer than this is nobody
///
/// # Returns
/// The distance to the nearest person of the gallery, and that person's row; `None` if it is nobody of the gallery.
pub fn who_is_it(encoding: &Array1<f64>, gallery: &Array2<f64>, threshold: f64) -> (f64, Option<usize>) {
    // START CODE HERE (≈ 9 lines)
    //~ let (distance, person): (f64, Option<usize>) = todo!("who_is_it: find the nearest row of the gallery");
    let (mut distance, mut person) = (f64::INFINITY, None);
    for (row, stored) in gallery.rows().into_iter().enumerate() {
        let (to_row, is_same) = verify(encoding, &stored.to_owned(), threshold);
        if to_row < distance {
            distance = to_row;
            person = if is_same { Some(row) } else { None };
        }
    }
    // END CODE HERE
    (distance, person)
}
