/*!
Draws one figure of each kind into a directory: `cargo run --example gallery -- target/gallery`.

It is for the eye; what must hold of a figure is tested in `tests/plot.rs`.
*/

use std::path::Path;

use cnn::plot::{
    Bars, Block, Cell, Colors, ConfusionMatrix, Figure, Filters, Flow, ImageGrid, Lines, Matrix, Panels, Picture,
};
use ndarray::{Array2, Array4, Axis, array, s};

fn main() -> cnn::Result<()> {
    let directory = std::env::args().nth(1).unwrap_or_else(|| "target/gallery".to_owned());
    std::fs::create_dir_all(&directory).map_err(|source| cnn::Error::Io { path: directory.clone().into(), source })?;
    for (name, figure) in figures() {
        let path = Path::new(&directory).join(name);
        figure.save(path.with_extension("svg"))?;
        figure.save(path.with_extension("png"))?;
        println!("{}.svg and .png ({} and {} bytes)", path.display(), figure.to_svg().len(), figure.to_png(2).len());
    }
    Ok(())
}

fn figures() -> Vec<(&'static str, Figure)> {
    let scene = cnn::images::scene(72, 96);
    let gray = scene.mean_axis(Axis(2)).expect("three channels");
    let response =
        Array2::from_shape_fn((70, 94), |(r, c)| (0..3).map(|k| gray[[r + k, c]] - gray[[r + k, c + 2]]).sum::<f64>());
    let mut padded = Array2::zeros((76, 100));
    padded.slice_mut(s![2..74, 2..98]).assign(&gray);
    let x = array![[1.5, 0.3, -2.0], [0.0, 4.25, 1.0], [2.0, -1.0, 3.0]];
    let costs: Vec<f64> = (0..60).map(|i| 1.9 * (-f64::from(i) / 20.0).exp() + 0.1).collect();
    let test: Vec<f64> = costs.iter().map(|cost| 0.8 * cost + 0.4).collect();
    let batch = Array4::from_shape_fn((6, 32, 32, 3), |(i, r, c, k)| scene[[r + 4 * i, c + 9 * i, k]]);
    let w = Array4::from_shape_fn((3, 3, 2, 6), |(h, w, c, k)| ((h * 7 + w * 5 + c * 3 + k * 11) % 9) as f64 - 4.0);
    vec![
        ("scene", Picture::new(&scene).width(384).title("The scene").highlight(30..40, 60..75).figure()),
        (
            "padding",
            Panels::new()
                .panel(Picture::new(&gray).title("x: 72 × 96").width(288))
                .sign("→")
                .panel(Picture::new(&padded).title("zero_pad(x, 2): 76 × 100").width(300))
                .caption("Two rows and columns of zeros on every side: the picture itself is unchanged.")
                .figure(),
        ),
        ("response", Picture::new(&response).colors(Colors::Signed).title("vertical edges").width(282).figure()),
        ("matrix", Matrix::new(&x).title("x").highlight(0..2, 1..3).caption("A window of 2 × 2.").figure()),
        (
            "arrows",
            Panels::new()
                .panel(Matrix::new(&x).title("input"))
                .sign("→")
                .panel(Matrix::new(&array![[4.25, 4.25], [4.25, 4.25]]).title("max, 2 × 2"))
                .arrow(Cell { panel: 1, row: 0, column: 0 }, Cell { panel: 0, row: 1, column: 1 })
                .arrow(Cell { panel: 1, row: 1, column: 1 }, Cell { panel: 0, row: 1, column: 1 })
                .figure(),
        ),
        ("cost", Lines::new().line("train", &costs).line("test", &test).axes("epoch", "cost").title("Cost").figure()),
        ("log", Lines::new().line("", &costs).axes("epoch", "cost").logarithmic().figure()),
        ("grid", ImageGrid::new(&batch).labels((0..6).map(|i| format!("y = {i}"))).title("Six cuts").figure()),
        ("filters", Filters::new(&w).title("Filters").figure()),
        ("bars", Bars::new([("convolution", 456.0), ("fully connected", 3200.0)]).title("Parameters").figure()),
        (
            "block",
            Block::new(["CONV2D\n1×1, F1", "BATCH\nNORM", "relu", "CONV2D\nf×f, F2", "BATCH\nNORM"])
                .shortcut(["CONV2D\n1×1, F2", "BATCH\nNORM"])
                .then(["relu"])
                .title("A block")
                .figure(),
        ),
        ("chain", Block::new(["CONV2D", "relu"]).figure()),
        (
            "flow",
            Flow::new()
                .add("input\n(?, 8, 8, 3)", &[])
                .add("conv\n(?, 8, 8, 3)", &[0])
                .add("relu\n(?, 8, 8, 3)", &[1])
                .add("add\n(?, 8, 8, 3)", &[2, 0])
                .add("pool\n(?, 4, 4, 3)", &[3])
                .add("a second way\n(?, 4, 4, 3)", &[0])
                .add("concatenate\n(?, 4, 4, 6)", &[4, 5])
                .caption("Orange arrows pass other boxes by.")
                .figure(),
        ),
        ("negative", Bars::new([("a", -1.25), ("b", 2.5)]).figure()),
        (
            "confusion",
            ConfusionMatrix::new(&array![[18, 2, 0], [1, 17, 2], [0, 3, 17]], ["zero", "one", "two"])
                .title("Test set")
                .caption("Right answers are on the diagonal.")
                .figure(),
        ),
    ]
}
