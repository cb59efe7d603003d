/*!
A table of a few rows: drawn in a notebook, aligned text elsewhere.

Whole data sets are not shown like this, nor a matrix with colours: that is [`plot::Matrix`](crate::plot::Matrix).
*/

use super::Content;
use ndarray::{ArrayBase, Data, Ix2};
use std::fmt;

/// Rows of text and numbers under a row of headings.
///
/// ```
/// use cnn::display::Table;
/// let table = Table::new(["layer", "parameters"]).row(["conv0", "4736"]).row(["fc", "32769"]);
/// assert_eq!(table.to_string(), "\
/// layer  parameters
/// -----  ----------
/// conv0        4736
/// fc          32769
/// ");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    names: Vec<String>,
    rows: Vec<Vec<String>>,
    caption: Option<String>,
}

impl Table {
    /// No rows yet, under these names.
    pub fn new(names: impl IntoIterator<Item = impl ToString>) -> Self {
        Self { names: names.into_iter().map(|name| name.to_string()).collect(), rows: Vec::new(), caption: None }
    }

    /// The rows of an array under these names.
    ///
    /// ```
    /// use cnn::{display::Table, prelude::*};
    /// let table = Table::of(["a", "b"], &array![[1.5, -2.0], [30.0, 4.25]]);
    /// assert_eq!(table.to_string(), "  a     b\n---  ----\n1.5    -2\n 30  4.25\n");
    /// ```
    ///
    /// # Panics
    /// If there is not one name for each column.
    #[track_caller]
    pub fn of<A: fmt::Display, S: Data<Elem = A>>(
        names: impl IntoIterator<Item = impl ToString>,
        array: &ArrayBase<S, Ix2>,
    ) -> Self {
        array.outer_iter().fold(Self::new(names), |table, row| table.row(row.iter()))
    }

    /// Adds a row.
    ///
    /// # Panics
    /// If there is not one entry for each name.
    #[track_caller]
    pub fn row(mut self, entries: impl IntoIterator<Item = impl ToString>) -> Self {
        let row: Vec<String> = entries.into_iter().map(|entry| entry.to_string()).collect();
        let n = self.names.len();
        assert!(
            row.len() == n,
            "row: expected {n} entries, one for each of {}, got {}",
            self.names.join(", "),
            row.len()
        );
        self.rows.push(row);
        self
    }

    /// Says below the table what to see in it.
    pub fn caption(mut self, caption: impl Into<String>) -> Self {
        self.caption = Some(caption.into());
        self
    }

    /// The table as a notebook's cell shows it: HTML, with aligned text as the alternative.
    pub fn content(&self) -> Content {
        let cells = |kind: &str, row: &[String]| -> String {
            let cell = |(column, entry): (usize, &String)| {
                let side = if self.is_number(column) { "right" } else { "left" };
                format!("<{kind} style=\"text-align: {side}\">{}</{kind}>", escape(entry))
            };
            format!("<tr>{}</tr>", row.iter().enumerate().map(cell).collect::<String>())
        };
        let rows: Vec<String> = self.rows.iter().map(|row| cells("td", row)).collect();
        let caption = self.caption.as_deref().map_or(String::new(), |caption| {
            format!("<caption style=\"caption-side: bottom; text-align: left\">{}</caption>", escape(caption))
        });
        let head = cells("th", &self.names);
        let html = format!("<table>{caption}\n<thead>{head}</thead>\n<tbody>\n{}\n</tbody></table>", rows.join("\n"));
        Content::new().part("text/html", html).part("text/plain", self.to_string().trim_end())
    }

    /// Shows the table in a notebook: called by evcxr for the last expression of a cell, or by you anywhere in it.
    pub fn evcxr_display(&self) {
        self.content().show();
    }

    /// Whether all entries of a column are numbers, which are right-aligned.
    fn is_number(&self, column: usize) -> bool {
        let number = |text: &str| text.replace([',', '_', '%'], "").trim().parse::<f64>().is_ok();
        !self.rows.is_empty() && self.rows.iter().all(|row| number(&row[column]))
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = |text: &String| text.chars().count();
        let all = || std::iter::once(&self.names).chain(&self.rows);
        let widths: Vec<usize> =
            (0..self.names.len()).map(|column| all().map(|row| length(&row[column])).max().unwrap_or(0)).collect();
        let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
        for row in [&self.names, &rule].into_iter().chain(&self.rows) {
            let cell = |(column, entry): (usize, &String)| match (widths[column], self.is_number(column)) {
                (width, true) => format!("{entry:>width$}"),
                (width, false) => format!("{entry:<width$}"),
            };
            let line = row.iter().enumerate().map(cell).collect::<Vec<_>>().join("  ");
            writeln!(f, "{}", line.trim_end())?;
        }
        if let Some(caption) = &self.caption {
            writeln!(f, "{caption}")?;
        }
        Ok(())
    }
}

/// `text` as HTML shows it.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\n', "<br>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_at_the_right_and_words_at_the_left() {
        let table = Table::new(["what", "n"]).row(["<b>", "1,000"]).row(["größer", "7"]).caption("Two rows.");
        assert_eq!(table.to_string(), "what        n\n------  -----\n<b>     1,000\ngrößer      7\nTwo rows.\n");
        let lines = table.content().to_protocol();
        assert!(
            lines.contains("<td style=\"text-align: left\">&lt;b&gt;</td><td style=\"text-align: right\">1,000</td>")
        );
        assert!(lines.contains("<caption"));
    }

    #[test]
    #[should_panic(expected = "row: expected 2 entries, one for each of a, b, got 1")]
    fn a_short_row_is_named() {
        let _ = Table::new(["a", "b"]).row(["1"]);
    }
}
