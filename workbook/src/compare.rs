/*!
Compares what a cell printed with what its chapter says it prints.

Exact, to the last blank; with a tolerance, numbers may differ by it and blanks may be any number of blanks; with ranges,
numbers lie between two others.
*/

use course::chapter::{Expected, Precision, ranges};
use similar::TextDiff;

/// Whether `actual` is what was expected; if not, a small difference to read.
pub fn compare(expected: &Expected, actual: &str) -> Result<(), String> {
    let actual = without_colors(actual);
    let (stated, actual) = (expected.text.trim_end_matches('\n'), actual.trim_end_matches('\n'));
    let same = match expected.precision {
        Precision::Exact => stated == actual,
        Precision::Tolerance(tolerance) => close(stated, actual, tolerance),
        Precision::Ranges => in_ranges(&stated.lines().collect::<Vec<_>>(), &actual.lines().collect::<Vec<_>>()),
    };
    if same { Ok(()) } else { Err(difference(stated, actual)) }
}

/// Both texts line by line: `-` was expected, `+` came.
fn difference(expected: &str, actual: &str) -> String {
    if actual.is_empty() {
        return format!("nothing was printed, expected:\n{expected}");
    }
    let (expected, actual) = (format!("{expected}\n"), format!("{actual}\n"));
    let diff = TextDiff::from_lines(&expected, &actual);
    let text = diff.unified_diff().context_radius(2).to_string();
    format!("- expected, + printed\n{}", text.trim_end())
}

/// Text without the sequences that colour it in a terminal.
fn without_colors(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("\u{1b}[") {
        result.push_str(&rest[..start]);
        let sequence = &rest[start + 2..];
        match sequence.find(|c: char| c.is_ascii_alphabetic()) {
            Some(end) => rest = &sequence[end + 1..],
            None => rest = "",
        }
    }
    result + rest
}

fn close(expected: &str, actual: &str, tolerance: f64) -> bool {
    let (expected, actual) = (tokens(expected), tokens(actual));
    expected.len() == actual.len()
        && expected.iter().zip(&actual).all(|(expected, actual)| {
            match (expected.parse::<f64>(), actual.parse::<f64>()) {
                (Ok(expected), Ok(actual)) if expected.is_finite() && actual.is_finite() => {
                    (actual - expected).abs() <= tolerance * expected.abs()
                }
                _ => expected == actual,
            }
        })
}

/// Whether the lines fit: a line that is left out stands for any number of them.
fn in_ranges(stated: &[&str], actual: &[&str]) -> bool {
    match stated.split_first() {
        None => actual.is_empty(),
        Some((line, rest)) if line.trim() == ranges::LEFT_OUT => {
            (0..=actual.len()).any(|skipped| in_ranges(rest, &actual[skipped..]))
        }
        Some((line, rest)) => actual
            .split_first()
            .is_some_and(|(first, others)| line_in_ranges(&tokens(line), &tokens(first)) && in_ranges(rest, others)),
    }
}

fn line_in_ranges(stated: &[&str], actual: &[&str]) -> bool {
    match (stated, actual) {
        (["{", low, "to", high, "}", stated @ ..], [number, actual @ ..]) => {
            let within = match (low.parse::<f64>(), high.parse::<f64>(), number.parse::<f64>()) {
                (Ok(low), Ok(high), Ok(number)) => (low..=high).contains(&number),
                _ => false,
            };
            within && line_in_ranges(stated, actual)
        }
        ([word, stated @ ..], [other, actual @ ..]) => word == other && line_in_ranges(stated, actual),
        (stated, actual) => stated.is_empty() && actual.is_empty(),
    }
}

/// Numbers, and the words and signs between them.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = number(rest).unwrap_or_else(|| {
            if first.is_alphanumeric() || first == '_' {
                rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
            } else {
                first.len_utf8()
            }
        });
        tokens.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    tokens
}

/// The length of the number at the beginning of `text`.
fn number(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let digits = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    };
    let start = usize::from(bytes[0] == b'-' || bytes[0] == b'+');
    let mut end = digits(start);
    let mut any = end > start;
    if bytes.get(end) == Some(&b'.') {
        let fraction = digits(end + 1);
        any |= fraction > end + 1;
        end = fraction;
    }
    if !any {
        return None;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'-' | b'+')));
        let exponent = digits(end + 1 + sign);
        if exponent > end + 1 + sign {
            end = exponent;
        }
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(stated: &str, actual: &str, tolerance: Option<f64>) -> Result<(), String> {
        let precision = tolerance.map_or(Precision::Exact, Precision::Tolerance);
        super::compare(&Expected { line: 1, text: stated.to_owned(), precision }, actual)
    }

    #[test]
    fn ranges_hold_a_number_and_left_out_lines_any_lines() {
        let fits = |stated: &str, actual| {
            super::compare(&Expected { line: 1, text: stated.to_owned(), precision: Precision::Ranges }, actual).is_ok()
        };
        assert!(fits("cost 0: {1.8 to 1.95}\n\u{2026}\nacc {0.5 to 1} %\n", "cost 0: 1.91\na\nb\nacc 1 %\n"));
        assert!(fits("a {-1 to 1}\n\u{2026}\n", "a  -0.5\n"), "no line is left out, and blanks do not count");
        assert!(!fits("a {1 to 2}\n", "a 2.01\n"));
        assert!(!fits("a {1 to 2}\n", "a nan\n"));
        assert!(!fits("a {1 to 2}\n", "b 1.5\n"));
        assert!(!fits("a {1 to 2}\n", "a 1.5\nb\n"));
        assert!(!fits("\u{2026}\na {1 to 2}\n", "x\na\n"));
        assert!(!fits("a {1 to 2} %\n", "a 1.5\n"));
    }

    #[test]
    fn exact_means_exact_but_for_the_last_line_end_and_colours() {
        assert_eq!(compare("a\nb\n", "a\nb", None), Ok(()));
        assert_eq!(compare("✓ f: all good\n", "\u{1b}[32m✓ f: all good\u{1b}[0m\n", None), Ok(()));
        let difference = compare("1\n2.50\n3\n", "1\n2.5\n3\n", None).unwrap_err();
        assert!(difference.contains("-2.50\n+2.5\n"), "{difference}");
        assert!(compare("1\n", "", None).unwrap_err().starts_with("nothing was printed"));
        assert!(compare("a b", "a  b", None).is_err());
    }

    #[test]
    fn a_tolerance_is_for_numbers_only() {
        let close = |expected, actual| compare(expected, actual, Some(1e-3)).is_ok();
        assert!(close("cost 2.5 [ 1.0  -2e3]", "cost 2.5001 [1.  -2000.5]"));
        assert!(!close("cost 2.5", "cost 2.51"));
        assert!(!close("cost 2.5", "price 2.5"));
        assert!(!close("1 2", "1"));
        assert!(!close("nan", "1"));
        assert!(close("nan inf", "nan inf"));
        assert!(!close("0", "1e-9"));
        assert!(close("(4, 7, 7, 2)", "(4, 7, 7, 2)"));
    }
}
