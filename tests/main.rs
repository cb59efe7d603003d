//! Every integration test of the crate `cnn` in one binary, so the library is linked once.

mod application;
mod application_digits;
mod conv_step_by_step;
mod course_files;
mod fixtures;
mod graph_custom_op;
mod graph_fusion;
mod graph_gradients;
mod graph_tensorflow;
mod images;
mod import;
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
mod refused;
mod synthetic_happy_house;
mod synthetic_signs;
mod tensorflow_misuse;
mod testing;
