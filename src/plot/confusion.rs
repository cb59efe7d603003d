/*!
Which classes a classifier takes for which.

It counts nothing: give it the counts.
*/

use ndarray::{ArrayBase, Data, Ix2};

use super::Matrix;
use super::colors::Colors;
use super::figure::{Drawing, Frame, figure_builder};
use super::pixels::Value;

/// A confusion matrix: one row per true class, one column per predicted class.
///
/// ```
/// use cnn::plot;
/// use ndarray::array;
/// let figure = plot::ConfusionMatrix::new(&array![[9, 1], [3, 7]], ["cat", "dog"]).figure();
/// assert!(figure.to_svg().contains("predicted"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ConfusionMatrix {
    matrix: Matrix,
    frame: Frame,
}

impl ConfusionMatrix {
    /// `counts[[t, p]]`: how many examples of class `t` were taken for class `p`; `names`: the classes.
    ///
    /// # Panics
    /// When the matrix is not square, or there is not one name for each class.
    #[track_caller]
    pub fn new<S: Data<Elem = T>, T: Value>(
        counts: &ArrayBase<S, Ix2>,
        names: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        let n = names.len();
        assert_eq!(counts.dim(), (n, n), "expected a square matrix with a row for each of the {n} names");
        let matrix = Matrix::new(counts)
            .colors(Colors::Viridis)
            .row_names(names.clone())
            .column_names(names)
            .axes("true class", "predicted class");
        Self { matrix, frame: Frame::default() }
    }

    fn drawing(&self) -> Drawing {
        self.matrix.drawing()
    }
}

figure_builder!(ConfusionMatrix);
