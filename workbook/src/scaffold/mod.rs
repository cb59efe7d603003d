/*!
`workbook new`: writes the files of a chapter, of a graded function or of a typical mistake, with their markers.

What it writes is complete: it passes `workbook check`, its solution gets every point and its stubs none. An author
replaces the example by what is meant. Nothing is overwritten, and either all files are written or none.
*/

mod chapter;
mod function;
mod misconception;

pub use chapter::chapter;
pub use function::function;
pub use misconception::misconception;

use anyhow::{Result, bail};
use course::{Root, files};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Texts of files that are to be written together.
struct Changes<'a> {
    root: &'a Root,
    texts: BTreeMap<PathBuf, String>,
}

impl<'a> Changes<'a> {
    fn new(root: &'a Root) -> Changes<'a> {
        Changes { root, texts: BTreeMap::new() }
    }

    /// A new file.
    fn create(&mut self, path: PathBuf, text: String) -> Result<()> {
        if path.exists() {
            bail!("{} exists already\nhelp: choose another name, or edit that file", self.root.show(&path));
        }
        self.texts.insert(path, text);
        Ok(())
    }

    /// Text at the end of a file, one that is there or one of these changes.
    fn append(&mut self, path: &Path, text: &str) -> Result<()> {
        *self.text(path)? += text;
        Ok(())
    }

    /// A line among those of the same kind, in the order of the alphabet.
    fn insert_sorted(&mut self, path: &Path, kind: &str, line: &str) -> Result<()> {
        let text = self.text(path)?;
        let mut lines: Vec<&str> = text.lines().collect();
        let place = lines.iter().position(|other| other.starts_with(kind) && *other > line);
        let place = place.or_else(|| lines.iter().rposition(|other| other.starts_with(kind)).map(|last| last + 1));
        lines.insert(place.unwrap_or(lines.len()), line);
        *text = lines.join("\n") + "\n";
        Ok(())
    }

    fn text(&mut self, path: &Path) -> Result<&mut String> {
        if !self.texts.contains_key(path) {
            let text = std::fs::read_to_string(path)
                .map_err(|error| anyhow::anyhow!("cannot read {}: {error}", self.root.show(path)))?;
            self.texts.insert(path.to_owned(), text);
        }
        Ok(self.texts.get_mut(path).expect("it has just been put there"))
    }

    /// Writes all files and prints their names.
    fn write(self) -> Result<()> {
        let outputs =
            self.texts.iter().map(|(path, text)| Ok((path, text, files::Output::create_with_directory(path)?)));
        for (path, text, output) in outputs.collect::<Result<Vec<_>>>()? {
            output.write(text.as_bytes())?;
            println!("{}", self.root.show(path));
        }
        Ok(())
    }
}

/// A template with its placeholders `{{name}}` replaced.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(template.to_owned(), |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), value))
}

/// Checks that a name can be that of a function or of a module.
fn check_name(name: &str) -> Result<()> {
    let is_snake_case = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !is_snake_case {
        bail!("expected a name in lower case, such as conv_forward, got {name:?}\nhelp: letters, digits and `_`");
    }
    Ok(())
}
