/*!
`workbook values`: every value that the documents print, computed again and compared.

The files in `workbook/values` say what is printed and by which expression it is computed; nothing that we print is
written there. An expression runs in a session where the reference functions are defined.
*/

use crate::progress::{Bars, Progress};
use crate::session::{Outcome, Session};
use anyhow::{Context, Result, anyhow, bail};
use course::parallel::in_order;
use course::{Root, Source, files};
use serde::Deserialize;
use serde_json::json;
use std::path::Path;

/// One file of values, those of an assignment.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// The assignment whose reference functions are in scope.
    graded: String,
    /// Cells that run first.
    setup: Vec<String>,
    value: Vec<Printed>,
}

/// A value that a document prints.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Printed {
    document: String,
    name: String,
    printed: String,
    /// Whether every line of `printed` is a value of its own; `ours` then gives as many lines.
    #[serde(default)]
    each_line: bool,
    /// A Rust expression for the text that we print.
    ours: Option<String>,
    /// What it takes that nobody has, if the value cannot be computed: a lost file, a run without a seed. With `ours`
    /// given as well, the value is known to be one that such a run can print, such as a fraction of 120 pictures.
    needs: Option<String>,
    /// Why the document is wrong, if it is.
    wrong: Option<String>,
    /// An expression that makes the document's mistake, and so its print.
    mistake: Option<String>,
}

/// A value and what came of it.
struct Row {
    document: String,
    name: String,
    printed: String,
    ours: String,
    verdict: Verdict,
}

enum Verdict {
    Same,
    DocumentIsWrong(String),
    /// No one can compute it; `ours`, if there is one, shows that such a run can print it.
    OutOfReach(String),
    NotReproduced(String),
}

/// Computes all values and prints the table; true if every value that can be reproduced is.
pub fn values(root: &Root, as_json: bool) -> Result<bool> {
    let paths = files::list(&root.values(), "toml")?;
    let mut rows = Vec::new();
    let bars = Bars::default();
    in_order(
        paths.len(),
        |index| compute(root, &paths[index], &bars),
        |_, computed| {
            rows.extend(computed);
            Ok(())
        },
    )?;
    if as_json {
        let rows: Vec<_> = rows
            .iter()
            .map(|Row { document, name, printed, ours, verdict }| {
                let (verdict, why) = match verdict {
                    Verdict::Same => ("same", None),
                    Verdict::DocumentIsWrong(why) => ("document is wrong", Some(why)),
                    Verdict::OutOfReach(why) => ("out of reach", Some(why)),
                    Verdict::NotReproduced(why) => ("not reproduced", Some(why)),
                };
                json!({ "document": document, "name": name, "printed": printed, "ours": ours, "verdict": verdict, "why": why })
            })
            .collect();
        println!("{:#}", json!(rows));
    } else {
        print_table(&rows);
    }
    Ok(!rows.iter().any(|row| matches!(row.verdict, Verdict::NotReproduced(_))))
}

fn compute(root: &Root, path: &Path, bars: &Bars) -> Result<Vec<Row>> {
    let shown = root.show(path);
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {shown}"))?;
    let file: File = toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        anyhow!("{shown}:{line}: {}", error.message())
    })?;
    let graded = root.graded(&file.graded);
    let source =
        std::fs::read_to_string(&graded).with_context(|| format!("{shown}: cannot read {}", graded.display()))?;
    let source = Source::parse_reference(root.show(&graded), source)?;

    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let progress = Progress::among(bars, &name, (file.setup.len() + 3) as u64);
    let folder = root.notebooks().join("solution");
    std::fs::create_dir_all(&folder)?;
    let mut session = Session::start(root, &folder, &|text| progress.say(text))?;
    let items: Vec<&str> = source.items().iter().map(|item| source.item_text(item)).collect();
    let mut cells = vec![crate::execution::setup_cell(), items.join("\n")];
    cells.extend(file.setup.iter().cloned());
    for cell in cells {
        let outcome = session.execute(&cell, &mut |_| ())?;
        if let Some(failure) = outcome.failure {
            bail!("{shown}: the set-up does not run\n{}", failure.details);
        }
        progress.step();
    }
    let expressions: Vec<&str> =
        file.value.iter().flat_map(|value| [value.ours.as_deref(), value.mistake.as_deref()]).flatten().collect();
    progress.say("computing");
    let mut prints = print_all(&mut session, &expressions, &progress)?.into_iter();
    let mut rows = Vec::new();
    for value in file.value {
        let ours = value.ours.is_some().then(|| prints.next().expect("one print for each expression"));
        let mistake = value.mistake.is_some().then(|| prints.next().expect("one print for each expression"));
        rows.extend(if value.each_line { judge_lines(value, ours) } else { vec![judge(value, ours, mistake)] });
    }
    Ok(rows)
}

/// What each expression prints, or why it fails: all in one cell, and one by one if that does not run.
fn print_all(session: &mut Session, expressions: &[&str], progress: &Progress) -> Result<Vec<Result<String, String>>> {
    const END: char = '\u{1f}';
    let print = |expression: &&str| format!("print!(\"{{}}{END}\", {expression});\n");
    let together = printed(session.execute(&expressions.iter().map(print).collect::<String>(), &mut |_| ())?);
    if let Ok(text) = together {
        let prints: Vec<_> = text.split_terminator(END).map(|print| Ok(print.to_owned())).collect();
        if prints.len() == expressions.len() {
            return Ok(prints);
        }
    }
    let mut prints = Vec::new();
    for expression in expressions {
        progress.say(expression);
        prints.push(
            printed(session.execute(&print(expression), &mut |_| ())?)
                .map(|text| text.trim_end_matches(END).to_owned()),
        );
    }
    Ok(prints)
}

fn printed(outcome: Outcome) -> Result<String, String> {
    match outcome.failure {
        Some(failure) => Err(failure.details),
        None => Ok(outcome.stdout()),
    }
}

/// A row for every line of a value whose lines are values of their own.
fn judge_lines(value: Printed, ours: Option<Result<String, String>>) -> Vec<Row> {
    let Printed { document, name, printed, needs, wrong, .. } = value;
    let printed: Vec<&str> = printed.trim().lines().collect();
    let n = printed.len();
    let ours: Option<Result<Vec<String>, String>> = ours.map(|ours| {
        let lines: Vec<String> = ours?.trim().lines().map(str::to_owned).collect();
        if lines.len() == n { Ok(lines) } else { Err(format!("it gives {} lines, {n} are printed", lines.len())) }
    });
    let line = |i: usize| {
        let value = Printed {
            document: document.clone(),
            name: format!("{name}, line {} of {n}", i + 1),
            printed: printed[i].to_owned(),
            each_line: false,
            ours: None,
            needs: needs.clone(),
            wrong: wrong.clone(),
            mistake: None,
        };
        judge(value, ours.as_ref().map(|ours| ours.as_ref().map(|lines| lines[i].clone()).map_err(Clone::clone)), None)
    };
    (0..n).map(line).collect()
}

fn judge(value: Printed, ours: Option<Result<String, String>>, mistake: Option<Result<String, String>>) -> Row {
    let Printed { document, name, printed, wrong, needs, .. } = value;
    let (ours, error) = match ours {
        Some(Ok(ours)) => (ours, None),
        Some(Err(error)) => (String::new(), Some(format!("the expression fails: {error}"))),
        None if needs.is_none() => (String::new(), Some("neither `ours` nor `needs` is given".to_owned())),
        None => ("-".to_owned(), None),
    };
    if let (Some(needs), None) = (needs, &error) {
        let verdict = if ours == "-" || same(&ours, &printed) {
            Verdict::OutOfReach(needs)
        } else {
            Verdict::NotReproduced("not what the named run can print".to_owned())
        };
        return Row { document, name, printed, ours, verdict };
    }
    let verdict = match (error, same(&ours, &printed), wrong, mistake) {
        (Some(error), ..) => Verdict::NotReproduced(error),
        (None, true, None, None) => Verdict::Same,
        (None, true, ..) => Verdict::NotReproduced("said to be wrong, but it is what we print".to_owned()),
        (None, false, Some(why), None) => Verdict::DocumentIsWrong(why),
        (None, false, Some(why), Some(Ok(mistake))) if same(&mistake, &printed) => Verdict::DocumentIsWrong(why),
        (None, false, Some(_), Some(Ok(mistake))) => {
            Verdict::NotReproduced(format!("the supposed mistake gives another print: {mistake}"))
        }
        (None, false, Some(_), Some(Err(error))) => Verdict::NotReproduced(format!("the mistake fails: {error}")),
        (None, false, None, _) => Verdict::NotReproduced("another print".to_owned()),
    };
    Row { document, name, printed, ours, verdict }
}

/// Equal in every digit. The documents' own line breaks and columns did not survive their way into text, so any blanks
/// between two numbers count as one, and those beside a bracket as none.
fn same(ours: &str, printed: &str) -> bool {
    let plain = |text: &str| {
        let spaced = text.replace('[', " [ ").replace(']', " ] ");
        spaced.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    plain(ours) == plain(printed)
}

fn print_table(rows: &[Row]) {
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for Row { document, name, printed, ours, verdict } in rows {
        let (mark, verdict) = match verdict {
            Verdict::Same => ("✓", "same".to_owned()),
            Verdict::DocumentIsWrong(why) => ("!", format!("document is wrong: {why}")),
            Verdict::OutOfReach(why) => ("·", format!("out of reach: needs {why}")),
            Verdict::NotReproduced(why) => ("✗", format!("NOT REPRODUCED: {why}")),
        };
        println!(
            "{mark} {document}  {name}\n    printed  {}\n    ours     {}\n    {verdict}",
            flat(printed),
            flat(ours)
        );
    }
    let count = |wanted: fn(&Verdict) -> bool| rows.iter().filter(|row| wanted(&row.verdict)).count();
    println!(
        "\n{} values: {} the same, {} where the document is wrong, {} out of anyone's reach, {} not reproduced",
        rows.len(),
        count(|verdict| matches!(verdict, Verdict::Same)),
        count(|verdict| matches!(verdict, Verdict::DocumentIsWrong(_))),
        count(|verdict| matches!(verdict, Verdict::OutOfReach(_))),
        count(|verdict| matches!(verdict, Verdict::NotReproduced(_))),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(toml: &str) -> Printed {
        toml::from_str(&format!("document = \"001\"\nname = \"v\"\n{toml}")).unwrap()
    }

    fn mark(row: &Row) -> char {
        match row.verdict {
            Verdict::Same => '=',
            Verdict::DocumentIsWrong(_) => '!',
            Verdict::OutOfReach(_) => '.',
            Verdict::NotReproduced(_) => 'x',
        }
    }

    #[test]
    fn every_line_is_judged_by_itself() {
        let marks = |toml: &str, ours: Option<&str>| -> String {
            let ours = ours.map(|ours| Ok(ours.to_owned()));
            judge_lines(value(&format!("each_line = true\n{toml}")), ours).iter().map(mark).collect()
        };
        let three = "printed = '''\na 1\nb 2\nc 3\n'''";
        assert_eq!(marks(three, Some("a 1\nb  2\nc 3\n")), "===");
        assert_eq!(marks(three, Some("a 1\nb 9\nc 3\n")), "=x=");
        assert_eq!(marks(three, Some("a 1\nb 2\n")), "xxx", "a line is missing");
        assert_eq!(marks(three, None), "xxx", "nothing is computed and nothing is said to be needed");
        assert_eq!(marks(&format!("{three}\nneeds = \"photos\""), None), "...");
    }

    #[test]
    fn what_is_out_of_reach_must_still_be_possible() {
        let judged = |printed: &str| {
            let value = value(&format!("printed = {printed:?}\nneeds = \"photos\"\nours = \"\""));
            mark(&judge(value, Some(Ok(format!("{:.4}", 103.0 / 108.0))), None))
        };
        assert_eq!(judged("0.9537"), '.');
        assert_eq!(judged("0.9538"), 'x', "no number of 108 pictures gives this");
    }

    #[test]
    fn blanks_do_not_count_but_digits_do() {
        assert!(same("[[ 0.  1.]\n [10.  2.]]", "[[ 0. 1.] [ 10. 2.]]"));
        assert!(!same("[0.10]", "[0.1]"));
        assert!(!same("12", "1 2"));
    }
}
