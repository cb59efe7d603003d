/*!
Brackets, line breaks and summaries of a printed array.

The entries are formatted by a function that the caller passes.
*/

use ndarray::{ArrayViewD, Axis};

use super::PrintOptions;

/// The entries that are printed: all of a small array, the ends of every axis of a large one.
pub(super) fn corners<A: Copy>(a: &ArrayViewD<'_, A>, options: &PrintOptions) -> Vec<A> {
    if a.len() <= options.threshold {
        return a.iter().copied().collect();
    }
    gather(a, options)
}

/// The visible entries below one index of a summarised array.
fn gather<A: Copy>(a: &ArrayViewD<'_, A>, options: &PrintOptions) -> Vec<A> {
    match a.ndim() {
        0 => a.iter().copied().collect(),
        _ => visible(a.len_of(Axis(0)), true, options)
            .into_iter()
            .flatten()
            .flat_map(|i| gather(&a.index_axis(Axis(0), i), options))
            .collect(),
    }
}

/// The indices shown along an axis, with a `None` for the dots.
fn visible(n: usize, summarise: bool, options: &PrintOptions) -> Vec<Option<usize>> {
    let edge = options.edge_items;
    if !summarise || n <= 2 * edge {
        return (0..n).map(Some).collect();
    }
    (0..edge).map(Some).chain([None]).chain((n - edge..n).map(Some)).collect()
}

/// The layout of NumPy 1.14 and later (`_formatArray`).
pub(super) fn modern<A: Copy>(a: &ArrayViewD<'_, A>, options: &PrintOptions, format: &dyn Fn(A) -> String) -> String {
    modern_axes(a, options, format, a.len() > options.threshold, " ", options.line_width)
}

fn modern_axes<A: Copy>(
    a: &ArrayViewD<'_, A>,
    options: &PrintOptions,
    format: &dyn Fn(A) -> String,
    summarise: bool,
    indent: &str,
    width: usize,
) -> String {
    let items = visible(a.len_of(Axis(0)), summarise, options);
    let mut text = String::new();
    if a.ndim() == 1 {
        let width = width.saturating_sub(1); // the closing bracket
        let mut line = indent.to_owned();
        for (k, item) in items.iter().enumerate() {
            let entry = item.map_or("...".to_owned(), |i| format(a[i]));
            // A break helps only if the line holds something already.
            if line.len() + entry.len() > width && line.len() > indent.len() {
                text += line.trim_end();
                text.push('\n');
                line = indent.to_owned();
            }
            line += &entry;
            if k + 1 < items.len() {
                line.push(' ');
            }
        }
        text += &line;
    } else {
        for (k, item) in items.iter().enumerate() {
            text += indent;
            text += &match item {
                Some(i) => {
                    let row = a.index_axis(Axis(0), *i);
                    modern_axes(&row, options, format, summarise, &format!("{indent} "), width.saturating_sub(1))
                }
                None => "...".to_owned(),
            };
            if k + 1 < items.len() {
                text += &"\n".repeat(a.ndim() - 1);
            }
        }
    }
    format!("[{}]", &text[indent.len()..])
}

/// The layout of NumPy 1.13 and earlier: dots with a comma, and lines measured without the spaces at their end.
pub(super) fn legacy<A: Copy>(a: &ArrayViewD<'_, A>, options: &PrintOptions, format: &dyn Fn(A) -> String) -> String {
    legacy_axes(a, options, format, a.len() > options.threshold, " ")
}

fn legacy_axes<A: Copy>(
    a: &ArrayViewD<'_, A>,
    options: &PrintOptions,
    format: &dyn Fn(A) -> String,
    summarise: bool,
    indent: &str,
) -> String {
    let items = visible(a.len_of(Axis(0)), summarise, options);
    if a.ndim() == 1 {
        let (mut text, mut line) = (String::new(), indent.to_owned());
        for (k, item) in items.iter().enumerate() {
            let mut entry = item.map_or("...,".to_owned(), |i| format(a[i]));
            if k + 1 < items.len() {
                entry.push(' ');
            }
            if line.trim_end().len() + entry.trim_end().len() >= options.line_width {
                text += line.trim_end();
                text.push('\n');
                line = indent.to_owned();
            }
            line += &entry;
        }
        text += &line;
        return format!("[{}]", &text[indent.len()..]);
    }
    let mut text = String::from("[");
    for (k, item) in items.iter().enumerate() {
        if k > 0 {
            text += indent;
        }
        match item {
            Some(i) => {
                let row = a.index_axis(Axis(0), *i);
                text += &legacy_axes(&row, options, format, summarise, &format!("{indent} "));
                if k + 1 < items.len() {
                    text += &"\n".repeat(a.ndim() - 1);
                }
            }
            None => text += "..., \n",
        }
    }
    text + "]"
}
