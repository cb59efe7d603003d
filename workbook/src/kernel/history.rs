/*! `history_request`: the cells that this kernel has run, which a console offers with the arrow keys. */

use serde_json::{Value, json};

/// The number of the session whose cells are kept; earlier ones are not.
const SESSION: i64 = 1;

/// The cells that were run, with the texts of their results.
#[derive(Default)]
pub struct History {
    entries: Vec<Entry>,
}

struct Entry {
    number: u64,
    input: String,
    output: Option<String>,
}

impl History {
    pub fn add(&mut self, number: u64, input: &str, output: Option<String>) {
        self.entries.push(Entry { number, input: input.to_owned(), output });
    }

    /// The content of a `history_reply`.
    pub fn reply(&self, content: &Value) -> Value {
        let found = match content["hist_access_type"].as_str().unwrap_or_default() {
            "range" => self.range(content),
            "search" => self.search(content),
            _ => self.last(self.entries.iter().collect(), content),
        };
        let with_output = content["output"].as_bool().unwrap_or(false);
        let entry = |entry: &&Entry| match with_output {
            true => json!([SESSION, entry.number, [entry.input, entry.output]]),
            false => json!([SESSION, entry.number, entry.input]),
        };
        json!({ "status": "ok", "history": found.iter().map(entry).collect::<Vec<_>>() })
    }

    /// The lines `start` to `stop` of a session; 0 is this one, negative ones are earlier.
    fn range(&self, content: &Value) -> Vec<&Entry> {
        if ![0, SESSION].contains(&content["session"].as_i64().unwrap_or(0)) {
            return Vec::new();
        }
        let start = content["start"].as_u64().unwrap_or(0);
        let stop = content["stop"].as_u64().unwrap_or(u64::MAX);
        self.entries.iter().filter(|entry| (start..stop).contains(&entry.number)).collect()
    }

    fn search(&self, content: &Value) -> Vec<&Entry> {
        let pattern: Vec<char> = content["pattern"].as_str().unwrap_or("*").chars().collect();
        let fits = |entry: &&Entry| is_match(&pattern, &entry.input.chars().collect::<Vec<_>>());
        let mut found: Vec<&Entry> = self.entries.iter().filter(fits).collect();
        if content["unique"].as_bool().unwrap_or(false) {
            let mut seen = std::collections::HashSet::new();
            found.reverse();
            found.retain(|entry| seen.insert(&entry.input));
            found.reverse();
        }
        self.last(found, content)
    }

    /// The last `n`.
    fn last<'a>(&self, mut entries: Vec<&'a Entry>, content: &Value) -> Vec<&'a Entry> {
        let n = content["n"].as_u64().unwrap_or(u64::MAX).min(entries.len() as u64) as usize;
        entries.split_off(entries.len() - n)
    }
}

/// Whether a text fits a pattern in which `*` stands for any text and `?` for any character.
fn is_match(pattern: &[char], text: &[char]) -> bool {
    // Where the last `*` stands, and how much of the text it has taken.
    let (mut at, mut read, mut star) = (0, 0, None);
    while read < text.len() {
        if at < pattern.len() && pattern[at] == '*' {
            star = Some((at, read));
            at += 1;
        } else if at < pattern.len() && (pattern[at] == '?' || pattern[at] == text[read]) {
            (at, read) = (at + 1, read + 1);
        } else if let Some((place, taken)) = star {
            (at, read, star) = (place + 1, taken + 1, Some((place, taken + 1)));
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(reply: &Value) -> Vec<String> {
        let entries = reply["history"].as_array().unwrap();
        entries.iter().map(|entry| entry[2].as_str().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn tail_range_and_search() {
        let mut history = History::default();
        for (number, input) in [(1, "let a = 1;"), (2, "a + 1"), (3, "println!(\"x\");"), (4, "a + 1")] {
            history.add(number, input, (input == "a + 1").then(|| "2".to_owned()));
        }
        let ask = |content: Value| history.reply(&content);
        assert_eq!(inputs(&ask(json!({ "hist_access_type": "tail", "n": 2 }))), ["println!(\"x\");", "a + 1"]);
        assert_eq!(inputs(&ask(json!({ "hist_access_type": "tail", "n": 99 }))).len(), 4);
        let range = |session: i64| json!({ "hist_access_type": "range", "session": session, "start": 2, "stop": 4 });
        assert_eq!(inputs(&ask(range(0))), ["a + 1", "println!(\"x\");"]);
        assert_eq!(inputs(&ask(range(-1))), Vec::<String>::new());
        let search = json!({ "hist_access_type": "search", "pattern": "a*1", "unique": true, "n": 5 });
        assert_eq!(inputs(&ask(search)), ["a + 1"]);
        let with_output = ask(json!({ "hist_access_type": "tail", "n": 1, "output": true }));
        assert_eq!(with_output["history"], json!([[1, 4, ["a + 1", "2"]]]));
    }

    #[test]
    fn patterns_are_those_of_a_shell() {
        let is_match = |pattern: &str, text: &str| {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            super::is_match(&chars(pattern), &chars(text))
        };
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*b*c", "aXXbYYc", true),
            ("a*b*c", "aXXbYY", false),
            ("?ö?", "xöx", true),
            ("?", "", false),
            ("", "", true),
            ("*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
        ] {
            assert_eq!(is_match(pattern, text), expected, "{pattern} {text}");
        }
    }
}
