/*!
Where a line of evcxr's generated file stands in the learner's cells.

evcxr writes the code of all cells into one file, in an order of its own, so a line is found again by its text and by the
lines around it.
*/

use super::names;
use std::collections::BTreeMap;

/// A line of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellLine {
    /// The cell's number.
    pub cell: u64,
    /// Counted from 1.
    pub line: usize,
    /// The line, without blanks around it.
    pub text: String,
}

impl std::fmt::Display for CellLine {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "cell [{}], line {}: {}", self.cell, self.line, self.text)
    }
}

/// Finds the line `number` (from 1) of the generated `source` in the cells; the cell `current` comes first where several
/// fit as well, then the later one.
pub fn find(source: &str, number: usize, cells: &BTreeMap<u64, String>, current: u64) -> Option<CellLine> {
    let source: Vec<&str> = source.lines().map(str::trim).collect();
    let at = number.checked_sub(1)?;
    let text = *source.get(at).filter(|text| !text.is_empty())?;
    let mut best: Option<((usize, bool, u64), CellLine)> = None;
    for (&cell, code) in cells {
        let lines: Vec<&str> = code.lines().map(str::trim).collect();
        for (index, line) in lines.iter().enumerate() {
            // evcxr writes around the last expression of a cell, and each statement into a line of its own.
            let fits =
                *line == text || (line.len() > 3 && text.contains(line)) || (text.len() > 3 && line.contains(text));
            if !fits {
                continue;
            }
            let same = |step: fn(usize, usize) -> Option<usize>| {
                let neighbour = |n| Some((source.get(step(at, n)?)?, lines.get(step(index, n)?)?));
                (1..).map_while(neighbour).take_while(|(one, other)| one == other).count()
            };
            let score = same(usize::checked_sub) + same(usize::checked_add) + 1000 * usize::from(*line == text);
            let rank = (score, cell == current, cell);
            if best.as_ref().is_none_or(|(known, _)| *known < rank) {
                best = Some((rank, CellLine { cell, line: index + 1, text: (*line).to_owned() }));
            }
        }
    }
    best.map(|(_, place)| place)
}

/// The line of the cells that defines the function, type or constant of this name, the last time that one did.
pub fn definition(cells: &BTreeMap<u64, String>, name: &str) -> Option<CellLine> {
    let (&cell, code) = cells.iter().rev().find(|(_, code)| names::defined(code).contains(name))?;
    let (index, line) = code.lines().enumerate().find(|(_, line)| names::defined(line).contains(name))?;
    Some(CellLine { cell, line: index + 1, text: line.trim().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines around it tell two equal lines apart, and the current cell comes before others.
    #[test]
    fn a_line_is_found_by_its_text_and_its_neighbours() {
        let cells = BTreeMap::from([
            (1, "fn f() {\n    let a = x[0];\n    a\n}".to_owned()),
            (2, "fn g() {\n    let b = 1;\n    let a = x[0];\n    a + b\n}".to_owned()),
            (3, "f();\nlast(1)\nlet c = 1; drop(c); f();".to_owned()),
        ]);
        let source = "#![allow(dead_code)]\nfn g() {\n    let b = 1;\n    let a = x[0];\n    a + b\n}\nfn f() {\n    \
            let a = x[0];\n    a\n}\nf();\n(&(last(1))).evcxr_display();\ndrop(c);\n";
        let place = |number| find(source, number, &cells, 3).map(|place| (place.cell, place.line));
        assert_eq!(place(4), Some((2, 3)));
        assert_eq!(place(8), Some((1, 2)));
        assert_eq!(place(11), Some((3, 1)));
        assert_eq!(place(12), Some((3, 2)));
        assert_eq!(place(13), Some((3, 3)));
        for nowhere in [0, 1, 99] {
            assert_eq!(place(nowhere), None, "{nowhere}");
        }
        assert_eq!(find(source, 4, &cells, 3).unwrap().to_string(), "cell [2], line 3: let a = x[0];");
    }

    #[test]
    fn a_definition_is_that_of_the_last_cell_that_has_it() {
        let cells = BTreeMap::from([
            (1, "fn f() {}".to_owned()),
            (2, "// f\nuse a::b;\npub fn f(x: f64) -> f64 {\n    g(x)\n}".to_owned()),
            (3, "fn test_f() { f(1.0); }".to_owned()),
        ]);
        let found = definition(&cells, "f").unwrap();
        assert_eq!(found.to_string(), "cell [2], line 3: pub fn f(x: f64) -> f64 {");
        assert_eq!(definition(&cells, "g"), None);
    }
}
