/*! Which assignment a submission belongs to, and how its functions are called. */

use course::chapter::{Chapter, FrontMatter};
use course::{Assignment, Root, Submitted};

use crate::error::{Error, Result};
use crate::program::text::Call;
use crate::submission::Submission;

/// The assignment that a submission belongs to: the one that is named, or that the submission names, or whose notebook
/// has the file's name, or most of whose functions it holds.
///
/// # Errors
/// When it cannot be told, or the submission holds nothing of the assignment that is named but something of another.
pub fn of(root: &Root, submission: &Submission, named: Option<&str>) -> Result<Assignment> {
    let submitted = Submitted::of(&submission.parts);
    // A function may stand in a module that an import leads to.
    let holds = |name: &String| {
        submitted.definition(name).is_some()
            || submission.broken.iter().any(|(_, broken)| broken.functions.contains(name))
    };
    let known = Assignment::names(root)?;
    let mut best = (0, None);
    for name in &known {
        let assignment = Assignment::read(root, name)?;
        let count = assignment.functions.iter().filter(|name| holds(name)).count();
        if count > best.0 {
            best = (count, Some(assignment));
        }
    }
    if let Some(name) = named.or(submission.assignment.as_deref()) {
        let assignment = Assignment::read(root, name)?;
        return match best.1 {
            Some(other) if !assignment.functions.iter().any(holds) => {
                let message =
                    format!("{}: expected functions of {name}, found {} of {}", submission.name, best.0, other.name);
                let help = format!("hand in the notebook of {name}, or grade with --assignment {}", other.name);
                Err(Error::new(message, help))
            }
            _ => Ok(assignment),
        };
    }
    let stem = submission.name.rsplit_once('.').map_or(&*submission.name, |(stem, _)| stem);
    for path in Chapter::paths(root)? {
        let front = FrontMatter::read(root, &path)?;
        if front.notebook == stem
            && let Some(name) = front.graded
        {
            return Ok(Assignment::read(root, &name)?);
        }
    }
    if known.iter().any(|name| name == stem) {
        return Ok(Assignment::read(root, stem)?);
    }
    best.1.ok_or_else(|| {
        let message = format!("{}: it holds no function of any assignment", submission.name);
        Error::new(message, format!("say which it is with --assignment: {}", known.join(", ")))
    })
}

/// The graded function `function` of an assignment, which the grader calls by `name`.
///
/// # Errors
/// When the reference has no such function.
pub fn call<'a>(assignment: &'a Assignment, function: &str, name: &str) -> Result<Call<'a>> {
    let driver = assignment.is_driven(function).then(|| format!("harness::drive::{}::{function}", assignment.name));
    Ok(Call { name: name.to_owned(), function: assignment.reference.function(function)?, driver })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upstream_is_what_our_body_calls() {
        let root = Root::find(std::path::Path::new(".")).unwrap();
        let assignment = Assignment::read(&root, "conv_step_by_step").unwrap();
        assert_eq!(assignment.functions.len(), 8);
        let upstream = |name: &str| assignment.upstream(name).into_iter().collect::<Vec<_>>();
        assert_eq!(upstream("conv_forward"), ["conv_single_step", "zero_pad"]);
        assert_eq!(upstream("pool_backward"), ["create_mask_from_window", "distribute_value"]);
        assert!(upstream("zero_pad").is_empty());
    }
}
