/*! Functions that are missing under their name and stand there in another way: what to tell the learner. */

use std::collections::BTreeMap;

use course::{Assignment, Submitted};

use crate::submission::Submission;

/// A note for each function of the assignment that is missing although something like it is there, and for each that is
/// there twice.
pub fn near_misses(assignment: &Assignment, submission: &Submission) -> Vec<String> {
    let submitted = Submitted::of(&submission.parts);
    let mut notes = Vec::new();
    let mut defined: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for part in &submission.parts {
        for function in part.functions() {
            defined.entry(function.name()).or_default().push(format!("{}, line {}", part.path(), function.line()));
        }
    }
    let nested: Vec<_> = submission
        .parts
        .iter()
        .flat_map(|part| course::nested(part.text()).into_iter().map(|nested| (part.path(), nested)))
        .collect();
    for name in &assignment.functions {
        let places = defined.get(name.as_str()).map_or(&[][..], Vec::as_slice);
        if let [first, .., last] = places {
            notes.push(format!(
                "{name} is written {} times, first in {first}: the last one counts, in {last}",
                places.len()
            ));
        }
        let is_broken = submission.broken.iter().any(|(_, broken)| broken.functions.contains(name));
        if submitted.definition(name).is_some() || is_broken {
            continue;
        }
        if let Some((path, nested)) = nested.iter().find(|(_, nested)| nested.name == *name) {
            let line = nested.line;
            let help = if nested.within.starts_with("module") { ", or import it below that with `use`" } else { "" };
            let within = &nested.within;
            notes.push(format!(
                "{name} stands inside of {within} ({path}, line {line}), where it is not seen: move it out{help}"
            ));
        }
        let is_other = |other: &str| !assignment.functions.iter().any(|known| known == other) && alike(name, other);
        for other in defined.keys().filter(|other| is_other(other)) {
            let place = &defined[other][0];
            let foreign = other.chars().enumerate().find(|(_, c)| !c.is_ascii());
            let why = match foreign {
                Some((at, c)) => format!("its character {} is U+{:04X}, not a letter of ASCII", at + 1, u32::from(c)),
                None => "its name is another one".to_owned(),
            };
            notes.push(format!("{name} is missing; `{other}` ({place}) is like it, but {why}: call it `{name}`"));
        }
    }
    notes
}

/// Whether a name is easily taken for another one: the same letters but for case, underscores and alphabets, or a few slips.
fn alike(name: &str, other: &str) -> bool {
    let plain = |name: &str| name.chars().filter(|c| *c != '_').map(latin).collect::<Vec<char>>();
    let (name, other) = (plain(name), plain(other));
    // In a short name, two slips make another word.
    let slips = if name.len() < 8 { 1 } else { 2 };
    name.len().abs_diff(other.len()) <= slips && distance(&name, &other) <= slips
}

/// The small Latin letter that a letter looks like. Those of the full width and the most common ones of Cyrillic and Greek;
/// see Unicode's table of confusable characters (UTS 39).
fn latin(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c).to_ascii_lowercase(),
        'а' | 'А' | 'α' | 'Α' => 'a',
        'Ь' | 'В' | 'β' | 'Β' => 'b',
        'с' | 'С' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'Е' | 'Ε' | 'ε' => 'e',
        'һ' | 'Н' | 'Η' => 'h',
        'і' | 'І' | 'ι' | 'Ι' => 'i',
        'ј' | 'Ј' => 'j',
        'к' | 'К' | 'κ' | 'Κ' => 'k',
        'ӏ' => 'l',
        'М' | 'м' | 'Μ' => 'm',
        'п' | 'Ν' | 'η' => 'n',
        'о' | 'О' | 'ο' | 'Ο' => 'o',
        'р' | 'Р' | 'ρ' | 'Ρ' => 'p',
        'ѕ' | 'Ѕ' => 's',
        'Т' | 'т' | 'τ' | 'Τ' => 't',
        'υ' | 'и' => 'u',
        'ν' | 'ѵ' => 'v',
        'ω' | 'ԝ' => 'w',
        'х' | 'Х' | 'χ' | 'Χ' => 'x',
        'у' | 'У' | 'γ' | 'Υ' => 'y',
        'Ζ' | 'ᴢ' => 'z',
        other => other.to_ascii_lowercase(),
    }
}

/// Levenshtein's distance.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use course::{Root, Source};

    #[track_caller]
    fn notes(text: &str) -> Vec<String> {
        let root = Root::find(std::path::Path::new(".")).unwrap();
        let assignment = Assignment::read(&root, "conv_step_by_step").unwrap();
        let submission = Submission {
            path: std::path::PathBuf::new(),
            name: "a.rs".into(),
            assignment: None,
            language: None,
            parts: vec![Source::parse("a.rs", text).unwrap()],
            broken: Vec::new(),
            notes: Vec::new(),
        };
        near_misses(&assignment, &submission)
    }

    #[track_caller]
    fn check(text: &str, says: &str) {
        let notes = notes(text);
        assert!(notes.len() == 1 && notes[0].contains(says), "{text}: {notes:?}");
    }

    #[test]
    fn what_is_nearly_there_is_said() {
        check("fn zero_p\u{430}d() {}", "`zero_p\u{430}d` (a.rs, line 1) is like it, but its character 7 is U+0430");
        check("fn zeropad() {}", "zero_pad is missing; `zeropad`");
        check("fn ZeroPad() {}", "`ZeroPad`");
        check("fn convforwrad() {}", "conv_forward is missing; `convforwrad`");
        check("mod mine { pub fn zero_pad() {} }", "inside of module `mine` (a.rs, line 1), where it is not seen");
        check("fn main() { fn zero_pad() {} }", "inside of function `main`");
        check(
            "fn zero_pad() {}\nfn zero_pad() {}",
            "written 2 times, first in a.rs, line 1: the last one counts, in a.rs, line 2",
        );
    }

    #[test]
    fn what_is_there_or_something_else_is_not() {
        for text in [
            "fn r#zero_pad() {}",
            "mod mine { pub fn zero_pad() {} }\nuse mine::zero_pad;",
            "fn pad() {}\nfn helper() {}\nfn conv() {}",
            "impl T { fn helper() {} }",
        ] {
            assert_eq!(notes(text), [""; 0], "{text}");
        }
    }
}
