/*! The splice of a submission over a reference module. */

use course::{Keep, Origin, Source, Spliced, splice};

const REFERENCE: &str = "\
/*! Reference. */
use std::collections::*;

pub fn one() -> i32 {
    // START CODE HERE
    //~ todo!()
    1
    // END CODE HERE
}

pub fn two() -> i32 {
    // START CODE HERE
    //~ todo!()
    one() + one()
    // END CODE HERE
}
";

fn lay(cells: &[&str], keep: impl Fn(&str) -> Keep) -> Spliced {
    let reference = Source::parse_reference("reference.rs", REFERENCE).unwrap();
    let submission: Vec<Source> = cells.iter().map(|cell| Source::parse_cell("cell", *cell).unwrap()).collect();
    let spliced = splice(&reference, &submission, keep, |_, _| true);
    let parsed = Source::parse("spliced", spliced.text.clone()).unwrap();
    let mut names: Vec<&str> = parsed.items().iter().filter_map(|item| item.name.as_deref()).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count, "no name is defined twice:\n{}", spliced.text);
    assert_eq!(spliced.lines.len(), spliced.text.lines().count());
    spliced
}

#[test]
fn a_submitted_function_replaces_ours_and_the_rest_becomes_stubs() {
    let spliced =
        lay(&["let x = 3;\nfn one() -> i32 {\n    helper()\n}\nconst N: i32 = 1;", "fn helper() -> i32 { N }"], |_| {
            Keep::Submitted
        });
    assert!(spliced.text.contains("    helper()\n") && spliced.text.contains("fn helper() -> i32 { N }"));
    assert!(!spliced.text.contains("one() + one()"), "our body of what was not submitted is not there");
    assert!(spliced.text.contains("    todo!()\n"));
    let line = spliced.text.lines().position(|line| line == "    helper()").unwrap() + 1;
    assert_eq!(spliced.origin(line), Some(&Origin::Submission { part: 0, item: 0, line: 3 }));
    let line = spliced.text.lines().position(|line| line == "    todo!()").unwrap() + 1;
    assert_eq!(spliced.origin(line), Some(&Origin::Stub("two".into())));
}

#[test]
fn the_caller_may_keep_ours() {
    let cells = ["fn one() -> i32 { 7 }\nfn two() -> i32 { 9 }"];
    let keep = |name: &str| if name == "one" { Keep::Reference } else { Keep::Submitted };
    let text = lay(&cells, keep).text;
    assert!(
        text.contains("    1\n") && text.contains("{ 9 }") && !text.contains("{ 7 }") && !text.contains("//~"),
        "{text}"
    );
    let text = lay(&cells, |_| Keep::Stub).text;
    assert_eq!(text.matches("todo!()").count(), 2, "{text}");
    assert!(!text.contains('7') && !text.contains("one() + one()"), "{text}");
}

#[test]
fn the_last_definition_of_a_name_counts() {
    let text =
        lay(&["fn one() -> i32 { 7 }\nstruct A;", "fn one() -> i32 { 8 }", "struct A(i32);"], |_| Keep::Submitted).text;
    assert!(
        !text.contains("{ 7 }")
            && text.contains("{ 8 }")
            && text.contains("struct A(i32);")
            && !text.contains("struct A;")
    );
}

#[test]
fn names_are_imported_once() {
    let cells = [
        "use std::collections::*;\nuse std::{fmt, mem::{self, swap}};",
        "use std::fmt;\nuse std::mem::swap as exchange;",
    ];
    let text = lay(&cells, |_| Keep::Submitted).text;
    assert_eq!(text.matches("collections").count(), 1, "{text}");
    assert_eq!(text.matches("fmt").count(), 1, "{text}");
    assert!(text.contains("use std::mem::{self};") && text.contains("use std::mem::swap;"), "{text}");
    assert!(text.contains("use std::mem::swap as exchange;"), "{text}");
}

#[test]
fn a_module_of_the_same_name_hides_nothing() {
    let text = lay(&["mod inner { fn one() -> i32 { 5 } }"], |_| Keep::Submitted).text;
    assert!(text.contains("mod inner") && text.matches("todo!()").count() == 2);
}

#[test]
fn items_can_be_left_out() {
    let reference = Source::parse_reference("reference.rs", REFERENCE).unwrap();
    let submission = [Source::parse("s.rs", "fn one() -> i32 { 7 }\nfn helper() { broken() }").unwrap()];
    let spliced = splice(&reference, &submission, |_| Keep::Submitted, |_, item| item == 0);
    assert!(spliced.text.contains("{ 7 }") && !spliced.text.contains("helper"));
}
