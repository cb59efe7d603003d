/*!
Which items of a submission a function can reach: what it names, what that names, and so on.

It compares identifiers and ignores scopes: a local variable that shares its name with a helper counts as a use of it.
So it may find too many items, and too few only where a name is made by a macro.
*/

use std::collections::{BTreeMap, BTreeSet};

use crate::import::ImportKind;
use crate::item::{Item, ItemId, ItemKind};
use crate::source::Source;

/// The top-level items that the function `name` may need, itself included.
pub fn reachable(sources: &[Source], name: &str) -> BTreeSet<ItemId> {
    let items =
        sources.iter().enumerate().flat_map(|(part, source)| source.items().iter().map(move |item| (part, item)));
    let items: Vec<(usize, &Item)> = items.collect();
    let mut by_word: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    // Globs bring in names that cannot be known.
    let mut wanted: Vec<usize> = Vec::new();
    for (index, (_, item)) in items.iter().enumerate() {
        if item.imports.iter().any(|import| import.kind == ImportKind::Glob || import.name.contains("::")) {
            wanted.push(index);
        }
        for word in words(item) {
            by_word.entry(word).or_default().push(index);
        }
    }
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::from([name]);
    wanted.extend(by_word.get(name).into_iter().flatten());
    while let Some(index) = wanted.pop() {
        let (part, item) = items[index];
        if !found.insert((part, item.range.start)) {
            continue;
        }
        for word in item.mentions.iter().map(String::as_str).filter(|word| seen.insert(word)) {
            wanted.extend(by_word.get(word).into_iter().flatten());
        }
    }
    found
}

/// The words that make an item wanted.
fn words(item: &Item) -> Vec<&str> {
    let uncommon = |name: &&String| !is_common(name);
    let members = item.members.iter().filter(uncommon);
    let words: Vec<&String> = match (item.kind, &item.name) {
        (ItemKind::Use, _) => item.imports.iter().map(|import| &import.name).collect(),
        (_, Some(name)) => members.chain([name]).collect(),
        // `const _` holds assertions, and no other item can name it.
        (ItemKind::Value, None) => Vec::new(),
        (_, None) if item.members.is_empty() && item.head_mentions.is_empty() => {
            item.mentions.iter().filter(uncommon).collect()
        }
        (_, None) => members.chain(item.head_mentions.iter().filter(uncommon)).collect(),
    };
    words.into_iter().map(String::as_str).collect()
}

/// Whether a word says nothing about what belongs together: keywords, the types of the language and of the course, and
/// what else stands in most functions.
fn is_common(word: &str) -> bool {
    const WORDS: [&str; 49] = [
        "_", "as", "const", "crate", "dyn", "else", "extern", "fn", "for", "if", "impl", "in", "let", "loop", "macro",
        "match", "mod", "mut", "pub", "ref", "return", "self", "Self", "static", "struct", "super", "trait", "type",
        "unsafe", "use", "where", "while", "bool", "char", "f32", "f64", "i32", "i64", "str", "u8", "u32", "u64",
        "usize", "Option", "Result", "String", "Vec", "s", "x",
    ];
    WORDS.contains(&word) || (word.starts_with("Array") && word.len() <= "ArrayView4".len())
}
