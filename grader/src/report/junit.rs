/*! JUnit's XML: a test case for each function. What was not attempted is skipped, what does not compile is an error. */

use std::fmt::Write;

use crate::report::markup::escape;
use crate::report::{Graded, Verdict, clean, feedback};

/// Characters of one test's text.
const TEXT: usize = 20_000;

/// Writes the XML.
pub fn junit(graded: Graded) -> String {
    let mut cases = String::new();
    let (mut failures, mut errors, mut skipped) = (0, 0, 0);
    let (suite, count) = match graded {
        Ok(report) => {
            for function in &report.functions {
                let (name, class) = (escape(&function.name), escape(&report.assignment));
                let _ = write!(cases, "    <testcase name=\"{name}\" classname=\"{class}\"");
                let (element, number) = match function.verdict {
                    Verdict::Passed => {
                        cases += "/>\n";
                        continue;
                    }
                    Verdict::NotAttempted => ("skipped", &mut skipped),
                    Verdict::DoesNotCompile | Verdict::WrongSignature => ("error", &mut errors),
                    _ => ("failure", &mut failures),
                };
                *number += 1;
                let verdict = function.verdict.to_string();
                let points = format!(
                    "{verdict}, {} of {} points",
                    feedback::number(function.points),
                    feedback::number(function.max_points)
                );
                let text = feedback::text(function, TEXT);
                let _ = write!(
                    cases,
                    ">\n      <{element} type=\"{}\" message=\"{}\">{}</{element}>\n    </testcase>\n",
                    escape(&verdict),
                    escape(&points),
                    escape(&text)
                );
            }
            (escape(&report.assignment), report.functions.len())
        }
        Err(error) => {
            errors = 1;
            let _ = write!(
                cases,
                "    <testcase name=\"submission\" classname=\"grader\">\n      <error type=\"{}\" message=\"{}\">{}</error>\n    \
                 </testcase>\n",
                escape(&error.kind().to_string()),
                escape(&clean(error.message())),
                escape(&clean(error.help()))
            );
            ("grader".to_owned(), 1)
        }
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"grader\" tests=\"{count}\" failures=\"{failures}\" errors=\"{errors}\">\n  \
         <testsuite name=\"{suite}\" tests=\"{count}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\">\n\
         {cases}  </testsuite>\n</testsuites>\n"
    )
}
