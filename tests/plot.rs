/*!
What must hold of every figure: valid XML, the same text for the same arrays, small, described, nothing outside.
*/

use cnn::plot::{
    Bars, Block, Cell, Colors, ConfusionMatrix, Figure, Filters, Flow, ImageGrid, Lines, Matrix, Panels, Picture,
};
use ndarray::{Array2, Array3, Array4, array};

fn one_of_each() -> Vec<(&'static str, Figure)> {
    let gray = Array2::from_shape_fn((40, 60), |(row, column)| ((row * column) % 17) as f64 / 16.0);
    let rgb = Array3::from_shape_fn((40, 60, 3), |(row, column, channel)| (row + 2 * column + 40 * channel) as u8);
    let batch = Array4::from_shape_fn((5, 8, 8, 3), |(i, row, column, _)| (i * 40 + row + column) as u8);
    let w =
        Array4::from_shape_fn((3, 3, 2, 4), |(row, column, channel, c)| (row + channel) as f64 - (column + c) as f64);
    let x = array![[1.5, -2.0, 0.0], [4.0, f64::NAN, 1e9]];
    vec![
        ("gray", Picture::new(&gray).title("a < b & \"c\"").highlight(0..3, 57..60).figure()),
        ("rgb", Picture::new(&rgb).width(180).figure()),
        ("signed", Picture::new(&(gray.clone() - 0.5)).colors(Colors::Signed).figure()),
        ("grid", ImageGrid::new(&batch).labels(["a", "b", "c", "d", "e"]).columns(3).figure()),
        ("filters", Filters::new(&w).title("filters").figure()),
        ("matrix", Matrix::new(&x).highlight(0..2, 1..3).caption("Not a number is gray.").figure()),
        ("mask", Matrix::new(&array![[true, false], [false, true]]).figure()),
        ("lines", Lines::new().line("a", &[3.0, 2.0, 1.5]).line("b", &[1.0, 1.0, 1.0]).axes("x", "y").figure()),
        ("log", Lines::new().line("a", &[100.0, 0.0, 1e-3]).logarithmic().figure()),
        ("empty", Lines::new().figure()),
        ("bars", Bars::new([("a", -1.0), ("b", 2.5)]).figure()),
        ("block", Block::new(["a\nb", "c", "d"]).shortcut(["e"]).then(["f"]).figure()),
        ("chain", Block::new(["a < b"]).title("x").figure()),
        ("flow", Flow::new().add("a", &[]).add("b < c\nd", &[0]).add("e", &[1, 0]).figure()),
        ("empty flow", Flow::new().figure()),
        ("confusion", ConfusionMatrix::new(&array![[3, 1], [0, 4]], ["no", "yes"]).figure()),
        (
            "panels",
            Panels::new()
                .panel(Matrix::new(&x))
                .sign("→")
                .panel(Matrix::new(&array![[4]]).title("maximum"))
                .arrow(Cell { panel: 1, row: 0, column: 0 }, Cell { panel: 0, row: 1, column: 0 })
                .caption("Where the maximum came from.")
                .figure(),
        ),
    ]
}

#[test]
fn figures_are_valid_described_svg() {
    for (name, figure) in one_of_each() {
        let svg = figure.to_svg();
        let document = roxmltree::Document::parse(&svg).unwrap_or_else(|error| panic!("{name}: {error}\n{svg}"));
        let root = document.root_element();
        assert_eq!(root.attribute("role"), Some("img"), "{name}");
        assert_eq!(root.attribute("aria-label"), Some(figure.alt()), "{name}");
        let (width, height) = figure.size();
        assert_eq!(root.attribute("viewBox"), Some(format!("0 0 {width} {height}").as_str()), "{name}");
        assert!(width <= 940, "{name} is {width} pixels wide");
        let elements = document.descendants().filter(|node| node.is_element()).count();
        assert!(elements < 120, "{name} has {elements} elements");
        assert!(svg.len() < 20_000, "{name} has {} bytes", svg.len());
    }
}

#[test]
fn figures_are_deterministic() {
    assert_eq!(one_of_each(), one_of_each());
}

#[test]
fn no_text_or_shape_lies_outside() {
    for (name, figure) in one_of_each() {
        let svg = figure.to_svg();
        let document = roxmltree::Document::parse(&svg).expect("valid XML");
        let (width, height) = figure.size();
        for node in document.descendants().filter(|node| node.has_tag_name("text") || node.has_tag_name("rect")) {
            let (mut x, mut y) = (0.0, 0.0);
            for ancestor in node.ancestors().filter_map(|node| node.attribute("transform")) {
                let Some(shift) = ancestor.strip_prefix("translate(").and_then(|s| s.strip_suffix(')')) else {
                    continue;
                };
                let (dx, dy) = shift.split_once(',').expect("two numbers");
                x += dx.parse::<f64>().expect("a number");
                y += dy.parse::<f64>().expect("a number");
            }
            let number = |key: &str| node.attribute(key).map_or(0.0, |value| value.parse::<f64>().expect("a number"));
            let (left, top) = (x + number("x"), y + number("y"));
            let (right, bottom) = (left + number("width"), top + number("height"));
            let inside = left >= 0.0 && top >= 0.0 && right <= f64::from(width) && bottom <= f64::from(height);
            assert!(inside, "{name}: {node:?} at ({left}, {top}) to ({right}, {bottom}) of {width} x {height}");
        }
    }
}

#[test]
fn cells_say_their_values() {
    let texts = |figure: Figure| {
        let svg = figure.to_svg();
        let document = roxmltree::Document::parse(&svg).expect("valid XML");
        let texts = document.descendants().filter(|node| node.has_tag_name("text"));
        texts.filter_map(|node| node.text()).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(texts(Matrix::new(&array![[1, -2], [30, 4]]).figure()), ["1", "-2", "30", "4"]);
    assert_eq!(texts(Matrix::new(&array![[0.5]]).figure()), ["0.50"]);
    assert_eq!(texts(Matrix::new(&array![[0.5]]).decimals(3).title("t").figure()), ["0.500", "t"]);
    assert_eq!(texts(Matrix::new(&array![[true]]).labels(["w00"]).figure()), ["w00"]);
}

#[test]
fn a_picture_is_one_png_whose_pixels_are_the_array() {
    let ramp = Array2::from_shape_fn((3, 32), |(row, column)| (row * 32 + column) as f64 / 95.0);
    let svg = Picture::new(&ramp).figure().to_svg();
    let start = svg.find("base64,").expect("a picture") + 7;
    let end = start + svg[start..].find('"').expect("the end of the picture");
    let png = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, &svg[start..end]).expect("base64");
    let decoded = image::load_from_memory(&png).expect("a PNG").to_luma8();
    assert_eq!(decoded.dimensions(), (32, 3));
    for (column, row, pixel) in decoded.enumerate_pixels() {
        let expected = (ramp[[row as usize, column as usize]] * 255.0_f64).round() as u8;
        assert_eq!(pixel.0, [expected], "row {row}, column {column}");
    }
}

#[test]
fn a_figure_is_shown_as_a_picture_and_as_words() {
    let protocol = Matrix::new(&array![[1]]).title("one & only").figure().content().to_protocol();
    assert!(protocol.starts_with("EVCXR_BEGIN_CONTENT text/html\n<img src=\"data:image/svg+xml;base64,"), "{protocol}");
    assert!(protocol.contains("alt=\"one &amp; only\""), "{protocol}");
    assert!(
        protocol.ends_with("EVCXR_BEGIN_CONTENT text/plain\n[figure: one & only]\nEVCXR_END_CONTENT\n"),
        "{protocol}"
    );
}

#[test]
fn a_figure_is_saved_whole_as_svg_or_png() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let figure = Bars::new([("a", 1.0)]).figure();
    let path = directory.path().join("bars.svg");
    figure.save(&path).expect("a writable directory");
    assert_eq!(std::fs::read_to_string(&path).expect("the figure"), figure.to_svg());
    let path = directory.path().join("bars.PNG");
    Bars::new([("a", 1.0)]).save(&path).expect("a writable directory");
    let (width, height) = figure.size();
    assert_eq!(image::image_dimensions(&path).expect("a PNG"), (2 * width, 2 * height));
    for name in ["bars.gif", "bars", ".png"] {
        let error = figure.save(directory.path().join(name)).expect_err("no such format").to_string();
        assert!(error.contains("help: give the file a name that ends in .svg or .png"), "{error}");
    }
    assert_eq!(directory.path().read_dir().expect("the directory").count(), 2);
}

/// A figure's pixels, `factor` for one.
fn painted(figure: &Figure, factor: u32) -> image::RgbImage {
    image::load_from_memory_with_format(&figure.to_png(factor), image::ImageFormat::Png).expect("a PNG").to_rgb8()
}

#[test]
fn every_figure_can_be_painted_at_every_size() {
    for (name, figure) in one_of_each() {
        for factor in [1, 2, 3] {
            let pixels = painted(&figure, factor);
            assert_eq!(pixels.dimensions(), (figure.size().0 * factor, figure.size().1 * factor), "{name}");
            let drawn = pixels.pixels().any(|pixel| pixel.0 != [255; 3]);
            assert_eq!(drawn, !name.starts_with("empty flow"), "{name} at {factor}");
            assert_eq!(pixels.get_pixel(0, 0).0, [255; 3], "{name}: the margin");
        }
    }
}

#[test]
fn a_painted_picture_has_the_colors_of_its_array() {
    let colors = array![[[200_u8, 30, 40], [10, 220, 60]], [[5, 15, 250], [128, 128, 128]]];
    let pixels = painted(&Picture::new(&colors).width(40).figure(), 2);
    // A margin of 8 and the picture's frame of 1, then squares of 20.
    for (row, column) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let expected = [0, 1, 2].map(|channel| colors[[row, column, channel]]);
        for (x, y) in [(3, 3), (10, 10), (17, 17)] {
            let at = |i: usize, shift: u32| 2 * (9 + 20 * i as u32 + shift);
            assert_eq!(pixels.get_pixel(at(column, x), at(row, y)).0, expected, "row {row}, column {column}");
        }
    }
}

#[test]
fn painted_words_stand_where_they_belong() {
    // The same chain of boxes, without and with words.
    let ink = |words: &str| {
        let pixels = painted(&Flow::new().add(words, &[]).figure(), 2);
        let (width, height) = pixels.dimensions();
        let dark = pixels.enumerate_pixels().filter(|(.., pixel)| pixel.0.iter().all(|channel| *channel < 100));
        let places: Vec<(u32, u32)> = dark.map(|(x, y, _)| (x, y)).collect();
        (places, width, height)
    };
    assert!(ink("     ").0.is_empty(), "a box is blue");
    let (places, width, height) = ink("MMMMMMMM");
    assert!(places.len() > 400, "{} dark pixels", places.len());
    let (left, right) = places.iter().fold((width, 0), |(left, right), (x, _)| (left.min(*x), right.max(*x)));
    let (top, bottom) = places.iter().fold((height, 0), |(top, bottom), (_, y)| (top.min(*y), bottom.max(*y)));
    // Centred from left to right to a pixel, and from top to bottom nearly; eight letters 24 pixels high at most.
    assert!((left + right).abs_diff(width) <= 4, "{left} to {right} of {width}");
    assert!((top + bottom).abs_diff(height) <= 8, "{top} to {bottom} of {height}");
    assert!((12..=24).contains(&(bottom - top)), "{top} to {bottom}");
}

#[test]
#[should_panic(expected = "expected an image with 1 or 3 channels")]
fn two_channels_are_no_image() {
    Picture::new(&Array3::<f64>::zeros((4, 4, 2)));
}

/// The values that overflow, vanish or compare to nothing.
const EXTREMES: [f64; 18] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    2.3,
    1.0 + f64::EPSILON,
    f64::MAX,
    f64::MIN,
    1e308,
    -1e308,
    1e300,
    1e-300,
    f64::MIN_POSITIVE,
    5e-324,
    -5e-324,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
];

/// Ranges of all kinds: every pair of extremes, constants, neighbours, and numbers of random magnitudes.
fn extreme_ranges() -> Vec<Vec<f64>> {
    let mut rng = cnn::numpy::RandomState::new(6);
    let mut ranges = vec![vec![], vec![1e308, 1e308f64.next_down()], vec![1e16, 1e16f64.next_up()]];
    for a in EXTREMES {
        ranges.push(vec![a]);
        ranges.push(vec![a, a.next_up(), a.next_up().next_up()]);
    }
    for (i, a) in EXTREMES.iter().enumerate() {
        ranges.extend(
            EXTREMES[i + 1..].iter().enumerate().map(|(j, b)| if j % 2 == 0 { vec![*a, *b] } else { vec![*b, *a] }),
        );
    }
    for _ in 0..40 {
        let any = |bits: f64| f64::from_bits((bits * u64::MAX as f64) as u64);
        ranges.push((0..5).map(|_| any(rng.next_double())).collect());
    }
    ranges
}

/// The figures of every kind that draws numbers, of these values.
fn figures_of(values: &[f64]) -> Vec<Figure> {
    let points = || values.iter().zip(values.iter().rev()).map(|(x, y)| (*x, *y));
    let mut figures = vec![
        Lines::new().line("a", values).line("b", &[1.0]).axes("x", "y").figure(),
        Lines::new().line("a", values).logarithmic().figure(),
        Lines::new().points("a", points()).figure(),
        Bars::new(values.iter().map(|value| ("a", *value))).figure(),
    ];
    if !values.is_empty() {
        let row = Array2::from_shape_fn((1, values.len()), |(_, column)| values[column]);
        for colors in [Colors::Gray, Colors::Signed, Colors::Viridis] {
            figures.push(Matrix::new(&row).colors(colors).figure());
            figures.push(Picture::new(&row).colors(colors).autoscale().figure());
        }
        let w = Array4::from_shape_fn((1, values.len(), 1, 1), |(_, column, ..)| values[column]);
        figures.push(Filters::new(&w).figure());
    }
    figures
}

#[test]
fn figures_of_extreme_values_are_drawn_in_bounded_time() {
    let (sender, receiver) = std::sync::mpsc::channel();
    // A thread of its own: one that never ends is left behind, and the test fails.
    std::thread::spawn(move || {
        for values in extreme_ranges() {
            sender.send((values.clone(), None)).expect("the test waits");
            let _ = sender.send((values.clone(), Some(figures_of(&values))));
        }
    });
    let mut current = Vec::new();
    let mut drawn = 0;
    loop {
        match receiver.recv_timeout(std::time::Duration::from_secs(60)) {
            Ok((values, None)) => current = values,
            Ok((values, Some(figures))) => {
                figures.iter().for_each(|figure| is_readable(figure, &values));
                drawn += 1;
            }
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => break,
            Err(timeout) => panic!("a figure of {current:?} takes too long: {timeout}"),
        }
    }
    assert_eq!(drawn, extreme_ranges().len(), "the figures of {current:?} panicked");
}

/// Whether a figure has a sensible size, valid coordinates and labels of a readable length.
fn is_readable(figure: &Figure, values: &[f64]) {
    let svg = figure.to_svg();
    let document = roxmltree::Document::parse(&svg).unwrap_or_else(|error| panic!("{values:?}: {error}\n{svg}"));
    assert!(figure.size().0 <= 940 && figure.size().1 <= 940, "{values:?}: {:?}", figure.size());
    let texts: Vec<&str> = document.descendants().filter_map(|node| node.text()).collect();
    assert!(texts.iter().all(|text| text.trim().len() <= 20), "{values:?}: {texts:?}");
    for polyline in document.descendants().filter(|node| node.has_tag_name("polyline")) {
        let points = polyline.attribute("points").unwrap_or_default();
        for number in points.split([' ', ',']).filter(|number| !number.is_empty()) {
            let number: f64 = number.parse().unwrap_or_else(|_| panic!("{values:?}: `{number}`"));
            assert!((-10.0..=960.0).contains(&number), "{values:?}: {number}");
        }
    }
}
