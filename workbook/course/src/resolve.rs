/*!
Follows a name of a submission to the item that it stands for: through `use` declarations, renames, globs and inline
modules.

It reads items and no crate: a path that leads out of the submission ends there.
*/

use std::cell::Cell;

use crate::import::{Import, ImportKind};
use crate::item::{Item, ItemKind};

/// An item, and which of the submission's sources it stands in.
pub(crate) type Placed<'a> = (usize, &'a Item);

/// What a name stands for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target<'a> {
    /// An item of the submission, at the top or in an inline module.
    Item(Placed<'a>),
    /// A `use` declaration whose path leads out of the submission.
    Outside(Placed<'a>),
    /// A macro call that may define it.
    MacroCall(Placed<'a>),
}

/// The modules from the root to the one where a name is looked up, each with its items.
#[derive(Debug, Clone)]
pub(crate) struct Scope<'a>(Vec<Vec<Placed<'a>>>);

/// Look-ups that one name is worth: many globs that import each other would otherwise be followed for ever.
struct Fuel(Cell<u32>);

impl Fuel {
    fn new() -> Self {
        Self(Cell::new(500))
    }

    fn burn(&self) -> Option<()> {
        self.0.set(self.0.get().checked_sub(1)?);
        Some(())
    }
}

impl<'a> Scope<'a> {
    /// The root module with these items.
    pub(crate) fn root(items: Vec<Placed<'a>>) -> Self {
        Self(vec![items])
    }

    fn items(&self) -> &[Placed<'a>] {
        self.0.last().map_or(&[], Vec::as_slice)
    }

    /// The function, constant or import that `name` stands for; of several definitions the last. Where none has the
    /// name, a glob import may bring it in, or a macro call define it.
    pub(crate) fn value(&self, name: &str) -> Option<Target<'a>> {
        self.value_in(name, &Fuel::new())
    }

    fn value_in(&self, name: &str, fuel: &Fuel) -> Option<Target<'a>> {
        fuel.burn()?;
        for &(part, item) in self.items().iter().rev() {
            if matches!(item.kind, ItemKind::Function | ItemKind::Value) && item.name.as_deref() == Some(name) {
                return Some(Target::Item((part, item)));
            }
            let named = |import: &&Import| import.kind == ImportKind::Named && import.name == name;
            for import in item.imports.iter().rev().filter(named) {
                match self.followed(import, fuel) {
                    Followed::Value(target) => return Some(target),
                    Followed::Unknown => return Some(Target::Outside((part, item))),
                    Followed::Module => {}
                }
            }
        }
        self.globs(|scope, visible| scope.value_in(name, fuel).filter(|target| visible(*target)), fuel)
            .or_else(|| self.macro_call(name).map(Target::MacroCall))
    }

    /// What a named import stands for.
    pub(crate) fn import(&self, import: &Import) -> Followed<'a> {
        self.followed(import, &Fuel::new())
    }

    fn followed(&self, import: &Import, fuel: &Fuel) -> Followed<'a> {
        let Some((last, path)) = import.segments.split_last() else { return Followed::Unknown };
        let Some(scope) = self.module(path, import, fuel) else { return Followed::Unknown };
        // A name that is imported from the root by itself, as in `use self::a as a`, stands for nothing.
        match scope.value_in(last, fuel) {
            Some(target) => Followed::Value(target),
            None if scope.child(last, fuel).is_some() || scope.has_type(last) => Followed::Module,
            None => Followed::Unknown,
        }
    }

    fn globs<T>(&self, find: impl Fn(&Scope<'a>, &dyn Fn(Target<'a>) -> bool) -> Option<T>, fuel: &Fuel) -> Option<T> {
        for (_, item) in self.items().iter().rev() {
            for import in item.imports.iter().filter(|import| import.kind == ImportKind::Glob) {
                let Some(scope) = self.module(&import.segments, import, fuel) else { continue };
                // A module sees what is private in those around it.
                let inside = scope.0.len() < self.0.len();
                let visible = |target: Target<'a>| match target {
                    Target::Item((_, item)) | Target::Outside((_, item)) => inside || item.is_visible,
                    Target::MacroCall(_) => true,
                };
                if let Some(found) = find(&scope, &visible) {
                    return Some(found);
                }
            }
        }
        None
    }

    /// A macro call at the place of an item that names `name`, itself or in the macro that it calls.
    fn macro_call(&self, name: &str) -> Option<Placed<'a>> {
        let items = self.items();
        let defines = |call: &Item| {
            let of_macro = |item: &Item| {
                item.kind == ItemKind::Macro
                    && item.name.as_ref().is_some_and(|name| call.mentions.contains(name))
                    && item.mentions.contains(name)
            };
            call.mentions.contains(name) || items.iter().any(|(_, item)| of_macro(item))
        };
        let is_call = |item: &Item| item.kind == ItemKind::Macro && item.name.is_none();
        items.iter().rev().find(|(_, item)| is_call(item) && defines(item)).copied()
    }

    /// The module that a path leads to, if it is one of the submission's.
    fn module(&self, path: &[String], import: &Import, fuel: &Fuel) -> Option<Scope<'a>> {
        if import.is_absolute {
            return None;
        }
        let mut scope = self.clone();
        let mut path = path;
        while let Some((first, rest)) = path.split_first() {
            match first.as_str() {
                "self" => {}
                "super" if scope.0.len() > 1 => _ = scope.0.pop(),
                "crate" => scope.0.truncate(1),
                _ => break,
            }
            path = rest;
        }
        for name in path {
            scope = scope.child(name, fuel)?;
        }
        Some(scope)
    }

    /// The inline module `name` of this one, by its own name or through an import.
    fn child(&self, name: &str, fuel: &Fuel) -> Option<Scope<'a>> {
        fuel.burn()?;
        for &(part, item) in self.items().iter().rev() {
            if item.kind == ItemKind::Module && item.name.as_deref() == Some(name) {
                let mut modules = self.0.clone();
                modules.push(item.children.iter().map(|child| (part, child)).collect());
                return Some(Scope(modules));
            }
            let named = |import: &&Import| import.kind != ImportKind::Glob && import.name == name;
            for import in item.imports.iter().filter(named) {
                let (last, path) = import.segments.split_last()?;
                // An import by its own name would be followed for ever.
                if let Some(found) = self.module(path, import, fuel)
                    && !(path.is_empty() && last == name)
                {
                    return found.child(last, fuel);
                }
            }
        }
        self.globs(|scope, _| scope.child(name, fuel), fuel)
    }

    fn has_type(&self, name: &str) -> bool {
        self.items().iter().any(|(_, item)| item.kind == ItemKind::Type && item.name.as_deref() == Some(name))
    }
}

/// What an import leads to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Followed<'a> {
    /// A function or a constant.
    Value(Target<'a>),
    /// A module or a type of the submission.
    Module,
    /// Something outside of the submission.
    Unknown,
}
