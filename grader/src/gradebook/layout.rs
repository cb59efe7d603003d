/*!
Which learner a file of a class' folder belongs to, told from its path: the nestings that Canvas, Moodle, Gradescope,
nbgrader and GitHub write, a pattern of the instructor's own, or one folder or file for each learner.

It reads no file but Gradescope's list of names.
*/

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use regex::{Captures, Regex};

use crate::error::{Error, Kind, Result};
use crate::gradebook::time;
use crate::report::clean;

/// Who handed a file in, as its path says.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    /// What tells the learner from others.
    pub learner: String,
    /// The learner's name, where the path holds one beside that.
    pub name: Option<String>,
    /// What tells one submission of the learner from another; empty where there is one.
    pub submission: String,
    /// Whether the platform marks it as late.
    pub late: bool,
    /// When it was handed in, in seconds since 1970.
    pub submitted: Option<i64>,
}

/// How paths are read.
#[derive(Debug)]
pub struct Layout {
    /// What it is called in messages.
    pub name: &'static str,
    how: How,
}

#[derive(Debug)]
enum How {
    Pattern(Regex),
    /// A pattern, and the names that Gradescope's list gives to its folders.
    Gradescope(Regex, BTreeMap<String, Submitter>),
    /// A folder or a file for each learner.
    Folders,
}

/// Of Gradescope's list: who handed in, and when.
#[derive(Debug, Default)]
struct Submitter {
    ids: Vec<String>,
    names: Vec<String>,
    submitted: Option<i64>,
}

/// Moodle's folders or prefixes: the full name, the number of the participant, the kind of submission.
const MOODLE: &str = r"(?:^|/)(?P<name>[^/]+?)_(?P<student_id>\d+)_assignsubmission_(?:file|onlinetext)(?:_|/|$)";
/// Canvas' flat files: name, `LATE_`, the numbers of user and submission, the file's own name.
const CANVAS: &str = r"(?:^|/)(?P<name>[^/_]+)_(?P<late>LATE_)?(?P<student_id>\d+)_(?P<submission>\d+)_[^/]+$";
const GRADESCOPE: &str = r"(?:^|/)(?P<student_id>submission_\d+)(?:/|$)";
const NBGRADER: &str = r"(?:^|/)submitted/(?P<student_id>[^/]+)/(?P<assignment>[^/]+)(?:/|$)";
/// Gradescope's list of the folders of an export.
pub const GRADESCOPE_LIST: &str = "submission_metadata.yml";

impl Layout {
    /// The instructor's own pattern, a regular expression over a path with `/`; files that it does not match are passed
    /// over. Its groups: `student_id`, and, where there are such, `name`, `attempt`, `late`, `timestamp`.
    ///
    /// # Errors
    /// When it is no regular expression, or has no group `student_id`.
    pub fn of_pattern(pattern: &str) -> Result<Self> {
        let help = "for example --id-pattern '^(?P<student_id>[a-z]+[0-9]+)_' for files such as ada12_notebook.ipynb";
        let regex = Regex::new(pattern)
            .map_err(|error| Error::of(Kind::Usage, format!("--id-pattern is no regular expression: {error}"), help))?;
        if !regex.capture_names().flatten().any(|name| name == "student_id") {
            return Err(Error::of(Kind::Usage, "--id-pattern has no group (?P<student_id>…)", help));
        }
        Ok(Self { name: "the pattern", how: How::Pattern(regex) })
    }

    /// The layout that more than half of the `paths` have. `assignments` are the names of assignments and notebooks;
    /// `list` is the text of Gradescope's list, if there is one.
    pub fn of_paths(paths: &[String], assignments: &[String], list: Option<&str>) -> Self {
        let built_in = [("Moodle", MOODLE), ("Canvas", CANVAS), ("nbgrader", NBGRADER)];
        let candidates = built_in.into_iter().map(|(name, pattern)| (name, How::Pattern(regex(pattern))));
        let gradescope = ("Gradescope", How::Gradescope(regex(GRADESCOPE), list.map(submitters).unwrap_or_default()));
        let github = ("GitHub", How::Pattern(regex(&github(assignments))));
        for (name, how) in candidates.chain([gradescope, github]) {
            let layout = Self { name, how };
            let fit = paths.iter().filter(|path| layout.identity(path).is_some()).count();
            if 2 * fit > paths.len() {
                return layout;
            }
        }
        Self::folders()
    }

    /// A folder or a file for each learner.
    pub fn folders() -> Self {
        Self { name: "one folder or file for each learner", how: How::Folders }
    }

    /// Whether it is one folder or file for each learner.
    pub fn is_folders(&self) -> bool {
        matches!(self.how, How::Folders)
    }

    /// Whether files that do not fit belong to nobody.
    pub fn passes_over(&self) -> bool {
        self.name == "the pattern"
    }

    /// Who handed in the file at `path`, written with `/`; a path that ends with one is an empty folder. `None` if the
    /// path does not fit.
    pub fn identity(&self, path: &str) -> Option<Identity> {
        match &self.how {
            How::Pattern(regex) => Some(identity(&regex.captures(path)?)),
            How::Gradescope(regex, submitters) => {
                let mut identity = identity(&regex.captures(path)?);
                if let Some(Submitter { ids, names, submitted }) = submitters.get(&identity.learner) {
                    identity.submission = std::mem::replace(&mut identity.learner, readable(&ids.join("+")));
                    identity.name = (!names.is_empty()).then(|| readable(&names.join(", ")));
                    identity.submitted = *submitted;
                }
                Some(identity)
            }
            How::Folders => {
                let (first, is_folder) = path.split_once('/').map_or((path, false), |(first, _)| (first, true));
                let learner = if is_folder { first } else { stem(first) };
                Some(Identity { learner: readable(learner), ..Identity::default() })
            }
        }
    }
}

/// The name of a file without the extensions that submissions have.
pub fn stem(name: &str) -> &str {
    let lower = name.to_ascii_lowercase();
    let end = [".tar.gz", ".tgz", ".zip", ".ipynb", ".rs"].iter().find(|end| lower.ends_with(*end));
    end.map_or(name, |end| &name[..name.len() - end.len()])
}

fn identity(found: &Captures) -> Identity {
    let group = |name: &str| found.name(name).map(|text| readable(text.as_str())).filter(|text| !text.is_empty());
    let attempt = group("attempt").map(|attempt| format!("{attempt:0>6}"));
    Identity {
        learner: group("student_id").unwrap_or_default(),
        name: group("name"),
        submission: attempt.or_else(|| group("submission")).or_else(|| group("timestamp")).unwrap_or_default(),
        late: group("late").is_some(),
        submitted: group("timestamp").and_then(|text| time::parse(&text)),
    }
}

/// GitHub's folders: the assignment, a hyphen, the user.
fn github(assignments: &[String]) -> String {
    let names: Vec<String> = assignments.iter().map(|name| regex::escape(name).replace('_', "[-_]")).collect();
    format!("^(?i:{})-(?P<student_id>[^/]+)/", names.join("|"))
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap_or_else(|error| unreachable!("{pattern}: {error}"))
}

/// Reads Gradescope's list, of which it needs five keys: a folder's name in the first column; below `:submitters:`
/// a `:name:`, a `:sid:` and an `:email:` for each; and `:created_at:`.
fn submitters(list: &str) -> BTreeMap<String, Submitter> {
    let mut found: BTreeMap<String, Submitter> = BTreeMap::new();
    let mut folder = String::new();
    let (mut sid, mut email) = (String::new(), String::new());
    let store = |folder: &str, sid: &mut String, email: &mut String, found: &mut BTreeMap<String, Submitter>| {
        let id = if sid.is_empty() { std::mem::take(email) } else { std::mem::take(sid) };
        email.clear();
        if !id.is_empty() {
            found.entry(folder.to_owned()).or_default().ids.push(id);
        }
    };
    for line in list.lines() {
        let is_top = !line.starts_with([' ', '-', '#']) && line.trim_end().ends_with(':');
        let text = line.trim().trim_start_matches("- ").trim();
        let begins_entry = line.trim_start().starts_with("- ");
        if is_top || begins_entry {
            store(&folder, &mut sid, &mut email, &mut found);
        }
        if is_top {
            folder = line.trim().trim_end_matches(':').trim_matches(['"', '\'']).to_owned();
            continue;
        }
        let value = |key: &str| {
            let value = text.strip_prefix(key)?.trim();
            (!value.is_empty() && value != "null").then(|| value.trim_matches(['"', '\'']).to_owned())
        };
        if let Some(name) = value(":name:") {
            found.entry(folder.clone()).or_default().names.push(name);
        } else if let Some(value) = value(":sid:") {
            sid = value;
        } else if let Some(value) = value(":email:") {
            email = value;
        } else if let Some(created) = value(":created_at:") {
            found.entry(folder.clone()).or_default().submitted = time::parse(&created);
        }
    }
    store(&folder, &mut sid, &mut email, &mut found);
    found.retain(|_, submitter| !submitter.ids.is_empty());
    found
}

/// A part of a path as text: bytes that are no UTF-8 and characters that a terminal does not show are written as escapes,
/// so that two names that differ stay different.
pub fn readable(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c != '\n' && clean(&format!("{c}.")) == format!("{c}.") {
            out.push(c);
        } else {
            let _ = write!(out, "{}", c.escape_unicode());
        }
    }
    out
}

/// A path from the class' folder, with `/` between its parts.
pub fn slashed(path: &Path) -> String {
    let part = |part: &std::ffi::OsStr| -> String {
        let mut out = String::new();
        for chunk in part.as_encoded_bytes().utf8_chunks() {
            out += chunk.valid();
            chunk.invalid().iter().for_each(|byte| _ = write!(out, "\\x{byte:02x}"));
        }
        out
    };
    path.iter().map(part).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(paths: &[&str]) -> Layout {
        let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
        let assignments = ["conv_step_by_step".to_owned(), "1_step_by_step".to_owned()];
        Layout::of_paths(&paths, &assignments, None)
    }

    #[track_caller]
    fn check(paths: &[&str], name: &str, learners: &[&str]) {
        let layout = layout(paths);
        assert_eq!(layout.name, name);
        let found: Vec<String> = paths.iter().map(|path| layout.identity(path).unwrap().learner).collect();
        assert_eq!(found, learners);
    }

    #[test]
    fn each_platforms_paths_give_its_learners() {
        check(
            &[
                "lovelaceada_LATE_12345_678901_1_step_by_step-2.ipynb",
                "hopper_234_567_submission.zip",
                "submissions/noether_9_8_a_b_c.rs",
            ],
            "Canvas",
            &["12345", "234", "9"],
        );
        check(
            &["Ada Lovelace_1234567_assignsubmission_file_/a.ipynb", "Emmy O'Noether_7_assignsubmission_file_a.ipynb"],
            "Moodle",
            &["1234567", "7"],
        );
        check(
            &["assignment_3_export/submission_17/a.ipynb", "submission_18/b.rs"],
            "Gradescope",
            &["submission_17", "submission_18"],
        );
        check(&["submitted/ada/ps1/a.ipynb", "submitted/bob/ps1/a.ipynb"], "nbgrader", &["ada", "bob"]);
        check(&["conv-step-by-step-ada/a.ipynb", "1_step_by_step-bob-2/src/a.rs"], "GitHub", &["ada", "bob-2"]);
        check(
            &["ada/a.ipynb", "bob.rs", "carl.tar.gz", "dora/"],
            "one folder or file for each learner",
            &["ada", "bob", "carl", "dora"],
        );
        check(
            &["smith-john/a.rs", "smith-jane/a.rs"],
            "one folder or file for each learner",
            &["smith-john", "smith-jane"],
        );
    }

    #[test]
    fn a_path_says_more_than_the_learner() {
        let path = "lovelaceada_LATE_12345_678901_original-2.ipynb";
        let identity = layout(&[path]).identity(path).unwrap();
        assert!(identity.late);
        assert_eq!((identity.name.as_deref(), &*identity.submission), (Some("lovelaceada"), "678901"));
        let pattern = r"(?P<timestamp>[0-9T:Z-]+)/(?P<student_id>\w+)";
        let identity = Layout::of_pattern(pattern).unwrap().identity("2026-11-27T08:15:00Z/ada.rs").unwrap();
        assert_eq!(identity.submitted, Some(1_795_767_300));
        let error = Layout::of_pattern("(a").unwrap_err();
        assert_eq!(error.kind(), Kind::Usage);
        assert!(Layout::of_pattern("a").unwrap_err().message().contains("student_id"));
    }

    #[test]
    fn gradescopes_list_names_the_submitters() {
        let list = "---\nsubmission_17:\n  :submitters:\n  - :name: Ada Lovelace\n    :sid: '123'\n    \
                    :email: ada@example.com\n  - :name: Bob\n    :sid: \n    :email: bob@example.com\n  \
                    :created_at: 2026-11-27 08:15:00.5 Z\n  :score: 1\nsubmission_18:\n  :submitters:\n  - :name: Carl\n    \
                    :sid: \"9\"\n    :email: c@example.com\n";
        let paths = ["submission_17/a.rs".to_owned(), "submission_18/a.rs".to_owned()];
        let layout = Layout::of_paths(&paths, &["x".into()], Some(list));
        let first = layout.identity(&paths[0]).unwrap();
        assert_eq!((&*first.learner, first.name.as_deref()), ("123+bob@example.com", Some("Ada Lovelace, Bob")));
        assert_eq!((first.submitted, &*first.submission), (Some(1_795_767_300), "submission_17"));
        assert_eq!(layout.identity(&paths[1]).unwrap().learner, "9");
    }

    #[test]
    fn names_that_differ_stay_different() {
        assert_eq!(readable("a\u{202e}b\nc"), "a\\u{202e}b\\u{a}c");
        assert_eq!(readable("Zoë 王"), "Zoë 王");
    }
}
