/*!
Runs a notebook's test and explains what ndarray panics with inside a learner's function.
*/

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Runs the test of the function `name`; where ndarray refuses an operation on its arrays, says in a sentence which
/// shapes or indices did not fit.
///
/// ndarray's own message comes first, with the place of the panic. Any other panic passes through as it is, and the
/// panic hook is not touched.
///
/// ```
/// use cnn::prelude::*;
/// run_test("double", || check("double").number("double(2)", 2.0 * 2.0, 4.0).done());
/// ```
///
/// # Panics
/// When the test does.
#[track_caller]
pub fn run_test(name: &str, test: impl FnOnce()) {
    // Nothing of the test is used after it has panicked.
    let Err(panic) = catch_unwind(AssertUnwindSafe(test)) else { return };
    match text(&*panic).and_then(explanation) {
        Some(sentence) => panic!("✗ {name}: {sentence}"),
        None => resume_unwind(panic),
    }
}

fn text(panic: &(dyn Any + Send)) -> Option<&str> {
    panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied())
}

/// What a message of ndarray means, with what to do; `None` for a message of another origin.
fn explanation(message: &str) -> Option<String> {
    if let Some(shapes) = message.strip_prefix("ndarray: could not broadcast array from shape: ") {
        let (from, to) = shapes.split_once(" to: ")?;
        return Some(format!(
            "an operation got two arrays whose shapes do not fit\n  one has the shape: {}\n  the other: {}\nhelp: print \
             np::shape(&…) of both before that line. If one is a slice, compare the ranges of its rows and columns with \
             those of the other.",
            tuple(from),
            tuple(to)
        ));
    }
    if let Some(rest) = message.strip_prefix("ndarray: index ") {
        let (index, shape) = rest.split_once(" is out of bounds for array of shape ")?;
        return Some(format!(
            "an index lies outside of its array\n  the index: {}\n  the array's shape: {}\nhelp: an axis of length n has \
             the places 0 to n - 1. Check the order of the indices and where each loop ends.",
            tuple(index),
            tuple(shape)
        ));
    }
    if message.starts_with("ndarray: index out of bounds") {
        return Some(
            "an index lies outside of its array\nhelp: an axis of length n has the places 0 to n - 1. Check the order \
             of the indices and where each loop ends."
                .to_owned(),
        );
    }
    if let Some(rest) = message.strip_prefix("Slice ") {
        let (which, length) = rest.split_once(" is past end of axis of length ")?;
        return Some(format!(
            "a slice goes beyond its array\n  the slice's {which}\n  the axis ends at: {length}\nhelp: print np::shape(&…) of \
             the array before that line. Is it the padded one, and does the window end at its start plus f?"
        ));
    }
    if message.contains("are not compatible for matrix multiplication") {
        let sizes = message.trim_start_matches("ndarray: inputs ").split(" are not ").next()?;
        return Some(format!(
            "a matrix product got shapes that do not fit\n  the shapes: {sizes}\nhelp: the columns of the first have to be \
             as many as the rows of the second."
        ));
    }
    if message.contains("ShapeError/IncompatibleShape") {
        // a + b and its like name no shapes.
        return Some(
            "an operation such as a + b or a * b, or a change of shape, got shapes that do not fit\nhelp: print \
             np::shape(&…) of both arrays before that line. Entry by entry, they have to be the same."
                .to_owned(),
        );
    }
    message.starts_with("ndarray: ").then(|| {
        format!("{}\nhelp: print np::shape(&…) of the arrays before that line.", message.replacen("ndarray: ", "", 1))
    })
}

/// A list such as `[2, 3]` as Python writes a shape, (2, 3).
fn tuple(list: &str) -> String {
    let inside = list.split(',').take_while(|part| !part.contains("shape=") && !part.contains("strides="));
    let inside = inside.map(|part| part.trim_matches(|c: char| !c.is_ascii_digit())).filter(|part| !part.is_empty());
    format!("({})", inside.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, s};

    /// What the panic of `test` says after `run_test`.
    fn message(test: impl FnOnce()) -> String {
        let panic = catch_unwind(AssertUnwindSafe(|| run_test("f", test))).expect_err("a panic");
        text(&*panic).expect("a message").to_owned()
    }

    /// An operation that ndarray refuses, and what its explanation has to contain.
    type Case<'a> = (Box<dyn Fn() + 'a>, &'a [&'a str]);

    #[test]
    fn what_ndarray_refuses_is_explained_with_both_shapes() {
        let x = Array2::<f64>::zeros((2, 3));
        let mut cases: Vec<Case<'_>> = vec![
            (Box::new(|| drop(&x + &Array2::<f64>::zeros((4, 5)))), &["shapes that do not fit", "np::shape"]),
            (Box::new(|| Array2::<f64>::zeros((4, 5)).assign(&x)), &["(2, 3)", "(4, 5)"]),
            (Box::new(|| assert!(x[[2, 0]] < 1.0)), &["an index lies outside"]),
            (Box::new(|| drop(x.dot(&x))), &["a matrix product", "2 × 3 and 2 × 3"]),
        ];
        if cfg!(debug_assertions) {
            // Without them ndarray says only which of its assertions failed.
            cases.push((Box::new(|| drop(x.slice(s![0..2, 1..7]).to_owned())), &["a slice goes beyond", "7", "3"]));
        }
        for (test, parts) in cases {
            let message = message(test);
            for part in ["✗ f: ", "\nhelp: "].iter().chain(parts) {
                assert!(message.contains(part), "`{part}` is missing in:\n{message}");
            }
        }
    }

    #[test]
    fn other_panics_and_the_hook_stay_as_they_are() {
        assert_eq!(message(|| panic!("not written yet")), "not written yet");
        assert_eq!(
            message(|| super::super::check("g").number("a", 1.0, 2.0).done()).lines().next(),
            Some("✗ g: a is wrong")
        );
    }
}
