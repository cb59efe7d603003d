//! The structure of the source: the table of ARCHITECTURE.md against what the files import, and no import circle
//! between the files of `graph`, `keras` and `course`.
//!
//! It reads text; it compiles nothing. A name is followed through `use` and `pub use` to the file that defines it.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use syn::{Attribute, Item, UseTree};

/// The packages: name, and the folder of the sources from the project's root.
const PACKAGES: [(&str, &str); 6] = [
    ("cnn", "src"),
    ("course", "workbook/course/src"),
    ("workbook", "workbook/src"),
    ("grader", "grader/src"),
    ("harness", "grader/harness/src"),
    ("wire", "grader/wire/src"),
];
/// No file of these folders may import itself through others.
const ACYCLIC: [&str; 3] = ["src/graph", "src/keras", "workbook/course/src"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the project's root")
}

/// One source file.
#[derive(Debug)]
struct File {
    /// From the project's root, with `/`.
    path: String,
    /// Names that `use` binds, with the path that they stand for.
    bound: BTreeMap<String, Vec<String>>,
    /// Paths of modules of which everything is imported.
    globs: Vec<Vec<String>>,
    /// Names that `pub use` or `pub(…) use` binds: an import for others, not for the file itself.
    reexported: BTreeSet<String>,
    /// Names of the items that the file defines.
    defined: BTreeSet<String>,
    /// Every path in the file, with where it stands.
    paths: Vec<(Vec<String>, usize)>,
}

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    File(String),
    Package(String),
}

/// All files, by package and module path.
struct Sources {
    files: BTreeMap<(usize, Vec<String>), File>,
    packages: BTreeSet<String>,
}

impl Sources {
    fn read(root: &Path) -> Sources {
        let mut files = BTreeMap::new();
        for (package, (_, folder)) in PACKAGES.iter().enumerate() {
            let mut open = vec![root.join(folder)];
            while let Some(folder) = open.pop() {
                for entry in std::fs::read_dir(&folder).unwrap() {
                    let path = entry.unwrap().path();
                    if path.is_dir() {
                        open.push(path);
                    } else if path.extension().is_some_and(|e| e == "rs") && is_compiled(&path) {
                        let module = module_of(path.strip_prefix(root.join(PACKAGES[package].1)).unwrap());
                        let shown = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
                        let text = std::fs::read_to_string(&path).unwrap();
                        files.insert((package, module), File::parse(shown, &text));
                    }
                }
            }
        }
        let lock = std::fs::read_to_string(root.join("Cargo.lock")).unwrap();
        let named = lock.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
        let mut packages: BTreeSet<String> = named.map(|name| name.replace('-', "_")).collect();
        // Renamed in the manifest.
        packages.insert("hdf5".to_owned());
        Sources { files, packages }
    }

    /// What every path of a file leads to, with the line.
    fn imports(&self, package: usize, module: &[String]) -> BTreeMap<Target, usize> {
        let file = &self.files[&(package, module.to_vec())];
        let mut found = BTreeMap::new();
        for (path, line) in &file.paths {
            if let Some(target) = self.resolve(package, module, path, 0)
                && target != Target::File(file.path.clone())
            {
                found.entry(target).or_insert(*line);
            }
        }
        found
    }

    /// Follows a path that stands in `module`.
    fn resolve(&self, package: usize, module: &[String], path: &[String], depth: usize) -> Option<Target> {
        if depth > 20 {
            return None;
        }
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.walk(package, &[], rest, depth),
            "self" => self.walk(package, module, rest, depth),
            "super" => self.walk(package, module.split_last().map_or(&[], |(_, parent)| parent), rest, depth),
            "" => self.external(rest, depth + 1),
            _ => {
                let file = self.files.get(&(package, module.to_vec()))?;
                let child: Vec<String> = [module, std::slice::from_ref(first)].concat();
                if self.files.contains_key(&(package, child)) || file.bound.contains_key(first) {
                    return self.walk(package, module, path, depth + 1);
                }
                if file.defined.contains(first) {
                    return None;
                }
                self.external(path, depth + 1)
            }
        }
    }

    fn external(&self, path: &[String], depth: usize) -> Option<Target> {
        let (first, rest) = path.split_first()?;
        if let Some(package) = PACKAGES.iter().position(|(name, _)| name == first) {
            return self.walk(package, &[], rest, depth);
        }
        self.packages.contains(first).then(|| Target::Package(first.clone()))
    }

    /// Follows the rest of a path from a module on.
    fn walk(&self, package: usize, module: &[String], path: &[String], depth: usize) -> Option<Target> {
        if depth > 20 {
            return None;
        }
        let file = self.files.get(&(package, module.to_vec()))?;
        let Some((first, rest)) = path.split_first() else { return Some(Target::File(file.path.clone())) };
        if first == "super" {
            return self.walk(package, module.split_last().map_or(&[], |(_, parent)| parent), rest, depth + 1);
        }
        let child: Vec<String> = [module, std::slice::from_ref(first)].concat();
        if self.files.contains_key(&(package, child.clone())) {
            return self.walk(package, &child, rest, depth + 1);
        }
        if file.defined.contains(first) {
            return Some(Target::File(file.path.clone()));
        }
        if let Some(bound) = file.bound.get(first) {
            let path = [bound, rest].concat();
            return self.resolve(package, module, &path, depth + 1);
        }
        for glob in &file.globs {
            let Some(Target::File(through)) = self.resolve(package, module, glob, depth + 1) else { continue };
            let Some((key, target)) = self.files.iter().find(|(_, file)| file.path == through) else { continue };
            if target.defined.contains(first) || target.bound.contains_key(first) {
                return self.walk(key.0, &key.1, path, depth + 1);
            }
        }
        Some(Target::File(file.path.clone()))
    }
}

/// Whether the file belongs to the module tree: a text that is included as a string does not.
fn is_compiled(path: &Path) -> bool {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let folder = path.parent().unwrap();
    if ["lib", "main", "mod"].contains(&stem.as_str()) {
        return true;
    }
    let parents = ["mod.rs", "lib.rs", "main.rs"].map(|name| folder.join(name));
    let sibling = folder.with_extension("rs");
    parents.iter().chain([&sibling]).filter_map(|path| std::fs::read_to_string(path).ok()).any(|text| {
        text.lines().any(|line| {
            let line = line.trim().trim_end_matches(';');
            line.ends_with(&format!("mod {stem}")) && !line.starts_with("//")
        })
    })
}

fn module_of(path: &Path) -> Vec<String> {
    let mut parts: Vec<String> =
        path.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
        parts.pop();
    }
    parts
}

impl File {
    fn parse(path: String, text: &str) -> File {
        let parsed = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut file = File {
            path,
            bound: BTreeMap::new(),
            globs: Vec::new(),
            reexported: BTreeSet::new(),
            defined: BTreeSet::new(),
            paths: Vec::new(),
        };
        for item in &parsed.items {
            if !for_tests(attributes(item)) {
                file.add(item);
            }
        }
        file
    }

    fn add(&mut self, item: &Item) {
        if let Item::Use(item) = item {
            let public = !matches!(item.vis, syn::Visibility::Inherited);
            let line = item.use_token.span.start().line;
            let mut start = Vec::new();
            if item.leading_colon.is_some() {
                start.push(String::new());
            }
            self.add_use(&item.tree, start, public, line);
            return;
        }
        if let Some(name) = name_of(item) {
            self.defined.insert(name);
        }
        let tokens = match item {
            Item::Mod(module) if module.content.is_none() => return,
            item => item.to_token_stream(),
        };
        self.scan(tokens);
    }

    fn add_use(&mut self, tree: &UseTree, mut path: Vec<String>, public: bool, line: usize) {
        let bind = |file: &mut File, name: String, path: Vec<String>| {
            if public {
                file.reexported.insert(name.clone());
            } else {
                file.paths.push((path.clone(), line));
            }
            file.bound.insert(name, path);
        };
        match tree {
            UseTree::Path(tree) => {
                path.push(tree.ident.to_string());
                self.add_use(&tree.tree, path, public, line);
            }
            UseTree::Name(tree) if tree.ident == "self" => {
                let name = path.last().cloned().unwrap_or_default();
                bind(self, name, path);
            }
            UseTree::Name(tree) => {
                let name = tree.ident.to_string();
                path.push(name.clone());
                bind(self, name, path);
            }
            UseTree::Rename(tree) => {
                if tree.ident != "self" {
                    path.push(tree.ident.to_string());
                }
                bind(self, tree.rename.to_string(), path);
            }
            UseTree::Glob(_) => {
                if !public {
                    self.paths.push((path.clone(), line));
                }
                self.globs.push(path);
            }
            UseTree::Group(tree) => {
                tree.items.iter().for_each(|tree| self.add_use(tree, path.clone(), public, line));
            }
        }
    }

    /// Collects every path `a::b::c` of a token stream, and the `use` of function bodies.
    fn scan(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        let mut before_colons = false;
        while let Some(token) = tokens.next() {
            match token {
                // Of `pub(in crate::…)`: who may see an item is no import.
                TokenTree::Group(group) if group.stream().to_string().starts_with("in ") => {}
                TokenTree::Group(group) => self.scan(group.stream()),
                TokenTree::Ident(ident) if ident == "use" => {
                    let mut rest = TokenStream::from(TokenTree::Ident(ident));
                    for token in tokens.by_ref() {
                        let end = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ';');
                        rest.extend([token]);
                        if end {
                            break;
                        }
                    }
                    if let Ok(item) = syn::parse2::<syn::ItemUse>(rest) {
                        self.add(&Item::Use(item));
                    }
                }
                TokenTree::Ident(ident) => {
                    let line = ident.span().start().line;
                    let mut path = vec![ident.to_string()];
                    loop {
                        let mut ahead = tokens.clone();
                        let colon = |token: Option<TokenTree>| matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
                        if !(colon(ahead.next()) && colon(ahead.next())) {
                            break;
                        }
                        let Some(TokenTree::Ident(next)) = ahead.next() else { break };
                        path.push(next.to_string());
                        tokens = ahead;
                    }
                    if before_colons {
                        path.insert(0, String::new());
                    }
                    if path.len() > 1 {
                        self.paths.push((path, line));
                    }
                    before_colons = false;
                    continue;
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
            before_colons = false;
        }
    }
}

fn name_of(item: &Item) -> Option<String> {
    Some(match item {
        Item::Const(item) => item.ident.to_string(),
        Item::Enum(item) => item.ident.to_string(),
        Item::Fn(item) => item.sig.ident.to_string(),
        Item::Macro(item) => item.ident.as_ref()?.to_string(),
        Item::Static(item) => item.ident.to_string(),
        Item::Struct(item) => item.ident.to_string(),
        Item::Trait(item) => item.ident.to_string(),
        Item::TraitAlias(item) => item.ident.to_string(),
        Item::Type(item) => item.ident.to_string(),
        Item::Union(item) => item.ident.to_string(),
        Item::Mod(item) if item.content.is_some() => item.ident.to_string(),
        _ => return None,
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg") && attribute.to_token_stream().to_string().replace(' ', "") == "#[cfg(test)]"
    })
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
