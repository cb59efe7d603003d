/*! The table of a class as CSV (RFC 4180), for spreadsheets and the import of a platform. */

use crate::report::class::Class;
use crate::report::csv::row;
use crate::report::feedback::number;

/// Writes the table: a line for each learner, with the points of each exercise.
pub fn csv(classes: &[Class]) -> String {
    let mut out = String::new();
    for class in classes {
        let mut header: Vec<String> = [
            "learner",
            "name",
            "assignment",
            "score",
            "max_score",
            "points",
            "days_late",
            "outcome",
            "attempts",
            "source",
        ]
        .map(str::to_owned)
        .to_vec();
        header.extend(class.exercises.iter().map(|exercise| exercise.name.clone()));
        header.push("look".to_owned());
        out += &row(&header);
        for learner in &class.learners {
            let mut cells = vec![
                learner.learner.clone(),
                learner.name.clone().unwrap_or_default(),
                class.assignment.clone(),
                number(learner.score),
                number(class.max_score),
                number(learner.raw),
                learner.days_late.to_string(),
                learner.outcome.clone(),
                learner.attempts.to_string(),
                learner.source.clone(),
            ];
            let points = |name: &String| learner.points.get(name).map(|points| number(*points)).unwrap_or_default();
            cells.extend(class.exercises.iter().map(|exercise| points(&exercise.name)));
            cells.push(learner.look.join("; "));
            out += &row(&cells);
        }
    }
    out
}
