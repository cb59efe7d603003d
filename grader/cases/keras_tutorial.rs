/*!
The inputs that the function of the Keras tutorial is called with.

Inputs only; the harness draws the weights, so that it does not matter how the layers begin.
*/

use cnn::prelude::*;
use harness::Cases;

pub fn happy_model(cases: &mut Cases) {
    let x = np::RandomState::new(1).random_sample((2, 64, 64, 3)).mapv(|pixel| pixel as f32);
    cases.visible("two pictures of 64 x 64", (x, 1_usize)).weight(2);

    let width = cases.between(13, 20);
    for (name, shape) in [
        ("wider than high", (3, 12, width, 3)),
        ("one gray picture", (1, 10, 10, 1)),
        ("pictures whose sides are odd", (2, 9, 11, 2)),
    ] {
        let x = cases.random().random_sample(shape).mapv(|pixel| pixel as f32);
        let seed = cases.between(1, 1_000_000);
        cases.hidden(name, (x, seed));
    }
}
