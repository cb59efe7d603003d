/*!
Figures for the lessons, drawn with plotters: pictures, matrices, filters, curves, bars, and these side by side.

It takes arrays, never models.

A figure is a value. It is finished SVG text, the same for the same arrays, small because pictures are embedded as PNG,
and readable by colour-blind readers: categories take the colours of Okabe and Ito, magnitudes viridis, signs blue and
orange. In a notebook the last expression of a cell is shown; and [`Figure::save`] writes an SVG or a
PNG file.

```
use cnn::plot;
use ndarray::array;

let x = array![[1.0, 2.0], [3.0, 4.0]];
let figure = plot::Panels::new()
    .panel(plot::Matrix::new(&x).title("a window").highlight(1..2, 1..2))
    .sign("→")
    .panel(plot::Matrix::new(&array![[4.0]]).title("its maximum"))
    .caption("Max-pooling keeps the largest value of a window.")
    .figure();
assert!(figure.to_svg().starts_with("<svg"));
```
*/

mod axis;
mod bars;
mod block;
mod canvas;
mod colors;
mod confusion;
mod figure;
mod filters;
mod flow;
mod image_grid;
mod lettering;
mod lines;
mod matrix;
mod painter;
mod panels;
mod picture;
mod pixels;
mod text;

pub use bars::Bars;
pub use block::Block;
pub use colors::{CATEGORIES, Colors};
pub use confusion::ConfusionMatrix;
pub use figure::Figure;
pub use filters::Filters;
pub use flow::Flow;
pub use image_grid::ImageGrid;
pub use lines::Lines;
pub use matrix::Matrix;
pub use panels::{Cell, Panels};
pub use picture::Picture;
pub use pixels::{Pixels, Value};
