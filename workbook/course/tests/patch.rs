/*! Changes of a function's text: where they go, and what is said of one that has no place. */

use course::{ErrorKind, Patch};

const TEXT: &str = "\
fn f(x: f64) -> f64 {
    let x = first(x); // the first
    let x = relu(x);

    // The second
    let x = second(x);
    let x = relu(x);
    x
}";

#[test]
fn hunks_find_their_places_past_comments_and_blank_lines() {
    let text = "- let x = first(x);\n+ let x = FIRST(x);\n\n  let x = second(x);\n- let x = relu(x);\n";
    let changed = Patch::parse("p", 1, text).unwrap().apply("f", TEXT).unwrap();
    let lines: Vec<&str> = changed.lines().map(str::trim).collect();
    let expected = [
        "fn f(x: f64) -> f64 {",
        "let x = FIRST(x);",
        "let x = relu(x);",
        "",
        "// The second",
        "let x = second(x);",
        "x",
        "}",
    ];
    assert_eq!(lines, expected);
    let text = "- let x = relu(x);\n  let x = second(x);\n";
    let changed = Patch::parse("p", 1, text).unwrap().apply("f", TEXT).unwrap();
    assert_eq!(changed.matches("relu").count(), 1);
    assert!(changed.find("second") < changed.find("relu"));
}

#[track_caller]
fn check(text: &str, line: usize, kind: ErrorKind) {
    let error = Patch::parse("p.md", 10, text).and_then(|patch| patch.apply("f", TEXT)).unwrap_err();
    assert_eq!((error.path.as_str(), error.line, error.kind), ("p.md", line, kind));
}

#[test]
fn a_hunk_without_exactly_one_place_is_an_error_with_its_line() {
    let (name, found) = ("f".to_owned(), vec![3, 7]);
    let wanted = "let x = relu(x);".to_owned();
    check("- x\n\n\n- let x = relu(x);\n", 13, ErrorKind::HunkPlaces { wanted, name: name.clone(), found });
    let wanted = "let x = third(x); … x".to_owned();
    check("- let x = third(x);\n  x\n", 10, ErrorKind::HunkPlaces { wanted, name, found: Vec::new() });
    check("+ let y = 1;\n", 10, ErrorKind::HunkWithoutPlace);
    check("- x\nélan\n", 11, ErrorKind::HunkLine("élan".into()));
    let error = Patch::parse("p.md", 1, "- let x = relu(x);").unwrap().apply("f", TEXT).unwrap_err();
    assert!(error.to_string().contains("stands 2 times (lines 3, 7) in f, expected it once"), "{error}");
}
