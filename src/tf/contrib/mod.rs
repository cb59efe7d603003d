/*! TensorFlow 1's `tf.contrib`, as far as the course uses it. */

pub mod layers;
