/*!
A chain of layers with a shortcut: the usual drawing of a residual block.

The boxes hold any text and do not depend on layers; whole models are drawn by `plot_model`.
*/

use plotters::prelude::*;

use super::colors::category;
use super::figure::{Drawing, Frame, figure_builder};
use super::{canvas, text};

const BOX_HEIGHT: i32 = 44;
/// Between two boxes: room for an arrow.
const GAP: i32 = 20;
/// The line of the main path, from the top, when there is a shortcut above it.
const MAIN_BELOW_SHORTCUT: i32 = 108;

/// Boxes in a row, an optional shortcut above them, a plus where both meet, and boxes behind it.
///
/// ```
/// use cnn::plot;
/// let figure = plot::Block::new(["CONV2D\n1×1", "relu", "CONV2D\n1×1"])
///     .shortcut([])
///     .then(["relu"])
///     .caption("What the shortcut carries is added to what the main path has computed.")
///     .figure();
/// assert_eq!(figure.to_svg().matches("CONV2D").count(), 2);
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Block {
    main: Vec<String>,
    shortcut: Option<Vec<String>>,
    then: Vec<String>,
    frame: Frame,
}

impl Block {
    /// The steps of the main path; a newline parts the lines of a box.
    pub fn new(main: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { main: main.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// Draws a way around the main path, with these steps on it; with none, it is a line.
    pub fn shortcut<const N: usize>(mut self, steps: [&str; N]) -> Self {
        self.shortcut = Some(steps.iter().map(|step| (*step).to_owned()).collect());
        self
    }

    /// The steps behind the plus.
    pub fn then(mut self, steps: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.then = steps.into_iter().map(Into::into).collect();
        self
    }

    fn drawing(&self) -> Drawing {
        let words = self.main.iter().chain(self.shortcut.iter().flatten()).chain(&self.then);
        let lines = words.map(|words| words.lines().count()).max().unwrap_or(1) as i32;
        let height = BOX_HEIGHT.max(16 * lines + 12);
        let y = if self.shortcut.is_some() { MAIN_BELOW_SHORTCUT - BOX_HEIGHT + height } else { height / 2 + 2 };
        // Where x enters, where the branches part, the boxes, where they meet again, the boxes behind.
        let start = 22;
        let fork = start + 20;
        let (main, main_end) = row(&self.main, fork + GAP);
        let plus = main_end + 14;
        let (then, then_end) = row(&self.then, if self.shortcut.is_some() { plus + 14 + GAP } else { main_end });
        let end = then_end + 8;
        let size = (end as u32, (y + height / 2 + 3) as u32);
        let body = canvas::draw(size, |area| {
            canvas::text_left(area, "x", (4, y), canvas::font(15));
            canvas::line(area, &[(start, y), (fork, y)], BLACK, 2);
            let boxes = |boxes: &[(i32, i32)], words: &[String], from: i32, y: i32, color| {
                let mut from = from;
                for ((left, width), words) in boxes.iter().zip(words) {
                    arrow(area, (from, y), (*left, y));
                    put(area, words, (*left, *width), (y, height), color);
                    from = left + width;
                }
                from
            };
            let from = boxes(&main, &self.main, fork, y, category(0));
            if let Some(steps) = &self.shortcut {
                let top = height / 2 + 2;
                let wide = row(steps, 0).1 - GAP;
                let middle = (fork + plus) / 2;
                let (boxed, _) = row(steps, middle - wide / 2);
                let color = category(1);
                canvas::line(area, &[(fork, y), (fork, top)], color, 3);
                let mut from_top = fork;
                for ((left, width), words) in boxed.iter().zip(steps) {
                    canvas::line(area, &[(from_top, top), (*left, top)], color, 3);
                    put(area, words, (*left, *width), (top, height), color);
                    from_top = left + width;
                }
                canvas::line(area, &[(from_top, top), (plus, top), (plus, y - 21)], color, 3);
                canvas::arrow_along(area, &[(plus, y - 26), (plus, y - 13)], color.into());
                arrow(area, (from, y), (plus - 13, y));
                area.draw(&Circle::new((plus, y), 12, BLACK.stroke_width(2))).expect("writing SVG into a string");
                canvas::line(area, &[(plus - 6, y), (plus + 6, y)], BLACK, 2);
                canvas::line(area, &[(plus, y - 6), (plus, y + 6)], BLACK, 2);
            }
            let behind = if self.shortcut.is_some() { plus + 13 } else { from };
            let last = boxes(&then, &self.then, behind, y, category(0));
            if self.then.is_empty() || last < end - 12 {
                arrow(area, (last, y), (end - 2, y));
            }
        });
        Drawing { width: size.0, height: size.1, body, grid: None }
    }
}

/// Left edges and widths of a row of boxes that begins at `left`, and where the next thing may begin.
fn row(words: &[String], left: i32) -> (Vec<(i32, i32)>, i32) {
    let mut boxes = Vec::new();
    let mut left = left;
    for words in words {
        let wide = words.lines().map(|line| text::width(line, canvas::LABEL)).max().unwrap_or(0) as i32 + 8;
        boxes.push((left, wide));
        left += wide + GAP;
    }
    (boxes, left)
}

/// A box with its lines of text, its middle at `y`.
fn put(area: &canvas::Area, words: &str, (left, width): (i32, i32), (y, height): (i32, i32), color: RGBColor) {
    let (top, bottom) = (y - height / 2, y + height / 2);
    canvas::fill(area, left..left + width, top..bottom, WHITE);
    canvas::outline(area, left..left + width, top..bottom, color, 2);
    let lines: Vec<&str> = words.lines().collect();
    for (i, line) in lines.iter().enumerate() {
        let shift = 16 * i as i32 - 8 * (lines.len() as i32 - 1);
        canvas::text_center(area, line, (left + width / 2, y + shift), canvas::font(canvas::LABEL));
    }
}

fn arrow(area: &canvas::Area, from: (i32, i32), to: (i32, i32)) {
    canvas::arrow(area, from, to, BLACK);
}

figure_builder!(Block);
