/*! Which assignment a submission belongs to, how its functions are called, and what of it was nearly right. */

use course::chapter::{Chapter, FrontMatter};
use course::{Assignment, Root, Submitted};

use crate::error::{Error, Kind, Result};
use crate::program::text::Call;
use crate::submission::Submission;

mod near;

/// Makes sure that every name is a graded function of some assignment.
///
/// # Errors
/// When one is not, with those that are.
pub fn check_functions(root: &Root, names: &[String]) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let assignments: Vec<Assignment> =
        Assignment::names(root)?.iter().map(|name| Assignment::read(root, name)).collect::<course::Result<_>>()?;
    let is_known = |name: &String| assignments.iter().any(|assignment| assignment.functions.contains(name));
    let Some(unknown) = names.iter().find(|name| !is_known(name)) else { return Ok(()) };
    let known: Vec<String> =
        assignments.iter().map(|known| format!("{}: {}", known.name, known.functions.join(", "))).collect();
    let message = format!("--functions: there is no graded function {unknown:?}");
    Err(Error::of(Kind::Usage, message, format!("the graded functions are\n  {}", known.join("\n  "))))
}

pub use near::near_misses;

/// The assignment that a submission belongs to: the one that is named, or that the submission names, or most of whose
/// functions it holds. The file's name counts only where the contents say nothing or fit two assignments equally.
///
/// # Errors
/// When it cannot be told, or the submission holds functions of another assignment than the one that is named: of that one
/// none, or, where only the notebook's metadata name it, fewer.
pub fn of(root: &Root, submission: &Submission, named: Option<&str>) -> Result<Assignment> {
    let submitted = Submitted::of(&submission.parts);
    // A function may stand in a module that an import leads to.
    let holds = |name: &String| {
        submitted.definition(name).is_some()
            || submission.broken.iter().any(|(_, broken)| broken.functions.contains(name))
    };
    let known = Assignment::names(root)?;
    let mut counts: Vec<(usize, Assignment)> = Vec::new();
    for name in &known {
        let assignment = Assignment::read(root, name)?;
        let count = assignment.functions.iter().filter(|name| holds(name)).count();
        counts.push((count, assignment));
    }
    let most = counts.iter().map(|(count, _)| *count).max().unwrap_or(0);
    if let Some(name) = named.or(submission.assignment.as_deref()) {
        let Some(at) = counts.iter().position(|(_, assignment)| assignment.name == name) else {
            // The same error as for any unknown name.
            let error = match Assignment::read(root, name) {
                Ok(assignment) => return Ok(assignment),
                Err(error) => Error::from(error),
            };
            return Err(error.kind_is(if named.is_some() { Kind::Usage } else { Kind::Nothing }));
        };
        let (count, _) = counts[at];
        let contradicted = if named.is_some() { count == 0 } else { count < most };
        if contradicted && let Some((other_count, other)) = counts.iter().find(|(count, _)| *count == most && most > 0)
        {
            let found = if count == 0 { String::new() } else { format!("{count} of them and ") };
            let message = format!(
                "{}: expected functions of {name}, found {found}{other_count} of {}",
                submission.name, other.name
            );
            let help = format!("hand in the notebook of {name}, or grade with --assignment {}", other.name);
            return Err(Error::of(Kind::Nothing, message, help));
        }
        return Ok(counts.swap_remove(at).1);
    }
    let stem = submission.name.rsplit_once('.').map_or(&*submission.name, |(stem, _)| stem);
    let mut called: Vec<String> = known.iter().filter(|name| *name == stem).cloned().collect();
    for path in Chapter::paths(root)? {
        let front = FrontMatter::read(root, &path)?;
        if front.notebook == stem {
            called.extend(front.graded);
        }
    }
    let mut candidates: Vec<Assignment> =
        counts.into_iter().filter(|(count, _)| *count == most).map(|(_, assignment)| assignment).collect();
    if let Some(at) = candidates.iter().position(|assignment| called.contains(&assignment.name)) {
        return Ok(candidates.swap_remove(at));
    }
    if most > 0 && candidates.len() == 1 {
        return Ok(candidates.swap_remove(0));
    }
    let message = match &submission.language {
        _ if most > 0 => {
            let names: Vec<&str> = candidates.iter().map(|assignment| assignment.name.as_str()).collect();
            format!("{}: it holds as many functions of each of {}", submission.name, names.join(" and "))
        }
        Some(language) if language != "rust" => {
            format!("{}: a notebook for {language}, expected one for Rust", submission.name)
        }
        _ => format!("{}: it holds no function of any assignment", submission.name),
    };
    // They may stand there in another way.
    let near = candidates.iter().find_map(|assignment| near_misses(assignment, submission).into_iter().next());
    let near = near.filter(|_| most == 0).map(|note| note + "; or ").unwrap_or_default();
    let help = format!("{near}say which it is with --assignment: {}", known.join(", "));
    Err(Error::of(Kind::Nothing, message, help))
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

    fn submission(name: &str, says: Option<&str>, functions: &[&str]) -> Submission {
        let text: String = functions.iter().map(|name| format!("pub fn {name}() {{}}\n")).collect();
        Submission {
            path: std::path::PathBuf::new(),
            name: name.into(),
            assignment: says.map(str::to_owned),
            language: None,
            parts: vec![course::Source::parse(name, text).unwrap()],
            broken: Vec::new(),
            notes: Vec::new(),
        }
    }

    #[track_caller]
    fn check(submission: &Submission, named: Option<&str>, expected: Result<&str, &str>) {
        let root = Root::find(std::path::Path::new(".")).unwrap();
        match (of(&root, submission, named), expected) {
            (Ok(assignment), Ok(expected)) => assert_eq!(assignment.name, expected),
            (Err(error), Err(says)) => assert!(error.to_string().contains(says), "{error}"),
            (other, expected) => panic!("expected {expected:?}, got {:?}", other.map(|assignment| assignment.name)),
        }
    }

    #[test]
    fn what_a_file_holds_counts_more_than_its_name() {
        let conv = ["zero_pad", "conv_forward", "pool_forward"];
        check(&submission("2_application.ipynb", None, &conv), None, Ok("conv_step_by_step"));
        check(&submission("keras_tutorial.rs", None, &conv), None, Ok("conv_step_by_step"));
        check(&submission("homework.rs", None, &conv), None, Ok("conv_step_by_step"));
        // Two assignments, and the name of one of them.
        let mixed = ["zero_pad", "identity_block"];
        check(&submission("residual_networks.rs", None, &mixed), None, Ok("residual_networks"));
        check(&submission("mine.rs", None, &mixed), None, Err("as many functions of each of conv_step_by_step and"));
        check(&submission("residual_networks.rs", None, &[]), None, Ok("residual_networks"));
        check(&submission("mine.rs", None, &[]), None, Err("no function of any assignment"));
        check(&submission("mine.rs", None, &["zeropad"]), None, Err("`zeropad` (mine.rs, line 1) is like it"));
    }

    #[test]
    fn what_metadata_or_the_command_line_say_is_held_against_the_contents() {
        let conv = ["zero_pad", "conv_forward", "compute_cost"];
        let says = "expected functions of application, found 1 of them and 2 of conv_step_by_step";
        check(&submission("a.ipynb", Some("application"), &conv), None, Err(says));
        check(&submission("a.ipynb", Some("application"), &conv), Some("application"), Ok("application"));
        check(&submission("a.ipynb", Some("application"), &conv), Some("conv_step_by_step"), Ok("conv_step_by_step"));
        check(&submission("a.ipynb", None, &conv[..2]), Some("application"), Err("found 2 of conv_step_by_step"));
        check(&submission("a.ipynb", Some("conv_step_by_step"), &[]), None, Ok("conv_step_by_step"));
        check(&submission("a.ipynb", None, &conv), Some("nothing"), Err("no assignment"));
    }
}
