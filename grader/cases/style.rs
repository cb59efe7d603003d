/*!
The inputs that the functions of "Style" are called with.

Inputs only: what is right is what the reference answers. Visible cases are the inputs of the notebook's demo cells; the
hidden ones are drawn, and each has a reason to be there.
*/

use cnn::prelude::*;
use harness::Cases;

/// Activations of two pictures, drawn as in the notebook.
fn notebook() -> (Array3<f64>, Array3<f64>) {
    let mut random = np::RandomState::new(1);
    (random.randn((4, 4, 3)), random.randn((4, 4, 3)))
}

pub fn compute_content_cost(cases: &mut Cases) {
    cases.visible("the notebook's example", notebook()).weight(2);

    for (name, shape) in
        [("wider than high", (2, 5, 3)), ("higher than wide", (6, 3, 2)), ("one channel", (3, 3, 1)), ("one place", (1, 1, 7))]
    {
        let (a_c, a_g) = (cases.randn(shape), cases.randn(shape) + 0.5);
        cases.hidden(name, (a_c, a_g));
    }
    let a = cases.randn((3, 4, 2));
    cases.hidden("the same picture twice", (a.clone(), a)).trivial();
}

pub fn gram_matrix(cases: &mut Cases) {
    let a = array![[1.0, 0.0, 2.0, 1.0], [1.0, 1.0, 0.0, 3.0]];
    cases.visible("the notebook's example", a).weight(2);

    let (n_c, n) = (cases.between(2, 3), cases.between(5, 8));
    let a = cases.randn((n_c, n));
    cases.hidden("more places than channels", a);
    let a = cases.randn((6, 2));
    cases.hidden("more channels than places", a);
    let a = cases.randn((3, 3));
    cases.hidden("as many channels as places", a);
    let a = cases.randn((1, 4));
    cases.hidden("one channel", a);
}

pub fn compute_layer_style_cost(cases: &mut Cases) {
    cases.visible("the notebook's example", notebook()).weight(2);

    for (name, shape) in
        [("wider than high", (2, 5, 3)), ("higher than wide", (6, 3, 2)), ("one channel", (3, 3, 1)), ("many channels", (2, 2, 6))]
    {
        let (a_s, a_g) = (cases.randn(shape), cases.randn(shape) + 0.5);
        cases.hidden(name, (a_s, a_g));
    }
    // Two pictures of other content and one style: the same places in another order.
    let a = cases.randn((2, 3, 2));
    let mut turned = a.clone();
    turned.invert_axis(Axis(0));
    cases.hidden("a picture upside down", (a, turned.as_standard_layout().to_owned())).trivial();
}

pub fn compute_style_cost(cases: &mut Cases) {
    let example = (array![0.5, 0.25, 2.0], array![0.2, 0.4, 0.4]);
    cases.visible("the notebook's example", example).weight(2);

    for (name, n) in [("one layer", 1), ("four layers", 4), ("five layers", 5)] {
        let costs: Array1<f64> = cases.random().random_sample(n);
        let lambdas: Array1<f64> = 0.1 + 2.0 * cases.random().random_sample(n);
        cases.hidden(name, (costs, lambdas));
    }
}

pub fn total_cost(cases: &mut Cases) {
    cases.visible("the notebook's example", (0.5, 0.25, 10.0, 40.0)).weight(2);

    for (name, alpha, beta) in [("more style", 1.0, 100.0), ("more content", 20.0, 0.5), ("weights below one", 0.3, 0.6)] {
        let (content, style) = (0.2 + cases.random().next_double(), 0.1 + cases.random().next_double());
        cases.hidden(name, (content, style, alpha, beta));
    }
}
