/*!
Whether the hidden cases prove an answer: they must tell every typical mistake from the reference, and from every other
mistake of the function, because a learner should read one sentence, not two of which one must be wrong.
*/

use course::Assignment;
use wire::Frame;

use crate::error::{Error, Result};
use crate::grade::Grader;
use crate::judge::answers::{Case, cases};
use crate::judge::causes::{refused, same};
use crate::judge::compare::difference;
use crate::judge::misconceptions;

/// Typical mistakes that a graded function has at least.
const MISTAKES: usize = 3;

/// The mistakes of an assignment that the hidden cases of `seed` do not tell apart, each in a sentence. `say` is told how
/// many cases each mistake fails.
///
/// # Errors
/// When a mistake does not fit the reference, the reference fails, or a function has fewer than three mistakes.
pub fn not_told_apart(
    grader: &Grader,
    assignment: &Assignment,
    seed: u64,
    mut say: impl FnMut(String),
) -> Result<Vec<String>> {
    let (root, compiler) = (grader.root(), grader.compiler());
    let mistakes = misconceptions::read(root, assignment)?;
    for function in &assignment.functions {
        let count = mistakes.iter().filter(|mistake| mistake.function == *function).count();
        if count < MISTAKES {
            let message = format!("expected at least {MISTAKES} typical mistakes of {function}, found {count}");
            return Err(Error::new(message, format!("`workbook new misconception {function} NAME` writes one")));
        }
    }
    let mut alive = Vec::new();
    let cases = cases(root, &compiler, assignment, seed)?;
    let hidden: Vec<Case> = cases.into_iter().filter(|case| !case.visible).collect();
    let runs = misconceptions::run(&compiler, assignment, &mistakes, |_| true, &hidden)?;
    for (i, (one, first)) in runs.iter().enumerate() {
        for (other, second) in &runs[i + 1..] {
            let (one, other) = (&mistakes[*one], &mistakes[*other]);
            let cases: Vec<&Case> = hidden.iter().filter(|case| case.function == one.function).collect();
            if one.function == other.function && same(&cases, first, second) {
                alive.push(format!("{}: {} answers as {} does", one.function, one.name, other.name));
            }
        }
    }
    for (index, frames) in &runs {
        let mistake = &mistakes[*index];
        let cases: Vec<&Case> = hidden.iter().filter(|case| case.function == mistake.function).collect();
        let kills = cases.iter().zip(frames).filter(|(case, frame)| match frame {
            Some(Frame::Returned(answer)) => difference(&case.answer, answer, &[]).is_some(),
            Some(Frame::Panicked { .. }) | None => true,
        });
        // A mistake that only ever panics would be noticed by any case at all: it must also give wrong answers, or be
        // refused by the helper crate in words that tell it from other mistakes.
        let answered = frames.iter().any(|frame| match frame {
            Some(Frame::Returned(_)) => true,
            Some(Frame::Panicked { message, file, .. }) => refused(message, file),
            None => false,
        });
        let (kills, name) = (kills.count(), &mistake.name);
        say(format!("seed {seed}: {}: {name}: fails {kills} of {} hidden cases", mistake.function, cases.len()));
        if frames.len() != cases.len() {
            alive.push(format!("{}: {name}: the run ended after {} cases", mistake.function, frames.len()));
        } else if kills == 0 {
            alive.push(format!("{}: {name} passes every hidden case", mistake.function));
        } else if !answered {
            alive.push(format!("{}: {name} only ever panics", mistake.function));
        }
    }
    Ok(alive)
}
