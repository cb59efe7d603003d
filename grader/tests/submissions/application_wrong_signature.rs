use cnn::tf::{self, Graph, Tensor};

pub fn create_placeholders(graph: &Graph, n_h0: usize, n_w0: usize, n_c0: usize) -> Tensor {
    tf::placeholder(graph, tf::float32, [None, Some(n_h0), Some(n_w0), Some(n_c0)])
}

pub fn compute_cost(z3: &Tensor, y: &Tensor) -> Tensor {
    let cost = tf::reduce_mean(&tf::nn::softmax_cross_entropy_with_logits(z3, y));
    assert!(z3.shape().dims().len() == 3, "three dimensions are needed");
    cost
}
