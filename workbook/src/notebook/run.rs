/*!
`workbook run`: executes any notebook for Rust without Jupyter.

Like nbclient it stops at the first cell that errs, unless the cell is tagged `raises-exception`; unlike the stock
kernel it counts a panic and a failing `?` as errors.
*/

use super::{outputs, to_text};
use crate::progress::Progress;
use crate::session::{Failure, FailureKind, Output, Session, Stream};
use anyhow::{Context, Result, anyhow, bail};
use course::notebook::{self, joined};
use course::{Root, files::Output as File};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

/// Runs the notebook at `path`, writes it with its outputs to `out` if that is given, and prints what the cells print if
/// it is not; true if no cell erred.
pub fn run(path: &Path, out: Option<&Path>, limit: Duration) -> Result<bool> {
    let mut notebook = read(path)?;
    // Whether it can be written is known before the cells run.
    let out = out.map(File::create_with_directory).transpose()?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned();
    let root = Root::find(&folder)?;
    let cells = notebook["cells"].as_array_mut().expect("checked when it was read");
    let indices: Vec<usize> = (0..cells.len())
        .filter(|&index| cells[index]["cell_type"] == "code" && !source(&cells[index]).trim().is_empty())
        .collect();
    for cell in cells.iter_mut().filter(|cell| cell["cell_type"] == "code") {
        cell["outputs"] = json!([]);
        cell["execution_count"] = Value::Null;
    }

    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let progress = Progress::new(&name, indices.len() as u64);
    let mut session = Session::start(&root, &folder, &|text| progress.say(text))?.limit(limit);
    let mut failed = None;
    let mut watch = |output: &Output| {
        // What may yet be replaced is printed when the cell has ended.
        if out.is_none() && !is_replaceable(output) {
            progress.suspend(|| print(output));
        }
    };
    for (count, &index) in (1..).zip(&indices) {
        progress.say(&format!("cell {}", index + 1));
        let outcome = session.execute(&source(&cells[index]), &mut watch)?;
        if out.is_none() {
            outcome.outputs.iter().filter(|output| is_replaceable(output)).for_each(|o| progress.suspend(|| print(o)));
        }
        cells[index]["outputs"] = outputs(&outcome.outputs, outcome.failure.as_ref(), count).into();
        cells[index]["execution_count"] = count.into();
        progress.step();
        if let Some(failure) = outcome.failure
            && !may_raise(&cells[index])
        {
            failed = Some((index, failure));
            break;
        }
    }
    progress.finish();
    let total = cells.len();
    let message = failed.map(|(index, failure)| describe(path, index, total, &cells[index], &failure));
    if let Some(out) = out {
        out.write(to_text(&notebook).as_bytes())?;
    }
    if let Some(message) = &message {
        eprintln!("{message}");
    }
    Ok(message.is_none())
}

fn read(path: &Path) -> Result<Value> {
    let shown = path.display();
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {shown}"))?;
    let help = if course::files::is_hidden(path) {
        "other systems leave hidden companion files beside a notebook; name the one without the dots"
    } else {
        "a notebook is what Jupyter saves as .ipynb"
    };
    let text = notebook::decode(&bytes)
        .ok_or_else(|| anyhow!("{shown} is not a notebook: it is neither UTF-8 nor UTF-16 text\nhelp: {help}"))?;
    let notebook = notebook::parse(&text)
        .map_err(|error| anyhow!("{shown} is not a notebook: it is not JSON ({error})\nhelp: {help}"))?;
    let (major, language) = (&notebook["nbformat"], &notebook["metadata"]["kernelspec"]["language"]);
    if major != 4 || !notebook["cells"].is_array() {
        bail!("{shown} is not a notebook of format 4\nhelp: open it in a current Jupyter and save it");
    }
    if language.as_str().is_some_and(|language| !language.eq_ignore_ascii_case("rust")) {
        bail!("{shown} is written for another language, {language}\nhelp: this command runs notebooks for Rust");
    }
    Ok(notebook)
}

fn source(cell: &Value) -> String {
    joined(&cell["source"])
}

fn may_raise(cell: &Value) -> bool {
    cell["metadata"]["tags"].as_array().is_some_and(|tags| tags.iter().any(|tag| tag == "raises-exception"))
}

/// Which cell erred, how, and what to do.
fn describe(path: &Path, index: usize, total: usize, cell: &Value, failure: &Failure) -> String {
    let id = cell["id"].as_str().map_or(String::new(), |id| format!(" ({id:?})"));
    let place = format!("{}: cell {} of {total}{id}", path.display(), index + 1);
    let details = failure.details.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n");
    // A stub is `todo!("zero_pad: replace this line by …")`.
    if failure.kind == FailureKind::Panic
        && let Some((name, what)) =
            failure.message.strip_prefix("not yet implemented: ").and_then(|it| it.split_once(": "))
        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
    {
        return format!(
            "{place} needs {name}, which is not written yet\n\
             help: in the cell of {name}, between START CODE HERE and END CODE HERE: {what}"
        );
    }
    let lost = match failure.lost.as_slice() {
        [] => String::new(),
        names => format!("\n  variables that are gone: {}", names.join(", ")),
    };
    format!("{place} failed: {}\n{details}{lost}\nhelp: the cells after it were not run", failure.kind.name())
}

fn is_replaceable(output: &Output) -> bool {
    matches!(output, Output::Display { id: Some(_), .. })
}

/// Shows an output on the terminal: text as it is, a figure by its types.
fn print(output: &Output) {
    match output {
        Output::Text { stream: Stream::Stdout, text } => {
            let _ = std::io::stdout().write_all(text.as_bytes());
            let _ = std::io::stdout().flush();
        }
        Output::Text { stream: Stream::Stderr, text } => eprint!("{text}"),
        Output::Display { data, .. } => match data.get("text/plain") {
            Some(text) => println!("{text}"),
            None => println!("[{}]", data.keys().cloned().collect::<Vec<_>>().join(", ")),
        },
    }
}
