/*! Comparing arrays, and checking gradients numerically. */
