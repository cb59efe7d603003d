/*!
The line rules that turn a reference function into its stub or its solution.

Between `// START CODE HERE` and `// END CODE HERE`, lines that begin with `//~` are the stub and all others are the
solution. The markers themselves stay in both. A part can also be turned round, so that the stub is what compiles: then its
solution stands on lines that begin with `//=`, and all others are the stub.
*/

use crate::error::ErrorKind;

const START: &str = "// START CODE HERE";
const END: &str = "// END CODE HERE";
const STUB: &str = "//~";
const SOLUTION: &str = "//=";

/// What a line is to the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Start,
    End,
    Stub,
    Solution,
    Other,
}

fn kind(line: &str) -> Line {
    let line = line.trim_start();
    if line.starts_with(START) {
        Line::Start
    } else if line.starts_with(END) {
        Line::End
    } else if line.starts_with(STUB) {
        Line::Stub
    } else if line.starts_with(SOLUTION) {
        Line::Solution
    } else {
        Line::Other
    }
}

/// Whether `text` has a marker or a stub line.
pub fn any(text: &str) -> Option<usize> {
    text.lines().position(|line| kind(line) != Line::Other)
}

/// Checks that the markers of the function `name` pair up and that stub lines stand between them; an error comes with
/// its line, counted from 0 in `text`.
pub fn check(name: &str, text: &str) -> Result<(), (usize, ErrorKind)> {
    let mut opened = None;
    for (number, line) in text.lines().enumerate() {
        match (kind(line), opened) {
            (Line::Start, Some(opened)) => return Err((number, ErrorKind::NestedStart { opened })),
            (Line::Start, None) => opened = Some(number),
            (Line::End, Some(_)) => opened = None,
            (Line::End, None) => return Err((number, ErrorKind::MissingStart)),
            (Line::Stub | Line::Solution, None) => return Err((number, ErrorKind::StubLineOutside)),
            (Line::Stub | Line::Solution, Some(_)) | (Line::Other, _) => {}
        }
    }
    match opened {
        Some(number) => Err((number, ErrorKind::MissingEnd(name.to_owned()))),
        None => Ok(()),
    }
}

/// The text without its stub lines.
pub fn solution(text: &str) -> String {
    text.split_inclusive('\n').filter(|line| kind(line) != Line::Stub).collect()
}

/// The text with the lines between the markers replaced by what the stub lines say.
pub fn stub(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for line in text.split_inclusive('\n') {
        match kind(line) {
            Line::Start => inside = true,
            Line::End => inside = false,
            Line::Stub => {
                let (indent, code) = line.split_once(STUB).expect("a stub line has its prefix");
                out.push_str(indent);
                out.push_str(code.strip_prefix(' ').unwrap_or(code));
                continue;
            }
            Line::Solution => continue,
            Line::Other if inside => continue,
            Line::Other => {}
        }
        out.push_str(line);
    }
    out
}

/// The text with every part so that its solution is what compiles.
pub fn solved(text: &str) -> String {
    turn(text, Line::Solution, STUB)
}

/// The text with every part so that its stub is what compiles. A part without stub lines stays as it is.
pub fn stubbed(text: &str) -> String {
    turn(text, Line::Stub, SOLUTION)
}

/// The text with the stubs in place of the solutions, which are left out.
pub fn without_solution(text: &str) -> String {
    let mut out = String::new();
    let mut indent = "";
    for line in stub(text).split_inclusive('\n') {
        match kind(line) {
            Line::Start => indent = indentation(line),
            // It also tells a part that holds a stub alone from one that holds a solution.
            Line::End => out += &format!("{indent}{SOLUTION} // The solution is not part of this hand-out.\n"),
            _ => {}
        }
        out.push_str(line);
    }
    out
}

/// Turns every part round that has lines of the kind `hidden`: these lose their prefix, and all others get `prefix`, below
/// the marker that opens the part.
fn turn(text: &str, hidden: Line, prefix: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut part: Option<(&str, Vec<&str>)> = None;
    for line in text.split_inclusive('\n') {
        match (kind(line), &mut part) {
            (Line::Start, None) => {
                out.push_str(line);
                part = Some((indentation(line), Vec::new()));
            }
            (Line::End, open) => {
                if let Some((indent, lines)) = open.take() {
                    turn_part(&mut out, indent, &lines, hidden, prefix);
                }
                out.push_str(line);
            }
            (_, Some((_, lines))) => lines.push(line),
            (_, None) => out.push_str(line),
        }
    }
    // A part that is not closed is reported by `check`.
    part.iter().flat_map(|(_, lines)| lines).for_each(|line| out.push_str(line));
    out
}

fn turn_part(out: &mut String, indent: &str, lines: &[&str], hidden: Line, prefix: &str) {
    let is_turned = lines.iter().any(|line| kind(line) == hidden);
    for line in lines {
        let (own, code) = line.split_at(indentation(line).len());
        if !is_turned {
            out.push_str(line);
        } else if kind(line) == hidden {
            let code = &code[STUB.len()..];
            // A blank line has no indentation.
            if !code.trim().is_empty() {
                out.push_str(own);
            }
            out.push_str(code.strip_prefix(' ').unwrap_or(code));
        } else if code.trim().is_empty() {
            *out += &format!("{indent}{prefix}{code}");
        } else {
            let (before, code) = line.strip_prefix(indent).map_or((own, code), |code| (indent, code));
            *out += &format!("{before}{prefix} {code}");
        }
    }
}

/// The blanks that a line begins with, its end not among them.
fn indentation(line: &str) -> &str {
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

#[cfg(test)]
mod tests {
    use super::{solution, solved, stub, stubbed, without_solution};

    const SOLVED: &str = "fn f() {\n    // START CODE HERE\n    //~ if a {\n    //~     todo!()\n    //~\n    //~ }\n    let a = 1;\n\n    \
        for i in 0..a {\n        g(i);\n    }\n    // END CODE HERE\n}\n";

    #[test]
    fn a_part_that_is_turned_round_has_the_same_stub_and_solution() {
        let turned = stubbed(SOLVED);
        assert_eq!(
            turned,
            "fn f() {\n    // START CODE HERE\n    if a {\n        todo!()\n\n    }\n    //= let a = 1;\n    //=\n    \
                //= for i in 0..a {\n    //=     g(i);\n    //= }\n    // END CODE HERE\n}\n"
        );
        assert_eq!(solved(&turned), SOLVED);
        assert_eq!(solved(SOLVED), SOLVED);
        assert_eq!(stubbed(&turned), turned);
        assert_eq!(stub(&solved(&turned)), stub(SOLVED));
        assert_eq!(solution(&solved(&turned)), solution(SOLVED));
    }

    #[test]
    fn without_its_solution_a_function_keeps_its_stub() {
        let without = without_solution(SOLVED);
        assert!(!without.contains("let a = 1") && without.contains("    }\n    //= // The solution"), "{without}");
        assert_eq!(stub(&solved(&without)), stub(SOLVED));
    }

    #[test]
    fn what_has_no_stub_or_no_end_stays() {
        for text in
            ["fn f() {\n    // START CODE HERE\n    g();\n    // END CODE HERE\n}\n", "// START CODE HERE\n//~ x\n"]
        {
            assert_eq!(stubbed(text), text);
            assert_eq!(solved(text), text);
        }
    }
}
