/*! The names that a `use` declaration brings in. */

use syn::{ItemUse, UseTree};

/// One name of a `use` declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Import {
    /// The name that is bound; for a glob, its path and `*`.
    pub name: String,
    /// A `use` declaration, without `use` and semicolon, that binds only this name.
    pub path: String,
    /// The path that is looked up: of a glob, the module's.
    pub segments: Vec<String>,
    /// Whether the path begins with `::`, which leads out of the crate.
    pub is_absolute: bool,
    /// What is taken of the path.
    pub kind: ImportKind,
}

/// What a `use` declaration takes of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ImportKind {
    /// Everything of that name.
    Named,
    /// The type or the module of that name: `{self}`.
    Module,
    /// All names in it.
    Glob,
}

/// The names that a declaration brings in, each with the text that imports it alone.
pub(crate) fn imports(item: &ItemUse) -> Vec<Import> {
    let mut found = Vec::new();
    collect(&mut Vec::new(), item.leading_colon.is_some(), &item.tree, &mut found);
    found
}

/// Words of a path. Each name is taken with its whole path, so that braces within braces would grow with the square of
/// their depth; deeper names are left out, and the compiler says that they are missing.
const DEPTH: usize = 64;

fn collect(path: &mut Vec<String>, is_absolute: bool, tree: &UseTree, into: &mut Vec<Import>) {
    if path.len() > DEPTH {
        return;
    }
    let root = if is_absolute { "::" } else { "" };
    let prefix = |path: &[String]| root.to_owned() + &path.iter().map(|word| format!("{word}::")).collect::<String>();
    let mut push = |name: String, text: String, segments: Vec<String>, kind| {
        into.push(Import { name, path: text, segments, is_absolute, kind });
    };
    match tree {
        UseTree::Path(tree) => {
            path.push(tree.ident.to_string());
            collect(path, is_absolute, &tree.tree, into);
            path.pop();
        }
        UseTree::Name(tree) if tree.ident == "self" => {
            let name = path.last().cloned().unwrap_or_default();
            push(name, format!("{}{{self}}", prefix(path)), path.clone(), ImportKind::Module);
        }
        UseTree::Rename(tree) if tree.ident == "self" => {
            let text = format!("{}{{self as {}}}", prefix(path), tree.rename);
            let name = if tree.rename == "_" { text.clone() } else { tree.rename.to_string() };
            push(name, text, path.clone(), ImportKind::Module);
        }
        UseTree::Name(tree) => {
            let segments = [&path[..], &[tree.ident.to_string()]].concat();
            push(tree.ident.to_string(), format!("{}{}", prefix(path), tree.ident), segments, ImportKind::Named);
        }
        UseTree::Rename(tree) => {
            let segments = [&path[..], &[tree.ident.to_string()]].concat();
            let text = format!("{}{} as {}", prefix(path), tree.ident, tree.rename);
            // `as _` binds no name: two of different paths do not collide, the same twice is one.
            let name = if tree.rename == "_" { text.clone() } else { tree.rename.to_string() };
            push(name, text, segments, ImportKind::Named);
        }
        UseTree::Glob(_) => {
            let text = format!("{}*", prefix(path));
            push(text.clone(), text, path.clone(), ImportKind::Glob);
        }
        UseTree::Group(tree) => {
            for tree in &tree.items {
                collect(path, is_absolute, tree, into);
            }
        }
    }
}
