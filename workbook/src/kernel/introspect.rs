/*!
`complete_request`, `inspect_request` and `is_complete_request`: what a client asks of a cell while it is written.

The protocol counts a cursor in characters, a session in bytes.
*/

use super::commands::Commands;
use super::syntax::{self, Completeness};
use super::warm::WarmSession;
use crate::session::{Answer, Completions, Question};
use serde_json::{Value, json};

/// The content of a `complete_reply`.
pub fn complete(content: &Value, session: &mut WarmSession, commands: &Commands) -> Value {
    let code = content["code"].as_str().unwrap_or_default();
    let position = byte(code, cursor(content, code));
    let found = commands.complete(code, position).unwrap_or_else(|| {
        match session.ask(Question::Complete { code: code.to_owned(), position }) {
            Some(Answer::Completions(completions)) => completions,
            _ => Completions { start: position, end: position, matches: Vec::new() },
        }
    });
    let (start, end) = (character(code, found.start), character(code, found.end));
    let types: Vec<Value> = found
        .matches
        .iter()
        .map(|it| json!({ "text": it.text, "type": it.kind, "signature": it.label, "start": start, "end": end }))
        .collect();
    let matches: Vec<&str> = found.matches.iter().map(|it| it.text.as_str()).collect();
    json!({
        "status": "ok",
        "matches": matches,
        "cursor_start": start,
        "cursor_end": end,
        "metadata": { "_jupyter_types_experimental": types },
    })
}

/// The content of an `inspect_reply`.
pub fn inspect(content: &Value, session: &mut WarmSession) -> Value {
    let code = content["code"].as_str().unwrap_or_default();
    let position = byte(code, cursor(content, code));
    let answer = syntax::name_at(code, position)
        .and_then(|name| session.ask(Question::Inspect { code: code.to_owned(), position: name.end }));
    match answer {
        Some(Answer::Description(Some(data))) => json!({ "status": "ok", "found": true, "data": data, "metadata": {} }),
        _ => json!({ "status": "ok", "found": false, "data": {}, "metadata": {} }),
    }
}

/// The content of an `is_complete_reply`.
pub fn is_complete(content: &Value) -> Value {
    match syntax::completeness(content["code"].as_str().unwrap_or_default()) {
        Completeness::Complete => json!({ "status": "complete" }),
        Completeness::Incomplete { indent } => json!({ "status": "incomplete", "indent": " ".repeat(indent) }),
        Completeness::Invalid => json!({ "status": "invalid" }),
    }
}

/// The cursor, in characters; by default it stands at the end.
fn cursor(content: &Value, code: &str) -> usize {
    content["cursor_pos"].as_u64().map_or(code.chars().count(), |position| position as usize)
}

/// The byte at which the character of this number begins, or the end.
fn byte(code: &str, character: usize) -> usize {
    code.char_indices().nth(character).map_or(code.len(), |(byte, _)| byte)
}

/// The number of characters before a byte.
fn character(code: &str, byte: usize) -> usize {
    code.char_indices().take_while(|(at, _)| *at < byte).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_counted_in_characters() {
        let code = "let größe = 𝛼;";
        for character_at in 0..=code.chars().count() {
            assert_eq!(character(code, byte(code, character_at)), character_at);
        }
        assert_eq!((byte(code, 7), byte(code, 12), byte(code, 99)), (8, 14, code.len()));
        assert_eq!((cursor(&json!({}), code), cursor(&json!({ "cursor_pos": 3 }), code)), (14, 3));
    }

    #[test]
    fn is_complete_answers_as_the_protocol_asks() {
        let answer = |code: &str| is_complete(&json!({ "code": code }));
        assert_eq!(answer("let x = 1;"), json!({ "status": "complete" }));
        assert_eq!(answer("fn f() {"), json!({ "status": "incomplete", "indent": "    " }));
        assert_eq!(answer("let x = );"), json!({ "status": "invalid" }));
    }
}
