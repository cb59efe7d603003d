/*! Rows and columns, of a window or between two of them. */

/// Rows and columns. A single number means that many of both.
///
/// ```
/// use cnn::keras::layers::Size;
/// assert_eq!(Size::from(2), Size::from((2, 2)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// How many rows.
    pub rows: usize,
    /// How many columns.
    pub columns: usize,
}

impl Size {
    /// Rows and columns.
    pub fn pair(self) -> (usize, usize) {
        (self.rows, self.columns)
    }
}

impl From<usize> for Size {
    fn from(side: usize) -> Self {
        Size { rows: side, columns: side }
    }
}

impl From<(usize, usize)> for Size {
    fn from((rows, columns): (usize, usize)) -> Self {
        Size { rows, columns }
    }
}
