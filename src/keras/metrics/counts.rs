/*! Metrics that count answers over a whole epoch: precision, recall, the area under a curve, the confusion matrix. */

use ndarray::{Array2, ArrayBase, Data, Ix1};

/// True and false answers at the threshold 0.5.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    true_positives: f64,
    false_positives: f64,
    false_negatives: f64,
}

impl Counts {
    pub fn add(&mut self, p: f32, y: f32) {
        let y = f64::from(y);
        if p > 0.5 {
            self.true_positives += y;
            self.false_positives += 1.0 - y;
        } else {
            self.false_negatives += y;
        }
    }

    pub fn precision(&self) -> f64 {
        share(self.true_positives, self.false_positives)
    }

    pub fn recall(&self) -> f64 {
        share(self.true_positives, self.false_negatives)
    }
}

/// a / (a + b), and 0 where there is neither, as in Keras.
fn share(a: f64, b: f64) -> f64 {
    if a + b == 0.0 { 0.0 } else { a / (a + b) }
}

/// How many thresholds there are: Keras' default. The first is just below 0, the last just above 1.
const THRESHOLDS: usize = 200;

/// How many labels yes and no have an output between two thresholds.
#[derive(Debug, Clone)]
pub(super) struct Auc {
    yes: Vec<f64>,
    no: Vec<f64>,
}

impl Default for Auc {
    fn default() -> Self {
        Auc { yes: vec![0.0; THRESHOLDS], no: vec![0.0; THRESHOLDS] }
    }
}

impl Auc {
    pub fn add(&mut self, p: f32, y: f32) {
        // Above how many of the thresholds i / 199 the output is.
        let above = (f64::from(p.clamp(0.0, 1.0)) * (THRESHOLDS - 1) as f64).ceil().max(1.0) as usize - 1;
        self.yes[above] += f64::from(y);
        self.no[above] += 1.0 - f64::from(y);
    }

    /// The area by the trapezoidal rule.
    pub fn area(&self) -> f64 {
        let (all_yes, all_no): (f64, f64) = (self.yes.iter().sum(), self.no.iter().sum());
        if all_yes == 0.0 || all_no == 0.0 {
            return 0.0;
        }
        // From the highest threshold, above which there is nothing, to the lowest, above which there is everything.
        let (mut area, mut yes) = (0.0, 0.0);
        for (own_yes, own_no) in self.yes.iter().zip(&self.no).rev() {
            area += own_no * (yes + own_yes / 2.0);
            yes += own_yes;
        }
        area / (all_yes * all_no)
    }
}

/// How often each class (row) was predicted as each class (column).
///
/// # Arguments
/// * `labels`, `predictions`: class indices, shape (m,)
/// * `classes`: how many classes there are
///
/// # Returns
/// Counts, shape (classes, classes).
///
/// ```
/// use cnn::keras::metrics::confusion_matrix;
/// use ndarray::array;
/// let matrix = confusion_matrix(&array![0, 1, 1, 2], &array![0, 1, 2, 2], 3);
/// assert_eq!(matrix, array![[1, 0, 0], [0, 1, 1], [0, 0, 1]]);
/// ```
///
/// # Panics
/// If the arrays have different lengths, or a class is `classes` or more.
#[track_caller]
pub fn confusion_matrix<S: Data<Elem = usize>, T: Data<Elem = usize>>(
    labels: &ArrayBase<S, Ix1>,
    predictions: &ArrayBase<T, Ix1>,
    classes: usize,
) -> Array2<usize> {
    assert!(
        labels.len() == predictions.len(),
        "confusion_matrix: expected as many predictions as labels, got {} and {}",
        predictions.len(),
        labels.len()
    );
    let mut matrix = Array2::zeros((classes, classes));
    for (label, prediction) in labels.iter().zip(predictions) {
        let class = *label.max(prediction);
        assert!(class < classes, "confusion_matrix: expected classes from 0 to {}, got {class}", classes as isize - 1);
        matrix[[*label, *prediction]] += 1;
    }
    matrix
}
