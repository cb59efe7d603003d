//! Every integration test of the crate `cnn` in one binary, so the library is linked once. `expect_panic` and
//! `fixtures` are shared helpers.

mod application;
mod application_digits;
mod conv_step_by_step;
mod corrupt_images;
mod course_files;
mod expect_panic;
mod fixtures;
mod graph_custom_op;
mod graph_fusion;
mod graph_gradients;
mod graph_operation_gradients;
mod graph_operations;
mod graph_tensorflow;
mod images;
mod import;
mod keras_custom_layer;
mod keras_files;
mod keras_layers;
mod keras_misuse;
mod keras_models;
mod keras_saving;
mod keras_training;
mod mini_batches;
mod numpy_print;
mod numpy_random;
mod numpy_sums;
mod plot;
mod synthetic_happy_house;
mod synthetic_signs;
mod tensorflow_misuse;
mod test_cells;
mod testing;
