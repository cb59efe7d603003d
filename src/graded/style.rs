/*!
Assignment 10, "Style": the costs of neural style transfer.

Activations go in, numbers come out. The network that makes the activations, and the descent on the picture, are in the
chapter.
*/

use cnn::prelude::*;

/// Computes how far the content of the generated picture is from that of the content picture.
///
/// J_content(C, G) = 1 / (4 n_h n_w n_c) · Σ (a^(C) − a^(G))²
///
/// # Arguments
/// * `a_c`: activations of one layer for the content picture, shape (n_h, n_w, n_c)
/// * `a_g`: the same layer's activations for the generated picture
///
/// # Returns
/// The content cost.
pub fn compute_content_cost(a_c: &Array3<f64>, a_g: &Array3<f64>) -> f64 {
    let (n_h, n_w, n_c) = a_c.dim();
    // START CODE HERE (≈ 2 lines)
    //~ let cost: f64 = todo!("compute_content_cost: add up the squared differences and divide by 4 n_h n_w n_c");
    let squared = (a_c - a_g).mapv(|difference| difference * difference); // (n_h, n_w, n_c)
    let cost = squared.sum() / (4 * n_h * n_w * n_c) as f64;
    // END CODE HERE
    cost
}

/// Computes which channels of a layer are active together.
///
/// G_kk' = Σ_i a_ki a_k'i, that is G = A Aᵀ
///
/// # Arguments
/// * `a`: the activations with a row for each channel and a column for each place, shape (n_c, n_h n_w)
///
/// # Returns
/// The Gram matrix, shape (n_c, n_c).
pub fn gram_matrix(a: &Array2<f64>) -> Array2<f64> {
    // START CODE HERE (≈ 1 line)
    //~ let gram: Array2<f64> = todo!("gram_matrix: multiply a by its transpose");
    let gram = a.dot(&a.t()); // (n_c, n_c)
    // END CODE HERE
    gram
}

/// Computes how far the style of the generated picture is from that of the style picture, in one layer.
///
/// J_style(S, G) = 1 / (2 n_h n_w n_c)² · Σ_k Σ_k' (G_kk'^(S) − G_kk'^(G))²
///
/// # Arguments
/// * `a_s`: activations of one layer for the style picture, shape (n_h, n_w, n_c)
/// * `a_g`: the same layer's activations for the generated picture
///
/// # Returns
/// The style cost of this layer.
pub fn compute_layer_style_cost(a_s: &Array3<f64>, a_g: &Array3<f64>) -> f64 {
    let (n_h, n_w, n_c) = a_s.dim();
    // START CODE HERE (≈ 6 lines)
    //~ let cost: f64 = todo!("compute_layer_style_cost: compare the two Gram matrices");
    let unrolled = |a: &Array3<f64>| a.to_shape((n_h * n_w, n_c)).expect("every number once").t().to_owned();
    let gram_s = gram_matrix(&unrolled(a_s)); // (n_c, n_c)
    let gram_g = gram_matrix(&unrolled(a_g));
    let squared = (&gram_s - &gram_g).mapv(|difference| difference * difference);
    let size = (2 * n_h * n_w * n_c) as f64;
    let cost = squared.sum() / (size * size);
    // END CODE HERE
    cost
}

/// Adds up the style costs of several layers, each with its weight.
///
/// J_style(S, G) = Σ_l λ^\[l\] J_style^\[l\](S, G)
///
/// # Arguments
/// * `layer_costs`: the style cost of each layer, shape (n_layers,)
/// * `lambdas`: the weight of each layer, shape (n_layers,)
///
/// # Returns
/// The style cost.
///
/// # Panics
/// When there are not as many weights as layers.
pub fn compute_style_cost(layer_costs: &Array1<f64>, lambdas: &Array1<f64>) -> f64 {
    assert!(
        layer_costs.len() == lambdas.len(),
        "compute_style_cost: expected a weight for each of {} layers, got {}",
        layer_costs.len(),
        lambdas.len()
    );
    // START CODE HERE (≈ 1 line)
    //~ let cost: f64 = todo!("compute_style_cost: add up each layer's cost times its weight");
    let cost = (layer_costs * lambdas).sum();
    // END CODE HERE
    cost
}

/// Weighs content against style.
///
/// J(G) = α J_content(C, G) + β J_style(S, G)
///
/// # Arguments
/// * `j_content`, `j_style`: the two costs
/// * `alpha`, `beta`: their weights
///
/// # Returns
/// The total cost.
pub fn total_cost(j_content: f64, j_style: f64, alpha: f64, beta: f64) -> f64 {
    // START CODE HERE (≈ 1 line)
    //~ let cost: f64 = todo!("total_cost: weigh the two costs and add them up");
    let cost = alpha * j_content + beta * j_style;
    // END CODE HERE
    cost
}
