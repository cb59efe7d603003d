/*! Which functions a learner writes, and the assignments that they belong to. */

use anyhow::{Result, bail};
use course::{Chapter, Root};
use std::collections::BTreeSet;

/// A chapter whose assignment has functions that were chosen.
pub struct Chosen {
    pub chapter: Chapter,
    pub assignment: String,
    /// Those that become stubs; all others of the assignment are given.
    pub stubs: BTreeSet<String>,
}

/// The chapters with functions among `names`, or all chapters with graded functions if `names` is none.
///
/// # Errors
/// When a chapter is wrong, or a name is no graded function, with those that exist.
pub fn choose(root: &Root, names: Option<&[String]>) -> Result<Vec<Chosen>> {
    let mut all = Vec::new();
    for chapter in Chapter::read_all(root, &[])? {
        let Some(assignment) = chapter.graded.clone() else { continue };
        let stubs = chapter.exercises().map(|exercise| exercise.name.clone()).collect();
        all.push(Chosen { chapter, assignment, stubs });
    }
    let Some(names) = names else { return Ok(all) };
    for name in names {
        if !all.iter().any(|chosen| chosen.stubs.contains(name)) {
            let known: Vec<String> = all
                .iter()
                .map(|chosen| {
                    let names: Vec<&str> = chosen.chapter.exercises().map(|exercise| exercise.name.as_str()).collect();
                    format!("  {}: {}", chosen.chapter.notebook, names.join(", "))
                })
                .collect();
            bail!("there is no graded function {name:?}\nhelp: the graded functions are\n{}", known.join("\n"));
        }
    }
    for chosen in &mut all {
        chosen.stubs.retain(|name| names.contains(name));
    }
    all.retain(|chosen| !chosen.stubs.is_empty());
    Ok(all)
}
