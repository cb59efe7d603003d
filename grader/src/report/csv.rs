/*! A report as CSV (RFC 4180): a line for each function. */

use crate::report::feedback::number;
use crate::report::{Graded, clean};

/// Writes the report; of a submission that could not be graded, the one line that says why.
pub fn csv(graded: Graded) -> String {
    let mut out = row(&["function", "points", "max_points", "verdict", "causes", "messages"]);
    match graded {
        Ok(report) => {
            for function in &report.functions {
                out += &row(&[
                    function.name.clone(),
                    number(function.points),
                    number(function.max_points),
                    function.verdict.to_string(),
                    function.causes.join("; "),
                    function.messages.join("; "),
                ]);
            }
            out += &row(&["total".to_owned(), number(report.score), number(report.max_score)]);
        }
        Err(error) => {
            let cells = ["", "", "", &error.kind().to_string(), error.help(), error.message()].map(clean);
            out += &row(&cells);
        }
    }
    out
}

/// A line of cells. What a spreadsheet would take for a formula gets an apostrophe before it.
pub fn row(cells: &[impl AsRef<str>]) -> String {
    let cell = |text: &str| {
        let is_number = text.parse::<f64>().is_ok();
        let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number;
        let text = if is_formula { format!("'{text}") } else { text.to_owned() };
        if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
    };
    let cells: Vec<String> = cells.iter().map(|text| cell(text.as_ref())).collect();
    cells.join(",") + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_text_and_no_formula() {
        assert_eq!(row(&["a", "b,c", "d\"e", "f\ng"]), "a,\"b,c\",\"d\"\"e\",\"f\ng\"\r\n");
        assert_eq!(row(&["=HYPERLINK(1)", "@SUM(1)", "-5", "-x"]), "'=HYPERLINK(1),'@SUM(1),-5,'-x\r\n");
    }
}
