/*! What can be seen by reading: points, hints, ids, stubs, and the files of each graded function. */

use crate::notebook::{solution, student};
use anyhow::Result;
use course::chapter::{Block, Kind};
use course::{Chapter, Root};
use std::collections::BTreeSet;

/// What the points of a chapter add up to.
const POINTS: f64 = 100.0;
/// Hints of an exercise, from the idea to nearly the answer.
const HINTS: usize = 3;
/// Typical mistakes of a function.
const MISTAKES: usize = 3;

/// What is wrong, each with its place and what to do.
///
/// # Errors
/// When a file that is there cannot be read.
pub fn findings(root: &Root, chapters: &[Chapter]) -> Result<Vec<String>> {
    let mut findings: Vec<String> = chapters.iter().flat_map(of_chapter).collect();
    for chapter in chapters {
        let Some(assignment) = &chapter.graded else { continue };
        let cases = root.cases().join(format!("{assignment}.rs"));
        let cases_text = std::fs::read_to_string(&cases).unwrap_or_default();
        for exercise in chapter.exercises() {
            let path = root.misconceptions(assignment, &exercise.name);
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let count = text.lines().filter(|line| line.starts_with("## ")).count();
            if count < MISTAKES {
                findings.push(format!(
                    "{}: expected at least {MISTAKES} typical mistakes of {}, found {count}\nhelp: `workbook new \
                     misconception {} NAME` writes one",
                    root.show(&path),
                    exercise.name,
                    exercise.name
                ));
            }
            if !cases_text.contains(&exercise.name) {
                findings.push(format!(
                    "{}: there are no cases of {}\nhelp: CONTRIBUTING.md says how a case is drawn",
                    root.show(&cases),
                    exercise.name
                ));
            }
        }
    }
    Ok(findings)
}

/// What is wrong with a chapter by itself.
fn of_chapter(chapter: &Chapter) -> Vec<String> {
    let mut findings = Vec::new();
    let points: f64 = chapter.exercises().map(|exercise| exercise.points).sum();
    if chapter.graded.is_some() && points != POINTS {
        findings.push(format!(
            "{}: the points add up to {points}, expected {POINTS}\nhelp: change `points=` of an exercise",
            chapter.path
        ));
    }
    findings.extend(hints(chapter));
    for exercise in chapter.exercises() {
        let (name, stub) = (&exercise.name, chapter.function(&exercise.name).stub());
        if !stub.contains(&format!("todo!(\"{name}")) {
            findings.push(format!(
                "{}: the stub of {name} does not name it\nhelp: begin its message so: todo!(\"{name}: …\")",
                chapter.source.as_ref().map_or(&*chapter.path, |source| source.path())
            ));
        }
    }
    for (edition, notebook) in [("student", student(chapter)), ("solution", solution(chapter, None))] {
        let mut seen = BTreeSet::new();
        for id in notebook["cells"].as_array().into_iter().flatten().filter_map(|cell| cell["id"].as_str()) {
            if !seen.insert(id.to_owned()) {
                findings.push(format!(
                    "{}: two cells of the {edition} notebook have the id {id}\nhelp: give one of the headings or cells \
                     another text",
                    chapter.path
                ));
            }
        }
    }
    findings
}

/// Exercises whose hints are not `Hint 1`, `Hint 2`, … up to the last one that is needed.
fn hints(chapter: &Chapter) -> Vec<String> {
    let mut findings = Vec::new();
    let mut found: Vec<usize> = Vec::new();
    for block in &chapter.blocks {
        match block {
            Block::Prose { text, .. } => {
                let numbers = text.lines().filter_map(|line| {
                    let number = line.split_once("<summary>Hint ")?.1;
                    number.split(|c: char| !c.is_ascii_digit()).next()?.parse::<usize>().ok()
                });
                found.extend(numbers);
            }
            Block::Cell(cell) => {
                if let Kind::Exercise(exercise) = &cell.kind {
                    let expected: Vec<usize> = (1..=found.len().max(HINTS)).collect();
                    if found != expected {
                        findings.push(format!(
                            "{}:{}: expected hints 1 to {} before the exercise {}, found {found:?}\nhelp: fold each into \
                             <details><summary>Hint N: …</summary>",
                            chapter.path,
                            cell.line,
                            expected.len(),
                            exercise.name
                        ));
                    }
                    found.clear();
                }
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::of_chapter;
    use course::{Chapter, Source};

    const SOURCE: &str = "/// Twice a number.\npub fn twice(x: f64) -> f64 {\n    // START CODE HERE\n    \
        //~ todo!(\"twice: write it\")\n    2.0 * x\n    // END CODE HERE\n}\n";

    fn findings(points: &str, hints: &[usize], source: &str) -> Vec<String> {
        let hints: String =
            hints.iter().map(|hint| format!("<details><summary>Hint {hint}: x</summary>\ny\n</details>\n")).collect();
        let text = format!(
            "+++\ntitle = \"Example\"\nnotebook = \"9_example\"\ngraded = \"example\"\n+++\n# Twice\n\n{hints}\n```rust \
             graded=twice points={points}\n```\n```rust test=twice\nassert_eq!(twice(2), 4);\n```\n"
        );
        let source = Source::parse_reference("example.rs", source).unwrap();
        of_chapter(&Chapter::parse("example.md", &text, Some(source)).unwrap())
    }

    #[test]
    fn a_chapter_that_fits_has_no_findings_and_each_fault_has_one() {
        assert_eq!(findings("100", &[1, 2, 3], SOURCE), Vec::<String>::new());
        for (found, word) in [
            (findings("90", &[1, 2, 3], SOURCE), "add up to 90"),
            (findings("100", &[1, 2], SOURCE), "hints 1 to 3 before the exercise twice, found [1, 2]"),
            (findings("100", &[1, 3, 2], SOURCE), "found [1, 3, 2]"),
            (findings("100", &[1, 2, 3], &SOURCE.replace("twice: write", "write")), "does not name it"),
        ] {
            assert!(found.len() == 1 && found[0].contains(word) && found[0].contains("\nhelp: "), "{word}: {found:?}");
        }
    }
}
