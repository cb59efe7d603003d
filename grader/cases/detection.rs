/*!
The inputs that the functions of "Detection" are called with.

Inputs only: what is right is what the reference answers. Visible cases are the inputs of the notebook's demo cells; the
hidden ones are drawn, and each has a reason to be there.
*/

use cnn::prelude::*;
use harness::Cases;

pub fn localization_loss(cases: &mut Cases) {
    cases.visible("the notebook's example", array![[0.0, 1.0], [2.0, 3.0]]).weight(2);

    let (n_h, n_w) = (cases.between(2, 3), cases.between(4, 6));
    let x = cases.randn((n_h, n_w));
    cases.hidden("wider than high", x);
    let x = cases.randn((4, 1)) - 5.0;
    cases.hidden("negative numbers", x);
}

pub fn iou(cases: &mut Cases) {
    cases.visible("the notebook's example", array![[0.0, 1.0], [2.0, 3.0]]).weight(2);

    let (n_h, n_w) = (cases.between(2, 3), cases.between(4, 6));
    let x = cases.randn((n_h, n_w));
    cases.hidden("wider than high", x);
    let x = cases.randn((4, 1)) - 5.0;
    cases.hidden("negative numbers", x);
}

pub fn encode_targets(cases: &mut Cases) {
    cases.visible("the notebook's example", array![[0.0, 1.0], [2.0, 3.0]]).weight(2);

    let (n_h, n_w) = (cases.between(2, 3), cases.between(4, 6));
    let x = cases.randn((n_h, n_w));
    cases.hidden("wider than high", x);
    let x = cases.randn((4, 1)) - 5.0;
    cases.hidden("negative numbers", x);
}

pub fn yolo_filter_boxes(cases: &mut Cases) {
    cases.visible("the notebook's example", array![[0.0, 1.0], [2.0, 3.0]]).weight(2);

    let (n_h, n_w) = (cases.between(2, 3), cases.between(4, 6));
    let x = cases.randn((n_h, n_w));
    cases.hidden("wider than high", x);
    let x = cases.randn((4, 1)) - 5.0;
    cases.hidden("negative numbers", x);
}

pub fn non_max_suppression(cases: &mut Cases) {
    cases.visible("the notebook's example", array![[0.0, 1.0], [2.0, 3.0]]).weight(2);

    let (n_h, n_w) = (cases.between(2, 3), cases.between(4, 6));
    let x = cases.randn((n_h, n_w));
    cases.hidden("wider than high", x);
    let x = cases.randn((4, 1)) - 5.0;
    cases.hidden("negative numbers", x);
}

pub fn yolo_eval(cases: &mut Cases) {
    cases.visible("the notebook's example", array![[0.0, 1.0], [2.0, 3.0]]).weight(2);

    let (n_h, n_w) = (cases.between(2, 3), cases.between(4, 6));
    let x = cases.randn((n_h, n_w));
    cases.hidden("wider than high", x);
    let x = cases.randn((4, 1)) - 5.0;
    cases.hidden("negative numbers", x);
}
