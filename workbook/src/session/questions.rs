/*! Answers what is asked of a session between two cells: completions, descriptions, variables. */

use super::markdown;
use super::message::{Completion, Completions, Variable};
use evcxr::CommandContext;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// More than anybody reads.
const MOST: usize = 500;

/// What may stand at a byte of a cell's code, as the analyzer knows it.
pub fn complete(context: &mut CommandContext, code: &str, position: usize) -> Completions {
    let none = || Completions { start: position, end: position, matches: Vec::new() };
    if !code.is_char_boundary(position) {
        return none();
    }
    let code = without_commands(code);
    // A fault of the analyzer must not end the session.
    let found = catch_unwind(AssertUnwindSafe(|| context.completions(&code, position)));
    let Ok(Ok(found)) = found else { return none() };
    let mut matches: Vec<Completion> = Vec::new();
    for item in found.completions {
        // The analyzer writes the arguments too, by the names that the function gives them.
        let text = item.code.split('(').next().unwrap_or_default().to_owned();
        if !text.is_empty() && !matches.iter().any(|known| known.text == text) {
            matches.push(Completion { text, kind: item.kind.to_owned(), label: item.label });
        }
    }
    matches.truncate(MOST);
    Completions { start: found.start_offset, end: found.end_offset, matches }
}

/// What the analyzer knows of the name that ends at a byte of a cell's code.
pub fn inspect(context: &mut CommandContext, code: &str, position: usize) -> Option<BTreeMap<String, String>> {
    if !code.is_char_boundary(position) {
        return None;
    }
    let code = without_commands(code);
    // evcxr looks a method up only where an opening parenthesis follows it.
    let end = if code[position..].starts_with('(') { position + 1 } else { position };
    let (plain, html) = catch_unwind(AssertUnwindSafe(|| context.hover_at(&code, end))).ok()?.ok()?;
    if plain == "No documentation found" {
        return None;
    }
    let markdown = markdown::from_html(&html);
    let described = [("text/plain", plain), ("text/markdown", markdown), ("text/html", html)];
    Some(described.map(|(kind, text)| (kind.to_owned(), text)).into())
}

/// The code with blanks in place of its lines for evcxr: they would be carried out, and cargo called, at every key.
fn without_commands(code: &str) -> String {
    let is_command = |line: &str| line.trim_start_matches(' ').starts_with(':') && !line.trim_start().starts_with("::");
    let blank = |line: &str| line.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect::<String>();
    let mut is_head = true; // evcxr takes no commands after the first line of Rust
    let line = |line: &str| {
        let is_empty = line.trim().is_empty() || line.starts_with("//") || line.starts_with('!');
        let is_blanked = is_head && (is_command(line) || line.starts_with('!'));
        is_head &= is_empty || is_command(line);
        if is_blanked { blank(line) } else { line.to_owned() }
    };
    code.split_inclusive('\n').map(line).collect()
}

/// Types whose values are arrays of numbers or not, by their names as evcxr gives them.
fn is_array(kind: &str) -> bool {
    ["Array", "ArcArray", "CowArray"].iter().any(|start| kind.trim_start_matches("ndarray::").starts_with(start))
}

/// The type of the entries, if they are numbers.
fn entries(kind: &str) -> Option<&str> {
    let known = ["f64", "f32", "u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64", "usize", "isize"];
    let mut words = kind.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.find_map(|word| known.into_iter().find(|known| *known == word))
}

/// Between the fields of what [`probe`] prints: the unit separator.
const FIELD: char = '\u{1f}';

/// Code that prints what is known of each variable, one a line; evcxr compiles it as a cell.
pub fn probe(variables: &[Variable]) -> String {
    let mut code = String::from(
        r#"{
    struct Cut { text: String, left: usize }
    impl std::fmt::Write for Cut {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            for c in text.chars() {
                if self.left == 0 { return Err(std::fmt::Error); }
                self.text.push(if c.is_control() { ' ' } else { c });
                self.left -= 1;
            }
            Ok(())
        }
    }
    struct Look<'a, T: ?Sized>(&'a T);
    trait Printed { fn printed(&self) -> String; }
    impl<T: std::fmt::Debug + ?Sized> Printed for Look<'_, T> {
        fn printed(&self) -> String {
            let mut cut = Cut { text: String::new(), left: 120 };
            if std::fmt::Write::write_fmt(&mut cut, format_args!("{:?}", self.0)).is_err() { cut.text.push('…'); }
            cut.text
        }
    }
    trait Unprinted { fn printed(&self) -> String { String::new() } }
    impl<T: ?Sized> Unprinted for &Look<'_, T> {}
    macro_rules! numbers { ($array:ident) => {{
        let (mut low, mut high, mut sum, mut count) = (f64::INFINITY, f64::NEG_INFINITY, 0.0_f64, 0_usize);
        for &value in $array.iter() {
            let value = value as f64;
            (low, high, sum, count) = (low.min(value), high.max(value), sum + value, count + 1);
        }
        if count == 0 { String::new() } else { format!("{low:?} {high:?} {:?}", sum / count as f64) }
    }} }
"#,
    );
    for Variable { name, kind, .. } in variables {
        let shape = match () {
            () if is_array(kind) => format!("format!(\"{{:?}}\", {name}.shape())"),
            () if kind.starts_with("Vec<") => format!("format!(\"[{{}}]\", {name}.len())"),
            () => "String::new()".to_owned(),
        };
        let numbers = if (is_array(kind) || kind.starts_with("Vec<")) && entries_of(kind) {
            format!("numbers!({name})")
        } else {
            "String::new()".to_owned()
        };
        let value = if is_array(kind) { "String::new()".to_owned() } else { format!("(&Look(&{name})).printed()") };
        code += &format!(
            "    println!(\"{{}}{FIELD}{{}}{FIELD}{{}}{FIELD}{{}}\", {name:?}, {shape}, {numbers}, {value});\n"
        );
    }
    code + "}"
}

/// Whether the type is an array or a vector of numbers, and not of something that has numbers.
fn entries_of(kind: &str) -> bool {
    let inside = kind.split_once('<').map_or("", |(_, inside)| inside);
    let inside = inside.strip_prefix("OwnedRepr<").or_else(|| inside.strip_prefix("OwnedArcRepr<")).unwrap_or(inside);
    let word: String = inside.chars().take_while(|c| c.is_alphanumeric()).collect();
    entries(&word).is_some()
}

/// Adds to the variables what the code of [`probe`] has printed.
pub fn read(variables: &mut [Variable], printed: &str) {
    for line in printed.lines() {
        let fields: Vec<&str> = line.split(FIELD).collect();
        let &[name, shape, numbers, value] = fields.as_slice() else { continue };
        let Some(variable) = variables.iter_mut().find(|variable| variable.name == name) else { continue };
        variable.shape = (!shape.is_empty()).then(|| tuple(shape));
        let numbers: Vec<String> = numbers.split_whitespace().map(short).collect();
        variable.range = numbers.try_into().ok();
        variable.value = (!value.is_empty()).then(|| value.to_owned());
    }
}

/// `[2, 3]` as Python writes a shape.
fn tuple(shape: &str) -> String {
    let inside = shape.trim_matches(['[', ']']);
    format!("({inside}{})", if inside.is_empty() || inside.contains(',') { "" } else { "," })
}

/// A number with six significant digits.
fn short(text: &str) -> String {
    let Ok(number) = text.parse::<f64>() else { return text.to_owned() };
    let size = number.abs();
    if number == 0.0 || !number.is_finite() {
        return number.to_string();
    }
    if !(1e-4..1e6).contains(&size) {
        return format!("{number:.3e}");
    }
    let digits = (5 - size.log10().floor() as i32).clamp(0, 9) as usize;
    let text = format!("{number:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_blanked_and_every_byte_keeps_its_place() {
        for (code, expected) in [
            (":dep cnn = 1\nlet x = 1;", "            \nlet x = 1;"),
            ("// ä\n :opt 2\n!ls\nx", "// ä\n       \n   \nx"),
            ("let y = a\n:vars", "let y = a\n:vars"),
            ("::std::f()", "::std::f()"),
            ("", ""),
        ] {
            assert_eq!(without_commands(code), expected);
            assert_eq!(without_commands(code).len(), code.len());
        }
    }

    #[test]
    fn arrays_of_numbers_are_known_by_their_types() {
        for (kind, array, numbers) in [
            ("Array4<f64>", true, true),
            ("ArrayBase<OwnedRepr<f32>, Dim<[usize; 4]>>", true, true),
            ("ndarray::Array2<u8>", true, true),
            ("ArrayD<bool>", true, false),
            ("Array1<String>", true, false),
            ("Vec<f64>", false, true),
            ("Vec<(f64, usize)>", false, false),
            ("Vec<Array2<f64>>", false, false),
            ("Model", false, false),
        ] {
            assert_eq!((is_array(kind), entries_of(kind)), (array, numbers), "{kind}");
        }
    }

    #[test]
    fn what_the_probe_prints_reads_back() {
        let variable = |name: &str| Variable { name: name.into(), kind: "Array2<f64>".into(), ..Variable::default() };
        let mut variables = [variable("a"), variable("n")];
        read(&mut variables, "a\u{1f}[2, 3]\u{1f}-1.5 123456.789 0.333333333\u{1f}\nn\u{1f}\u{1f}\u{1f}7\nnoise\n");
        assert_eq!(variables[0].shape.as_deref(), Some("(2, 3)"));
        assert_eq!(variables[0].range, Some(["-1.5".into(), "123457".into(), "0.333333".into()]));
        assert_eq!((&variables[0].value, &variables[1].shape), (&None, &None));
        assert_eq!(variables[1].value.as_deref(), Some("7"));
        assert_eq!(
            (tuple("[5]"), tuple("[]"), short("1e-7"), short("NaN")),
            ("(5,)".into(), "()".into(), "1.000e-7".into(), "NaN".into())
        );
    }
}
