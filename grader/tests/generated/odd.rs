/*!
Makes submissions that are right and written in odd ways: the reference's solutions, rewritten at random in ways that run
in a notebook as the solutions do. Some hold one broken item beside; the score that is due is computed with them.
*/

use course::{Assignment, Function, ItemKind, Source};
use serde_json::json;

use super::random::Random;

/// A submission, and what it should get.
pub struct Odd {
    /// `.ipynb` or `.rs`.
    pub extension: &'static str,
    pub text: String,
    /// The score that is due.
    pub due: f64,
    /// What was done, to find a fault's cause.
    pub steps: Vec<String>,
}

/// The submission of a seed.
pub fn submission(assignment: &Assignment, seed: u64) -> Odd {
    Writer { random: Random::new(seed), steps: Vec::new(), is_notebook: !seed.is_multiple_of(3), assignment }.write()
}

struct Writer<'a> {
    random: Random,
    steps: Vec<String>,
    is_notebook: bool,
    assignment: &'a Assignment,
}

impl Writer<'_> {
    fn write(mut self) -> Odd {
        let reference = &self.assignment.reference;
        let imports = imports(reference);
        let mut due: f64 = self.assignment.functions.iter().map(|name| self.assignment.points(name)).sum();
        let functions: Vec<Function> = reference.exercises().collect();
        let broken = self.random.once_in(3).then(|| self.random.below(functions.len()));
        let own_s = self.random.once_in(6);
        if own_s {
            self.steps.push("a macro called s".into());
        }
        let mut cells: Vec<String> = Vec::new();
        for (n, function) in functions.iter().enumerate() {
            let mut text = function.solution();
            if own_s {
                text = text.replace("s![", "::ndarray::s![");
            }
            let is_broken = broken == Some(n);
            if is_broken {
                text = self.broken(function, &text, n, &mut cells);
                due -= self.assignment.points(function.name());
            } else {
                text = self.rewritten(function, text, n, &mut cells);
            }
            // What stops the compiler does so wherever it stands; anything else is told apart inside a module, too.
            let mut cell = self.placed(function, &text, n, &imports);
            if self.random.once_in(4) {
                cell = format!("{imports}{cell}");
            }
            if self.random.once_in(6) {
                cell = format!("use rand::prelude::*;\n{cell}");
                self.steps.push("use of a crate that is not there".into());
            }
            // What a glob or a macro brings in does not replace an earlier definition.
            if self.random.once_in(6) && !cell.contains("pub use mine_") && !cell.contains("define_") {
                let word = *self.random.choose(&["todo!()", "\"no number\" + 1", "missing()", "panic!(\"wrong\")"]);
                cells.push(format!("{} {{ {word} }}\n", function.signature()));
                self.steps.push(format!("an earlier {} with {word}", function.name()));
            }
            cells.push(cell);
        }
        if broken.is_none() && self.random.once_in(2) {
            let helper = self.broken_helper();
            cells.push(helper);
        }
        for _ in 0..self.random.below(4) {
            let cell = self.scratch();
            let at = self.random.below(cells.len() + 1);
            cells.insert(at, cell);
        }
        let mut head = imports;
        if self.random.once_in(3) {
            head = format!("#![allow(unused)]\n{head}");
        }
        if own_s {
            head += "macro_rules! s { ($a:expr) => { $a } }\nmacro_rules! array { ($a:expr) => { $a } }\n";
        }
        cells.insert(0, head);
        if self.is_notebook {
            Odd { extension: "ipynb", text: notebook(&cells), due, steps: self.steps }
        } else {
            Odd { extension: "rs", text: file(&cells), due, steps: self.steps }
        }
    }

    /// The function with a mistake that the compiler or the cases find.
    fn broken(&mut self, function: &Function, text: &str, n: usize, cells: &mut Vec<String>) -> String {
        let statement = match self.random.below(8) {
            0 => "let wrong: usize = \"no number\";".to_owned(),
            1 => "let wrong = missing_name;".to_owned(),
            2 => "let moved = String::new(); drop(moved); drop(moved);".to_owned(),
            3 => format!("let wrong = {}1{};", "(".repeat(3000), ")".repeat(3000)),
            4 => "use no_such_crate::thing;".to_owned(),
            5 => "panic!(\"not yet\");".to_owned(),
            6 => {
                cells.push(format!("fn broken_helper_{n}() -> usize {{ missing_name }}\n"));
                format!("let wrong = broken_helper_{n}();")
            }
            _ => {
                let parentheses = ("(".repeat(3000), ")".repeat(3000));
                cells.push(format!("fn stops_{n}() -> usize {{ {}1{} }}\n", parentheses.0, parentheses.1));
                format!("let wrong = stops_{n}();")
            }
        };
        self.steps.push(format!("{} is broken: {}", function.name(), &statement[..statement.len().min(60)]));
        at_start(text, function, &statement)
    }

    /// Changes inside the function that leave it right.
    fn rewritten(&mut self, function: &Function, mut text: String, n: usize, cells: &mut Vec<String>) -> String {
        for _ in 0..self.random.below(4) {
            let (step, helper) = match self.random.below(11) {
                0 => {
                    text = text.replacen("2 * pad", &format!("twice_{n}!(pad)"), 1);
                    text = at_start(&text, function, &format!("let _ = twice_{n}!(1);"));
                    ("a macro", format!("macro_rules! twice_{n} {{ ($x:expr) => {{ 2 * $x }} }}\n"))
                }
                1 => {
                    text = text.replacen("2 * pad", &format!("TWO_{n}_TIMES * pad"), 1);
                    ("a constant", format!("const TWO_{n}_TIMES: usize = 2;\nstatic NOTE_{n}: &str = \"2\";\n"))
                }
                2 => {
                    text = text.replacen("2 * pad", &format!("pad.twice_{n}()"), 1);
                    let helper = format!(
                        "trait Twice{n} {{ fn twice_{n}(self) -> Self; }}\n\
                         impl Twice{n} for usize {{ fn twice_{n}(self) -> Self {{ 2 * self }} }}\n"
                    );
                    ("a trait", helper)
                }
                3 => {
                    text = at_start(&text, function, &format!("let _ = same_{n}(same_{n}(1_usize));"));
                    ("a generic function", format!("fn same_{n}<T: Clone>(value: T) -> T {{ value.clone() }}\n"))
                }
                4 => {
                    text = text.replace("Array4<f64>", &format!("Volume{n}"));
                    ("a type alias", format!("use cnn::prelude::*;\ntype Volume{n} = Array4<f64>;\n"))
                }
                5 => {
                    text = text.replace("np::", &format!("numpy_{n}::"));
                    ("a renamed import", format!("use cnn::prelude::np as numpy_{n};\n"))
                }
                6 => {
                    text = text.replace("Array4::zeros", &format!("A{n}::zeros"));
                    ("a renamed type", format!("use ndarray::Array4 as A{n};\n"))
                }
                7 => {
                    text = at_start(
                        &text,
                        function,
                        "{ const HERE: usize = 3; fn inner() -> usize { HERE } let _ = inner(); }",
                    );
                    ("items inside", String::new())
                }
                8 => {
                    text = at_start(&text, function, &format!("let _ = Step{n} {{ by: 2 }}.next();"));
                    let helper = format!(
                        "#[derive(Debug, Clone, Copy)]\nstruct Step{n} {{ by: usize }}\n\
                         impl Step{n} {{ fn next(self) -> usize {{ self.by + 1 }} }}\n"
                    );
                    // A cell that was run twice.
                    ("an impl block twice", helper.clone() + &helper)
                }
                9 => {
                    text = format!("#[inline]\n#[allow(clippy::all)]\n{}", text.replacen("pub fn", "pub(crate) fn", 1));
                    ("attributes", String::new())
                }
                _ => {
                    let local = "let scale = |x: usize| -> usize { x }; let _ = scale(1);";
                    text = at_start(&text, function, local);
                    ("a closure", String::new())
                }
            };
            self.steps.push(format!("{}: {step}", function.name()));
            let (module, used) = (self.random.once_in(6), helper.contains("fn same_"));
            cells.push(if module && used {
                let helper = helper.replace("fn same_", "pub fn same_");
                format!("mod helper_{n} {{\n    //! Helpers.\n    {helper}}}\nuse helper_{n}::same_{n};\n")
            } else {
                helper
            });
        }
        text
    }

    /// The function as a cell: as it is, in a module, under another name, in an `impl` block.
    fn placed(&mut self, function: &Function, text: &str, n: usize, imports: &str) -> String {
        let name = function.name();
        let public = |text: &str| text.replacen("pub(crate) fn", "pub fn", 1);
        let other = text.replacen(&format!("fn {name}("), &format!("fn {name}_of_mine("), 1);
        let (way, cell) = match self.random.below(12) {
            0 => {
                let inside = format!("{imports}use super::*;\n{}", public(text));
                (
                    "in a module",
                    format!("mod mine_{n} {{\n#![allow(unused_imports)]\n{inside}}}\nuse mine_{n}::{name};\n"),
                )
            }
            1 => {
                let inside = format!("//! Inner documentation.\n{imports}use crate::*;\n{}", public(text));
                ("in a module, by a glob", format!("mod mine_{n} {{\n{inside}}}\npub use mine_{n}::*;\n"))
            }
            2 => {
                let inside = format!("{imports}use super::super::*;\n{}", public(&other));
                let cell = format!(
                    "mod a_{n} {{ pub mod b {{\n{inside}}}\npub use self::b::{name}_of_mine as renamed; }}\n\
                     use crate::a_{n}::renamed as {name};\n"
                );
                ("in two modules, renamed", cell)
            }
            3 => (
                "a constant with a pointer",
                format!("{other}\nconst {name}: {} = {name}_of_mine;\n", one_line(&function.pointer_type())),
            ),
            4 => ("renamed at the top", format!("{other}\nuse self::{name}_of_mine as {name};\n")),
            5 if !text.contains("&self") => {
                let arguments: Vec<String> =
                    function.parameters().into_iter().map(|parameter| parameter.name).collect();
                let cell = format!(
                    "struct Layer{n};\nimpl Layer{n} {{\n{text}}}\n{} {{ Layer{n}::{name}({}) }}\n",
                    function.signature(),
                    arguments.join(", ")
                );
                ("in an impl block", cell)
            }
            6 if !self.is_notebook && !text.contains("macro_rules") && !text.contains('$') => {
                let text: String = text
                    .lines()
                    .filter(|line| !line.trim_start().starts_with("///"))
                    .map(|line| format!("{line}\n"))
                    .collect();
                ("by a macro", format!("macro_rules! define_{n} {{ () => {{\n{text}}} }}\ndefine_{n}!();\n"))
            }
            7 => ("without pub", text.replacen("pub fn", "fn", 1)),
            _ => ("as it is", text.to_owned()),
        };
        if way != "as it is" {
            self.steps.push(format!("{name}: {way}"));
        }
        cell
    }

    /// An item that nobody uses and that does not compile.
    fn broken_helper(&mut self) -> String {
        let deep = || format!("fn unused() -> usize {{ {}1{} }}\n", "(".repeat(3000), ")".repeat(3000));
        let (what, helper) = match self.random.below(9) {
            0 => ("a type error", "fn unused() -> usize { \"no number\" }\n".to_owned()),
            1 => ("a missing name", "fn unused() -> usize { missing_name }\n".to_owned()),
            2 => ("a borrow error", "fn unused() { let a = String::new(); drop(a); drop(a); }\n".to_owned()),
            3 => ("a helper that stops the compiler", deep()),
            4 => ("an import of nothing", "use std::no_such_module::thing;\n".to_owned()),
            5 => ("a broken impl", "struct Unused;\nimpl Clone for Unused { fn copy(&self) {} }\n".to_owned()),
            6 => ("a broken module", "mod unused { use super::missing; pub fn f() -> u8 { \"\" } }\n".to_owned()),
            7 => ("a constant that panics", "const UNUSED: usize = [1, 2, 3][7];\n".to_owned()),
            _ => {
                let chain = "fn unused_a() -> u8 { unused_b() }\nfn unused_b() -> u8 { unused_c() }\nfn unused_c() -> u8 { \"\" }\n";
                ("a chain of broken helpers", chain.to_owned())
            }
        };
        self.steps.push(format!("unused: {what}"));
        helper
    }

    /// A cell that has nothing to do with the functions.
    fn scratch(&mut self) -> String {
        let cells = [
            "let x = 3;\nprintln!(\"{x}\");\n",
            "type Cache = (usize, usize);\nstruct RandomState;\n",
            "struct Zip(u8);\nenum Error { A }\n",
            "fn check() {}\nfn assert_close() {}\n",
            "#[cfg(test)]\nmod tests {\n    use super::*;\n    #[test]\n    fn passes() { assert_eq!(1, 1); }\n}\n",
            "use std::collections::HashMap;\nuse std::fmt;\nuse std::{fmt::Write as _, collections::*};\n",
            "extern crate ndarray;\nuse std::f64::consts::PI;\nconst TAU: f64 = 2.0 * PI;\n",
            "/// Documentation of nothing much.\nfn test_all() { let f = |x: f64| x; f(1.0); }\n",
            "const _: () = assert!(1 + 1 == 2);\nstatic COUNT: usize = 3;\n",
            "mod notes {\n    //! Only notes.\n}\n",
            "#[derive(Debug)]\nstruct PoolHparametersOfMine { f: usize }\nimpl PoolHparametersOfMine { fn f(&self) -> usize { self.f } }\n",
        ];
        let cell = *self.random.choose(&cells);
        self.steps.push(format!("scratch: {}", cell.lines().next().unwrap_or_default()));
        cell.to_owned()
    }
}

/// The reference's own imports.
pub fn imports(reference: &Source) -> String {
    let uses = reference.items().iter().filter(|item| item.kind == ItemKind::Use);
    uses.map(|item| reference.item_text(item).to_owned() + "\n").collect()
}

/// The function with a statement at the start of its body.
fn at_start(text: &str, function: &Function, statement: &str) -> String {
    let body = function.body().lines().nth(1).unwrap_or_default();
    let at = text.find(body).unwrap_or_else(|| {
        let signature = text.find("fn ").expect("a function");
        signature + text[signature..].find("{\n").expect("a body") + 2
    });
    format!("{}    {statement}\n{}", &text[..at], &text[at..])
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The cells as one file: statements have no place there, inner attributes stand first.
fn file(cells: &[String]) -> String {
    cells.iter().filter(|cell| !cell.starts_with("let ")).map(|cell| cell.to_owned() + "\n").collect()
}

/// The cells as a notebook.
pub fn notebook(cells: &[String]) -> String {
    let cell = |(n, source): (usize, &String)| json!({ "cell_type": "code", "id": format!("cell-{n}"), "metadata": {}, "outputs": [], "execution_count": null, "source": source });
    let cells: Vec<_> = cells.iter().enumerate().map(cell).collect();
    json!({ "nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells }).to_string()
}
