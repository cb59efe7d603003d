/*! A new typical mistake of a graded function, as a change of its reference body. */

use super::{Changes, check_name};
use anyhow::{Result, bail};
use course::{Assignment, Function, Root};

/// Writes a section for the mistake `name` of a function. Until an author says what is wrong, the change puts the stub in
/// place of the reference's lines.
///
/// # Errors
/// When no assignment has such a function, or its file has a mistake of that name.
pub fn misconception(root: &Root, function: &str, name: &str) -> Result<()> {
    check_name(name)?;
    let mut known = Vec::new();
    for assignment in Assignment::names(root)? {
        let assignment = Assignment::read(root, &assignment)?;
        if assignment.functions.iter().any(|known| known == function) {
            let path = root.misconceptions(&assignment.name, function);
            let mut changes = Changes::new(root);
            if !path.exists() {
                changes.create(path.clone(), format!("# Typical mistakes in {function}\n"))?;
            } else if std::fs::read_to_string(&path)?.lines().any(|line| line == format!("## {name}")) {
                bail!("{} has a mistake {name} already\nhelp: choose another name", root.show(&path));
            }
            changes.append(&path, &section(&assignment.reference.function(function)?, name))?;
            return changes.write();
        }
        known.extend(assignment.functions);
    }
    bail!("no assignment has a function {function:?}\nhelp: the functions are {}", known.join(", "))
}

fn section(function: &Function, name: &str) -> String {
    let part = |text: &str, sign: char| -> String {
        let inside = text.lines().skip_while(|line| !line.trim_start().starts_with("// START CODE HERE")).skip(1);
        let inside = inside.take_while(|line| !line.trim_start().starts_with("// END CODE HERE"));
        let lines = inside.filter(|line| !line.trim().is_empty());
        lines.map(|line| format!("{sign} {}\n", line.strip_prefix("    ").unwrap_or(line))).collect()
    };
    let change = part(&function.solution(), '-') + &part(&function.stub(), '+');
    format!("\n## {name}\n\nSay what is wrong and what to do, in one sentence.\n\n```diff\n{change}```\n")
}
