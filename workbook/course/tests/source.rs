/*! Tests of the parser: items, functions, stubs, and errors with their line numbers. */

use course::{ErrorKind, ItemKind, Source};

const TEXT: &str = r#"/*! A module. */

use std::f64::consts::PI;

/// The area of a disc.
///
/// # Arguments
/// * `r`: its radius
#[must_use]
pub fn area(r: f64, _: (usize, usize)) -> f64 {
    let half = r / 2.0;
    // START CODE HERE (≈ 2 lines)
    //~ let a: f64 = todo!("area");
    let a = 4.0 * half * half; // é, a two-byte character
    let a = a * PI;
    // END CODE HERE
    a
}

mod inner {
    pub fn area() {}
}

fn helper<T>(x: &T) where T: Copy {}
"#;

#[test]
fn a_function_is_parsed_into_its_parts() {
    let source = Source::parse_reference("m.rs", TEXT).unwrap();
    let kinds: Vec<ItemKind> = source.items().iter().map(|item| item.kind).collect();
    assert_eq!(kinds, [ItemKind::Use, ItemKind::Function, ItemKind::Module, ItemKind::Function]);
    let names: Vec<&str> = source.functions().map(|function| function.name()).collect();
    assert_eq!(names, ["area", "helper"], "functions of a nested module are not top-level");
    assert_eq!(source.exercises().map(|function| function.name()).collect::<Vec<_>>(), ["area"]);

    let area = source.function("area").unwrap();
    assert_eq!(area.line(), 5);
    assert_eq!(area.docs(), "The area of a disc.\n\n# Arguments\n* `r`: its radius");
    assert_eq!(area.signature(), "pub fn area(r: f64, _: (usize, usize)) -> f64");
    assert_eq!(area.pointer_type(), "fn(f64, (usize, usize)) -> f64");
    assert_eq!(area.parameters()[1].name, "_");
    assert!(area.text().starts_with("/// The area") && area.text().ends_with("    a\n}"));
    assert!(area.body().starts_with("{\n    let half") && area.body().ends_with('}'));
    assert!(area.item().mentions.contains("PI"));
    assert_eq!(source.function("helper").unwrap().signature(), "fn helper<T>(x: &T) where T: Copy");
}

#[test]
fn markers_and_stub_lines_give_solution_and_stub() {
    let source = Source::parse_reference("m.rs", TEXT).unwrap();
    let area = source.function("area").unwrap();
    let body = |text: &str| text[text.find("    let half").unwrap()..].to_owned();
    assert_eq!(
        body(&area.solution()),
        "    let half = r / 2.0;\n    // START CODE HERE (≈ 2 lines)\n    let a = 4.0 * half * half; // é, a two-byte \
         character\n    let a = a * PI;\n    // END CODE HERE\n    a\n}"
    );
    assert_eq!(
        body(&area.stub()),
        "    let half = r / 2.0;\n    // START CODE HERE (≈ 2 lines)\n    let a: f64 = todo!(\"area\");\n    // END CODE \
         HERE\n    a\n}"
    );
}

#[test]
fn a_stub_is_recognized_whatever_its_formatting() {
    let reference = Source::parse_reference("m.rs", TEXT).unwrap();
    let area = reference.function("area").unwrap();
    for (text, expected) in [
        (
            "fn area(r: f64, _: (usize, usize)) -> f64 { let half = r/2.0; /* ? */ let a: f64 = todo!(\"area\"); a }",
            true,
        ),
        ("fn area(r: f64, _: (usize, usize)) -> f64 { let half = r / 2.0; let a: f64 = 3.0; a }", false),
        (&area.stub(), true),
        (&area.solution(), false),
    ] {
        let submitted = Source::parse("s.rs", text).unwrap();
        assert_eq!(area.is_stub(&submitted.function("area").unwrap()), expected, "{text}");
    }
}

#[test]
fn every_stub_and_solution_of_the_first_assignment_parses() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../src/graded/conv_step_by_step.rs");
    let source = Source::parse_reference("conv_step_by_step.rs", std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(source.exercises().count(), 8);
    for function in source.exercises() {
        let stub = Source::parse("stub", function.stub()).unwrap();
        let solution = Source::parse("solution", function.solution()).unwrap();
        let (stub, solution) = (stub.function(function.name()).unwrap(), solution.function(function.name()).unwrap());
        assert!(stub.text().contains("todo!("), "{}", function.name());
        assert!(!solution.text().contains("todo!(") && !solution.text().contains("//~"), "{}", function.name());
        assert!(function.is_stub(&stub) && !function.is_stub(&solution), "{}", function.name());
        assert_eq!(stub.signature(), solution.signature());
    }
}

/// A source of two functions: `before`, then `f` with these lines as its body, the first of them on line 4.
fn function(lines: &[&str]) -> String {
    format!("fn before() {{}}\n\nfn f() {{\n{}\n}}\n", lines.join("\n"))
}

#[track_caller]
fn check_error(text: &str, line: usize, expected: &str) {
    let error = Source::parse_reference("m.rs", text).unwrap_err();
    let message = error.to_string();
    assert!(message.starts_with(&format!("m.rs:{line}: ")) && message.contains(expected), "{message}");
}

#[test]
fn errors_name_file_and_line() {
    check_error(&function(&["// START CODE HERE", "let a = 1;"]), 4, "expected a line `// END CODE HERE`");
    check_error(&function(&["let a = 1;", "// END CODE HERE"]), 5, "without a `// START CODE HERE`");
    check_error(&function(&["// START CODE HERE", "", "// START CODE HERE"]), 6, "that line 4 opened");
    check_error(&function(&["let a = 1;", "//~ todo!()"]), 5, "`//~` line outside");
    check_error(&function(&["// START CODE HERE", "//~ let = ;", "// END CODE HERE"]), 3, "stub of f does not parse");
    check_error("\n// START CODE HERE\nfn f() {}\n// END CODE HERE\n", 2, "outside of every function");
    check_error("fn f() {}\nmod m { fn f() {} }\nfn f() {}\n", 3, "second function f, the first is in line 1");
    check_error("fn f() {}\nfn g( {}\n", 2, "");
    let source = Source::parse_reference("m.rs", TEXT).unwrap();
    let error = source.function("aera").unwrap_err();
    assert!(matches!(error.kind, ErrorKind::UnknownName { .. }));
    assert_eq!(error.to_string(), "m.rs:1: no function aera; there are: area, helper");
}

#[test]
fn a_cell_may_mix_items_with_statements_and_commands() {
    let text =
        ":dep ndarray = \"0.17\"\n!ls\nuse std::f64;\nlet x = 1;\nfn f() -> i32 { 1 }\nprintln!(\"{}\", f() + x);\nx\n";
    let source = Source::parse_cell("cell 1", text).unwrap();
    assert_eq!(source.functions().map(|function| function.name()).collect::<Vec<_>>(), ["f"]);
    assert_eq!(source.function("f").unwrap().line(), 5);
    assert_eq!(source.function("f").unwrap().text(), "fn f() -> i32 { 1 }");
    assert_eq!(source.items().len(), 2);
    let text = "let y =\n  !true;\nfn g() {}";
    assert_eq!(Source::parse_cell("cell 2", text).unwrap().functions().count(), 1);
}

#[test]
fn a_bom_and_crlf_do_not_shift_the_spans() {
    let text = "\u{feff}#!/usr/bin/env run\r\n/// Docs.\r\nfn f() -> char {\r\n    'é'\r\n}\r\n";
    let source = Source::parse("m.rs", text).unwrap();
    assert_eq!(source.function("f").unwrap().text(), "/// Docs.\r\nfn f() -> char {\r\n    'é'\r\n}");
    assert_eq!(source.function("f").unwrap().docs(), "Docs.");
}

#[test]
fn items_around_a_syntax_error_are_recovered() {
    let text = "use std::f64;\n\n/// A.\nfn a() -> u8 {\n    1\n}\n\n/// B.\npub fn b(x: u8) -> u8 {\n    if x > 1 {\n    1\n}\n\nfn \
                c() {}\n";
    assert!(Source::parse("m.rs", text).is_err());
    let (source, broken) = course::recover("m.rs", text);
    assert_eq!(
        source.functions().map(|function| (function.name(), function.line())).collect::<Vec<_>>(),
        [("a", 3), ("c", 14)]
    );
    assert_eq!(broken.len(), 1);
    assert_eq!(broken[0].functions, ["b"]);
    assert!((8..=14).contains(&broken[0].error.line), "{}", broken[0].error);
}

#[test]
fn names_in_the_tail_expression_are_found() {
    let text = "fn f() -> (u8, u8) {\n    let (a, b) = (1, 2);\n    (a, b)\n}\nfn g() -> u8 {\n    1 + 1\n}\n";
    let source = Source::parse("m.rs", text).unwrap();
    assert_eq!(source.function("f").unwrap().returned(), ["a", "b"]);
    assert!(source.function("g").unwrap().returned().is_empty());
}
