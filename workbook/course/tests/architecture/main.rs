//! The structure of the source: the table of ARCHITECTURE.md against what the files import, and no import circle
//! between the files of `graph`, `keras` and `course`.
//!
//! It reads text; it compiles nothing. A name is followed through `use` and `pub use` to the file that defines it.

mod file;
mod resolve;

use resolve::{Sources, Target};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// No file of these folders may import itself through others.
const ACYCLIC: [&str; 3] = ["src/graph", "src/keras", "workbook/course/src"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the project's root")
}
#[test]
fn files_import_what_the_table_of_the_architecture_allows() {
    let root = root();
    let (sources, rooms) = (Sources::read(&root), rooms(&root));
    assert!(rooms.len() > 10, "the table of ARCHITECTURE.md was found");
    let room_of = |path: &str| {
        let depth = |room: &&Room| room.places.iter().filter(|place| is_in(path, place)).map(String::len).max();
        rooms.iter().filter(|room| depth(room).is_some()).max_by_key(depth)
    };
    let restricted: BTreeSet<&String> =
        rooms.iter().flat_map(|room| &room.may_import).filter(|name| sources.packages.contains(*name)).collect();
    let mut used = BTreeSet::new();
    let mut wrong = Vec::new();
    for ((package, module), file) in &sources.files {
        let Some(room) = room_of(&file.path) else {
            wrong.push(format!("{}: in no row of ARCHITECTURE.md's table", file.path));
            continue;
        };
        for (target, line) in sources.imports(*package, module) {
            let (name, allowed) = match &target {
                Target::File(path) => {
                    let own = room_of(path).is_some_and(|other| other.line == room.line);
                    let allowed =
                        room.may_import.iter().filter(|place| is_in(path, place)).max_by_key(|place| place.len());
                    used.extend(allowed.map(|place| (room.line, place.clone())));
                    (path, own || allowed.is_some())
                }
                Target::Package(name) => {
                    let allowed = room.may_import.contains(name);
                    used.extend(allowed.then(|| (room.line, name.clone())));
                    (name, allowed || !restricted.contains(name))
                }
            };
            if !allowed {
                let row = room.line;
                wrong.push(format!("{}:{line} imports {name}, which ARCHITECTURE.md:{row} does not allow", file.path));
            }
        }
    }
    for room in &rooms {
        let unused = room.may_import.iter().filter(|name| !used.contains(&(room.line, (*name).clone())));
        wrong.extend(unused.map(|name| format!("ARCHITECTURE.md:{}: nothing there imports {name}", room.line)));
        let empty = room.places.iter().filter(|place| !root.join(place).exists());
        wrong.extend(empty.map(|place| format!("ARCHITECTURE.md:{}: there is no {place}", room.line)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_file_of_graph_keras_or_course_imports_itself_through_others() {
    let sources = Sources::read(&root());
    let mut wrong = Vec::new();
    for folder in ACYCLIC {
        let mut edges: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for ((package, module), file) in sources.files.iter().filter(|(_, file)| is_in(&file.path, folder)) {
            let imports = sources.imports(*package, module).into_keys().filter_map(|target| match target {
                Target::File(path) if is_in(&path, folder) => Some(path),
                _ => None,
            });
            edges.insert(&file.path, imports.collect());
        }
        wrong.extend(circles(&edges));
    }
    assert!(wrong.is_empty(), "files that import each other:\n{}", wrong.join("\n"));
}
/// A row of the table: the room's folders or files, and what they may import.
#[derive(Debug)]
struct Room {
    line: usize,
    places: Vec<String>,
    may_import: Vec<String>,
}

fn rooms(root: &Path) -> Vec<Room> {
    let page = std::fs::read_to_string(root.join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let lines = page.lines().enumerate().skip_while(|(_, line)| !line.starts_with("| room |"));
    let rows = lines.skip(2).take_while(|(_, line)| line.starts_with('|'));
    let quoted = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    rows.map(|(number, row)| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        let [places, _, may_import] = cells[..] else { panic!("ARCHITECTURE.md:{}: three cells", number + 1) };
        Room { line: number + 1, places: quoted(places), may_import: quoted(may_import) }
    })
    .collect()
}

/// Whether `path` is the file `place`, or a file below the folder `place`.
fn is_in(path: &str, place: &str) -> bool {
    path == place || path.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'))
}

/// Every group of files each of which reaches all others, with the imports inside it.
fn circles(edges: &BTreeMap<&str, BTreeSet<String>>) -> Vec<String> {
    let reach = |start: &str| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![start.to_owned()]);
        while let Some(file) = open.pop() {
            for next in edges.get(file.as_str()).into_iter().flatten() {
                if seen.insert(next.clone()) {
                    open.push(next.clone());
                }
            }
        }
        seen
    };
    let reached: BTreeMap<&str, BTreeSet<String>> = edges.keys().map(|file| (*file, reach(file))).collect();
    let mut done = BTreeSet::new();
    let mut found = Vec::new();
    for file in edges.keys().filter(|file| reached[**file].contains(**file)) {
        if !done.insert((*file).to_owned()) {
            continue;
        }
        let group: BTreeSet<String> =
            reached[file].iter().filter(|other| reached[other.as_str()].contains(*file)).cloned().collect();
        done.extend(group.iter().cloned());
        for member in &group {
            let inside: Vec<&str> =
                edges[member.as_str()].iter().filter(|next| group.contains(*next)).map(String::as_str).collect();
            found.push(format!("{member} imports {}", inside.join(", ")));
        }
        found.push(String::new());
    }
    found
}
