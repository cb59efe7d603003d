/*!
`workbook stub` and `workbook solve`: which body of a graded function the crate compiles, its stub or its solution.

Both stay in the file; the one that is not compiled stands in comments. The grader and the notebooks read the same solution
and the same stub either way.
*/

use super::choice::{Chosen, choose};
use anyhow::{Context, Result, bail};
use course::{Root, Source, files};

/// Which body is to be compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    Stub,
    Solution,
}

/// Puts the stubs, or the solutions, of the functions `names` in place; prints what has changed.
///
/// # Errors
/// When a name is no graded function, a file cannot be written, or somebody has worked in a stub: its lines would become
/// the exercise. No file is changed then.
pub fn swap(root: &Root, names: &[String], body: Body) -> Result<()> {
    let mut changes = Vec::new();
    for Chosen { assignment, stubs, .. } in choose(root, Some(names))? {
        let path = root.graded(&assignment);
        let mut text = std::fs::read_to_string(&path).with_context(|| root.show(&path))?;
        let mut swapped = Vec::new();
        for name in &stubs {
            let source = Source::parse(root.show(&path), text.clone())?;
            let reference = Source::parse_reference(root.show(&path), text.clone())?;
            let function = source.function(name)?;
            let new = turned(&source, &reference, name, body)
                .with_context(|| format!("{}:{}", root.show(&path), function.line()))?;
            if new != function.text() {
                text.replace_range(function.item().range.clone(), &new);
                swapped.push(name.clone());
            }
        }
        // What was written must be readable for the course again.
        Source::parse_reference(root.show(&path), text.clone())?;
        changes.push((path, text, swapped, stubs));
    }
    for (path, text, swapped, stubs) in changes {
        files::write(&path, &text)?;
        let what = match body {
            Body::Stub => "its stub is compiled, its solution stands on `//=` lines",
            Body::Solution => "its solution is compiled, its stub stands on `//~` lines",
        };
        for name in stubs {
            let already = if swapped.contains(&name) { "" } else { " (nothing to change)" };
            println!("{}: {name}: {what}{already}", root.show(&path));
        }
    }
    Ok(())
}

/// The function `name` with this body in place, of which nothing is lost.
fn turned(source: &Source, reference: &Source, name: &str, body: Body) -> Result<String> {
    let function = source.function(name)?;
    if body == Body::Solution && !reference.function(name)?.stub().contains("todo!(") {
        bail!(
            "somebody has worked in the stub of {name}: it has no `todo!(…)` any more\nhelp: keep those lines elsewhere, \
             put the `todo!(…)` back, and run this again"
        );
    }
    let turned = match body {
        Body::Stub => function.stubbed(),
        Body::Solution => function.solved(),
    };
    turned.with_context(|| {
        format!(
            "the bodies of {name} cannot be swapped and swapped back without a change\nhelp: write each `//~` below the \
             `//` of START CODE HERE, and a blank stub line as `//~` alone"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{Body, turned};
    use course::Source;

    const TEXT: &str = "pub fn twice(x: f64) -> f64 {\n    // START CODE HERE\n    //~ todo!(\"twice\")\n    2.0 * x\n    \
        // END CODE HERE\n}\n";

    fn swap(text: &str, body: Body) -> anyhow::Result<String> {
        turned(&Source::parse("a.rs", text)?, &Source::parse_reference("a.rs", text)?, "twice", body)
    }

    #[test]
    fn a_body_comes_back_as_it_was_and_work_in_a_stub_is_kept() {
        let stubbed = swap(TEXT, Body::Stub).unwrap();
        assert!(stubbed.contains("\n    todo!(\"twice\")\n    //= 2.0 * x\n"), "{stubbed}");
        assert_eq!(swap(&stubbed, Body::Stub).unwrap(), stubbed);
        assert_eq!(swap(&stubbed, Body::Solution).unwrap() + "\n", TEXT);
        let worked = stubbed.replace("todo!(\"twice\")", "x + x");
        let error = swap(&worked, Body::Solution).unwrap_err().to_string();
        assert!(error.contains("worked in the stub of twice") && error.contains("help: "), "{error}");
    }

    #[test]
    fn every_graded_function_of_the_course_can_be_swapped() {
        let root = course::Root::find(std::path::Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let mut count = 0;
        for chapter in course::Chapter::read_all(&root, &[]).unwrap() {
            for function in chapter.source.iter().flat_map(|source| source.exercises()) {
                let stubbed = function.stubbed().unwrap_or_else(|| panic!("{}", function.name()));
                assert_ne!(stubbed, function.text(), "{}", function.name());
                count += 1;
            }
        }
        assert!(count > 15, "{count}");
    }
}
