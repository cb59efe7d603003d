/*! Sizes along one, two or three axes: of a window, or between two of them. */

use std::fmt;

use super::setting::{Setting, positive};
use serde_json::{Value, json};

/// A size along each spatial axis of sequences, images or volumes.
pub trait Extent: Copy + fmt::Debug + PartialEq + From<usize> + Setting + 'static {
    /// The number of axes.
    const RANK: usize;

    /// What is counted along each axis.
    const UNITS: &'static [&'static str];

    /// The numbers, axis by axis.
    fn numbers(self) -> Vec<usize>;

    /// In words, such as `3 rows and 2 columns`.
    fn in_words(self) -> String {
        let parts = self.numbers().into_iter().zip(Self::UNITS);
        parts.map(|(n, unit)| format!("{n} {unit}s")).collect::<Vec<_>>().join(" and ")
    }
}

/// The entries of a sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length(pub usize);

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

/// Slices, rows and columns of a volume. A single number means that many of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size3D {
    /// How many slices.
    pub slices: usize,
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

impl From<usize> for Length {
    fn from(n: usize) -> Self {
        Length(n)
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

impl From<usize> for Size3D {
    fn from(side: usize) -> Self {
        Size3D { slices: side, rows: side, columns: side }
    }
}

impl From<(usize, usize, usize)> for Size3D {
    fn from((slices, rows, columns): (usize, usize, usize)) -> Self {
        Size3D { slices, rows, columns }
    }
}

impl Extent for Length {
    const RANK: usize = 1;
    const UNITS: &'static [&'static str] = &["step"];

    fn numbers(self) -> Vec<usize> {
        vec![self.0]
    }
}

impl Extent for Size {
    const RANK: usize = 2;
    const UNITS: &'static [&'static str] = &["row", "column"];

    fn numbers(self) -> Vec<usize> {
        vec![self.rows, self.columns]
    }
}

impl Extent for Size3D {
    const RANK: usize = 3;
    const UNITS: &'static [&'static str] = &["slice", "row", "column"];

    fn numbers(self) -> Vec<usize> {
        vec![self.slices, self.rows, self.columns]
    }
}

/// The numbers of a size in a file: a list of as many as there are axes, or one number that stands for all.
fn numbers<const RANK: usize>(value: &Value) -> Option<[usize; RANK]> {
    match value.as_array() {
        Some(list) => list.iter().map(positive).collect::<Option<Vec<_>>>()?.try_into().ok(),
        None => positive(value).map(|n| [n; RANK]),
    }
}

impl Setting for Length {
    const EXPECTED: &'static str = "[steps], at least 1";

    fn to_json(&self) -> Value {
        json!(self.numbers())
    }

    fn from_json(value: &Value) -> Option<Self> {
        numbers(value).map(|[n]| Length(n))
    }
}

impl Setting for Size {
    const EXPECTED: &'static str = "[rows, columns], each at least 1";

    fn to_json(&self) -> Value {
        json!(self.numbers())
    }

    fn from_json(value: &Value) -> Option<Self> {
        numbers(value).map(|[rows, columns]| Size { rows, columns })
    }
}

impl Setting for Size3D {
    const EXPECTED: &'static str = "[slices, rows, columns], each at least 1";

    fn to_json(&self) -> Value {
        json!(self.numbers())
    }

    fn from_json(value: &Value) -> Option<Self> {
        numbers(value).map(|[slices, rows, columns]| Size3D { slices, rows, columns })
    }
}
