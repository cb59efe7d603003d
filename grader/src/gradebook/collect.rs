/*!
Finds the submissions in a class' folder: walks it, asks the layout whose each file is, and chooses the one file of each
submission that is graded.

Links are never followed, hidden files and what systems and platforms put beside submissions are passed over. It opens no
submission but to compute its digest.
*/

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use course::files;

use crate::error::{Error, Kind, Result};
use crate::gradebook::layout::{GRADESCOPE_LIST, Identity, Layout, slashed, stem};
use crate::gradebook::time;
use crate::gradebook::unpack;

/// A submission that was found.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Who handed it in.
    pub identity: Identity,
    /// The assignment that is known before it is read: the one that was asked for, or whose notebook has the file's name.
    /// Empty if neither.
    pub assignment: String,
    /// What is to be graded, or why there is nothing.
    pub file: Result<PathBuf>,
    /// The path from the class' folder, for people.
    pub source: String,
    /// Names what was handed in by its contents.
    pub digest: String,
    /// What was passed over.
    pub notes: Vec<String>,
}

/// An assignment as it is looked for: its name, and that of its notebook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The assignment's name.
    pub assignment: String,
    /// Its notebook's, without the extension.
    pub notebook: String,
}

/// Bytes of the class' folder's files that are read: the largest file that can be a submission, and an archive of it.
const LARGEST: u64 = 64 << 20;
/// Folders within folders.
const DEPTH: usize = 12;
/// Files in a class' folder.
const FILES: usize = 1_000_000;

/// What the files of a folder are.
#[derive(Debug, Default)]
struct Listing {
    /// Regular files, with their paths from the folder; and, with a `/` at their end, folders that hold none.
    files: Vec<(String, PathBuf)>,
    links: Vec<String>,
}

/// Finds the submissions in `folder`, in the order of their learners.
///
/// # Errors
/// When the folder cannot be read, or holds nothing.
pub fn collect(folder: &Path, asked: Option<&str>, known: &[Known], pattern: Option<&str>) -> Result<Vec<Entry>> {
    let Listing { files, links } = list(folder)?;
    let pattern = pattern.map(Layout::of_pattern).transpose()?;
    let is_candidate = |path: &str| unpack::is_archive(path) || is_source(path);
    let layout = pattern.unwrap_or_else(|| {
        let candidates = files.iter().map(|(path, _)| path.clone()).filter(|path| is_candidate(path));
        let names = known.iter().flat_map(|known| [known.assignment.clone(), known.notebook.clone()]);
        let metadata = files.iter().find(|(path, _)| path.rsplit('/').next() == Some(GRADESCOPE_LIST));
        let metadata = metadata.and_then(|(_, file)| read(file, 16 << 20).ok());
        let metadata = metadata.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        Layout::of_paths(&candidates.collect::<Vec<_>>(), &names.collect::<Vec<_>>(), metadata.as_deref())
    });
    let identity = |path: &str| {
        let fits = layout.identity(path);
        if fits.is_none() && !layout.passes_over() { Layout::folders().identity(path) } else { fits }
    };
    let mut groups: BTreeMap<Identity, Group> = BTreeMap::new();
    for (path, file) in &files {
        let candidate = is_candidate(path);
        // What lies beside the learners' folders is the instructor's own.
        if !candidate && !path.contains('/') && layout.is_folders() {
            continue;
        }
        let Some(identity) = identity(path) else { continue };
        let group = groups.entry(identity).or_default();
        if candidate {
            group.files.push((path.clone(), file.clone()));
        } else {
            group.others.push(path.clone());
        }
    }
    for path in &links {
        if let Some(identity) = identity(path) {
            groups.entry(identity).or_default().links.push(path.clone());
        }
    }
    let mut entries = Vec::new();
    for (identity, group) in groups {
        group.entries(&identity, asked, known, &mut entries);
    }
    if entries.is_empty() {
        let message = format!("{}: no submission in this folder, read as {}", folder.display(), layout.name);
        let help = "it holds notebooks (.ipynb), Rust files, .zip or .tar.gz, or folders with one; --id-pattern says how \
                    a learner is told from a path";
        return Err(Error::of(Kind::Nothing, message, help));
    }
    Ok(entries)
}

/// The file of an archive that is graded.
///
/// # Errors
/// When there is none, or several that could be meant.
pub fn choose(files: Vec<(String, PathBuf)>, assignment: &str, known: &[Known]) -> Result<PathBuf> {
    let group = Group { files, ..Group::default() };
    group.choose(&group.of(assignment, known)).0
}

/// The files of one submission.
#[derive(Debug, Default)]
struct Group {
    files: Vec<(String, PathBuf)>,
    /// Files that are no submission, and empty folders.
    others: Vec<String>,
    links: Vec<String>,
}

impl Group {
    /// One entry, or one for each assignment whose notebook is there.
    fn entries(&self, identity: &Identity, asked: Option<&str>, known: &[Known], into: &mut Vec<Entry>) {
        let notes: Vec<String> = self.links.iter().map(|path| format!("{path} is a link and is passed over")).collect();
        let mut assignments: Vec<&str> = match asked {
            Some(asked) => vec![asked],
            None => self.files.iter().filter_map(|(path, _)| named(path, known)).collect(),
        };
        assignments.sort_unstable();
        assignments.dedup();
        if assignments.is_empty() {
            assignments.push("");
        }
        for assignment in assignments {
            let (file, source) = self.choose(&self.of(assignment, known));
            let digest = digest(&file, &self.others);
            let mut identity = identity.clone();
            identity.submitted = identity.submitted.or_else(|| file.as_ref().ok().and_then(|file| timestamp(file)));
            into.push(Entry {
                identity,
                assignment: assignment.to_owned(),
                file,
                source,
                digest,
                notes: notes.clone(),
            });
        }
    }

    /// The files that can be of an assignment: those with its name, or else those with none, or else all.
    fn of(&self, assignment: &str, known: &[Known]) -> Vec<&(String, PathBuf)> {
        let with = |wanted: Option<&str>| -> Vec<_> {
            self.files.iter().filter(|(path, _)| named(path, known) == wanted).collect()
        };
        let named = if assignment.is_empty() { Vec::new() } else { with(Some(assignment)) };
        let lists = [named, with(None), self.files.iter().collect()];
        lists.into_iter().find(|list| !list.is_empty()).unwrap_or_default()
    }

    /// The file that is graded: the only notebook, else the only Rust file, else the only archive.
    fn choose(&self, files: &[&(String, PathBuf)]) -> (Result<PathBuf>, String) {
        let kinds: [fn(&str) -> bool; 3] = [|path| ends(path, ".ipynb"), |path| ends(path, ".rs"), unpack::is_archive];
        for is_kind in kinds {
            let mut of_kind: Vec<&&(String, PathBuf)> = files.iter().filter(|(path, _)| is_kind(path)).collect();
            of_kind.sort_by_key(|(path, _)| counter(path));
            let (Some((one, _)), Some((last, file))) = (of_kind.first(), of_kind.last()) else { continue };
            if of_kind.iter().all(|(other, _)| is_resubmitted(other, last)) {
                return (Ok(file.clone()), last.clone());
            }
            let message = format!("expected one file to grade, found {}: {one}, {last}", of_kind.len());
            let help = "hand in one notebook, or name it after the assignment's";
            return (Err(Error::of(Kind::Nothing, message, help)), folder_of(one, last));
        }
        let seen: Vec<&str> = self.others.iter().chain(&self.links).map(String::as_str).take(4).collect();
        let source = seen.first().map_or("", |path| path.trim_end_matches('/')).to_owned();
        let (kind, what) = if self.links.is_empty() {
            let list = seen.iter().filter(|path| !path.ends_with('/')).copied().collect::<Vec<_>>().join(", ");
            let list = if list.is_empty() { "nothing".to_owned() } else { list };
            (Kind::Nothing, format!("no notebook and no Rust file, found {list}"))
        } else {
            (Kind::Unreadable, format!("{}: a link, which may hand in somebody else's file", self.links.join(", ")))
        };
        (Err(Error::of(kind, what, "hand in the notebook of the assignment")), source)
    }
}

/// The assignment whose notebook has the file's name.
fn named<'a>(path: &str, known: &'a [Known]) -> Option<&'a str> {
    let name = plain_stem(path.rsplit('/').next().unwrap_or(path));
    let known = known.iter().find(|known| name == known.notebook || name == known.assignment);
    known.map(|known| &*known.assignment)
}

/// The folder that two paths have in common.
fn folder_of(one: &str, two: &str) -> String {
    let same = one.split('/').zip(two.split('/')).take_while(|(one, two)| one == two).map(|(part, _)| part);
    let folder: Vec<&str> = same.collect();
    if folder.is_empty() { one.to_owned() } else { folder.join("/") }
}

fn ends(path: &str, extension: &str) -> bool {
    path.len() >= extension.len()
        && path.as_bytes()[path.len() - extension.len()..].eq_ignore_ascii_case(extension.as_bytes())
}

fn is_source(path: &str) -> bool {
    ends(path, ".ipynb") || ends(path, ".rs")
}

/// A file's own name, without what platforms put before it, and what they and browsers put behind a second file of that
/// name.
fn plain_stem(name: &str) -> &str {
    let name = stem(name);
    let own =
        canvas_stem(name).unwrap_or_else(|| name.rsplit_once("_assignsubmission_file_").map_or(name, |(_, own)| own));
    own.rsplit_once('-')
        .or_else(|| own.strip_suffix(')')?.rsplit_once('('))
        .filter(|(_, count)| is_number(count))
        .map_or(own, |(before, _)| before.trim_end())
}

/// What stands behind Canvas' name, `LATE`, user and submission, if a file's name has them.
fn canvas_stem(name: &str) -> Option<&str> {
    let (_, rest) = name.split_once('_')?;
    let rest = rest.strip_prefix("LATE_").unwrap_or(rest);
    let (user, rest) = rest.split_once('_')?;
    let (submission, own) = rest.split_once('_')?;
    (is_number(user) && is_number(submission)).then_some(own)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Canvas' counter of a file that was handed in again under its name.
fn counter(path: &str) -> u64 {
    stem(path).rsplit_once('-').and_then(|(_, count)| count.parse().ok()).unwrap_or(0)
}

/// Whether two paths are Canvas' names of a file and of its successor.
fn is_resubmitted(one: &str, other: &str) -> bool {
    let parts = |path: &str| {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        canvas_stem(stem(name)).map(|_| (folder.to_owned(), plain_stem(name).to_owned()))
    };
    one == other || parts(one).is_some_and(|one| Some(one) == parts(other))
}

/// When nbgrader says that it was handed in: it keeps the time in a file beside the notebook.
fn timestamp(file: &Path) -> Option<i64> {
    let text = read(&file.parent()?.join("timestamp.txt"), 100).ok()?;
    time::parse(std::str::from_utf8(&text).ok()?)
}

/// Names a submission by its contents; for one that has no file to grade, by the names of what is there.
fn digest(file: &Result<PathBuf>, others: &[String]) -> String {
    match file {
        Ok(file) => match read(file, LARGEST) {
            Ok(bytes) => files::fingerprint([b"file", &*bytes]),
            Err(error) => files::fingerprint(["unreadable", &error.to_string()]),
        },
        Err(error) => files::fingerprint([error.message(), &others.join("\n")]),
    }
}

/// The first `most` bytes of a regular file.
fn read(path: &Path, most: u64) -> std::io::Result<Vec<u8>> {
    if !fs::symlink_metadata(path)?.is_file() {
        return Err(std::io::ErrorKind::InvalidInput.into());
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The files below a folder, in the order of their paths.
fn list(folder: &Path) -> Result<Listing> {
    let mut listing = Listing::default();
    let failed = |error: &std::io::Error| {
        let message = format!("{}: {error}", folder.display());
        Error::of(Kind::Usage, message, "name the folder of the class' submissions")
    };
    let mut todo = vec![(folder.to_owned(), 0)];
    while let Some((directory, depth)) = todo.pop() {
        let relative = |path: &Path| slashed(path.strip_prefix(folder).unwrap_or(path));
        let entries = match fs::read_dir(&directory) {
            Ok(entries) => entries,
            Err(error) if depth == 0 => return Err(failed(&error)),
            // A folder that may not be read is one without files.
            Err(_) => {
                listing.files.push((relative(&directory) + "/", directory));
                continue;
            }
        };
        let mut empty = true;
        for entry in entries.filter_map(|entry| entry.ok()) {
            let path = entry.path();
            if is_passed_over(&path) {
                continue;
            }
            let Ok(kind) = entry.file_type() else { continue };
            empty = false;
            if kind.is_symlink() {
                listing.links.push(relative(&path));
            } else if kind.is_dir() && depth < DEPTH {
                todo.push((path, depth + 1));
            } else if listing.files.len() < FILES {
                listing.files.push((relative(&path), path));
            }
        }
        if empty && depth > 0 {
            listing.files.push((relative(&directory) + "/", directory));
        }
    }
    listing.files.sort();
    listing.links.sort();
    Ok(listing)
}

/// What systems put beside files, and builds.
fn is_passed_over(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    files::is_hidden(path)
        || ["__MACOSX", "Thumbs.db", "desktop.ini", "node_modules", "timestamp.txt"].iter().any(|other| name == *other)
        || (name == "target" && path.join("CACHEDIR.TAG").is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Vec<Known> {
        let known =
            |assignment: &str, notebook: &str| Known { assignment: assignment.into(), notebook: notebook.into() };
        vec![known("conv_step_by_step", "1_step_by_step"), known("application", "2_application")]
    }

    fn class(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            if file.ends_with('/') {
                fs::create_dir_all(&path).unwrap();
            } else {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(&path, file).unwrap();
            }
        }
        folder
    }

    /// What was found: learner, assignment, and the file or the error.
    fn found(folder: &Path, asked: Option<&str>) -> Vec<String> {
        let entries = collect(folder, asked, &known(), None).unwrap();
        let show = |entry: Entry| {
            let result = match &entry.file {
                Ok(_) => entry.source.clone(),
                Err(error) => format!("{}: {}", error.kind(), error.message()),
            };
            format!("{} {} {result}", entry.identity.learner, entry.assignment).replace("  ", " ")
        };
        entries.into_iter().map(show).collect()
    }

    #[test]
    fn every_learner_of_the_folder_is_there() {
        let folder = class(&[
            "ada/1_step_by_step.ipynb",
            "ada/2_application (1).ipynb",
            "ada/helper.rs",
            "bob/mine.ipynb",
            "bob/notes.rs",
            "carl/a.ipynb",
            "carl/b.ipynb",
            "dora/report.pdf",
            "emil/",
            "fritz.zip",
            "grades.csv",
            "ada/.ipynb_checkpoints/1_step_by_step-checkpoint.ipynb",
            "__MACOSX/ada/x.ipynb",
        ]);
        assert_eq!(
            found(folder.path(), None),
            [
                "ada application ada/2_application (1).ipynb",
                "ada conv_step_by_step ada/1_step_by_step.ipynb",
                "bob bob/mine.ipynb",
                "carl nothing to grade: expected one file to grade, found 2: carl/a.ipynb, carl/b.ipynb",
                "dora nothing to grade: no notebook and no Rust file, found dora/report.pdf",
                "emil nothing to grade: no notebook and no Rust file, found nothing",
                "fritz fritz.zip",
            ]
        );
        let asked = found(folder.path(), Some("conv_step_by_step"));
        assert_eq!(
            asked[..2],
            ["ada conv_step_by_step ada/1_step_by_step.ipynb", "bob conv_step_by_step bob/mine.ipynb"]
        );
        assert_eq!(asked.len(), 6);
    }

    #[test]
    fn a_file_that_was_handed_in_again_replaces_the_first() {
        let folder = class(&[
            "lovelaceada_1_10_1_step_by_step.ipynb",
            "lovelaceada_1_10_1_step_by_step-12.ipynb",
            "lovelaceada_1_10_1_step_by_step-2.ipynb",
            "hopper_LATE_2_20_2_application-1.ipynb",
        ]);
        let expected = [
            "1 conv_step_by_step lovelaceada_1_10_1_step_by_step-12.ipynb",
            "2 application hopper_LATE_2_20_2_application-1.ipynb",
        ];
        assert_eq!(found(folder.path(), None), expected);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let folder = class(&["ada/a.ipynb"]);
        std::os::unix::fs::symlink("ada", folder.path().join("bob")).unwrap();
        fs::create_dir(folder.path().join("carl")).unwrap();
        std::os::unix::fs::symlink("../ada/a.ipynb", folder.path().join("carl/a.ipynb")).unwrap();
        assert_eq!(
            found(folder.path(), None),
            [
                "ada ada/a.ipynb",
                "bob not readable: bob: a link, which may hand in somebody else's file",
                "carl not readable: carl/a.ipynb: a link, which may hand in somebody else's file"
            ]
        );
    }

    #[test]
    fn a_digest_is_of_the_contents() {
        let digests = |text: &str| {
            let folder = class(&["ada/a.ipynb"]);
            fs::write(folder.path().join("ada/a.ipynb"), text).unwrap();
            collect(folder.path(), None, &known(), None).unwrap().remove(0).digest
        };
        assert_eq!(digests("a"), digests("a"));
        assert_ne!(digests("a"), digests("b"));
    }

    #[test]
    fn a_folder_without_submissions_is_an_error() {
        let folder = class(&["notes.txt"]);
        let error = collect(folder.path(), None, &known(), None).unwrap_err();
        assert_eq!(error.kind(), Kind::Nothing);
        assert_eq!(collect(&folder.path().join("none"), None, &known(), None).unwrap_err().kind(), Kind::Usage);
    }
}
