/*!
The visible test of an exercise: compares what a learner's function returns with what it should return, and says what to
look at where the two differ.

It is not the grader: its inputs are in the notebook for all to read, and it gives no points.
*/

mod explanation;
mod run;

pub use run::run_test;

use ndarray::{Array, ArrayBase, ArrayD, Data, Dimension, IntoDimension};

use crate::numpy as np;

/// Relative tolerance by default: sums in another order differ around 1e-15, a wrong formula by far more than this.
const RELATIVE: f64 = 1e-7;
/// Absolute tolerance, for expected zeros.
const ABSOLUTE: f64 = 1e-9;
/// Arrays up to this many entries are printed whole.
const SMALL: usize = 24;

/// Begins the test of the function `name`. Each step that fails panics; [`Check::done`] prints one green line.
///
/// ```
/// use cnn::prelude::*;
/// fn double(x: &Array1<f64>) -> Array1<f64> {
///     x * 2.0
/// }
/// check("double")
///     .if_values(&array![1.0, 4.0], "These are squares.")
///     .values("double(&[1, 2])", &double(&array![1.0, 2.0]), &array![2.0, 4.0])
///     .done();
/// ```
pub fn check(name: &str) -> Check {
    Check {
        name: name.to_owned(),
        look: String::new(),
        shapes: Vec::new(),
        values: Vec::new(),
        texts: Vec::new(),
        relative: RELATIVE,
    }
}

/// A test in progress.
///
/// What `look`, `within` and the methods that begin with `if_` say is for the next comparison only.
#[derive(Debug, Clone)]
#[must_use = "end the test with .done(), which prints that all is good"]
pub struct Check {
    name: String,
    look: String,
    shapes: Vec<(Vec<usize>, String)>,
    values: Vec<(ArrayD<f64>, String)>,
    texts: Vec<(String, String)>,
    relative: f64,
}

impl Check {
    /// Says where to look if the next comparison fails.
    pub fn look(mut self, sentence: &str) -> Self {
        self.look = sentence.to_owned();
        self
    }

    /// Says what went wrong if the next comparison gets exactly this wrong shape.
    pub fn if_shape(mut self, wrong: impl IntoDimension, sentence: &str) -> Self {
        self.shapes.push((wrong.into_dimension().slice().to_vec(), sentence.to_owned()));
        self
    }

    /// Says what went wrong if the next comparison gets exactly these wrong values.
    pub fn if_values<D: Dimension>(mut self, wrong: &Array<f64, D>, sentence: &str) -> Self {
        self.values.push((wrong.to_owned().into_dyn(), sentence.to_owned()));
        self
    }

    /// Says what went wrong if the next text that is compared is exactly this wrong one.
    pub fn if_prints(mut self, wrong: &str, sentence: &str) -> Self {
        self.texts.push((wrong.to_owned(), sentence.to_owned()));
        self
    }

    /// Allows this relative error in the next comparison, where sums of f32 are taken in any order; what should be zero
    /// may be off by as much itself.
    pub fn within(mut self, relative: f64) -> Self {
        self.relative = relative;
        self
    }

    /// Compares what a thing prints, such as a tensor of a graph, which has a name and a shape and no values yet.
    ///
    /// # Panics
    /// When it prints something else, with both texts.
    ///
    /// ```
    /// use cnn::{prelude::*, tf};
    /// let x = tf::placeholder(&tf::Graph::new(), tf::float32, [None, Some(6)]);
    /// check("x").prints("x", &x, r#"Tensor("Placeholder:0", shape=(?, 6), dtype=float32)"#).done();
    /// ```
    #[track_caller]
    pub fn prints(self, what: &str, got: &impl std::fmt::Display, expected: &str) -> Self {
        let got = got.to_string();
        if got != expected {
            let text = format!("{what} is something else") + &lines("expected", expected) + &lines("got", &got);
            let cause = self.texts.iter().find(|(wrong, _)| *wrong == got).map(|(_, sentence)| sentence.clone());
            self.fail(text, cause);
        }
        self.forget()
    }

    /// Compares a shape.
    ///
    /// # Panics
    /// When it is another, with both shapes.
    #[track_caller]
    pub fn shape<S: Data, D: Dimension>(
        mut self,
        what: &str,
        got: &ArrayBase<S, D>,
        expected: impl IntoDimension<Dim = D>,
    ) -> Self {
        self.compare_shape(what, got.shape(), expected.into_dimension().slice());
        self.forget()
    }

    /// Compares a shape, then every value, to a relative error of 1e-7 or that of [`Check::within`]. NaN equals
    /// nothing.
    ///
    /// # Panics
    /// With both shapes, or the first place that differs and both of its values.
    #[track_caller]
    pub fn values<A, S, D>(self, what: &str, got: &ArrayBase<S, D>, expected: &Array<A, D>) -> Self
    where
        A: Copy + Into<f64>,
        S: Data<Elem = A>,
        D: Dimension,
    {
        let numbers = (got.mapv(Into::<f64>::into).into_dyn(), expected.mapv(Into::<f64>::into).into_dyn());
        self.compare_values(what, &numbers.0, &numbers.1)
    }

    /// Is compiled with this crate and not with every notebook cell that tests something.
    #[track_caller]
    fn compare_values(mut self, what: &str, got: &ArrayD<f64>, expected: &ArrayD<f64>) -> Self {
        self.compare_shape(what, got.shape(), expected.shape());
        let relative = self.relative;
        let differs = |(got, expected): (&f64, &f64)| !close(*got, *expected, relative);
        let wrong = got.iter().zip(expected).filter(|pair| differs(*pair)).count();
        if wrong > 0 {
            let place = got.indexed_iter().zip(expected).find(|((_, got), expected)| differs((got, expected)));
            let ((index, first_got), first_expected) = place.expect("at least one entry is wrong");
            let index = index.slice().iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
            let mut text = if got.len() == 1 {
                format!("{what} is wrong")
            } else {
                format!("{what}: {wrong} of {} values are wrong, the first at [[{index}]]", got.len())
            };
            text += &lines("expected", &np::str(*first_expected));
            text += &lines("got", &np::str(*first_got));
            if got.len() > 1 && got.len() <= SMALL {
                text += &lines("all that was expected", &np::array_str(&squeezed(expected)));
                text += &lines("all that came", &np::array_str(&squeezed(got)));
            }
            let cause = self.values.iter().find(|(mistake, _)| {
                mistake.shape() == got.shape() && mistake.iter().zip(got).all(|(a, b)| close(*b, *a, relative))
            });
            let cause = cause.map(|(_, sentence)| sentence.clone());
            self.fail(text, cause);
        }
        self.forget()
    }

    /// Compares a number.
    ///
    /// # Panics
    /// When it is another, with both.
    #[track_caller]
    pub fn number(self, what: &str, got: f64, expected: f64) -> Self {
        self.values(what, &ndarray::arr0(got), &ndarray::arr0(expected))
    }

    /// Says what went wrong if the next number is exactly this one.
    pub fn if_number(self, wrong: f64, sentence: &str) -> Self {
        self.if_values(&ndarray::arr0(wrong), sentence)
    }

    /// Compares a list, such as the layers of a network, each entry as one line of text.
    ///
    /// # Panics
    /// At the first line that differs, is missing or is too many.
    #[track_caller]
    pub fn rows(self, what: &str, got: &[String], expected: &[String]) -> Self {
        let differs = |i: &usize| got.get(*i) != expected.get(*i);
        if let Some(i) = (0..got.len().max(expected.len())).find(differs) {
            let row = |rows: &[String]| rows.get(i).map_or("nothing more".to_owned(), String::clone);
            let text = format!("{what}: number {} of {} is another one", i + 1, expected.len())
                + &lines("expected", &row(expected))
                + &lines("got", &row(got));
            self.fail(text, None);
        }
        self.forget()
    }

    /// Requires that something holds; `what` says what, as a sentence.
    ///
    /// # Panics
    /// When it does not hold.
    #[track_caller]
    pub fn that(self, what: &str, holds: bool) -> Self {
        if !holds {
            self.fail(format!("this should hold, and does not: {what}"), None);
        }
        self.forget()
    }

    /// Ends the test and prints that everything passed.
    pub fn done(self) {
        println!("\x1b[32m✓ {}: all good\x1b[0m", self.name);
    }

    #[track_caller]
    fn compare_shape(&mut self, what: &str, got: &[usize], expected: &[usize]) {
        if got != expected {
            let text = format!("{what} has the wrong shape")
                + &lines("expected", &tuple(expected))
                + &lines("got", &tuple(got));
            let cause = self.shapes.iter().find(|(wrong, _)| wrong == got).map(|(_, sentence)| sentence.clone());
            self.fail(text, cause);
        }
    }

    #[track_caller]
    fn fail(&self, text: String, cause: Option<String>) -> ! {
        let help = match (cause, self.look.as_str()) {
            (Some(cause), _) => format!("\nhelp: {cause}"),
            (None, "") => String::new(),
            (None, look) => format!("\nhelp: {look}"),
        };
        panic!("✗ {}: {text}{help}", self.name)
    }

    fn forget(mut self) -> Self {
        self.look.clear();
        self.shapes.clear();
        self.values.clear();
        self.texts.clear();
        self.relative = RELATIVE;
        self
    }
}

fn close(got: f64, expected: f64, relative: f64) -> bool {
    // f32 terms that cancel leave a rounding error, not zero.
    let absolute = if relative > RELATIVE { relative } else { ABSOLUTE };
    got == expected || expected.is_finite() && (got - expected).abs() <= absolute + relative * expected.abs()
}

/// The array without its axes of length 1, each of which would take a line in print.
fn squeezed(a: &ArrayD<f64>) -> ArrayD<f64> {
    let long: Vec<usize> = a.shape().iter().copied().filter(|&length| length != 1).collect();
    a.to_shape(long).expect("the same number of entries").into_owned()
}

/// A shape as Python writes it.
fn tuple(shape: &[usize]) -> String {
    let comma = if shape.len() == 1 { "," } else { "" };
    format!("({}{comma})", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", "))
}

/// A labelled value on lines of its own.
fn lines(label: &str, value: &str) -> String {
    if value.contains('\n') {
        value.lines().filter(|line| !line.is_empty()).fold(format!("\n  {label}:"), |text, line| text + "\n    " + line)
    } else {
        format!("\n  {label}: {value}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    /// The message of the panic that `run` ends in.
    fn message(run: impl FnOnce() + std::panic::UnwindSafe) -> String {
        let payload = std::panic::catch_unwind(run).expect_err("a failing check");
        payload.downcast_ref::<String>().expect("a message").clone()
    }

    #[test]
    fn a_wrong_shape_is_told_before_any_value() {
        let got = message(|| {
            check("f")
                .if_shape((3, 2), "Height comes first.")
                .values("f(&x)", &Array2::<f64>::zeros((3, 2)), &Array2::zeros((2, 3)))
                .done();
        });
        assert_eq!(got, "✗ f: f(&x) has the wrong shape\n  expected: (2, 3)\n  got: (3, 2)\nhelp: Height comes first.");
    }

    #[test]
    fn the_first_wrong_value_and_a_known_mistake_are_named() {
        let got = message(|| {
            check("f")
                .look("Look at the sign.")
                .if_values(&array![1.0, -2.0], "The second sign is the wrong way round.")
                .values("f()", &array![1.0, -2.0], &array![1.0, 2.0])
                .done();
        });
        let expected = "✗ f: f(): 1 of 2 values are wrong, the first at [[1]]\n  expected: 2.0\n  got: -2.0\n  \
                        all that was expected: [1. 2.]\n  all that came: [ 1. -2.]\n\
                        help: The second sign is the wrong way round.";
        assert_eq!(got, expected);
    }

    #[test]
    fn advice_is_for_one_comparison_only() {
        let got = message(|| check("f").look("Old.").number("a", 1.0, 1.0).number("b", 1.0, 2.0).done());
        assert_eq!(got, "✗ f: b is wrong\n  expected: 2.0\n  got: 1.0");
    }

    #[test]
    fn the_first_row_that_differs_is_named() {
        let rows = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let _ = check("f").rows("its layers", &rows("conv relu"), &rows("conv relu"));
        let other = message(|| check("f").rows("its layers", &rows("conv add"), &rows("conv relu")).done());
        assert_eq!(other, "✗ f: its layers: number 2 of 2 is another one\n  expected: relu\n  got: add");
        let short = message(|| check("f").rows("its layers", &rows("conv"), &rows("conv relu")).done());
        assert!(short.ends_with("expected: relu\n  got: nothing more"), "{short}");
        let long = message(|| check("f").rows("its layers", &rows("conv relu"), &rows("conv")).done());
        assert!(long.ends_with("expected: nothing more\n  got: relu"), "{long}");
    }

    #[test]
    fn not_a_number_never_passes() {
        assert!(!close(f64::NAN, f64::NAN, RELATIVE));
        assert!(!close(f64::NAN, 1.0, RELATIVE));
        assert!(!close(f64::INFINITY, 1.0, RELATIVE));
        assert!(!close(1.0, f64::INFINITY, RELATIVE));
        assert!(close(f64::NEG_INFINITY, f64::NEG_INFINITY, RELATIVE));
    }

    #[test]
    fn what_a_tensor_prints_is_compared_and_a_known_slip_is_named() {
        let got = message(|| {
            let test = check("f").if_prints("(6, ?)", "The open dimension comes first.");
            test.prints("the shape", &"(6, ?)", "(?, 6)").done();
        });
        let expected = "✗ f: the shape is something else\n  expected: (?, 6)\n  got: (6, ?)\nhelp: The open dimension comes first.";
        assert_eq!(got, expected);
    }

    #[test]
    fn a_wider_tolerance_is_for_one_comparison_only() {
        let got = message(|| check("f").within(1e-4).number("a", 1.00005, 1.0).number("b", 1.00005, 1.0).done());
        assert!(got.starts_with("✗ f: b is wrong"), "{got}");
        let got = message(|| check("f").within(1e-4).number("a", 1.0003, 1.0).done());
        assert!(got.starts_with("✗ f: a is wrong"), "{got}");
        check("f").within(1e-4).number("a", 3e-5, 0.0).done();
    }

    #[test]
    fn masks_are_compared_too() {
        check("mask").values("mask", &array![true, false], &array![true, false]).that("it is a mask", true).done();
        let got = message(|| check("mask").values("mask", &array![true], &array![false]).done());
        assert!(got.contains("expected: 0.0\n  got: 1.0"), "{got}");
    }
}
