/*! What the grader says of a class: the data behind the table, the JSON and the page. */

pub mod csv;
mod figures;
pub mod html;

use std::collections::BTreeMap;

use serde::Serialize;

/// A class' results for one assignment.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Class {
    /// The assignment's name.
    pub assignment: String,
    /// Points that can be had.
    pub max_score: f64,
    /// The seed of the hidden inputs. It is for instructors only.
    pub seed: Option<u64>,
    /// The scores of those who handed something in.
    pub scores: Scores,
    /// One entry for each exercise, in the order of the assignment.
    pub exercises: Vec<Exercise>,
    /// One entry for each learner, in the order of their ids.
    pub learners: Vec<Learner>,
    /// Sentences of typical mistakes, the commonest first.
    pub causes: Vec<Cause>,
    /// Submissions that are near-identical, the most alike first.
    pub similar: Vec<Similar>,
    /// The sandbox's layers that were active or missing, each set with the number of submissions.
    pub sandbox: BTreeMap<String, usize>,
}

/// Of a row of scores.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Scores {
    pub count: usize,
    pub mean: Option<f64>,
    pub median: Option<f64>,
    pub deviation: Option<f64>,
    pub least: Option<f64>,
    pub most: Option<f64>,
}

/// How a class did in one exercise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Exercise {
    pub name: String,
    pub max_points: f64,
    /// Submissions with a report.
    pub count: usize,
    /// The share of them that passed, from 0 to 1.
    pub pass_rate: f64,
    /// The mean of the points.
    pub mean: f64,
    /// The correlation of its points with the score of all other exercises; none where either is the same for all.
    pub discrimination: Option<f64>,
    /// How often each verdict occurs.
    pub verdicts: BTreeMap<String, usize>,
}

/// One learner's result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Learner {
    pub learner: String,
    /// The name, where the platform gives one.
    pub name: Option<String>,
    /// `graded`, `nothing to grade`, `not readable`, `machine`, `fault` or `waiting`.
    pub outcome: String,
    /// Why there is no report.
    pub message: Option<String>,
    /// The path of what counts, from the class' folder.
    pub source: String,
    /// What was handed in.
    pub attempts: usize,
    /// Points of each exercise.
    pub points: BTreeMap<String, f64>,
    /// Their sum.
    pub raw: f64,
    /// Days late, each that has begun.
    pub days_late: u32,
    /// The score, after late days and with what was replaced.
    pub score: f64,
    /// What the instructor replaced, and why.
    pub replaced: Vec<String>,
    /// Why somebody should look at it.
    pub look: Vec<String>,
    /// How long it took.
    pub seconds: f64,
}

/// A typical mistake and how often it was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cause {
    pub function: String,
    pub sentence: String,
    pub count: usize,
}

/// Two near-identical submissions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Similar {
    pub one: String,
    pub other: String,
    /// The share of the smaller one's own code that is in both, from 0 to 1.
    pub share: f64,
}

impl Scores {
    /// The figures of some scores.
    pub fn of(scores: &[f64]) -> Self {
        if scores.is_empty() {
            return Self::default();
        }
        let mut sorted = scores.to_vec();
        sorted.sort_by(f64::total_cmp);
        let count = sorted.len();
        let mean = sorted.iter().sum::<f64>() / count as f64;
        let variance = sorted.iter().map(|score| (score - mean).powi(2)).sum::<f64>() / (count as f64 - 1.0);
        let median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2.0;
        Self {
            count,
            mean: Some(rounded(mean)),
            median: Some(rounded(median)),
            deviation: (count > 1).then(|| rounded(variance.sqrt())),
            least: sorted.first().copied(),
            most: sorted.last().copied(),
        }
    }
}

/// Pearson's correlation of two rows; none where one of them does not vary, or there are fewer than three.
pub fn correlation(x: &[f64], y: &[f64]) -> Option<f64> {
    let count = x.len() as f64;
    let mean = |row: &[f64]| row.iter().sum::<f64>() / count;
    let (mean_x, mean_y) = (mean(x), mean(y));
    let sum = |f: fn(f64, f64) -> f64| x.iter().zip(y).map(|(x, y)| f(x - mean_x, y - mean_y)).sum::<f64>();
    let (xy, xx, yy) = (sum(|x, y| x * y), sum(|x, _| x * x), sum(|_, y| y * y));
    (x.len() > 2 && xx > 1e-9 && yy > 1e-9).then(|| rounded(xy / (xx * yy).sqrt()))
}

/// With two decimals.
pub fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values: `numpy.mean`, `median`, `std(ddof=1)` and `corrcoef` of NumPy 2.4, rounded.
    #[test]
    fn figures_are_those_of_numpy() {
        let scores = Scores::of(&[100.0, 45.0, 90.0, 0.0, 72.5]);
        assert_eq!((scores.mean, scores.median, scores.deviation), (Some(61.5), Some(72.5), Some(40.22)));
        assert_eq!((scores.least, scores.most, scores.count), (Some(0.0), Some(100.0), 5));
        assert_eq!(Scores::of(&[3.0]).deviation, None);
        assert_eq!(Scores::of(&[]), Scores::default());
        assert_eq!(correlation(&[1.0, 2.0, 4.0, 3.0], &[2.0, 3.0, 9.0, 1.0]), Some(0.68));
        assert_eq!(correlation(&[1.0, 1.0, 1.0], &[2.0, 3.0, 9.0]), None);
        assert_eq!(correlation(&[1.0, 2.0], &[2.0, 3.0]), None);
    }
}
