/*!
Which cells must run again before some of a chapter's cells can, when a cell has changed.

It judges by names alone, so it may say that a cell is needed which is not. What it cannot see is a cell that leaves
something behind which has no name, such as a file; whoever leaves cells out runs all of them when one fails.
*/

use crate::session::names;
use std::collections::BTreeSet;

/// For each cell whether it has to run so that those from number `from` on can.
pub fn needed(cells: &[String], from: usize) -> Vec<bool> {
    let variables: Vec<BTreeSet<String>> = cells.iter().map(|code| names::variables(code)).collect();
    let mentioned: Vec<BTreeSet<String>> = cells.iter().map(|code| names::mentioned(code)).collect();
    let all_variables: BTreeSet<&String> = variables.iter().flatten().collect();
    let mut needed: Vec<bool> =
        cells.iter().enumerate().map(|(index, code)| index >= from || names::has_nameless_effect(code)).collect();
    let mut wanted: BTreeSet<&String> = BTreeSet::new();
    loop {
        let before = needed.clone();
        for index in (0..cells.len()).filter(|&index| needed[index]) {
            wanted.extend(&mentioned[index]);
        }
        for index in (0..cells.len()).filter(|&index| !before[index]) {
            let defines = names::defined(&cells[index]).iter().any(|name| wanted.contains(name));
            // A cell that mentions a variable may change it.
            let touches = mentioned[index].iter().any(|name| all_variables.contains(name) && wanted.contains(name));
            needed[index] = defines || touches;
        }
        if needed == before {
            return needed;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_later_cell_mentions_is_needed_and_nothing_else() {
        let cells = [
            ":dep cnn = { path = \"../..\" }\nuse cnn::prelude::*;",
            "let data = load();",
            "let other = load();",
            "fn twice(x: f64) -> f64 { scale() * x }",
            "fn scale() -> f64 { 2.0 }",
            "{ let long = train(twice); println!(\"{long}\"); }",
            "let mut model = Model::new();",
            "model.fit(&data);",
            "println!(\"{}\", other.len());",
            "println!(\"{}\", twice(model.evaluate()));",
        ];
        let cells: Vec<String> = cells.iter().map(|code| (*code).to_owned()).collect();
        let numbers = |from| -> Vec<usize> {
            needed(&cells, from).iter().enumerate().filter(|(_, needed)| **needed).map(|(index, _)| index).collect()
        };
        assert_eq!(numbers(9), [0, 1, 3, 4, 6, 7, 9]);
        assert_eq!(numbers(8), [0, 1, 2, 3, 4, 6, 7, 8, 9]);
        assert_eq!(numbers(0), (0..10).collect::<Vec<_>>());
    }
}
