/*! A new chapter with an assignment of its own: prose, graded functions, cases, typical mistakes. */

use super::{Changes, check_name, fill, function};
use anyhow::{Result, bail};
use course::Root;

/// Writes the chapter `name`, such as `5_detection`, with these graded functions.
///
/// # Errors
/// When a name cannot be one, or a file exists already.
pub fn chapter(root: &Root, name: &str, functions: &[String]) -> Result<()> {
    let assignment = name.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches(['_', '-']);
    check_name(assignment)?;
    if functions.is_empty() {
        bail!("a chapter needs at least one graded function\nhelp: name them with --functions one,other");
    }
    let mut title = assignment.replace('_', " ");
    title[..1].make_ascii_uppercase();
    let values = [("title", &*title), ("notebook", name), ("assignment", assignment)];
    let mut changes = Changes::new(root);
    let place = function::Place::new(root, root.chapters().join(format!("{name}.md")), assignment);
    changes.create(place.chapter.clone(), fill(include_str!("templates/chapter.md.txt"), &values))?;
    changes.create(place.graded.clone(), fill(include_str!("templates/graded.rs.txt"), &values))?;
    changes.create(place.cases.clone(), fill(include_str!("templates/cases.rs.txt"), &values))?;
    changes.insert_sorted(&root.join("src/graded/mod.rs"), "pub mod ", &format!("pub mod {assignment};"))?;
    for (index, function) in functions.iter().enumerate() {
        // All functions together are worth 100 points.
        let share = 100 / functions.len();
        let points = if index == 0 { 100 - share * (functions.len() - 1) } else { share };
        function::add(&mut changes, root, &place, function, points)?;
    }
    changes.write()
}
