//! All source files, and the file that a path leads to.

use crate::file::File;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The packages: name, and the folder of the sources from the project's root.
const PACKAGES: [(&str, &str); 7] = [
    ("cnn", "src"),
    ("course", "workbook/course/src"),
    ("workbook", "workbook/src"),
    ("grader", "grader/src"),
    ("harness", "grader/harness/src"),
    ("instances", "grader/instances/src"),
    ("wire", "grader/wire/src"),
];

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    File(String),
    Package(String),
}
/// All files, by package and module path.
pub struct Sources {
    pub files: BTreeMap<(usize, Vec<String>), File>,
    pub packages: BTreeSet<String>,
}
impl Sources {
    pub fn read(root: &Path) -> Sources {
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
    pub fn imports(&self, package: usize, module: &[String]) -> BTreeMap<Target, usize> {
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
