/*!
The calls that led to a panic: read from what the standard library prints, and told in a learner's words.

The learner's own calls are those between the panic and evcxr's function around the cell.
*/

use super::message::Call;

/// evcxr's function around a cell.
const CELL: &str = "run_user_code_";
/// What a panic itself consists of.
const MACHINERY: [&str; 7] = [
    "std::backtrace",
    "std::panicking",
    "core::panicking",
    "rust_begin_unwind",
    "__rustc",
    "std::sys::backtrace",
    "core::option::expect_failed",
];

/// The calls in the text of a `std::backtrace::Backtrace`, innermost first, from the one that panicked to the cell.
pub fn parse(text: &str) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(place) = line.strip_prefix("at ") {
            // path:line:column
            let mut parts = place.rsplitn(3, ':');
            let (_column, number, file) = (parts.next(), parts.next(), parts.next());
            if let (Some(call), Some(number), Some(file)) =
                (calls.last_mut(), number.and_then(|text| text.parse().ok()), file)
            {
                (call.file, call.line) = (file.to_owned(), number);
            }
        } else if let Some((number, function)) = line.split_once(": ")
            && number.parse::<usize>().is_ok()
        {
            calls.push(Call { function: function.to_owned(), ..Call::default() });
        }
    }
    let is_machinery = |call: &Call| MACHINERY.iter().any(|start| call.function.starts_with(start));
    // The hook itself, and everything else before the panic began, stands above the machinery.
    let start = calls.iter().rposition(|call| call.function.starts_with("core::panicking"));
    let start = start.or_else(|| calls.iter().position(|call| call.function.starts_with("std::panicking")));
    calls.drain(..start.map_or(0, |start| start + 1));
    let end = calls.iter().position(|call| call.function.contains(CELL)).map_or(calls.len(), |end| end + 1);
    calls.truncate(end);
    calls.retain(|call| !is_machinery(call));
    // evcxr runs the cell's statements in a closure, and in one within it once a cell has used `?`. The compiler may put them
    // into the call of the closure or into the function around it.
    while let [.., body, cell] = calls.as_mut_slice()
        && cell.function.contains(CELL)
        && body.function.ends_with("{closure#0}")
    {
        (cell.file, cell.line) = (std::mem::take(&mut body.file), body.line);
        calls.remove(calls.len() - 2);
    }
    calls
}

/// A backtrace for a reader; `place` says where a call stands in the learner's cells.
pub fn text(calls: &[Call], place: impl Fn(&Call) -> Option<String>) -> String {
    let line = |call: &Call| {
        let function = if call.function.contains(CELL) { "the cell" } else { name(&call.function) };
        match place(call) {
            Some(place) => format!("{function}, {place}"),
            None if call.file.is_empty() => function.to_owned(),
            None => format!("{function}, {}:{}", call.file, call.line),
        }
    };
    let lines: Vec<String> = calls.iter().enumerate().map(|(at, call)| format!("{at:>3}: {}", line(call))).collect();
    lines.join("\n")
}

/// A function without the name of evcxr's crate and without the compiler's hash.
fn name(function: &str) -> &str {
    let function = function.strip_prefix("ctx::").unwrap_or(function);
    match function.rsplit_once("::h") {
        Some((name, hash)) if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => name,
        _ => function,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "   0: <std::backtrace::Backtrace>::create\n   1: ctx::hook\n             at ./src/lib.rs:7:1\n   \
        2: std::panicking::panic_with_hook\n   3: core::panicking::panic_fmt\n             at /rustc/core.rs:80:14\n   \
        4: ndarray::array_out_of_bounds\n   5: ctx::conv_forward::h0123456789abcdef\n             at /s/src/lib.rs:12:9\n   \
        6: run_user_code_4\n             at /s/src/lib.rs:40:1\n   7: workbook::main\n";

    #[test]
    fn the_learners_calls_are_those_between_the_panic_and_the_cell() {
        let calls = parse(TEXT);
        let names: Vec<&str> = calls.iter().map(|call| name(&call.function)).collect();
        assert_eq!(names, ["ndarray::array_out_of_bounds", "conv_forward", "run_user_code_4"]);
        assert_eq!((calls[1].file.as_str(), calls[1].line), ("/s/src/lib.rs", 12));
        let place = |call: &Call| (call.line == 12).then(|| "cell [3], line 2".to_owned());
        let expected =
            "  0: ndarray::array_out_of_bounds\n  1: conv_forward, cell [3], line 2\n  2: the cell, /s/src/lib.rs:40";
        assert_eq!(text(&calls, place), expected);
    }

    #[test]
    fn the_closure_around_a_cells_statements_is_the_cell() {
        let text = "   0: core::panicking::panic_fmt\n   1: third\n             at /s/src/lib.rs:2:5\n   2: {closure#0}\n   \
            at /s/src/lib.rs:9:1\n   3: <ctx::run_user_code_2::{closure#0} as core::ops::function::FnOnce<()>>::call_once\n   \
            at /library/core/src/ops/function.rs:250:5\n";
        let inlined = text.replace(
            "<ctx::run_user_code_2::{closure#0} as core::ops::function::FnOnce<()>>::call_once",
            "run_user_code_2",
        );
        let nested = text.replace("9:1\n", "9:1\n   3: {closure#0}\n             at /s/src/lib.rs:12:1\n");
        for text in [text, &inlined, &nested] {
            let calls: Vec<(String, u64)> = parse(text).into_iter().map(|call| (call.file, call.line as u64)).collect();
            assert_eq!(calls, [("/s/src/lib.rs".to_owned(), 2), ("/s/src/lib.rs".to_owned(), 9)]);
        }
    }

    #[test]
    fn what_is_no_backtrace_has_no_calls() {
        for text in ["", "disabled backtrace", "at :1:", "x: y"] {
            assert_eq!(parse(text), [], "{text}");
        }
    }
}
