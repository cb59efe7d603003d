/*!
Follows a name of a submission to the item that it stands for: through `use` declarations, renames, globs and inline
modules.

It reads items and no crate: a path that leads out of the submission ends there.
*/

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use crate::import::{Import, ImportKind};
use crate::item::{Item, ItemId, ItemKind};

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
pub(crate) struct Scope<'a>(Vec<Module<'a>>);

#[derive(Debug, Clone)]
struct Module<'a> {
    /// The module's item; the root has none.
    id: Option<ItemId>,
    items: Vec<Placed<'a>>,
}

/// How many modules are looked at for one name. Programs need a few; what is written to be slow stops there.
const LOOKUPS: usize = 20_000;

/// The names that are being looked up, each with its module: globs may import each other in circles.
#[derive(Clone)]
struct Visited {
    names: RefCell<BTreeSet<(Option<ItemId>, bool, String)>>,
    left: Rc<Cell<usize>>,
}

impl Visited {
    fn new() -> Self {
        Self { names: RefCell::default(), left: Rc::new(Cell::new(LOOKUPS)) }
    }

    /// Says that `name` is looked up in a module, as a module or as a value; `None` where that has been done.
    fn enter(&self, scope: &Scope, is_module: bool, name: &str) -> Option<()> {
        self.left.set(self.left.get().checked_sub(1)?);
        let id = scope.0.last().and_then(|module| module.id);
        self.names.borrow_mut().insert((id, is_module, name.to_owned())).then_some(())
    }
}

impl<'a> Scope<'a> {
    /// The root module with these items.
    pub(crate) fn root(items: Vec<Placed<'a>>) -> Self {
        Self(vec![Module { id: None, items }])
    }

    fn items(&self) -> &[Placed<'a>] {
        self.0.last().map_or(&[], |module| module.items.as_slice())
    }

    /// The function, constant or import that `name` stands for; of several definitions the last. Where none has the
    /// name, a glob import may bring it in, or a macro call define it.
    pub(crate) fn value(&self, name: &str) -> Option<Target<'a>> {
        self.value_in(name, &Visited::new())
    }

    fn value_in(&self, name: &str, visited: &Visited) -> Option<Target<'a>> {
        visited.enter(self, false, name)?;
        for &(part, item) in self.items().iter().rev() {
            if matches!(item.kind, ItemKind::Function | ItemKind::Value) && item.name.as_deref() == Some(name) {
                return Some(Target::Item((part, item)));
            }
            let named = |import: &&Import| import.kind == ImportKind::Named && import.name == name;
            for import in item.imports.iter().rev().filter(named) {
                match self.followed(import, visited) {
                    Followed::Value(target) => return Some(target),
                    Followed::Unknown => return Some(Target::Outside((part, item))),
                    Followed::Module => {}
                }
            }
        }
        self.globs(|scope, visible| scope.value_in(name, visited).filter(|target| visible(*target)), visited)
            .or_else(|| self.macro_call(name).map(Target::MacroCall))
    }

    /// What a named import stands for.
    pub(crate) fn import(&self, import: &Import) -> Followed<'a> {
        self.followed(import, &Visited::new())
    }

    fn followed(&self, import: &Import, visited: &Visited) -> Followed<'a> {
        let Some((last, path)) = import.segments.split_last() else { return Followed::Unknown };
        let Some(scope) = self.module(path, import, visited) else { return Followed::Unknown };
        // A name that is imported from the root by itself, as in `use self::a as a`, stands for nothing.
        match scope.value_in(last, visited) {
            Some(target) => Followed::Value(target),
            None if scope.child(last, visited).is_some() || scope.has_type(last) => Followed::Module,
            None => Followed::Unknown,
        }
    }

    fn globs<T>(
        &self,
        find: impl Fn(&Scope<'a>, &dyn Fn(Target<'a>) -> bool) -> Option<T>,
        visited: &Visited,
    ) -> Option<T> {
        for (_, item) in self.items().iter().rev() {
            for import in item.imports.iter().filter(|import| import.kind == ImportKind::Glob) {
                let Some(scope) = self.module(&import.segments, import, visited) else { continue };
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
    fn module(&self, path: &[String], import: &Import, visited: &Visited) -> Option<Scope<'a>> {
        if import.is_absolute {
            return None;
        }
        // A path is a question of its own: what is looked up for it may be looked up again for another one.
        let visited = &visited.clone();
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
            scope = scope.child(name, visited)?;
        }
        Some(scope)
    }

    /// The inline module `name` of this one, by its own name or through an import.
    fn child(&self, name: &str, visited: &Visited) -> Option<Scope<'a>> {
        visited.enter(self, true, name)?;
        for &(part, item) in self.items().iter().rev() {
            if item.kind == ItemKind::Module && item.name.as_deref() == Some(name) {
                let mut modules = self.0.clone();
                let items = item.children.iter().map(|child| (part, child)).collect();
                modules.push(Module { id: Some((part, item.range.start)), items });
                return Some(Scope(modules));
            }
            let named = |import: &&Import| import.kind != ImportKind::Glob && import.name == name;
            for import in item.imports.iter().filter(named) {
                let (last, path) = import.segments.split_last()?;
                // An import by its own name would be followed for ever.
                if let Some(found) = self.module(path, import, visited)
                    && !(path.is_empty() && last == name)
                {
                    return found.child(last, visited);
                }
            }
        }
        self.globs(|scope, _| scope.child(name, visited), visited)
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
