/*!
Line charts: the cost of training, and others.
*/

use std::ops::Range;

use plotters::prelude::*;

use super::axis::Axis;
use super::colors::category;
use super::figure::{Drawing, Frame, figure_builder};
use super::pixels::extremes;
use super::{canvas, text};

/// At most so many ticks on each axis.
const X_TICKS: usize = 8;
const Y_TICKS: usize = 6;

/// One or more curves with axes.
///
/// ```
/// use cnn::plot;
/// let figure = plot::Lines::new()
///     .line("train", &[1.9, 1.2, 0.8, 0.6])
///     .line("test", &[1.9, 1.4, 1.1, 1.0])
///     .axes("epoch", "cost")
///     .figure();
/// assert_eq!(figure.to_svg().matches("<polyline").count() >= 2, true);
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lines {
    lines: Vec<(String, Vec<(f64, f64)>)>,
    axes: (String, String),
    logarithmic: bool,
    frame: Frame,
}

impl Lines {
    /// No curve yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a curve over 0, 1, 2, …
    pub fn line<'a>(self, name: impl Into<String>, values: impl IntoIterator<Item = &'a f64>) -> Self {
        let points: Vec<_> = values.into_iter().enumerate().map(|(x, &y)| (x as f64, y)).collect();
        self.points(name, points)
    }

    /// Adds a curve through these points (x, y); those that are not finite are left out.
    pub fn points(mut self, name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        self.lines.push((name.into(), points.into_iter().collect()));
        self
    }

    /// Says what the horizontal and the vertical axis are.
    pub fn axes(mut self, x: impl Into<String>, y: impl Into<String>) -> Self {
        self.axes = (x.into(), y.into());
        self
    }

    /// Makes the vertical axis logarithmic; values that are not positive are left out.
    pub fn logarithmic(mut self) -> Self {
        self.logarithmic = true;
        self
    }

    fn drawing(&self) -> Drawing {
        let size = (560, 320);
        let body = canvas::draw(size, |area| self.paint(area));
        Drawing { width: size.0, height: size.1, body, grid: None }
    }

    fn paint(&self, area: &canvas::Area) {
        let drawable = |x: f64, y: f64| x.is_finite() && y.is_finite() && (!self.logarithmic || y > 0.0);
        let points = || self.lines.iter().flat_map(|(_, points)| points).filter(|(x, y)| drawable(*x, *y));
        let (left, right) = extremes(points().map(|(x, _)| *x));
        let (low, high) = extremes(points().map(|(_, y)| *y));
        let y = if self.logarithmic { Axis::logarithmic(low, high) } else { Axis::linear(low, high) };
        self.chart(area, Axis::exact(left, right), y, drawable);
    }

    fn chart(&self, area: &canvas::Area, x: Axis, y: Axis, drawable: impl Fn(f64, f64) -> bool) {
        let mut chart = ChartBuilder::on(area)
            .margin(6)
            .margin_right(18)
            .x_label_area_size(if self.axes.0.is_empty() { 28 } else { 44 })
            .y_label_area_size(if self.axes.1.is_empty() { 48 } else { 64 })
            .build_cartesian_2d(x, y)
            .expect("writing SVG into a string");
        chart
            .configure_mesh()
            .x_desc(self.axes.0.as_str())
            .y_desc(self.axes.1.as_str())
            .axis_desc_style(canvas::font(canvas::LABEL + 1))
            .label_style(canvas::font(canvas::LABEL))
            .x_labels(X_TICKS)
            .y_labels(Y_TICKS)
            .light_line_style(TRANSPARENT)
            .bold_line_style(RGBColor(222, 222, 222))
            .x_label_formatter(&|tick| x.label(*tick, X_TICKS))
            .y_label_formatter(&|tick| y.label(*tick, Y_TICKS))
            .draw()
            .expect("writing SVG into a string");
        for (index, (_, points)) in self.lines.iter().enumerate() {
            let color = category(index);
            let visible = points.iter().copied().filter(|(x, y)| drawable(*x, *y));
            chart.draw_series(LineSeries::new(visible, color.stroke_width(2))).expect("writing SVG into a string");
        }
        let named: Vec<_> = self.lines.iter().enumerate().filter(|(_, (name, _))| !name.is_empty()).collect();
        if named.len() > 1 || self.axes.1.is_empty() {
            let widest = named.iter().map(|(_, (name, _))| text::width(name, canvas::LABEL)).max().unwrap_or(0) as i32;
            let (width, height) = (widest + 40, 18 * named.len() as i32);
            let (columns, rows) = chart.plotting_area().get_pixel_range();
            let drawn = self.lines.iter().map(|(_, points)| {
                let visible = points.iter().filter(|(x, y)| drawable(*x, *y));
                visible.map(|point| chart.backend_coord(point)).collect::<Vec<_>>()
            });
            let (x, top) = emptiest(&drawn.collect::<Vec<_>>(), (columns, rows), (width, height));
            for (row, (index, (name, _))) in named.iter().enumerate() {
                let y = top + 9 + 18 * row as i32;
                canvas::fill(area, x - 4..x + width - 4, y - 9..y + 9, WHITE);
                canvas::line(area, &[(x, y), (x + 22, y)], category(*index), 3);
                canvas::text_left(area, name, (x + 28, y), canvas::font(canvas::LABEL));
            }
        }
    }
}

/// Where a legend of this size hides the least of the lines: the top right corner, unless another one is emptier.
fn emptiest(lines: &[Vec<(i32, i32)>], (columns, rows): (Range<i32>, Range<i32>), size: (i32, i32)) -> (i32, i32) {
    let hidden = |(left, top): (i32, i32)| -> usize {
        let inside =
            |x: i32, y: i32| (left - 4..left + size.0).contains(&x) && (top - 2..top + size.1 + 2).contains(&y);
        let steps = |from: (i32, i32), to: (i32, i32)| {
            (0..16).filter(|i| inside(from.0 + (to.0 - from.0) * i / 16, from.1 + (to.1 - from.1) * i / 16)).count()
        };
        lines.iter().flat_map(|line| line.windows(2)).map(|ends| steps(ends[0], ends[1])).sum()
    };
    let (left, right) = (columns.start + 12, columns.end - size.0);
    let (top, bottom) = (rows.start + 5, rows.end - size.1 - 6);
    let corners = [(right, top), (left, top), (right, bottom), (left, bottom), ((left + right) / 2, top)];
    corners.into_iter().min_by_key(|corner| hidden(*corner)).expect("five places")
}

figure_builder!(Lines);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_legend_goes_where_the_lines_are_not() {
        let place = |lines: &[&[(i32, i32)]]| {
            let lines: Vec<Vec<(i32, i32)>> = lines.iter().map(|line| line.to_vec()).collect();
            emptiest(&lines, (0..500, 0..300), (100, 40))
        };
        let (falling, rising) = ([(0, 0), (500, 300)], [(0, 300), (500, 0)]);
        assert_eq!(place(&[&falling]), (400, 5));
        assert_eq!(place(&[&rising]), (12, 5));
        assert_eq!(place(&[&[(0, 0), (500, 0), (500, 20), (0, 20)]]), (400, 254));
        assert_eq!(place(&[&falling, &rising]), (206, 5));
    }
}
