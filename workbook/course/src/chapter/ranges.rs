/*!
The notation for an output of which only ranges are known, because it comes of training: `Test Accuracy: {0.6 to 0.95}`
is a line whose number lies between the two, and a line `…` stands for any number of lines.

Whether a text fits is not decided here: that is the program's that ran the cell.
*/

/// What is wrong with the notation of `text`, if anything is.
pub(super) fn check(text: &str) -> Result<(), String> {
    let mut any = false;
    for line in text.lines() {
        any |= line.trim() == LEFT_OUT;
        let mut rest = line;
        while let Some((_, range)) = rest.split_once('{') {
            let (range, after) = range.split_once('}').ok_or_else(|| format!("the range in {line:?} is not closed"))?;
            let bounds = range.split_once(" to ").map(|(low, high)| (low.trim().parse(), high.trim().parse()));
            match bounds {
                Some((Ok(low), Ok(high))) if f64::is_finite(low) && f64::is_finite(high) && low <= high => {}
                _ => return Err(format!("expected a range such as {{0.6 to 0.95}}, got {{{range}}}")),
            }
            any = true;
            rest = after;
        }
    }
    if any { Ok(()) } else { Err("an output of ranges has neither a range nor a line \u{2026}".to_owned()) }
}

/// The line that stands for any number of lines.
pub const LEFT_OUT: &str = "\u{2026}";

/// The text for a reader: ranges without their braces.
pub fn readable(text: &str) -> String {
    text.replace(['{', '}'], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_two_numbers_in_order() {
        assert_eq!(check("cost {1 to 2} of {-1e-3 to 0}\n"), Ok(()));
        assert_eq!(check("first\n \u{2026}\nlast\n"), Ok(()));
        assert_eq!(check("cost {1 to 2"), Err("the range in \"cost {1 to 2\" is not closed".to_owned()));
        for wrong in ["{1}", "{2 to 1}", "{1 to}", "{a to b}", "{nan to 1}", "{}"] {
            assert_eq!(check(wrong), Err(format!("expected a range such as {{0.6 to 0.95}}, got {wrong}")));
        }
        assert!(check("cost 1\n").unwrap_err().starts_with("an output of ranges has neither"));
        assert_eq!(readable("cost {1 to 2}\n\u{2026}\n"), "cost 1 to 2\n\u{2026}\n");
    }
}
