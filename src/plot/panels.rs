/*!
Figures side by side in one, with signs between them and arrows from cell to cell.

A notebook cell shows one figure, so what belongs together is composed here.
*/

use super::canvas;
use super::figure::{Drawing, Figure, Frame, figure_builder};

/// The widest row that a notebook shows without shrinking it.
const ROW_WIDTH: u32 = 900;
/// Free space between two panels.
const GAP: u32 = 18;

/// Figures in a row, or in several rows.
///
/// ```
/// use cnn::plot::{Cell, Matrix, Panels};
/// use ndarray::array;
/// let x = array![[1.0, 3.0], [4.0, 2.0]];
/// let figure = Panels::new()
///     .panel(Matrix::new(&x).title("window"))
///     .panel(Matrix::new(&array![[4.0]]).title("maximum"))
///     .arrow(Cell { panel: 0, row: 1, column: 0 }, Cell { panel: 1, row: 0, column: 0 })
///     .caption("The arrow shows where the maximum came from.")
///     .figure();
/// assert!(figure.to_svg().contains("<polygon"));
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Panels {
    panels: Vec<Figure>,
    /// The sign before each panel; empty for none.
    signs: Vec<String>,
    next_sign: String,
    columns: Option<usize>,
    arrows: Vec<(Cell, Cell)>,
    frame: Frame,
}

/// A cell of a [`Matrix`](super::Matrix), or a pixel of a [`Picture`](super::Picture), among the panels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// Which panel, from 0.
    pub panel: usize,
    /// Row in its matrix.
    pub row: usize,
    /// Column in its matrix.
    pub column: usize,
}

impl Panels {
    /// No panel yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a figure on the right, or in the next row when the row is full.
    pub fn panel(mut self, figure: impl Into<Figure>) -> Self {
        self.panels.push(figure.into());
        self.signs.push(std::mem::take(&mut self.next_sign));
        self
    }

    /// Writes a sign, such as `→`, `∗` or `=`, before the next panel.
    pub fn sign(mut self, sign: impl Into<String>) -> Self {
        self.next_sign = sign.into();
        self
    }

    /// Panels in a row; otherwise as many as fit.
    pub fn columns(mut self, columns: usize) -> Self {
        self.columns = Some(columns.max(1));
        self
    }

    /// Draws an arrow from cell to cell.
    pub fn arrow(mut self, from: Cell, to: Cell) -> Self {
        self.arrows.push((from, to));
        self
    }

    fn sign_width(&self, panel: usize) -> u32 {
        if self.signs[panel].is_empty() { 0 } else { super::text::width(&self.signs[panel], 24) + GAP }
    }

    /// The panels' indices, row by row.
    fn rows(&self) -> Vec<Vec<usize>> {
        let mut rows: Vec<Vec<usize>> = Vec::new();
        let mut used = 0;
        for (index, panel) in self.panels.iter().enumerate() {
            let wide = panel.drawing().width + GAP + self.sign_width(index);
            let full = match (rows.last(), self.columns) {
                (None, _) => true,
                (Some(row), Some(columns)) => row.len() >= columns,
                (Some(_), None) => used + wide > ROW_WIDTH,
            };
            if full {
                rows.push(Vec::new());
                used = 0;
            }
            used += wide;
            rows.last_mut().expect("a row was just added").push(index);
        }
        rows
    }

    fn drawing(&self) -> Drawing {
        let rows = self.rows();
        let row_width = |row: &[usize]| -> u32 {
            let panels: u32 = row.iter().map(|&i| self.panels[i].drawing().width + self.sign_width(i)).sum();
            panels + GAP * (row.len() as u32).saturating_sub(1)
        };
        let row_height = |row: &[usize]| row.iter().map(|&i| self.panels[i].drawing().height).max().unwrap_or(0);
        let width = rows.iter().map(|row| row_width(row)).max().unwrap_or(0);
        let height: u32 =
            rows.iter().map(|row| row_height(row)).sum::<u32>() + GAP * (rows.len() as u32).saturating_sub(1);
        let mut corners = vec![(0_i32, 0_i32); self.panels.len()];
        let mut signs = Vec::new();
        let mut y = 0;
        for row in &rows {
            let tall = row_height(row);
            let mut x = (width - row_width(row)) / 2;
            for &index in row {
                let sign = self.sign_width(index);
                let panel = self.panels[index].drawing();
                let top = (y + (tall - panel.height) / 2) as i32;
                if sign > 0 {
                    // Beside the middle of the cells, not of cells and title.
                    let title = panel.grid.map_or(0, |grid| grid.top);
                    signs.push((index, ((x + (sign - GAP) / 2) as i32, top + (title + panel.height as i32) / 2)));
                    x += sign;
                }
                corners[index] = (x as i32, top);
                x += panel.width + GAP;
            }
            y += tall + GAP;
        }
        let mut body = String::new();
        for (panel, (x, y)) in self.panels.iter().zip(&corners) {
            body += &format!("<g transform=\"translate({x},{y})\">{}</g>", panel.drawing().body);
        }
        body += &canvas::draw((width, height), |area| {
            for (index, at) in &signs {
                canvas::text_center(area, &self.signs[*index], *at, canvas::font(24));
            }
            for (from, to) in &self.arrows {
                let (start, end) = (self.center(*from, &corners), self.center(*to, &corners));
                let (start, end) = (toward(start, end), toward(end, start));
                canvas::arrow(area, start, end, super::colors::category(1));
            }
        });
        Drawing { width, height, body, grid: None }
    }

    /// The middle of a cell, and its side.
    #[track_caller]
    fn center(&self, Cell { panel, row, column }: Cell, corners: &[(i32, i32)]) -> (f64, f64, f64) {
        let grid = self.panels.get(panel).and_then(|figure| figure.drawing().grid);
        let Some(grid) = grid else {
            panic!("expected an arrow between cells of a Matrix or a Picture, got panel {panel}, which has no cells");
        };
        let (x, y) = corners[panel];
        let middle = |n: usize| (n as f64 + 0.5) * grid.cell;
        (f64::from(x + grid.left) + middle(column), f64::from(y + grid.top) + middle(row), grid.cell)
    }
}

/// The point where the way from `from` to `to` leaves the square cell around `from`.
fn toward(from: (f64, f64, f64), to: (f64, f64, f64)) -> (i32, i32) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let step = 0.5 * from.2 / dx.abs().max(dy.abs()).max(1.0);
    ((from.0 + dx * step).round() as i32, (from.1 + dy * step).round() as i32)
}

figure_builder!(Panels);
