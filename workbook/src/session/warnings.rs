/*!
The compiler's warnings about a cell that it has compiled.

evcxr throws them away; cargo keeps them, to say them again when nothing has changed.
*/

use super::place;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::SystemTime;

/// The warnings about the cell `current`, as the compiler prints them but with the cell's lines; `source` is what evcxr
/// made of the cells after `since`.
pub fn read(
    session_dir: &Path,
    since: SystemTime,
    source: &str,
    cells: &BTreeMap<u64, String>,
    current: u64,
) -> Vec<String> {
    // Of an exercise that is not written yet, that its arguments are not used is nothing new.
    if cells.get(&current).is_none_or(|code| code.contains("todo!")) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for path in said(&session_dir.join("target")) {
        let is_new = path.metadata().and_then(|metadata| metadata.modified()).is_ok_and(|time| time >= since);
        let text = if is_new { std::fs::read_to_string(&path).unwrap_or_default() } else { String::new() };
        let messages = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        found.extend(messages.filter_map(|message| render(&message, source, cells, current)));
    }
    found.dedup();
    found
}

/// The files in which cargo keeps what the compiler said of the cells: target/TRIPLE/debug/.fingerprint/ctx-HASH/output-lib-ctx.
fn said(target: &Path) -> Vec<std::path::PathBuf> {
    let entries = |path: &Path| std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    let fingerprints = entries(target).map(|triple| triple.join("debug/.fingerprint"));
    let of_cells =
        |path: &std::path::PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("ctx-"));
    let folders = fingerprints.flat_map(|folder| entries(&folder).filter(of_cells).collect::<Vec<_>>());
    folders.map(|folder| folder.join("output-lib-ctx")).collect()
}

/// A warning whose place is in the cell.
fn render(message: &Value, source: &str, cells: &BTreeMap<u64, String>, current: u64) -> Option<String> {
    if message["level"] != "warning" {
        return None;
    }
    let spans = message["spans"].as_array()?;
    let span = spans.iter().find(|span| span["is_primary"] == true)?;
    let number = |key: &str| span[key].as_u64().map(|number| number as usize);
    let line = span["text"][0]["text"].as_str()?;
    let place = place::find(source, number("line_start")?, cells, current)?;
    if place.cell != current || !line.contains(&place.text) || !place.text.contains(char::is_alphanumeric) {
        return None;
    }
    let code = message["code"]["code"].as_str().map_or(String::new(), |code| format!("[{code}]"));
    let start = number("column_start")?;
    let end = if number("line_end") == number("line_start") { number("column_end")? } else { line.chars().count() + 1 };
    let marks = format!("{}{}", " ".repeat(start.saturating_sub(1)), "^".repeat(end.saturating_sub(start).max(1)));
    let label = span["label"].as_str().unwrap_or_default();
    let margin = " ".repeat(place.line.to_string().len());
    let mut lines = vec![
        format!("warning{code}: {}", message["message"].as_str()?),
        format!("{margin}--> cell [{current}], line {}", place.line),
        format!("{margin} |"),
        format!("{} | {line}", place.line),
        format!("{margin} | {marks} {label}").trim_end().to_owned(),
    ];
    for child in message["children"].as_array().into_iter().flatten() {
        let (level, text) =
            (child["level"].as_str().unwrap_or_default(), child["message"].as_str().unwrap_or_default());
        // How lints are set is nothing about the cell.
        if level == "help" && !text.starts_with("`#[") {
            let instead = child["spans"][0]["suggested_replacement"].as_str();
            let instead = instead.filter(|text| !text.is_empty()).map_or(String::new(), |text| format!(": `{text}`"));
            lines.push(format!("{margin} = help: {text}{instead}"));
        }
    }
    Some(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn message(line: u64, text: &str) -> Value {
        json!({
            "level": "warning", "message": "unused variable: `b`", "code": { "code": "unused_variables" },
            "spans": [{ "is_primary": true, "line_start": line, "line_end": line, "column_start": 9, "column_end": 10,
                "label": null, "text": [{ "text": text }] }],
            "children": [
                { "level": "note", "message": "`#[warn(unused_variables)]` on by default", "spans": [] },
                { "level": "help", "message": "if this is intentional, prefix it with an underscore",
                    "spans": [{ "suggested_replacement": "_b" }] },
            ],
        })
    }

    #[test]
    fn a_warning_stands_under_its_own_cell_only() {
        let cells = BTreeMap::from([(1, "fn f() {\n    let b = 1;\n}".to_owned()), (2, "f();".to_owned())]);
        let source = "#![allow(dead_code)]\nfn f() {\n    let b = 1;\n}\nf();\n";
        let message = message(3, "    let b = 1;");
        let expected = "warning[unused_variables]: unused variable: `b`\n --> cell [1], line 2\n  |\n2 |     let b = 1;\n  \
            |         ^\n  = help: if this is intentional, prefix it with an underscore: `_b`";
        assert_eq!(render(&message, source, &cells, 1).as_deref(), Some(expected));
        assert_eq!(render(&message, source, &cells, 2), None);
    }

    /// What cargo keeps is found where it keeps it; older ones, and those of an exercise that is not written, are not told.
    #[test]
    fn warnings_of_this_compilation_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("target/x86_64/debug/.fingerprint/ctx-1");
        std::fs::create_dir_all(&place).unwrap();
        let start = SystemTime::now() - std::time::Duration::from_secs(5);
        let text = message(1, "    let b = 1;").to_string();
        std::fs::write(place.join("output-lib-ctx"), format!("{text}\n{text}\nno JSON\n")).unwrap();
        let read = |since, code: &str| {
            let cells = BTreeMap::from([(1, code.to_owned())]);
            super::read(folder.path(), since, "let b = 1;\n", &cells, 1).len()
        };
        assert_eq!(read(start, "let b = 1;"), 1);
        assert_eq!(read(SystemTime::now() + std::time::Duration::from_secs(5), "let b = 1;"), 0);
        assert_eq!(read(start, "let b = 1;\ntodo!()"), 0);
    }
}
