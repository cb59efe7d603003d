/*! The splice of a submission over a reference module. */

use std::collections::BTreeSet;

use course::{Keep, Origin, Selection, Source, Spliced, Submitted, reachable, splice};

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

fn sources(cells: &[&str]) -> Vec<Source> {
    cells.iter().map(|cell| Source::parse_cell("cell", *cell).unwrap()).collect()
}

fn lay(cells: &[&str], keep: impl Fn(&str) -> Keep) -> Spliced {
    let reference = Source::parse_reference("reference.rs", REFERENCE).unwrap();
    let spliced = splice(&reference, &sources(cells), "graded", &Selection::all(&keep));
    for lines in [&spliced.given, &spliced.submitted] {
        let parsed = Source::parse("spliced", lines.text.clone()).unwrap();
        let mut names: Vec<&str> = parsed.items().iter().filter_map(|item| item.name.as_deref()).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count, "no name is defined twice:\n{}", lines.text);
        assert_eq!(lines.origins.len(), lines.text.lines().count());
    }
    spliced
}

/// The submission's module, with all its functions.
fn laid(cells: &[&str]) -> String {
    lay(cells, |_| Keep::Submitted).submitted.text
}

#[test]
fn a_submitted_function_replaces_ours_and_the_rest_becomes_stubs() {
    let spliced =
        lay(&["let x = 3;\nfn one() -> i32 {\n    helper()\n}\nconst N: i32 = 1;", "fn helper() -> i32 { N }"], |_| {
            Keep::Submitted
        });
    let (given, submitted) = (&spliced.given, &spliced.submitted);
    assert!(submitted.text.contains("    helper()\n") && submitted.text.contains("fn helper() -> i32 { N }"));
    assert!(!given.text.contains("one() + one()"), "our body of what was not submitted is not there");
    assert_eq!(given.text.matches("    todo!()\n").count(), 1);
    let line = submitted.text.lines().position(|line| line == "    helper()").unwrap() + 1;
    assert_eq!(submitted.origin(line), Some(&Origin::Submission { part: 0, item: 0, import: None, line: 3 }));
    let line = given.text.lines().position(|line| line == "    todo!()").unwrap() + 1;
    assert_eq!(given.origin(line), Some(&Origin::Stub("two".into())));
}

#[test]
fn the_caller_may_keep_ours() {
    let cells = ["fn one() -> i32 { 7 }\nfn two() -> i32 { 9 }"];
    let keep = |name: &str| if name == "one" { Keep::Reference } else { Keep::Submitted };
    let spliced = lay(&cells, keep);
    assert!(spliced.given.text.contains("    1\n") && !spliced.given.text.contains("//~"));
    assert!(spliced.submitted.text.contains("pub use crate::graded_given::{one};"));
    assert!(spliced.submitted.text.contains("{ 9 }") && !spliced.submitted.text.contains("{ 7 }"));
    let spliced = lay(&cells, |_| Keep::Stub);
    assert_eq!(spliced.given.text.matches("todo!()").count(), 2);
    assert!(!spliced.submitted.text.contains('7') && !spliced.given.text.contains("one() + one()"));
}

#[test]
fn the_last_definition_of_a_name_counts() {
    let text = laid(&["fn one() -> i32 { 7 }\nstruct A;", "fn one() -> i32 { 8 }", "struct A(i32);"]);
    assert!(!text.contains("{ 7 }") && text.contains("{ 8 }"));
    assert!(text.contains("struct A(i32);") && !text.contains("struct A;"));
    let text = laid(&["fn one() -> i32 { 7 }", "mod mine { pub fn one() -> i32 { 8 } }\nuse mine::one;"]);
    assert!(!text.contains("{ 7 }") && text.contains("use mine::one;"));
    let text = laid(&["use std::iter::zip as one;", "fn one() -> i32 { 7 }"]);
    assert!(text.contains("{ 7 }") && !text.contains("zip"));
    let text = laid(&["use std::fmt;\nfn fmt() -> fmt::Result { Ok(()) }"]);
    assert!(text.contains("use std::fmt;") && text.contains("fn fmt()"), "a module and a function may share a name");
}

#[test]
fn equal_blocks_stand_once_and_a_later_impl_replaces_an_earlier_one() {
    let cells = ["struct A;\nimpl A { fn a() -> u8 { 1 } }", "impl A { fn a() -> u8 { 2 } }\nimpl A { fn b() {} }"];
    let text = laid(&cells);
    assert!(!text.contains("{ 1 }") && text.contains("{ 2 }") && text.contains("fn b()"), "{text}");
    let text =
        laid(&["struct A;\nimpl Drop for A { fn drop(&mut self) {} }", "impl Drop for A { fn drop(&mut self) {} }"]);
    assert_eq!(text.matches("impl Drop").count(), 1);
}

#[test]
fn names_are_imported_once() {
    let text = laid(&[
        "use std::collections::*;\nuse std::{fmt, mem::{self, swap}};",
        "use std::fmt;\nuse std::collections::*;\nuse std::mem::swap as exchange;",
    ]);
    assert_eq!(text.matches("collections").count(), 1, "{text}");
    assert_eq!(text.matches("fmt").count(), 1, "{text}");
    assert!(text.contains("use std::mem::{self};") && text.contains("use std::mem::swap;"), "{text}");
    assert!(text.contains("use std::mem::swap as exchange;"), "{text}");
}

#[test]
fn a_function_is_found_through_modules_imports_and_globs() {
    #[track_caller]
    fn check(cells: &[&str], body: Option<&str>) {
        let sources = sources(cells);
        let submitted = Submitted::of(&sources);
        let found = submitted.definition("one").and_then(|definition| definition.function);
        assert_eq!(found.map(|function| function.body()), body, "{cells:?}");
    }
    check(&["mod inner { fn one() -> i32 { 5 } }"], None);
    check(&["mod inner { pub fn one() -> i32 { 5 } }", "use inner::one;"], Some("{ 5 }"));
    check(&["mod inner { pub fn one() -> i32 { 5 } }\nuse inner::*;"], Some("{ 5 }"));
    check(&["mod inner { fn one() -> i32 { 5 } }\nuse inner::*;"], None);
    check(
        &[
            "use cnn::prelude::*;\nmod inner { use crate::*; pub fn one() -> i32 { 5 } }",
            "pub use inner::*;",
            "use cnn::prelude::*;",
        ],
        Some("{ 5 }"),
    );
    check(
        &["mod a { pub mod b { pub fn f() { 5 } } pub use self::b::f as g; }\nuse crate::a::g as one;"],
        Some("{ 5 }"),
    );
    check(&["mod a { use super::*; pub use helper as one; }\nfn helper() { 5 }\nuse a::one;"], Some("{ 5 }"));
    check(&["mod a { pub use super::b::*; }\nmod b { pub use super::a::*; }\nuse a::*;"], None);
    let many =
        "use self::*;\nuse crate::*;\nmod a { pub use super::*; pub use super::a::*; pub use crate::*; }\nuse a::*;";
    check(&[many, many], None);
}

#[test]
fn a_function_in_a_module_makes_room_for_ours() {
    let cells = [
        "mod mine {\n    pub fn one() -> i32 {\n        5\n    }\n    pub fn other() -> i32 { one() }\n}\nuse mine::one;\nfn two() -> i32 { crate::mine::one() }",
    ];
    let keep = |name: &str| if name == "one" { Keep::Reference } else { Keep::Submitted };
    let text = lay(&cells, keep).submitted.text;
    assert!(!text.contains("        5\n") && !text.contains("use mine::one;"), "{text}");
    assert!(text.contains("    pub use crate::graded_given::one;\n\n\n    pub fn other()"), "{text}");
    assert!(text.contains("crate::graded::mine::one()"), "{text}");
}

#[test]
fn items_and_imports_can_be_left_out() {
    let reference = Source::parse_reference("reference.rs", REFERENCE).unwrap();
    let text = "fn one() -> i32 { 7 }\nfn helper() { broken() }\nuse a::{b, c};\nmod m { fn x() {} fn y() {} }";
    let submission = [Source::parse("s.rs", text).unwrap()];
    let at = |what: &str| (0, text.find(what).unwrap());
    let (left_out, imports) = (BTreeSet::from([at("fn helper"), at("fn y")]), BTreeSet::from(["a::b".to_owned()]));
    let selection =
        Selection { left_out: &left_out, imports_left_out: &imports, ..Selection::all(&|_| Keep::Submitted) };
    let text = splice(&reference, &submission, "graded", &selection).submitted.text;
    assert!(text.contains("{ 7 }") && !text.contains("helper"));
    assert!(!text.contains("use a::b;") && text.contains("use a::c;"));
    assert!(text.contains("fn x()") && !text.contains("fn y()"));
}

#[test]
fn what_a_function_reaches() {
    let text = "\
fn one() -> u8 { helper() + 1.doubled() }
fn helper() -> u8 { N }
const N: u8 = 1;
fn unused() {}
trait Doubled { fn doubled(self) -> u8; }
impl Doubled for u8 { fn doubled(self) -> u8 { self } }
impl Drop for Other { fn drop(&mut self) {} }
struct Other;
const _: () = panic!();
";
    let sources = [Source::parse("s.rs", text).unwrap()];
    let found = reachable(&sources, "one");
    let lines: Vec<&str> = found.iter().map(|(_, at)| text[*at..].split([' ', '(']).nth(1).unwrap()).collect();
    assert_eq!(lines, ["one", "helper", "N:", "Doubled", "Doubled"]);
}
