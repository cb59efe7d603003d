/*!
Makes a class' folder by a seed: in turn a right submission, one with one mistake, one with two, one that does not compile,
one that hangs or attacks, and a damaged notebook, in the folders that Moodle writes.
*/

use std::fs;
use std::path::Path;

use course::{Assignment, Function, Root};
use grader::judge::misconceptions::{self, Misconception};
use serde_json::json;

use super::random::Random;

/// What a submission of the class is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Right,
    OneMistake,
    TwoMistakes,
    DoesNotCompile,
    Hostile,
    Damaged,
}

const KINDS: [Kind; 6] =
    [Kind::Right, Kind::OneMistake, Kind::TwoMistakes, Kind::DoesNotCompile, Kind::Hostile, Kind::Damaged];

/// A learner of the class; `wrong` are the functions that lose points.
#[derive(Debug)]
pub struct Learner {
    pub id: String,
    pub kind: Kind,
    pub wrong: Vec<String>,
}

/// Writes `count` submissions of `kinds` into `folder`.
pub fn write(root: &Root, folder: &Path, count: usize, seed: u64, kinds: &[Kind]) -> Vec<Learner> {
    let assignment = Assignment::read(root, "conv_step_by_step").unwrap();
    let mistakes = misconceptions::read(root, &assignment).unwrap();
    let attacks = attacks(root);
    let mut random = Random::new(seed);
    (0..count)
        .map(|n| {
            let (kind, id) = (kinds[n % kinds.len()], (1000 + n).to_string());
            let place = folder.join(format!("Learner {n}_{id}_assignsubmission_file_"));
            fs::create_dir_all(&place).unwrap();
            let mut wrong = Vec::new();
            let (name, bytes) = submission(kind, n, &assignment, &mistakes, &attacks, &mut random, &mut wrong);
            fs::write(place.join(name), bytes).unwrap();
            Learner { id, kind, wrong }
        })
        .collect()
}

/// All kinds, in turn.
pub fn all() -> &'static [Kind] {
    &KINDS
}

fn submission(
    kind: Kind,
    n: usize,
    assignment: &Assignment,
    mistakes: &[Misconception],
    attacks: &[(String, Vec<u8>)],
    random: &mut Random,
    wrong: &mut Vec<String>,
) -> (String, Vec<u8>) {
    let number = match kind {
        Kind::OneMistake => 1,
        Kind::TwoMistakes => 2,
        _ => 0,
    };
    let mut chosen: Vec<&Misconception> = Vec::new();
    while chosen.len() < number {
        let mistake = random.choose(mistakes);
        if chosen.iter().all(|other| other.function != mistake.function) {
            chosen.push(mistake);
        }
    }
    wrong.extend(chosen.iter().map(|mistake| mistake.function.clone()));
    let cell = |function: &Function| {
        let mistake = chosen.iter().find(|mistake| mistake.function == function.name());
        // A comment of the learner's own: no two submissions are the same bytes.
        format!(
            "// learner {n}\n{}\n",
            mistake.map_or_else(|| function.solution(), |mistake| mistake.text().to_owned())
        )
    };
    let mut cells: Vec<String> = vec!["use cnn::prelude::*;\n".into()];
    cells.extend(assignment.reference.exercises().map(|function| cell(&function)));
    match kind {
        Kind::Hostile => {
            let (name, text) = random.choose(attacks);
            return (name.clone(), [text, format!("\n// learner {n}\n").as_bytes()].concat());
        }
        Kind::DoesNotCompile => {
            let broken = 1 + random.below(cells.len() - 1);
            wrong.push(assignment.functions[broken - 1].clone());
            cells[broken] = cells[broken].replacen(" {\n", " {\n    let wrong: usize = \"no number\";\n", 1);
        }
        _ => {}
    }
    let text = notebook(&cells);
    if kind == Kind::Damaged {
        let bytes = match random.below(4) {
            0 => text.as_bytes()[..text.len() * 2 / 3].to_vec(),
            1 => format!("{{\"cells\": [], \"nbformat\": 4, \"metadata\": {{\"learner\": {n}}}}}").into_bytes(),
            2 => text.replace("\"nbformat\":4", "\"nbformat\":4,,").into_bytes(),
            _ => vec![0xff, 0xfd, n as u8],
        };
        return ("1_step_by_step.ipynb".into(), bytes);
    }
    if n.is_multiple_of(3) {
        ("answers.rs".into(), cells.concat().into_bytes())
    } else {
        ("mine.ipynb".into(), text.into())
    }
}

fn notebook(cells: &[String]) -> String {
    let cell = |(n, source): (usize, &String)| {
        json!({"cell_type": "code", "id": format!("c{n}"), "metadata": {}, "execution_count": null, "outputs": [],
               "source": source})
    };
    let cells: Vec<_> = cells.iter().enumerate().map(cell).collect();
    json!({"nbformat": 4, "nbformat_minor": 5, "metadata": {"workbook": {"graded": "conv_step_by_step"}}, "cells": cells})
        .to_string()
}

/// The hostile sample submissions that are one Rust file.
fn attacks(root: &Root) -> Vec<(String, Vec<u8>)> {
    let files = course::files::list(&root.join("grader/tests/submissions"), "rs").unwrap();
    let hostile = files.into_iter().filter(|path| course::files::stem(path).starts_with("hostile_"));
    hostile.map(|path| (course::files::stem(&path) + ".rs", fs::read(&path).unwrap())).collect()
}
