/*!
The items of a submission that take part: of several definitions of a name the last, of equal imports one.

What collides is found here, by reading, so that no compiler has to report it.
*/

use std::collections::{BTreeMap, BTreeSet};

use crate::function::Function;
use crate::import::{Import, ImportKind};
use crate::item::{Item, ItemId, ItemKind, Namespace};
use crate::resolve::{Followed, Placed, Scope, Target};
use crate::source::Source;

/// The items of a submission that take part in a program.
pub struct Submitted<'a> {
    sources: &'a [Source],
    /// Source and index of each item.
    items: Vec<(usize, usize)>,
    /// The imports that take part: source, offset of the declaration, number in it.
    imports: BTreeSet<(usize, usize, usize)>,
    scope: Scope<'a>,
}

impl<'a> Submitted<'a> {
    pub(crate) fn new(
        sources: &'a [Source],
        within: Option<&BTreeSet<ItemId>>,
        left_out: &BTreeSet<ItemId>,
        imports_left_out: &BTreeSet<String>,
    ) -> Self {
        let all =
            sources.iter().enumerate().flat_map(|(part, source)| (0..source.items().len()).map(move |i| (part, i)));
        let item = |(part, index): (usize, usize)| &sources[part].items()[index];
        let takes_part = |&(part, index): &(usize, usize)| {
            let id = (part, item((part, index)).range.start);
            within.is_none_or(|within| within.contains(&id)) && !left_out.contains(&id)
        };
        let all: Vec<(usize, usize)> = all.filter(takes_part).collect();
        let scope = Scope::root(all.iter().map(|&at| (at.0, item(at))).collect());
        let colliding = Collisions::new(&all, sources, &scope, imports_left_out);
        let items: Vec<(usize, usize)> = all.into_iter().filter(|at| !colliding.items.contains(at)).collect();
        let scope = Scope::root(items.iter().map(|&at| (at.0, item(at))).collect());
        Self { sources, items, imports: colliding.imports, scope }
    }

    /// All items of the sources.
    pub fn of(sources: &'a [Source]) -> Self {
        Self::new(sources, None, &BTreeSet::new(), &BTreeSet::new())
    }

    /// Every item with its source and its index there.
    pub(crate) fn items(&self) -> impl Iterator<Item = (usize, usize, &'a Item)> {
        self.items.iter().map(|&(part, index)| (part, index, &self.sources[part].items()[index]))
    }

    /// The imports of a `use` declaration that take part, each with its number in the declaration.
    pub(crate) fn imports(&self, part: usize, item: &'a Item) -> impl Iterator<Item = (usize, &'a Import)> {
        let imports = item.imports.iter().enumerate();
        imports.filter(move |(number, _)| self.imports.contains(&(part, item.range.start, *number)))
    }

    pub(crate) fn value(&self, name: &str) -> Option<Target<'a>> {
        self.scope.value(name)
    }

    /// Whether a `use` declaration leads to something of the submission's own with its `number`th name.
    pub fn leads_inside(&self, item: &Item, number: usize) -> bool {
        let inside = |import: &Import| !matches!(self.scope.import(import), Followed::Unknown);
        item.imports.get(number).is_some_and(|import| import.kind == ImportKind::Named && inside(import))
    }

    /// What defines the function `name`: an item at the top or in an inline module that an import leads to, a `use`
    /// declaration that leads elsewhere, or a macro call.
    pub fn definition(&self, name: &str) -> Option<Definition<'a>> {
        let (Target::Item((part, item)) | Target::Outside((part, item)) | Target::MacroCall((part, item))) =
            self.value(name)?;
        Some(Definition { part, item, function: Function::new(self.sources[part].text(), item) })
    }
}

/// Where a function of a submission is defined.
#[derive(Debug, Clone, Copy)]
pub struct Definition<'a> {
    /// Which of the submission's sources.
    pub part: usize,
    /// The item.
    pub item: &'a Item,
    /// The function, if the item is one.
    pub function: Option<Function<'a>>,
}

/// What takes part and what makes room for a later definition.
struct Collisions {
    /// Items that make room, by source and index.
    items: BTreeSet<(usize, usize)>,
    imports: BTreeSet<(usize, usize, usize)>,
}

/// A definition: the item, and the number of the import in it.
type At = ((usize, usize), Option<usize>);

impl Collisions {
    fn new(all: &[(usize, usize)], sources: &[Source], scope: &Scope, imports_left_out: &BTreeSet<String>) -> Self {
        let item = |(part, index): (usize, usize)| &sources[part].items()[index];
        let placed: Vec<Placed> = all.iter().map(|&at| (at.0, item(at))).collect();
        let mut last: BTreeMap<(Namespace, String), At> = BTreeMap::new();
        let mut paths: BTreeMap<&str, At> = BTreeMap::new();
        let mut headers: BTreeMap<&str, Vec<(usize, usize)>> = BTreeMap::new();
        let mut gone: BTreeSet<At> = BTreeSet::new();
        for &at in all {
            let current = item(at);
            // Which of several takes part is for the compiler to say.
            if current.is_conditional {
                continue;
            }
            let keys = current.definitions().into_iter().map(|(space, name)| ((space, name.to_owned()), (at, None)));
            let mut keys: Vec<_> = keys.collect();
            for (number, import) in current.imports.iter().enumerate() {
                let here = (at, Some(number));
                if imports_left_out.contains(&import.path) {
                    gone.insert(here);
                    continue;
                }
                gone.extend(paths.insert(&import.path, here));
                keys.extend(
                    namespaces(import, scope, &placed).iter().map(|space| ((*space, import.name.clone()), here)),
                );
            }
            for (key, here) in keys {
                gone.extend(last.insert(key, here).filter(|earlier| *earlier != here));
            }
            if let Some(header) = &current.header {
                let same = headers.entry(header).or_default();
                // Two blocks of one type may stand side by side if they define different functions.
                same.retain(|&other| {
                    let apart = current.kind == ItemKind::Other
                        && !current.members.is_empty()
                        && current.members.is_disjoint(&item(other).members);
                    if !apart {
                        gone.insert((other, None));
                    }
                    apart
                });
                same.push(at);
            }
        }
        let imports = all.iter().flat_map(|&at| {
            let number = |number| (at, Some(number));
            (0..item(at).imports.len()).map(number).collect::<Vec<_>>()
        });
        let imports = imports.filter(|at| !gone.contains(at));
        let imports =
            imports.map(|((part, index), n)| (part, item((part, index)).range.start, n.unwrap_or(0))).collect();
        let items = gone.iter().filter(|(_, number)| number.is_none()).map(|(at, _)| *at).collect();
        Self { items, imports }
    }
}

/// The name spaces that an import binds its name in, as far as reading can tell.
fn namespaces(import: &Import, scope: &Scope, items: &[Placed]) -> &'static [Namespace] {
    match import.kind {
        ImportKind::Glob => return &[],
        ImportKind::Module => return &[Namespace::Type],
        ImportKind::Named => {}
    }
    match scope.import(import) {
        Followed::Value(_) => return &[Namespace::Value],
        Followed::Module => return &[Namespace::Type],
        Followed::Unknown => {}
    }
    let imported = import.segments.last().map_or("", String::as_str);
    let used = |set: fn(&Item) -> &BTreeSet<String>| {
        items.iter().any(|(_, item)| item.kind != ItemKind::Use && set(item).contains(&import.name))
    };
    if imported.starts_with(char::is_uppercase) {
        &[Namespace::Type, Namespace::Value]
    } else if used(|item| &item.macro_calls) {
        &[Namespace::Macro]
    } else if import.segments.len() <= 2 || used(|item| &item.prefixes) {
        // Crates have modules at their top, with few exceptions.
        &[Namespace::Type]
    } else {
        &[Namespace::Value]
    }
}
