/*!
A small matrix with its values written in its cells.

For large ones, where no number would be readable, use a [`Picture`](super::Picture) with colours.
*/

use std::ops::Range;

use ndarray::{ArrayBase, Data, Ix2};
use plotters::style::{BLACK, RGBColor};

use super::colors::{Colors, category, text_color};
use super::figure::{Drawing, Frame, Grid, figure_builder};
use super::pixels::{Value, extremes};
use super::{canvas, text};

/// A heat map whose cells say their values.
///
/// ```
/// use cnn::plot;
/// use ndarray::array;
/// let sobel = array![[1, 0, -1], [2, 0, -2], [1, 0, -1]];
/// let figure = plot::Matrix::new(&sobel).title("Sobel").figure();
/// assert!(figure.to_svg().contains(">-2<"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    n_h: usize,
    n_w: usize,
    values: Vec<f64>,
    colors: Colors,
    range: Option<(f64, f64)>,
    decimals: Option<usize>,
    windows: Vec<(Range<usize>, Range<usize>)>,
    labels: Option<Vec<String>>,
    row_names: Vec<String>,
    column_names: Vec<String>,
    axes: (String, String),
    frame: Frame,
}

impl Matrix {
    /// The matrix (n_h, n_w); a view will do. Booleans are written 1 and 0.
    ///
    /// It is coloured by sign where a value is negative, otherwise by magnitude.
    ///
    /// # Panics
    /// When the matrix is empty.
    #[track_caller]
    pub fn new<S: Data<Elem = T>, T: Value>(matrix: &ArrayBase<S, Ix2>) -> Self {
        let (n_h, n_w) = matrix.dim();
        assert!(n_h * n_w > 0, "expected a matrix with values, got shape {:?}", matrix.dim());
        let values: Vec<f64> = matrix.iter().map(|value| value.to_f64()).collect();
        let colors = if values.iter().any(|&value| value < 0.0) { Colors::Signed } else { Colors::Viridis };
        Self {
            n_h,
            n_w,
            values,
            colors,
            range: None,
            decimals: None,
            windows: Vec::new(),
            labels: None,
            row_names: Vec::new(),
            column_names: Vec::new(),
            axes: Default::default(),
            frame: Frame::default(),
        }
    }

    /// Colours the cells this way.
    pub fn colors(mut self, colors: Colors) -> Self {
        self.colors = colors;
        self
    }

    /// The values that get the first and the last colour, so that several matrices can share their colours.
    pub fn range(mut self, low: f64, high: f64) -> Self {
        self.range = Some((low, high));
        self
    }

    /// Digits after the point; otherwise none for whole numbers and two for others.
    pub fn decimals(mut self, decimals: usize) -> Self {
        self.decimals = Some(decimals);
        self
    }

    /// Writes these words into the cells instead of the values, row by row.
    ///
    /// # Panics
    /// When there is not one word for each cell.
    #[track_caller]
    pub fn labels(mut self, labels: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let labels: Vec<String> = labels.into_iter().map(Into::into).collect();
        assert_eq!(labels.len(), self.values.len(), "expected one label for each of {} x {} cells", self.n_h, self.n_w);
        self.labels = Some(labels);
        self
    }

    /// Marks a window, `rows` by `columns`, as in `s![0..2, 1..3]`; each further one in another colour.
    pub fn highlight(mut self, rows: Range<usize>, columns: Range<usize>) -> Self {
        self.windows.push((rows, columns));
        self
    }

    /// Names the rows, from the top.
    pub fn row_names(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.row_names = names.into_iter().map(Into::into).collect();
        self
    }

    /// Names the columns, from the left.
    pub fn column_names(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.column_names = names.into_iter().map(Into::into).collect();
        self
    }

    /// Says what the rows and what the columns are.
    pub fn axes(mut self, rows: impl Into<String>, columns: impl Into<String>) -> Self {
        self.axes = (rows.into(), columns.into());
        self
    }

    fn texts(&self) -> Vec<String> {
        if let Some(labels) = &self.labels {
            return labels.clone();
        }
        let whole = self.values.iter().all(|value| value.fract() == 0.0 || value.is_nan());
        let decimals = self.decimals.unwrap_or(if whole { 0 } else { 2 });
        self.values.iter().map(|&value| number(value, decimals)).collect()
    }

    pub(super) fn drawing(&self) -> Drawing {
        let texts = self.texts();
        let size = if self.n_h.max(self.n_w) > 9 { 12 } else { 14 };
        let widest = texts.iter().map(|cell| text::width(cell, size)).max().unwrap_or(0);
        let cell = (widest + 10).max(size * 2 + 4) as i32;
        let names_width = self.row_names.iter().map(|name| text::width(name, canvas::LABEL) + 8).max().unwrap_or(0);
        let left = names_width as i32 + if self.axes.0.is_empty() { 2 } else { 22 };
        let names_height = if self.column_names.is_empty() { 0 } else { 20 };
        let axis_height = if self.axes.1.is_empty() { 2 } else { 22 };
        let (n_h, n_w) = (self.n_h as i32, self.n_w as i32);
        // Names that are wider than a cell would run into each other: then the columns are widened.
        let widest_name = self.column_names.iter().map(|name| text::width(name, canvas::LABEL) + 8).max().unwrap_or(0);
        let cell = cell.max(widest_name as i32);
        let top = 2;
        let (width, height) = (left + n_w * cell + 3, top + n_h * cell + names_height + axis_height + 1);
        let (low, high) = extremes(self.values.iter().copied());
        let range = self.range.unwrap_or_else(|| self.colors.range(low, high));
        let body = canvas::draw((width as u32, height as u32), |area| {
            for (index, (&value, label)) in self.values.iter().zip(&texts).enumerate() {
                let (row, column) = (index as i32 / n_w, index as i32 % n_w);
                let (x, y) = (left + column * cell, top + row * cell);
                let background = self.colors.of(value, range);
                if background != RGBColor(255, 255, 255) {
                    canvas::fill(area, x..x + cell, y..y + cell, background);
                }
                let color = text_color(background);
                let style = canvas::font(size).color(&color);
                canvas::text_center(area, label, (x + cell / 2, y + cell / 2), style);
            }
            let gray = RGBColor(120, 120, 120);
            for row in 1..n_h {
                let y = top + row * cell;
                canvas::line(area, &[(left, y), (left + n_w * cell, y)], gray, 1);
            }
            for column in 1..n_w {
                let x = left + column * cell;
                canvas::line(area, &[(x, top), (x, top + n_h * cell)], gray, 1);
            }
            canvas::outline(area, left..left + n_w * cell, top..top + n_h * cell, BLACK, 1);
            for (index, (rows, columns)) in self.windows.iter().enumerate() {
                let x = left + columns.start as i32 * cell..left + columns.end as i32 * cell;
                let y = top + rows.start as i32 * cell..top + rows.end as i32 * cell;
                canvas::outline(area, x, y, category(index + 1), 4);
            }
            self.draw_names(area, Grid { left, top, cell: f64::from(cell) }, (width, height));
        });
        let grid = Some(Grid { left, top, cell: f64::from(cell) });
        Drawing { width: width as u32, height: height as u32, body, grid }
    }

    fn draw_names(&self, area: &canvas::Area, grid: Grid, (_, height): (i32, i32)) {
        let Grid { left, top, cell } = grid;
        let cell = cell as i32;
        let (n_h, n_w) = (self.n_h as i32, self.n_w as i32);
        for (row, name) in self.row_names.iter().enumerate() {
            let at = (left - 6, top + row as i32 * cell + cell / 2);
            canvas::text_right(area, name, at, canvas::font(canvas::LABEL));
        }
        for (column, name) in self.column_names.iter().enumerate() {
            let at = (left + column as i32 * cell + cell / 2, top + n_h * cell + 11);
            canvas::text_center(area, name, at, canvas::font(canvas::LABEL));
        }
        let style = canvas::font(canvas::LABEL + 1);
        canvas::text_center(area, &self.axes.1, (left + n_w * cell / 2, height - 10), style.clone());
        let style = style.transform(plotters::style::FontTransform::Rotate270);
        canvas::text_center(area, &self.axes.0, (10, top + n_h * cell / 2), style);
    }
}

/// `value` with this many digits after the point, and no minus before zero; with an exponent where it would be long.
pub(super) fn number(value: f64, decimals: usize) -> String {
    if value.is_finite() && value.abs() >= 1e12 {
        return format!("{value:.2e}");
    }
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(positive) if positive.chars().all(|c| c == '0' || c == '.') => positive.to_owned(),
        _ => text,
    }
}

figure_builder!(Matrix);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rounded_zero_has_no_sign() {
        assert_eq!(number(-0.001, 2), "0.00");
        assert_eq!(number(-1.5, 1), "-1.5");
        assert_eq!(number(-f64::MAX, 2), "-1.80e308");
    }
}
