/*!
The drawing of a model: its layers as boxes, from the input down to the output.

It only lists what is to be drawn; `plot::Flow` lays it out and draws it.
*/

use std::collections::HashMap;

use super::model::Model;
use crate::plot::Flow;

/// Draws a model's layers with their classes and shapes, and what each is connected to: Keras' `plot_model` with
/// `show_shapes`.
///
/// A layer stands below those it reads. An arrow that skips other layers, such as a shortcut, is orange. In a
/// notebook the picture is shown; `save` writes it as SVG or as PNG, Keras' `to_file`.
///
/// ```
/// use cnn::keras::{layers::*, plot_model, Model};
/// let x_input = Input::new((64, 64, 3)).call();
/// let x = Conv2D::new(3, (3, 3)).padding(Padding::Same).name("conv").call(&x_input);
/// let model = Model::new(&x_input, &Add::new().call([&x, &x_input]));
/// let path = tempfile::tempdir().unwrap().keep().join("model.svg");
/// plot_model(&model).save(&path)?; // or "model.png"
/// assert!(std::fs::read_to_string(&path).unwrap().contains("conv (Conv2D)"));
/// # std::fs::remove_dir_all(path.parent().unwrap()).unwrap();
/// # Ok::<(), cnn::Error>(())
/// ```
pub fn plot_model(model: &Model) -> Flow {
    let mut numbers = HashMap::new();
    let mut flow = Flow::new();
    for (number, layer) in model.layers().iter().enumerate() {
        let output = layer.output_shape();
        let shapes = match layer.inputs().first() {
            Some(input) => format!("{} → {output}", input.shape()),
            None => output.to_string(),
        };
        let above: Vec<usize> = layer.inputs().iter().map(|input| numbers[input.layer().name()]).collect();
        flow = flow.add(format!("{} ({})\n{shapes}", layer.name(), layer.class_name()), &above);
        numbers.insert(layer.name().to_owned(), number);
    }
    flow.alt(format!("The {} layers of the model {}", model.layers().len(), model.get_name()))
}
