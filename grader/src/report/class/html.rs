/*! A class as one HTML page that needs nothing else: no script, no other file, no network. */

use std::fmt::Write;

use crate::report::class::{Class, Learner, figures};
use crate::report::feedback::number;
use crate::report::html::page;
use crate::report::markup::escape;

/// Rows of a list that may be long in a large class.
const LONGEST: usize = 100;

/// Writes the page.
pub fn html(classes: &[Class]) -> String {
    let title = match classes {
        [class] => format!("{}: the class", class.assignment),
        _ => "The class".to_owned(),
    };
    let sections: String = classes.iter().map(section).collect();
    page(&title, &format!("<p class=\"note\">For instructors: it names learners and hidden seeds.</p>\n{sections}"))
}

fn section(class: &Class) -> String {
    let mut out = String::new();
    let name = if class.assignment.is_empty() { "no assignment could be told" } else { &class.assignment };
    let figure = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), number);
    let _ = writeln!(out, "<h1>{}</h1>", escape(name));
    let scores = &class.scores;
    let graded = class.learners.iter().filter(|learner| learner.outcome == "graded").count();
    let _ = writeln!(
        out,
        "<p>{} learners, {graded} graded. Of {} points: mean {}, median {}, standard deviation {}, from {} to {}.</p>",
        class.learners.len(),
        number(class.max_score),
        figure(scores.mean),
        figure(scores.median),
        figure(scores.deviation),
        figure(scores.least),
        figure(scores.most),
    );
    if !class.exercises.is_empty() {
        let _ = writeln!(
            out,
            "<figure>{}<figcaption>How many learners have which score, with late days and what was replaced.</figcaption>\
         </figure>",
            figures::distribution(class)
        );
        let _ = writeln!(
            out,
            "<figure>{}<figcaption>The share that passed each exercise; and its discrimination, the correlation of its \
             points with those of all other exercises: near 0 or below, an exercise does not tell who can do the others.\
             </figcaption></figure>",
            figures::exercises(class)
        );
        exercises(class, &mut out);
    }
    look(class, &mut out);
    causes(class, &mut out);
    similar(class, &mut out);
    slowest(class, &mut out);
    table(class, &mut out);
    if !class.sandbox.is_empty() {
        let _ = writeln!(out, "<h2>Sandbox</h2>");
        let rows = class.sandbox.iter().map(|(layers, count)| vec![count.to_string(), layers.clone()]);
        rows_of(&mut out, &["submissions", "layers"], rows);
    }
    if let Some(seed) = class.seed {
        let _ = writeln!(out, "<p>Hidden inputs were drawn from seed {seed}.</p>");
    }
    out
}

fn exercises(class: &Class, out: &mut String) {
    let _ = writeln!(out, "<h2>Exercises</h2>");
    let rows = class.exercises.iter().map(|exercise| {
        let verdicts: Vec<String> =
            exercise.verdicts.iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
        vec![
            exercise.name.clone(),
            format!("{} of {}", number(exercise.mean), number(exercise.max_points)),
            format!("{:.0} %", 100.0 * exercise.pass_rate),
            exercise.discrimination.map_or_else(|| "–".to_owned(), |value| format!("{value:.2}")),
            verdicts.join(", "),
        ]
    });
    rows_of(out, &["exercise", "mean", "passed", "discrimination", "verdicts"], rows);
}

fn look(class: &Class, out: &mut String) {
    let rows: Vec<&Learner> = class.learners.iter().filter(|learner| !learner.look.is_empty()).collect();
    let _ = writeln!(out, "<h2>To look at</h2>");
    if rows.is_empty() {
        let _ = writeln!(out, "<p>Nothing.</p>");
        return;
    }
    let rows = rows.iter().map(|learner| vec![shown(learner), number(learner.score), learner.look.join("; ")]);
    rows_of(out, &["learner", "score", "why"], rows);
}

fn causes(class: &Class, out: &mut String) {
    if class.causes.is_empty() {
        return;
    }
    let _ = writeln!(out, "<h2>Commonest causes</h2>");
    let rows = class.causes.iter().take(LONGEST);
    let rows = rows.map(|cause| vec![cause.count.to_string(), cause.function.clone(), cause.sentence.clone()]);
    rows_of(out, &["learners", "exercise", "what they read"], rows);
}

fn similar(class: &Class, out: &mut String) {
    if class.similar.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "<h2>Near-identical</h2>\n<p>The share of the smaller one's own code that is in both, with variables renamed or \
         not. Code that was handed out and code that many have does not count. What it means is for people to say.</p>"
    );
    let rows = class.similar.iter().take(LONGEST);
    let rows = rows.map(|pair| vec![pair.one.clone(), pair.other.clone(), format!("{:.0} %", 100.0 * pair.share)]);
    rows_of(out, &["one", "other", "in both"], rows);
    if class.similar.len() > LONGEST {
        let _ = writeln!(out, "<p>{} more are in the JSON.</p>", class.similar.len() - LONGEST);
    }
}

fn slowest(class: &Class, out: &mut String) {
    let mut learners: Vec<&Learner> = class.learners.iter().collect();
    learners.sort_by(|one, other| other.seconds.total_cmp(&one.seconds));
    let _ = writeln!(out, "<h2>Slowest</h2>");
    let rows = learners.iter().take(5).map(|learner| vec![shown(learner), format!("{:.1} s", learner.seconds)]);
    rows_of(out, &["learner", "time to grade"], rows);
}

fn table(class: &Class, out: &mut String) {
    let _ = writeln!(out, "<h2>All</h2>");
    let mut header = vec!["learner", "score", "late", "outcome"];
    header.extend(class.exercises.iter().map(|exercise| &*exercise.name));
    let rows = class.learners.iter().map(|learner| {
        let late = if learner.days_late > 0 { format!("{} d", learner.days_late) } else { String::new() };
        let mut cells = vec![shown(learner), number(learner.score), late, learner.outcome.clone()];
        let points = |name: &String| learner.points.get(name).map(|points| number(*points)).unwrap_or_default();
        cells.extend(class.exercises.iter().map(|exercise| points(&exercise.name)));
        cells
    });
    rows_of(out, &header, rows);
}

/// A learner's id with the name.
fn shown(learner: &Learner) -> String {
    match &learner.name {
        Some(name) => format!("{} ({name})", learner.learner),
        None => learner.learner.clone(),
    }
}

/// A table; cells that are numbers stand to the right.
fn rows_of(out: &mut String, header: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    let cell = |text: &String| {
        let number = text.trim_end_matches([' ', '%', 's', 'd']).parse::<f64>().is_ok();
        format!("<td{}>{}</td>", if number { " class=\"n\"" } else { "" }, escape(text))
    };
    let header: String = header.iter().map(|text| format!("<th>{}</th>", escape(text))).collect();
    let _ = writeln!(out, "<div class=\"wide\"><table><thead><tr>{header}</tr></thead><tbody>");
    for row in rows {
        let _ = writeln!(out, "<tr>{}</tr>", row.iter().map(cell).collect::<String>());
    }
    let _ = writeln!(out, "</tbody></table></div>");
}
