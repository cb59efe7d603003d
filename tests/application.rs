//! The second assignment's functions: what they print in the course, and that the network learns.

use cnn::{
    graded::application::{compute_cost, create_placeholders, forward_propagation, initialize_parameters, model},
    prelude::*,
    tf::{Graph, Item, Kernels, Session, global_variables_initializer},
};

#[test]
fn placeholders_print_as_in_the_course() {
    let (x, y) = create_placeholders(&Graph::new(), 64, 64, 3, 6);
    assert_eq!(x.to_string(), r#"Tensor("Placeholder:0", shape=(?, 64, 64, 3), dtype=float32)"#);
    assert_eq!(y.to_string(), r#"Tensor("Placeholder_1:0", shape=(?, 6), dtype=float32)"#);
}

#[test]
fn logits_and_cost_have_the_printed_digits() {
    let graph = Graph::new();
    let (x, y) = create_placeholders(&graph, 64, 64, 3, 6);
    let parameters = initialize_parameters(&graph);
    let z3 = forward_propagation(&x, &parameters);
    let cost = compute_cost(&z3, &y);
    let init = global_variables_initializer(&graph);
    let session = Session::with_kernels(&graph, Kernels::Exact);
    session.run(&init, &[]);
    let mut rng = RandomState::new(1);
    let (images, labels) = (rng.randn((2, 64, 64, 3)), rng.randn((2, 6)));
    let z3 = session.run(&z3, &[x.feed(&images), y.feed(&labels)]);
    assert_eq!(
        np::show(&z3).to_string().replace("\n ", " "),
        "[[-0.44670227 -1.5720876  -1.5304923  -2.3101304  -1.2910438   0.46852064] \
         [-0.17601591 -1.5797201  -1.4737016  -2.616721   -1.0081065   0.5747785 ]]"
    );
    let mut rng = RandomState::new(1);
    let (images, labels) = (rng.randn((4, 64, 64, 3)), rng.randn((4, 6)));
    assert_eq!(session.run(&cost, &[x.feed(&images), y.feed(&labels)]).item(), 2.9103398);
}

/// Pictures of six classes that differ in the position of a bright square, with noise.
fn squares(m: usize, seed: u32) -> (Array4<f32>, Array2<f32>) {
    let mut rng = RandomState::new(seed);
    let noise = rng.rand((m, 64, 64, 3));
    let inside = |at: usize, start: usize| (start..start + 20).contains(&at);
    let images = Array4::from_shape_fn((m, 64, 64, 3), |(i, h, w, c)| {
        let (row, column) = (i % 6 / 3 * 30 + 5, i % 3 * 20 + 2);
        (0.4 * noise[[i, h, w, c]] + if inside(h, row) && inside(w, column) { 0.6 } else { 0.0 }) as f32
    });
    (images, Array2::from_shape_fn((m, 6), |(i, c)| f32::from(u8::from(i % 6 == c))))
}

#[test]
fn the_model_learns() {
    let ((x_train, y_train), (x_test, y_test)) = (squares(96, 1), squares(48, 2));
    let trained = model(&x_train, &y_train, &x_test, &y_test, 0.009, 30, 16, false);
    assert_eq!(trained.costs.len(), 30);
    assert!(trained.costs[29] < 0.1 * trained.costs[0], "{:?}", trained.costs);
    assert!(trained.test_accuracy > 0.9, "{}", trained.test_accuracy);
    let right = trained.predict(&x_test).iter().enumerate().filter(|(i, class)| i % 6 == **class).count();
    assert!((right as f32 / 48.0 - trained.test_accuracy).abs() < 1e-6);
    let again = model(&x_train, &y_train, &x_test, &y_test, 0.009, 2, 16, false);
    assert_eq!(again.costs, trained.costs[..2], "the same seeds give the same run");
}
