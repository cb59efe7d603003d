/*!
The inputs that the functions of "Faces" are called with.

Inputs only: what is right is what the reference answers. Visible cases are small enough to be worked out by hand; the
hidden ones are drawn, and each has a reason to be there.
*/

use cnn::prelude::*;
use harness::Cases;

pub fn triplet_loss(cases: &mut Cases) {
    let (a, p, n) = (array![[0.0, 0.0], [1.0, 1.0]], array![[1.0, 0.0], [1.0, 1.0]], array![[0.0, 1.0], [4.0, 5.0]]);
    cases.visible("two triplets", (a, p, n, 0.2)).weight(2);

    for (name, m, n, alpha) in [("many triplets", 6, 3, 0.5), ("long encodings", 3, 8, 2.0), ("one triplet", 1, 4, 20.0)] {
        let (a, p, negative) = (cases.randn((m, n)), cases.randn((m, n)), cases.randn((m, n)));
        cases.hidden(name, (a, p, negative, alpha));
    }
    // The losses of two triplets are cut off at 0, that of the third is not: the sum before the cut is below 0.
    let a = cases.randn((3, 3));
    let (near, far) = (&a + 0.1, &a + 3.0);
    let (mut positives, mut negatives) = (near.clone(), far.clone());
    positives.row_mut(1).assign(&far.row(1));
    negatives.row_mut(1).assign(&near.row(1));
    cases.hidden("easy triplets beside a hard one", (a, positives, negatives, 0.2));
}

pub fn select_hard_triplets(cases: &mut Cases) {
    let encodings = array![[0.0, 0.0], [1.0, 0.0], [3.0, 0.0], [0.0, 2.0], [5.0, 5.0]];
    cases.visible("two persons", (encodings, array![0, 0, 0, 1, 1])).weight(2);

    let encodings = cases.randn((9, 3));
    cases.hidden("three persons", (encodings, array![0, 1, 2, 0, 1, 2, 0, 1, 2]));
    let encodings = cases.randn((7, 2));
    cases.hidden("a person with a single picture", (encodings, array![3, 0, 0, 0, 1, 1, 0]));
    let x = cases.random().next_double();
    let equal = array![[x, 0.0], [x, 1.0], [x, -1.0], [x + 2.0, 0.0], [x - 2.0, 0.0]];
    cases.hidden("equal distances", (equal, array![0, 0, 0, 1, 1]));
    let encodings = cases.randn((4, 3));
    cases.hidden("one person only", (encodings, array![2, 2, 2, 2])).trivial();
}

pub fn verify(cases: &mut Cases) {
    cases.visible("a distance of 5", (array![3.0, 4.0], array![0.0, 0.0], 5.5)).weight(2);

    let (a, b) = (cases.randn(4), cases.randn(4));
    cases.hidden("a large threshold", (a, b, 20.0));
    let (a, b) = (cases.randn(6), cases.randn(6) + 4.0);
    cases.hidden("a small threshold", (a, b, 0.3));
    // The squared distance is 0.25, the distance 0.5.
    let a = cases.randn(3);
    let b = &a + &array![0.5, 0.0, 0.0];
    cases.hidden("a threshold between the distance and its square", (a, b, 0.4));
    cases.hidden("a distance of exactly the threshold", (array![0.0, 3.0], array![4.0, 0.0], 5.0));
}

pub fn who_is_it(cases: &mut Cases) {
    let gallery = array![[0.0, 0.0], [3.0, 3.0], [6.0, 0.0]];
    cases.visible("near the second person", (array![3.0, 2.0], gallery, 1.5)).weight(2);

    for (name, n_people, threshold) in [("somebody of five", 5, 50.0), ("somebody of two", 2, 50.0)] {
        let (encoding, gallery) = (cases.randn(4), cases.randn((n_people, 4)));
        cases.hidden(name, (encoding, gallery, threshold));
    }
    let gallery = cases.randn((4, 3));
    let encoding = gallery.row(3).to_owned() + 0.01;
    cases.hidden("the last person of the gallery", (encoding, gallery.clone(), 0.5));
    let encoding = gallery.row(0).to_owned() + 0.01;
    cases.hidden("the first person of the gallery", (encoding, gallery.clone(), 0.5));
    let encoding = gallery.row(1).to_owned() + 40.0;
    cases.hidden("nobody", (encoding, gallery, 0.5));
    cases.hidden("exactly the threshold", (array![0.0, 0.0], array![[9.0, 0.0], [3.0, 4.0]], 5.0));
}
