/*!
Runs a notebook's test and explains what ndarray panics with inside a learner's function.
*/

use super::explanation::explanation;
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
