/*! `:hint` and `:reset`, and which exercise a command is about. */

use super::{Commands, Said};
use crate::session::names;
use anyhow::{Result, anyhow, bail};
use course::chapter::{Block, Exercise, Kind};
use course::{Chapter, Root};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

/// How a hint stands in a chapter.
const OPEN: &str = "<details><summary>Hint";
const CLOSE: &str = "</details>";

/// The course's exercises, and which of them the learner works on.
pub struct Exercises {
    chapters: Vec<Chapter>,
    /// The place of the chapter of this notebook, as far as it can be told.
    current: Option<usize>,
    /// The exercise that was run last.
    last: Option<String>,
}

impl Exercises {
    pub fn read(root: &Root, cells: &BTreeMap<u64, String>) -> Result<Exercises> {
        let chapters: Vec<Chapter> =
            Chapter::read_all(root, &[])?.into_iter().filter(|chapter| chapter.graded.is_some()).collect();
        // Jupyter's server tells a kernel which notebook it serves.
        let notebook = std::env::var("JPY_SESSION_NAME").unwrap_or_default();
        let stem = Path::new(&notebook).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let is_exercise = |name: &String| chapters.iter().any(|it| it.exercises().any(|it| it.name == *name));
        let last = cells.values().rev().find_map(|code| names::defined(code).into_iter().find(is_exercise));
        let of_last =
            |chapter: &Chapter| last.as_ref().is_some_and(|last| chapter.exercises().any(|it| it.name == *last));
        let current = chapters.iter().position(|it| it.notebook == stem).or_else(|| chapters.iter().position(of_last));
        Ok(Exercises { chapters, current, last })
    }

    /// The names of all exercises, those of this notebook first.
    pub fn names(&self) -> Vec<String> {
        let (mut names, mut others) = (Vec::new(), Vec::new());
        for (index, chapter) in self.chapters.iter().enumerate() {
            let goal = if self.current == Some(index) { &mut names } else { &mut others };
            goal.extend(chapter.exercises().map(|exercise| exercise.name.clone()));
        }
        names.extend(others);
        names
    }

    /// The chapter of this notebook.
    pub fn chapter(&self) -> Result<&Chapter> {
        self.current.map(|index| &self.chapters[index]).ok_or_else(|| {
            let names: Vec<&str> = self.chapters.iter().map(|chapter| chapter.notebook.as_str()).collect();
            anyhow!(
                "it cannot be told which chapter this notebook is\nhelp: run the cell of one of its exercises, or keep the \
                 notebook's name: {}",
                names.join(", ")
            )
        })
    }

    /// The exercise that a command names, or the one that was run last.
    pub fn find(&self, name: &str) -> Result<(&Chapter, &Exercise)> {
        let name = match (name, &self.last) {
            ("", Some(last)) => last,
            ("", None) => {
                bail!("which exercise? None has been run yet\nhelp: name it: {}", self.list());
            }
            (name, _) => name,
        };
        let of = |chapter: &'_ Chapter| chapter.exercises().any(|exercise| exercise.name == name);
        let chapter = self.current.map(|index| &self.chapters[index]).filter(|chapter| of(chapter));
        let chapter = chapter.or_else(|| self.chapters.iter().find(|chapter| of(chapter)));
        let found = chapter.and_then(|chapter| Some((chapter, chapter.exercises().find(|it| it.name == name)?)));
        found.ok_or_else(|| anyhow!("there is no exercise {name:?}\nhelp: the exercises are {}", self.list()))
    }

    fn list(&self) -> String {
        let of_chapter = |chapter: &Chapter| chapter.exercises().map(|it| it.name.clone()).collect::<Vec<_>>();
        match self.current {
            Some(index) => of_chapter(&self.chapters[index]).join(", "),
            None => self.names().join(", "),
        }
    }
}

impl Commands {
    /// The next hint of an exercise.
    pub(super) fn hint(&mut self, name: &str) -> Result<Said> {
        let exercises = self.exercises()?;
        let (chapter, exercise) = exercises.find(name)?;
        let hints = hints(chapter, &exercise.name);
        if hints.is_empty() {
            bail!("{} has no hints", exercise.name);
        }
        let given = self.hints.entry(exercise.name.clone()).or_default();
        let index = (*given).min(hints.len() - 1);
        let is_over = *given >= hints.len();
        *given = (*given + 1).min(hints.len());
        let (title, body) = &hints[index];
        let what_next = match (is_over, index + 1 == hints.len()) {
            (true, _) => "this was the last one already".to_owned(),
            (_, true) => "this is the last one".to_owned(),
            _ => format!("`:hint {}` gives the next", exercise.name),
        };
        let head = format!("{}, hint {} of {}: {title}", exercise.name, index + 1, hints.len());
        let rich = format!("**{head}**\n\n{body}\n\n*({what_next})*");
        Ok(Said::rich("text/markdown", rich, format!("{head}\n\n{body}\n\n({what_next})\n")))
    }

    /// The empty exercise, in place of the cell that asks for it.
    pub(super) fn reset(&mut self, name: &str) -> Result<Said> {
        let exercises = self.exercises()?;
        if name.is_empty() {
            bail!("which exercise?\nhelp: name it: {}", exercises.list());
        }
        let (chapter, exercise) = exercises.find(name)?;
        let stub = chapter.function(&exercise.name).stub().trim_end().to_owned();
        let mut said = Said::text(format!(
            "This cell is the empty exercise {} now. Your own version stays in its cell until you delete it; what was run \
             last counts.",
            exercise.name
        ));
        said.payload.push(json!({ "source": "set_next_input", "text": stub, "replace": true }));
        Ok(said)
    }
}

/// The hints of an exercise, each with its title: the folded parts of the text before it.
fn hints(chapter: &Chapter, name: &str) -> Vec<(String, String)> {
    let mut prose = String::new();
    for block in &chapter.blocks {
        match block {
            Block::Prose { text, .. } => prose += &format!("{text}\n"),
            Block::Cell(cell) => match &cell.kind {
                Kind::Exercise(exercise) if exercise.name == name => return in_text(&prose),
                Kind::Exercise(_) => prose.clear(),
                _ => {}
            },
        }
    }
    Vec::new()
}

fn in_text(prose: &str) -> Vec<(String, String)> {
    let parts = prose.split(OPEN).skip(1);
    let hint = |part: &str| {
        let (title, rest) = part.split_once("</summary>")?;
        let (body, _) = rest.split_once(CLOSE)?;
        // "Hint 2: the pieces"
        let title = title.split_once(": ").map_or(title, |(_, title)| title);
        Some((title.trim().to_owned(), body.trim().to_owned()))
    };
    parts.filter_map(hint).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Output;

    fn commands(cells: &[&str]) -> Commands {
        let mut commands = Commands::new(Root::find(Path::new(".")).unwrap(), ".".into());
        (1..).zip(cells).for_each(|(number, code)| commands.note(number, code));
        commands
    }

    fn plain(said: &Said) -> &str {
        match &said.outputs[0] {
            Output::Display { data, .. } => &data["text/plain"],
            Output::Text { text, .. } => text,
        }
    }

    /// Every exercise of the course has its hints, whatever the chapter.
    #[test]
    fn every_exercise_has_three_hints() {
        let exercises = commands(&[]).exercises().unwrap();
        for chapter in &exercises.chapters {
            for exercise in chapter.exercises() {
                let hints = hints(chapter, &exercise.name);
                assert_eq!(hints.len(), 3, "{}", exercise.name);
                assert!(hints.iter().all(|(title, body)| !title.is_empty() && !body.contains("<details>")));
            }
        }
    }

    #[test]
    fn hints_come_one_by_one_for_the_exercise_that_was_run_last() {
        let mut commands = commands(&["fn zero_pad() {}", "fn other() {}"]);
        let first = commands.hint("").unwrap();
        assert!(plain(&first).starts_with("zero_pad, hint 1 of 3"), "{}", plain(&first));
        assert!(plain(&commands.hint("conv_forward").unwrap()).starts_with("conv_forward, hint 1 of 3"));
        assert!(plain(&commands.hint("zero_pad").unwrap()).contains("hint 2 of 3"));
        assert!(plain(&commands.hint("").unwrap()).contains("this is the last one"));
        assert!(plain(&commands.hint("").unwrap()).contains("the last one already"));
        let error = commands.hint("zero_padd").err().unwrap().to_string();
        assert!(error.contains("there is no exercise \"zero_padd\"\nhelp: the exercises are zero_pad, "), "{error}");
    }

    #[test]
    fn a_reset_puts_the_stub_into_the_cell() {
        let said = commands(&[]).reset("zero_pad").unwrap();
        let payload = &said.payload[0];
        assert_eq!((&payload["source"], &payload["replace"]), (&json!("set_next_input"), &json!(true)));
        let text = payload["text"].as_str().unwrap();
        assert!(text.contains("todo!(\"zero_pad:") && text.contains("pub fn zero_pad("), "{text}");
        assert!(commands(&[]).reset("").err().unwrap().to_string().contains("help: name it: zero_pad"));
    }
}
