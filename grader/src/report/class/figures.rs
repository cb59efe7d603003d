/*! The figures of a class' page, as SVG. They show what the tables say. */

use plotters::coord::Shift;
use plotters::prelude::*;

use crate::report::class::Class;

type Drawn = Result<(), Box<dyn std::error::Error>>;

const INK: RGBColor = RGBColor(51, 65, 85);
const BAR: RGBColor = RGBColor(59, 130, 246);
const SECOND: RGBColor = RGBColor(234, 138, 46);

/// An SVG of this size, drawn by `draw`; empty if it cannot be drawn.
fn svg(size: (u32, u32), draw: impl FnOnce(&DrawingArea<SVGBackend, Shift>) -> Drawn) -> String {
    let mut text = String::new();
    let drawn = {
        let area = SVGBackend::with_string(&mut text, size).into_drawing_area();
        draw(&area).and_then(|()| Ok(area.present()?))
    };
    match drawn {
        Ok(()) => text,
        Err(error) => format!("<!-- {} -->", error.to_string().replace("--", "")),
    }
}

/// How many learners have which score, in ten bins.
pub fn distribution(class: &Class) -> String {
    const BINS: usize = 10;
    let most = if class.max_score > 0.0 { class.max_score } else { 1.0 };
    let mut bins = [0_u32; BINS];
    for learner in &class.learners {
        let bin = (learner.score / most * BINS as f64).clamp(0.0, BINS as f64 - 1.0) as usize;
        bins[bin] += 1;
    }
    let highest = bins.iter().copied().max().unwrap_or(0).max(1);
    svg((560, 280), |area| {
        let mut chart = ChartBuilder::on(area)
            .margin(12)
            .x_label_area_size(38)
            .y_label_area_size(46)
            .build_cartesian_2d(0.0..most, 0_u32..highest + highest.div_ceil(10))?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .axis_style(INK)
            .light_line_style(TRANSPARENT)
            .x_desc("score")
            .y_desc("learners")
            .label_style(("sans-serif", 13, &INK))
            .draw()?;
        let width = most / BINS as f64;
        chart.draw_series(bins.iter().enumerate().filter(|(_, count)| **count > 0).map(|(bin, count)| {
            let left = bin as f64 * width;
            Rectangle::new([(left + 0.06 * width, 0), (left + 0.94 * width, *count)], BAR.filled())
        }))?;
        Ok(())
    })
}

/// The share that passed each exercise, and how well it tells strong from weak.
pub fn exercises(class: &Class) -> String {
    let count = class.exercises.len();
    let height = 70 + 34 * count as u32;
    svg((760, height), |area| {
        let (names, bars) = area.split_horizontally(220);
        let mut chart = ChartBuilder::on(&bars)
            .margin_top(8)
            .margin_right(24)
            .x_label_area_size(40)
            .build_cartesian_2d(-0.2..1.0, 0.0..count.max(1) as f64)?;
        chart
            .configure_mesh()
            .disable_y_mesh()
            .disable_y_axis()
            .axis_style(INK)
            .light_line_style(TRANSPARENT)
            .x_desc("pass rate (blue), discrimination (orange)")
            .x_label_formatter(&|x| format!("{x:.1}"))
            .label_style(("sans-serif", 13, &INK))
            .draw()?;
        let row = |index: usize| (count - 1 - index) as f64;
        let bar = |index: usize, value: f64, upper: bool, colour: RGBColor| {
            let (low, high) = if upper { (0.52, 0.86) } else { (0.14, 0.48) };
            Rectangle::new([(0.0, row(index) + low), (value, row(index) + high)], colour.filled())
        };
        chart.draw_series(class.exercises.iter().enumerate().map(|(n, one)| bar(n, one.pass_rate, true, BAR)))?;
        let known = class.exercises.iter().enumerate().filter_map(|(n, one)| Some((n, one.discrimination?)));
        chart.draw_series(known.map(|(n, value)| bar(n, value.max(-0.2), false, SECOND)))?;
        // The names stand at the height of their bars: the chart's area ends 40 pixels above the figure's lower edge.
        let plot = f64::from(height) - 8.0 - 40.0;
        for (index, exercise) in class.exercises.iter().enumerate() {
            let y = 8.0 + plot * (index as f64 + 0.5) / count as f64;
            let style = ("sans-serif", 14).into_text_style(&names).color(&INK);
            let style = style.pos(plotters::style::text_anchor::Pos::new(
                plotters::style::text_anchor::HPos::Right,
                plotters::style::text_anchor::VPos::Center,
            ));
            names.draw(&Text::new(exercise.name.clone(), (212, y as i32), style))?;
        }
        Ok(())
    })
}
