/*!
Validation of the examples and labels of `fit`, `evaluate` and `gradients` against the model and its loss.

Nothing is computed with them here.
*/

use super::{
    examples::{Arrays, Examples},
    losses::Loss,
    model::Model,
};
use crate::graph::Shape;

impl Model {
    /// Requires examples and labels that fit the model, its losses and each other; labels get the shapes of the model's
    /// outputs.
    #[track_caller]
    pub(super) fn check_examples<'a>(
        &self,
        verb: &str,
        x: Vec<Examples<'a>>,
        y: Vec<Examples<'a>>,
    ) -> (Arrays<'a>, Arrays<'a>) {
        let compiled = self.compiled(verb);
        let x = self.check_input(verb, x);
        assert!(
            y.len() == self.outputs().len(),
            "{verb}: expected an array of labels for each of the {} outputs, got {}\nhelp: as in [&y1, &y2], in the order \
             of the outputs",
            self.outputs().len(),
            y.len()
        );
        for y in &y {
            assert!(
                x.len() == y.len(),
                "{verb}: expected as many labels as examples, got {} examples and labels of shape {:?}{}",
                x.len(),
                y.dims(),
                if y.dims().contains(&x.len()) { "\nhelp: labels are rows; transpose them" } else { "" }
            );
        }
        assert!(
            x.len() > 0,
            "{verb}: expected at least one example, got an array of shape {:?}\nhelp: print the shapes of what the \
             examples were cut out of",
            x.0[0].dims()
        );
        let fitted = y.into_iter().zip(&compiled.losses).zip(self.outputs()).map(|((y, (loss, _)), output)| {
            let output = output.shape();
            if loss.is_sparse() { one_hot(verb, loss, &output, y) } else { numbers(verb, loss, &output, y) }
        });
        (x, Arrays(fitted.collect()))
    }
}

/// Class indices, as one-hot rows.
#[track_caller]
fn one_hot<'a>(verb: &str, loss: &Loss, output: &Shape, y: Examples<'a>) -> Examples<'a> {
    assert!(
        is_single(y.example_dims()),
        "{verb}: {} takes one class index per example, shape (m,), got labels of shape {:?}{}",
        loss.name(),
        y.dims(),
        if output.admits(y.dims()) { "\nhelp: for one-hot rows compile with categorical_crossentropy" } else { "" }
    );
    y.one_hot(verb, output.last().expect("checked by compile"))
}

/// Labels of the output's shape.
#[track_caller]
fn numbers<'a>(verb: &str, loss: &Loss, output: &Shape, y: Examples<'a>) -> Examples<'a> {
    let example: Vec<usize> = output.dims()[1..].iter().map(|dim| dim.unwrap_or(1)).collect();
    let are_classes = is_single(y.example_dims());
    let help = match loss {
        Loss::CategoricalCrossentropy(_) if are_classes => {
            "\nhelp: labels are one-hot rows; for class indices compile with sparse_categorical_crossentropy"
        }
        Loss::CategoricalCrossentropy(_) if y.example_dims().len() == 1 => {
            "\nhelp: labels are one-hot rows; give the last layer one unit for each of their columns"
        }
        _ if are_classes && example.len() == 1 => {
            "\nhelp: the last layer has one unit for each element of a label: Dense::new(1)"
        }
        _ => "",
    };
    assert!(
        example == y.example_dims() || is_single(&example) && are_classes,
        "{verb}: expected labels of shape {output}, got shape {:?}{help}",
        y.dims()
    );
    let (fits, expected, help): (fn(f32) -> bool, _, _) = match loss {
        _ if !loss.takes_probabilities() => (f32::is_finite, "finite labels", "look at how the labels were prepared"),
        _ if example.len() == 1 && example[0] == 1 => (
            is_probability,
            "labels from 0 to 1",
            "for more classes than two, end in Dense::new(classes) with softmax, and compile with \
             sparse_categorical_crossentropy",
        ),
        _ => (is_probability, "labels from 0 to 1", "datasets::convert_to_one_hot makes one-hot columns of classes"),
    };
    if let Some((i, label)) = y.find_unfit(fits) {
        panic!("{verb}: {} takes {expected}, got {label} for example {i}\nhelp: {help}", loss.name())
    }
    y.with_example_dims(&example)
}

/// Whether there is one element per example.
fn is_single(example: &[usize]) -> bool {
    example.iter().product::<usize>() == 1
}

fn is_probability(y: f32) -> bool {
    (0.0..=1.0).contains(&y)
}
