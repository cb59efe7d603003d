/*!
The canvas of a figure: plotters draws into SVG text, and the text is stripped to what differs.

It has no layout: the callers decide sizes.
*/

use std::ops::Range;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// A plotters area in pixels.
pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Font sizes in pixels.
pub(super) const TITLE: u32 = 15;
pub(super) const CAPTION: u32 = 13;
pub(super) const LABEL: u32 = 12;

/// What `paint` draws on a sheet of this size, as SVG elements without the `<svg>` around them.
pub(super) fn draw(size: (u32, u32), paint: impl FnOnce(&Area)) -> String {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        paint(&area);
        area.present().expect("writing SVG into a string");
    }
    let start = svg.find(">\n").map_or(0, |end_of_svg_tag| end_of_svg_tag + 2);
    let end = svg.rfind("</svg>").unwrap_or(svg.len());
    // plotters writes every attribute on every element; the defaults and the font stand once on the `<svg>`.
    svg[start..end]
        .replace(" opacity=\"1\"", "")
        .replace(" stroke=\"none\"", "")
        .replace(" font-family=\"sans-serif\"", "")
        .replace('\n', "")
}

/// The font of all texts, `size` pixels high.
pub(super) fn font<'a>(size: u32) -> TextStyle<'a> {
    // plotters' SVG backend divides by 1.24.
    ("sans-serif", f64::from(size) * 1.24).into_font().color(&BLACK)
}

/// Writes `text` centred at `at`.
pub(super) fn text_center(area: &Area, text: &str, at: (i32, i32), style: TextStyle) {
    put(area, text, at, style.pos(Pos::new(HPos::Center, VPos::Center)));
}

/// Writes `text` from `at` to the right, vertically centred.
pub(super) fn text_left(area: &Area, text: &str, at: (i32, i32), style: TextStyle) {
    put(area, text, at, style.pos(Pos::new(HPos::Left, VPos::Center)));
}

/// Writes `text` so that it ends at `at`, vertically centred.
pub(super) fn text_right(area: &Area, text: &str, at: (i32, i32), style: TextStyle) {
    put(area, text, at, style.pos(Pos::new(HPos::Right, VPos::Center)));
}

fn put(area: &Area, text: &str, at: (i32, i32), style: TextStyle) {
    if !text.is_empty() {
        area.draw(&Text::new(text.to_owned(), at, style)).expect("writing SVG into a string");
    }
}

/// Fills a rectangle.
pub(super) fn fill(area: &Area, x: Range<i32>, y: Range<i32>, color: RGBColor) {
    area.draw(&Rectangle::new([(x.start, y.start), (x.end, y.end)], color.filled()))
        .expect("writing SVG into a string");
}

/// Draws a rectangle's outline, `stroke` pixels wide.
pub(super) fn outline(area: &Area, x: Range<i32>, y: Range<i32>, color: RGBColor, stroke: u32) {
    // A polyline, because plotters' rectangles ignore the width of their stroke in SVG.
    let corners = [(x.start, y.start), (x.end, y.start), (x.end, y.end), (x.start, y.end), (x.start, y.start)];
    line(area, &corners, color, stroke);
}

/// Draws straight lines from point to point.
pub(super) fn line(area: &Area, points: &[(i32, i32)], color: RGBColor, stroke: u32) {
    area.draw(&PathElement::new(points.to_vec(), color.stroke_width(stroke))).expect("writing SVG into a string");
}

/// Draws an arrow; numbers under it stay readable.
pub(super) fn arrow(area: &Area, from: (i32, i32), to: (i32, i32), color: RGBColor) {
    arrow_along(area, &[from, to], color.mix(0.6));
}

/// Draws an arrow along these points, at least two, with its head at the last one.
pub(super) fn arrow_along(area: &Area, points: &[(i32, i32)], color: RGBAColor) {
    let [.., from, to] = *points else { panic!("an arrow has two ends") };
    let (dx, dy) = (f64::from(to.0 - from.0), f64::from(to.1 - from.1));
    let length = dx.hypot(dy).max(1.0);
    let (ux, uy) = (dx / length, dy / length);
    let head = 9.0;
    let point = |back: f64, aside: f64| {
        let x = f64::from(to.0) - back * ux - aside * uy;
        let y = f64::from(to.1) - back * uy + aside * ux;
        (x.round() as i32, y.round() as i32)
    };
    let neck = point(head - 1.0, 0.0);
    let shaft: Vec<(i32, i32)> = points[..points.len() - 1].iter().copied().chain([neck]).collect();
    area.draw(&PathElement::new(shaft, color.stroke_width(2))).expect("writing SVG into a string");
    let triangle = vec![to, point(head, 0.5 * head), point(head, -0.5 * head)];
    area.draw(&Polygon::new(triangle, color.filled())).expect("writing SVG into a string");
}
