/*! `:vars`: the variables as a table. */

use super::Said;
use crate::session::Variable;
use std::fmt::Write;

const COLUMNS: [&str; 7] = ["name", "type", "shape", "min", "max", "mean", "value"];

/// Shows the variables as text and as HTML.
pub fn show(variables: &[Variable]) -> Said {
    if variables.is_empty() {
        return Said::text("no variables; a cell makes one with `let`");
    }
    let rows: Vec<[String; 7]> = variables.iter().map(row).collect();
    // A column that no variable fills is left out.
    let filled: Vec<usize> = (0..COLUMNS.len()).filter(|&at| rows.iter().any(|row| !row[at].is_empty())).collect();
    let length = |text: &str| text.chars().count();
    let width = |at: usize| rows.iter().map(|row| length(&row[at])).chain([COLUMNS[at].len()]).max().unwrap_or(0);
    let mut plain = String::new();
    let header = COLUMNS.map(str::to_owned);
    for row in [&header].into_iter().chain(&rows) {
        let cells = filled.iter().map(|&at| format!("{}{}", row[at], " ".repeat(width(at) - length(&row[at]))));
        let _ = writeln!(plain, "{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    let html_row = |row: &[String; 7], tag: &str| {
        let cells = filled.iter().map(|&at| format!("<{tag}>{}</{tag}>", escape(&row[at])));
        format!("<tr>{}</tr>", cells.collect::<String>())
    };
    let body: String = rows.iter().map(|row| html_row(row, "td")).collect();
    Said::rich("text/html", format!("<table>{}{body}</table>", html_row(&header, "th")), plain)
}

fn row(variable: &Variable) -> [String; 7] {
    let Variable { name, kind, shape, range, value } = variable;
    let [low, high, mean] = range.clone().unwrap_or_default();
    [name.clone(), kind.clone(), shape.clone().unwrap_or_default(), low, high, mean, value.clone().unwrap_or_default()]
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Output;

    #[test]
    fn a_table_has_the_columns_that_are_filled() {
        let array = Variable {
            name: "x".into(),
            kind: "Array2<f64>".into(),
            shape: Some("(2, 3)".into()),
            range: Some(["0".into(), "5".into(), "2.5".into()]),
            value: None,
        };
        let Output::Display { data, .. } = &show(&[array]).outputs[0] else { panic!("a display") };
        assert_eq!(
            data["text/plain"],
            "name  type         shape   min  max  mean\nx     Array2<f64>  (2, 3)  0    5    2.5\n"
        );
        assert!(data["text/html"].contains("<td>Array2&lt;f64&gt;</td>") && !data["text/html"].contains("value"));
        assert!(matches!(&show(&[]).outputs[0], Output::Text { text, .. } if text.contains("no variables")));
    }
}
