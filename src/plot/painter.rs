/*!
A figure's pixels: its SVG painted with `tiny-skia`, for PNG files.

It is no SVG renderer. It knows the elements and attributes that figures consist of, and refuses others, so that nothing
is dropped silently.
*/

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::imageops::{FilterType, resize};
use image::{Rgb, RgbImage, Rgba, RgbaImage};
use roxmltree::{Document, Node};
use tiny_skia::{
    Color, FillRule, Paint, Path, PathBuilder, Pixmap, PixmapPaint, PixmapRef, Rect, Shader, Stroke, Transform,
};

use super::lettering::Lettering;

/// Paints a figure, `factor` pixels for one of the SVG's.
///
/// # Panics
/// When the SVG holds what no figure consists of, or is too large.
pub(super) fn paint(svg: &str, factor: u32) -> RgbImage {
    let document = Document::parse(svg).expect("a figure is valid XML");
    let root = document.root_element();
    let (width, height) = (number(root, "width") as u32 * factor, number(root, "height") as u32 * factor);
    let mut sheet = Pixmap::new(width, height)
        .unwrap_or_else(|| panic!("a figure of {width} × {height} pixels is too large to be painted"));
    sheet.fill(Color::WHITE);
    let factor = factor as f32;
    paint_children(&mut sheet, root, Transform::from_scale(factor, factor));
    // White lies under everything, so no pixel is transparent.
    RgbImage::from_fn(width, height, |x, y| {
        let pixel = sheet.pixel(x, y).expect("a pixel inside");
        Rgb([pixel.red(), pixel.green(), pixel.blue()])
    })
}

fn paint_children(sheet: &mut Pixmap, parent: Node, at: Transform) {
    for node in parent.children().filter(Node::is_element) {
        let at = at.pre_concat(transform(node));
        match node.tag_name().name() {
            "g" => paint_children(sheet, node, at),
            "image" => paint_image(sheet, node, at),
            "text" => paint_words(sheet, node, at),
            "rect" => {
                let [x, y, width, height] = ["x", "y", "width", "height"].map(|key| number(node, key));
                let rect = Rect::from_xywh(x, y, width, height);
                paint_path(sheet, node, rect.map(PathBuilder::from_rect), at);
            }
            "circle" => {
                let [x, y, radius] = ["cx", "cy", "r"].map(|key| number(node, key));
                paint_path(sheet, node, PathBuilder::from_circle(x, y, radius), at);
            }
            "line" => {
                let [x1, y1, x2, y2] = ["x1", "y1", "x2", "y2"].map(|key| number(node, key));
                paint_path(sheet, node, lines(&[(x1, y1), (x2, y2)], false), at);
            }
            "polyline" => paint_path(sheet, node, lines(&points(node), false), at),
            "polygon" => paint_path(sheet, node, lines(&points(node), true), at),
            other => panic!("no figure has a <{other}>"),
        }
    }
}

/// Fills a shape, and draws its outline. One without extent has no path and leaves no trace.
fn paint_path(sheet: &mut Pixmap, node: Node, path: Option<Path>, at: Transform) {
    let Some(path) = path else { return };
    if let Some(paint) = color(node, "fill", Some("#000000")) {
        sheet.fill_path(&path, &paint, FillRule::Winding, at, None);
    }
    if let Some(paint) = color(node, "stroke", None) {
        let width = if node.has_attribute("stroke-width") { number(node, "stroke-width") } else { 1.0 };
        sheet.stroke_path(&path, &paint, &Stroke { width, ..Stroke::default() }, at, None);
    }
}

fn paint_words(sheet: &mut Pixmap, node: Node, at: Transform) {
    let size = number(node, "font-size");
    let lettering = Lettering::new(size, node.attribute("font-weight") == Some("bold"));
    let (Some(path), width) = lettering.outline(node.text().unwrap_or_default().trim()) else { return };
    let left = match node.attribute("text-anchor") {
        Some("middle") => -width / 2.0,
        Some("end") => -width,
        _ => 0.0,
    };
    let down = node.attribute("dy").unwrap_or("0em");
    let (down, unit) = down.split_at(down.len() - 2);
    let unit = match unit {
        "em" => size,
        "ex" => lettering.ex(),
        _ => panic!("no figure measures in {unit}"),
    };
    let down = unit * down.parse::<f32>().expect("a number");
    paint_path(sheet, node, Some(path), at.pre_translate(number(node, "x") + left, number(node, "y") + down));
}

fn paint_image(sheet: &mut Pixmap, node: Node, at: Transform) {
    let data = node.attribute("href").and_then(|href| href.strip_prefix("data:image/png;base64,"));
    let png = STANDARD.decode(data.expect("a picture within the figure")).expect("base64");
    let mut picture = image::load_from_memory(&png).expect("a PNG").to_rgba8();
    // `at` moves and enlarges, so the picture's place is a rectangle of whole pixels.
    let [width, height] = ["width", "height"].map(|key| number(node, key));
    let (wide, high) = ((width * at.sx).round() as u32, (height * at.sy).round() as u32);
    // Enlarged pixels stay squares; where several become one, their mean is taken.
    let filter = |to: u32, from: u32| if to < from { FilterType::Triangle } else { FilterType::Nearest };
    picture = resize(&picture, wide, picture.height(), filter(wide, picture.width()));
    picture = resize(&picture, wide, high, filter(high, picture.height()));
    let (x, y) = (number(node, "x") * at.sx + at.tx, number(node, "y") * at.sy + at.ty);
    draw(sheet, &picture, (x.round() as i32, y.round() as i32));
}

fn draw(sheet: &mut Pixmap, picture: &RgbaImage, (x, y): (i32, i32)) {
    // Without transparency, which no figure's pictures have, these bytes are those of the sheet.
    debug_assert!(picture.pixels().all(|Rgba([.., alpha])| *alpha == 255));
    let pixels = PixmapRef::from_bytes(picture, picture.width(), picture.height()).expect("as many bytes as pixels");
    sheet.draw_pixmap(x, y, pixels, &PixmapPaint::default(), Transform::identity(), None);
}

/// The paint of an attribute such as `fill="#0072B2"`, as strong as `opacity` says.
fn color(node: Node, key: &str, otherwise: Option<&'static str>) -> Option<Paint<'static>> {
    let value = node.attribute(key).or(otherwise)?;
    if value == "none" {
        return None;
    }
    let rgb = value.strip_prefix('#').and_then(|hex| u32::from_str_radix(hex, 16).ok());
    let [_, r, g, b] = rgb.unwrap_or_else(|| panic!("expected a colour such as #0072B2, got {value}")).to_be_bytes();
    let mut color = Color::from_rgba8(r, g, b, 255);
    if node.has_attribute("opacity") {
        color.apply_opacity(number(node, "opacity"));
    }
    Some(Paint { shader: Shader::SolidColor(color), anti_alias: true, ..Paint::default() })
}

/// Straight lines from point to point, and back to the first one if `closed`.
fn lines(points: &[(f32, f32)], closed: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    let (first, others) = points.split_first()?;
    path.move_to(first.0, first.1);
    others.iter().for_each(|(x, y)| path.line_to(*x, *y));
    if closed {
        path.close();
    }
    path.finish()
}

fn points(node: Node) -> Vec<(f32, f32)> {
    let numbers: Vec<f32> = numbers(node.attribute("points").unwrap_or_default());
    numbers.chunks_exact(2).map(|point| (point[0], point[1])).collect()
}

/// `translate(x,y)` or `rotate(degrees, x, y)`.
fn transform(node: Node) -> Transform {
    let Some(value) = node.attribute("transform") else { return Transform::identity() };
    let (name, values) = value.trim_end_matches(')').split_once('(').unwrap_or((value, ""));
    match (name, numbers(values).as_slice()) {
        ("translate", [x, y]) => Transform::from_translate(*x, *y),
        ("rotate", [degrees, x, y]) => Transform::from_rotate_at(*degrees, *x, *y),
        _ => panic!("no figure is moved by {value}"),
    }
}

fn numbers(text: &str) -> Vec<f32> {
    let words = text.split([' ', ',']).filter(|word| !word.is_empty());
    words.map(|word| word.parse().unwrap_or_else(|_| panic!("expected a number, got {word}"))).collect()
}

/// The number in an attribute; 0 where there is none, as in SVG.
fn number(node: Node, key: &str) -> f32 {
    node.attribute(key).map_or(0.0, |value| numbers(value).first().copied().unwrap_or_default())
}
