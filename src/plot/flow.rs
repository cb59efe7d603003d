/*!
Boxes and the arrows between them, from top to bottom: the graph of a network's layers.

The boxes hold any text and do not depend on layers. The layout is computed by `rust-sugiyama`, which minimizes
crossings.
*/

use plotters::prelude::*;
use rust_sugiyama::configure::Config;
use rust_sugiyama::from_vertices_and_edges;

use super::colors::category;
use super::figure::{Drawing, Frame, figure_builder};
use super::{canvas, text};

const LINE_HEIGHT: i32 = 16;
/// Between two rows of boxes: room for an arrow.
const GAP: i32 = 24;
/// Between two things in one row, in pixels.
const SPACING: f64 = 24.0;
/// How wide a lane is that an arrow takes past a row of boxes.
const LANE: f64 = 12.0;

/// Boxes with arrows between them, in rows: every arrow points downwards, and one that passes other boxes by is orange.
///
/// ```
/// use cnn::plot;
/// let flow = plot::Flow::new().add("x", &[]).add("conv", &[0]).add("relu", &[1]).add("add", &[2, 0]);
/// assert_eq!(flow.figure().to_svg().matches("relu").count(), 1);
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Flow {
    boxes: Vec<String>,
    arrows: Vec<(usize, usize)>,
    frame: Frame,
}

/// A box, or the lane of an arrow past a row.
struct Vertex {
    row: usize,
    width: f64,
    x: f64,
}

impl Flow {
    /// A figure without boxes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a box below those with these numbers, counted from 0 in the order in which they were added; a newline parts
    /// its lines.
    ///
    /// # Panics
    /// When a number belongs to no earlier box.
    pub fn add(mut self, words: impl Into<String>, below: &[usize]) -> Self {
        let number = self.boxes.len();
        for &above in below {
            assert!(above < number, "Flow: box {number} is to be below box {above}, which is not there yet");
            self.arrows.push((above, number));
        }
        self.boxes.push(words.into());
        self
    }

    fn drawing(&self) -> Drawing {
        if self.boxes.is_empty() {
            return Drawing { width: 1, height: 1, body: String::new(), grid: None };
        }
        let lines = self.boxes.iter().map(|words| words.lines().count().max(1)).max().unwrap_or(1) as i32;
        let height = LINE_HEIGHT * lines + 12;
        let (vertices, paths) = self.places();
        let (left, right) = vertices.iter().fold((f64::MAX, f64::MIN), |(left, right), vertex| {
            (left.min(vertex.x - vertex.width / 2.0), right.max(vertex.x + vertex.width / 2.0))
        });
        let rows = vertices.iter().map(|vertex| vertex.row + 1).max().unwrap_or(1) as i32;
        let x = |vertex: &Vertex| (vertex.x - left).round() as i32 + 4;
        let top = |vertex: &Vertex| vertex.row as i32 * (height + GAP) + 4;
        let size = ((right - left).ceil() as u32 + 8, (rows * (height + GAP) - GAP + 8) as u32);
        let body = canvas::draw(size, |area| {
            for path in &paths {
                let (from, to) = (&vertices[path[0]], &vertices[path[path.len() - 1]]);
                let color = if path.len() == 2 { BLACK.mix(0.6) } else { category(1).to_rgba() };
                let mut points = vec![(x(from), top(from) + height)];
                for lane in &path[1..path.len() - 1] {
                    let lane = &vertices[*lane];
                    points.extend([(x(lane), top(lane)), (x(lane), top(lane) + height)]);
                }
                // Upright at the end, so that the head meets its box upright from whichever side the arrow comes.
                points.extend([(x(to), top(to) - 11), (x(to), top(to))]);
                canvas::arrow_along(area, &points, color);
            }
            for (vertex, words) in vertices.iter().zip(&self.boxes) {
                let half = (vertex.width / 2.0) as i32;
                let (columns, top) = (x(vertex) - half..x(vertex) + half, top(vertex));
                canvas::fill(area, columns.clone(), top..top + height, WHITE);
                canvas::outline(area, columns, top..top + height, category(0), 2);
                let lines: Vec<&str> = words.lines().collect();
                for (i, line) in lines.iter().enumerate() {
                    let shift = LINE_HEIGHT * i as i32 - LINE_HEIGHT / 2 * (lines.len() as i32 - 1);
                    canvas::text_center(area, line, (x(vertex), top + height / 2 + shift), canvas::font(canvas::LABEL));
                }
            }
        });
        Drawing { width: size.0, height: size.1, body, grid: None }
    }

    /// The boxes, then the lanes, with their places; and for each arrow the vertices on its way.
    fn places(&self) -> (Vec<Vertex>, Vec<Vec<usize>>) {
        let mut vertices: Vec<Vertex> =
            self.boxes.iter().map(|words| Vertex { row: 0, width: width(words), x: 0.0 }).collect();
        // A box is one row below the lowest of those above it; arrows are in the order of the boxes they point to.
        for &(above, below) in &self.arrows {
            vertices[below].row = vertices[below].row.max(vertices[above].row + 1);
        }
        let mut paths = Vec::new();
        for &(above, below) in &self.arrows {
            let mut path = vec![above];
            for row in vertices[above].row + 1..vertices[below].row {
                path.push(vertices.len());
                vertices.push(Vertex { row, width: LANE, x: 0.0 });
            }
            path.push(below);
            paths.push(path);
        }
        let sizes: Vec<(u32, (f64, f64))> =
            vertices.iter().zip(0..).map(|(vertex, number)| (number, (vertex.width, 1.0))).collect();
        let edges: Vec<(u32, u32)> =
            paths.iter().flat_map(|path| path.windows(2).map(|edge| (edge[0] as u32, edge[1] as u32))).collect();
        let config = Config { vertex_spacing: SPACING, ..Config::default() };
        // Parts that are not connected are placed side by side.
        let mut start = 0.0;
        for (places, wide, _) in from_vertices_and_edges(&sizes, &edges, &config) {
            for (number, (x, _)) in places {
                vertices[number].x = start + x;
            }
            start += wide + SPACING;
        }
        (vertices, paths)
    }
}

fn width(words: &str) -> f64 {
    f64::from(words.lines().map(|line| text::width(line, canvas::LABEL)).max().unwrap_or(0) + 16)
}

figure_builder!(Flow);
