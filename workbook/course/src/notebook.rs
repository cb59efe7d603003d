/*!
Reads the text of a notebook file as Python's `json` reads it, which is how Jupyter does. It does not know what a
notebook holds.

serde_json is stricter than Python in four ways, and each occurs in files that Jupyter opens: a byte order mark, which
Windows editors put before the text; `NaN` and `Infinity`, which Python writes for such numbers in an output; half of a
surrogate pair, which is left where an emoji was cut in two; and numbers beyond the range of a double.
*/

use serde_json::Value;

/// The text of a file: UTF-8, with or without a byte order mark, or UTF-16 with one. `None` when it is neither.
pub fn decode(bytes: &[u8]) -> Option<String> {
    let utf16 = |from: fn([u8; 2]) -> u16, bytes: &[u8]| {
        let (units, rest) = bytes.as_chunks::<2>();
        let units = units.iter().map(|unit| from(*unit));
        rest.is_empty().then(|| char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(u16::from_le_bytes, rest),
        [0xfe, 0xff, rest @ ..] => utf16(u16::from_be_bytes, rest),
        [0xef, 0xbb, 0xbf, rest @ ..] => std::str::from_utf8(rest).ok().map(str::to_owned),
        _ => std::str::from_utf8(bytes).ok().map(str::to_owned),
    }
}

/// The value that the text of a notebook file means. What JSON cannot hold is replaced: numbers that are not finite by
/// `null`, half of a surrogate pair by the replacement character. Of two members of one name the last counts.
///
/// ```
/// let text = "\u{feff}{\"cells\": [], \"loss\": NaN, \"text\": \"cut \\ud83d off\"}";
/// let notebook = course::notebook::parse(text).unwrap();
/// assert_eq!(notebook["cells"], serde_json::json!([]));
/// assert!(notebook["loss"].is_null());
/// assert_eq!(notebook["text"], "cut \u{fffd} off");
/// ```
///
/// # Errors
/// When Python would not read it either; the place is that of serde_json.
pub fn parse(text: &str) -> serde_json::Result<Value> {
    read(text, |text| serde_json::from_str(text))
}

/// As [`parse`], for a reader of JSON that keeps only what it needs: `read_json` is tried on the text as it is, and then on
/// one in which everything that JSON cannot hold is replaced.
///
/// # Errors
/// Those of `read_json`.
pub fn read<T>(text: &str, read_json: impl Fn(&str) -> serde_json::Result<T>) -> serde_json::Result<T> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    read_json(text).or_else(|error| {
        // The usual notebook is plain JSON and is not copied.
        let plain = plain_json(text);
        if plain == text { Err(error) } else { read_json(&plain) }
    })
}

/// Text that a notebook holds as a list of lines or as one string, such as a cell's source.
pub fn joined(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        _ => String::new(),
    }
}

/// The text with what serde_json refuses written so that it does not.
fn plain_json(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => {
                let length = string(rest);
                push_string(&rest[..length], &mut plain);
                length
            }
            '-' | '0'..='9' | 'a'..='z' | 'A'..='Z' => {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c));
                let word = &rest[..end.unwrap_or(rest.len())];
                plain.push_str(if is_not_finite(word) { "null" } else { word });
                word.len()
            }
            other => {
                plain.push(other);
                other.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    plain
}

/// The length of the string at the beginning of `text`, with its quotes; an open one reaches to the end.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (index, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return index + 1,
            _ => {}
        }
    }
    text.len()
}

/// Appends a string, with the replacement character's escape in place of each half of a surrogate pair.
fn push_string(string: &str, into: &mut String) {
    let mut rest = string;
    while let Some(at) = rest.find('\\') {
        into.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = match unit(rest) {
            Some(0xd800..=0xdbff) if matches!(rest.get(6..).and_then(unit), Some(0xdc00..=0xdfff)) => 12,
            Some(0xd800..=0xdfff) => {
                into.push_str("\\ufffd");
                rest = &rest[6..];
                continue;
            }
            Some(_) => 6,
            // A backslash and the character that it escapes.
            None => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
        };
        into.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    into.push_str(rest);
}

/// The code unit of an escape `\uXXXX` at the beginning of `text`.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok()).flatten()
}

/// Whether a word means a number that is not finite: Python's names for them, and numbers beyond the range of a double.
fn is_not_finite(word: &str) -> bool {
    matches!(word, "NaN" | "Infinity" | "-Infinity")
        || (word.ends_with(|c: char| c.is_ascii_digit())
            && word.starts_with(|c: char| c == '-' || c.is_ascii_digit())
            && word.parse::<f64>().is_ok_and(f64::is_infinite))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(text: &str, expected: Value) {
        assert_eq!(parse(text).unwrap(), expected, "{text}");
        assert_eq!(parse(&format!("\u{feff}{text}")).unwrap(), expected, "with a mark: {text}");
    }

    /// Expected values: `json.loads` of Python 3.13, with `null` where it gives nan or inf, and U+FFFD for the
    /// surrogates.
    #[test]
    fn what_python_reads_is_read() {
        check("[NaN, Infinity, -Infinity, 1e999, -1e999, 1e-999]", json!([null, null, null, null, null, 0.0]));
        check(r#"["NaN", "a NaN, Infinity", {"NaN": 1}]"#, json!(["NaN", "a NaN, Infinity", {"NaN": 1}]));
        check(
            r#"["\ud83d", "\udc00x", "\ud83d\ude00", "\ud83dx\ude00"]"#,
            json!(["\u{fffd}", "\u{fffd}x", "😀", "\u{fffd}x\u{fffd}"]),
        );
        check(
            r#"["\ud83d\ud83d\ude00", "\\ud83d", "\\\ud83d", "\"\ud83d"]"#,
            json!(["\u{fffd}😀", "\\ud83d", "\\\u{fffd}", "\"\u{fffd}"]),
        );
        check(r#"{"a": 1, "a": NaN, "a": 2}"#, json!({"a": 2}));
    }

    #[test]
    fn what_python_refuses_is_refused() {
        for text in [
            "",
            "{",
            "[nan]",
            "[+1]",
            "[Infinity",
            "[-NaN]",
            "\"\\ud83d",
            "[\"\\u12\"]",
            "[1e]",
            "\u{feff}\u{feff}[]",
            "[01]",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_file_is_utf_8_or_utf_16_with_a_mark() {
        let utf16 =
            |from: fn(u16) -> [u8; 2]| "\u{feff}[\"größer 😀\"]".encode_utf16().flat_map(from).collect::<Vec<_>>();
        for bytes in [b"[1]".to_vec(), b"\xef\xbb\xbf[1]".to_vec()] {
            assert_eq!(decode(&bytes).unwrap(), "[1]");
        }
        for bytes in [utf16(u16::to_le_bytes), utf16(u16::to_be_bytes)] {
            assert_eq!(parse(&decode(&bytes).unwrap()).unwrap(), json!(["größer 😀"]));
        }
        assert_eq!((decode(b"\xff"), decode(b"\xff\xfea"), decode(b"\xc3(")), (None, None, None));
    }
}
