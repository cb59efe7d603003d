/*!
The text of a program that calls graded functions: modules of spliced items, each with the calls that check signatures
and hand over arguments.

Text only; the compiler is called elsewhere.
*/

use std::fmt::Write;

use course::{Function, Lines, Origin, Spliced, given_module};

/// A module of a program: items, and the functions of it that the grader calls.
pub struct Module<'a> {
    /// The module's name.
    pub name: String,
    /// Its items.
    pub items: Spliced,
    /// The functions that are called.
    pub calls: Vec<Call<'a>>,
}

/// A function that the grader calls.
pub struct Call<'a> {
    /// The name that the grader calls it by.
    pub name: String,
    /// The function, as the reference declares it.
    pub function: Function<'a>,
    /// The path of the harness's function that drives it, where arguments or results cannot cross the wire.
    pub driver: Option<String>,
}

/// Where a line of a program comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// An item of a module.
    Item(Origin),
    /// The grader's call of this function.
    Call(String),
    /// Anything else.
    Frame,
}

/// A program's text, and where its lines come from.
#[derive(Debug)]
pub struct Program {
    /// The text of the crate's root.
    pub text: String,
    /// One entry for each line.
    pub places: Vec<Place>,
}

/// The program of a submission: it answers the grader's calls.
pub fn answering(modules: &[Module]) -> Program {
    let mut program = Program { text: String::new(), places: Vec::new() };
    let mut table = String::new();
    for module in modules {
        program.module(module);
        for Call { name, function, .. } in &module.calls {
            let _ = write!(table, "(\"{name}\", {}::__grader::{}), ", module.name, function.name());
        }
    }
    program.line(&format!("fn main() {{ ::harness::serve(&[{table}]); }}"), &Place::Frame);
    program
}

/// The program of the reference: it makes up the cases of the case file's functions and answers them.
pub fn asking(module: &Module, cases: &str) -> Program {
    let mut program = Program { text: String::new(), places: Vec::new() };
    program.module(module);
    program.line("mod cases {", &Place::Frame);
    program.line(cases, &Place::Frame);
    program.line("}", &Place::Frame);
    let mut table = String::new();
    for Call { name, function, .. } in &module.calls {
        let f = function.name();
        let _ = write!(table, "(\"{name}\", {}::__grader::{f}, cases::{f}), ", module.name);
    }
    program.line(&format!("fn main() {{ ::harness::answer_all(&[{table}]); }}"), &Place::Frame);
    program
}

impl Program {
    /// Where line `number`, counted from 1, comes from.
    pub fn place(&self, number: usize) -> &Place {
        number.checked_sub(1).and_then(|index| self.places.get(index)).unwrap_or(&Place::Frame)
    }

    fn line(&mut self, text: &str, place: &Place) {
        self.text.push_str(text);
        if !text.ends_with('\n') {
            self.text.push('\n');
        }
        self.places.extend(text.lines().map(|_| place.clone()));
    }

    fn module(&mut self, module: &Module) {
        // What is the reference's stands first and in a module of its own: a macro that a submission defines reaches
        // only what follows it.
        self.line(&format!("mod {} {{", given_module(&module.name)), &Place::Frame);
        self.items(&module.items.given);
        self.line("}", &Place::Frame);
        self.line(&format!("mod {} {{", module.name), &Place::Frame);
        // The calls stand before the submission for the same reason. They are modules of their own, so that a type of
        // the submission with a name of ours does not get into the signatures; and children, so that a function without
        // `pub` can be called.
        self.line("mod __grader_check { use ::cnn::prelude::*;", &Place::Frame);
        // A driver takes a pointer to the function, which checks its signature as well.
        for Call { function, .. } in module.calls.iter().filter(|call| call.driver.is_none()) {
            let (name, pointer) = (function.name(), one_line(&function.pointer_type()));
            let check = format!("fn {name}() {{ let _: {pointer} = super::{name}; }}");
            self.line(&check, &Place::Call(name.to_owned()));
        }
        self.line("}", &Place::Frame);
        self.line("pub mod __grader { use ::cnn::prelude::*;", &Place::Frame);
        for Call { function, driver, .. } in &module.calls {
            let call = match driver {
                None => called(function),
                Some(driver) => driven(function.name(), driver),
            };
            self.line(&call, &Place::Call(function.name().to_owned()));
        }
        self.line("}", &Place::Frame);
        self.items(&module.items.submitted);
        self.line("}", &Place::Frame);
    }

    fn items(&mut self, lines: &Lines) {
        self.text.push_str(&lines.text);
        self.places.extend(lines.origins.iter().cloned().map(Place::Item));
    }
}

/// A function that takes its arguments from the wire, in one line. An owned value lives beside every reference.
fn called(function: &Function) -> String {
    let mut take = String::new();
    let mut pass = Vec::new();
    for (i, parameter) in function.parameters().iter().enumerate() {
        let ty = one_line(&parameter.ty);
        let (owned, argument) = match ty.strip_prefix('&').map(str::trim_start) {
            Some(view) if view.starts_with("ArrayView") => {
                (view.replacen("ArrayView", "Array", 1), format!("&a{i}.view()"))
            }
            Some(slice) if slice.starts_with('[') && slice.ends_with(']') => {
                (format!("Vec<{}>", &slice[1..slice.len() - 1]), format!("&a{i}"))
            }
            Some(owned) => (owned.to_owned(), format!("&a{i}")),
            None => (ty, format!("a{i}")),
        };
        let _ = write!(take, "let a{i}: {owned} = inputs.take(); ");
        pass.push(argument);
    }
    let name = function.name();
    let pass = pass.join(", ");
    format!(
        "pub fn {name}(inputs: &mut ::harness::Inputs) -> ::harness::Value {{ {take}::harness::answer(super::{name}({pass})) }}"
    )
}

/// A function that hands the learner's to the harness's driver, in one line.
fn driven(name: &str, driver: &str) -> String {
    format!("pub fn {name}(inputs: &mut ::harness::Inputs) -> ::harness::Value {{ ::{driver}(super::{name}, inputs) }}")
}

/// The text in one line: the place of a call is a single line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
