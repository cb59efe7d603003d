/*!
The table of a model's layers, in the layout of Keras 2.

It only formats; the order of the rows is that of [`Model::layers`].
*/

use super::{built_layer::BuiltLayer, model::Model};
use crate::graph::Shape;

/// Where the columns of a network with branches end, in characters: Keras' 0.33, 0.55, 0.67 and 1 of a line of 100.
const BRANCHED: &[usize] = &[33, 55, 67, 100];
/// The same for a plain sequence of layers: 0.45, 0.85 and 1 of 65.
const SEQUENCE: &[usize] = &[29, 55, 65];

impl Model {
    /// Prints the table of all layers: name and class, output shape, number of parameters, and, if the model has
    /// branches, the layers that each one is connected to.
    pub fn summary(&self) {
        print!("{}", self.summary_text());
    }

    /// What [`Model::summary`] prints.
    ///
    /// ```
    /// use cnn::keras::{Model, layers::*};
    /// let x_input = Input::new(4).call();
    /// let model = Model::new(&x_input, &Dense::new(2).name("fc").call(&x_input));
    /// let text = model.summary_text();
    /// assert!(text.contains("fc (Dense)                   (None, 2)                 10\n"));
    /// assert!(text.contains("Total params: 10\n"));
    /// ```
    ///
    /// DIFFERENCE: Keras fills every line with spaces up to its full width.
    pub fn summary_text(&self) -> String {
        let ends = if self.network.is_sequence { SEQUENCE } else { BRANCHED };
        let width = ends[ends.len() - 1];
        let rule = |line: &str| format!("{}\n", line.repeat(width));
        let mut text = rule("_");
        text += &row(&["Layer (type)", "Output Shape", "Param #", "Connected to"][..ends.len()], ends);
        text += &rule("=");
        // As in Keras, a sequence does not list its input.
        let is_listed =
            |layer: &&BuiltLayer| self.network.class_name != "Sequential" || layer.class_name() != "InputLayer";
        let layers: Vec<&BuiltLayer> = self.layers().iter().filter(is_listed).collect();
        for (i, layer) in layers.iter().enumerate() {
            text += &self.rows(layer, ends);
            text += &rule(if i + 1 == layers.len() { "=" } else { "_" });
        }
        let (total, trainable) = (self.count_params(), self.count_trainable_params());
        text += &format!("Total params: {}\n", with_separators(total));
        text += &format!("Trainable params: {}\n", with_separators(trainable));
        text += &format!("Non-trainable params: {}\n", with_separators(total - trainable));
        text + &rule("_")
    }

    /// The lines of one layer: as many as it has connections.
    fn rows(&self, layer: &BuiltLayer, ends: &[usize]) -> String {
        let inputs = self.network.calls(layer).flat_map(|call| &call.inputs);
        let mut connections = inputs.map(|input| {
            let (call, output) = self.network.place(input);
            format!("{}[{call}][{output}]", input.layer().name())
        });
        let (shape, params) = (shape(&layer.output_shape()), layer.count_params().to_string());
        let first = connections.next().unwrap_or_default();
        let mut text = row(&[layer.to_string().as_str(), &shape, &params, &first][..ends.len()], ends);
        for connection in connections.filter(|_| ends.len() > 3) {
            text += &row(&["", "", "", &connection], ends);
        }
        text
    }
}

/// One line; what is too long for its column is cut off.
fn row(fields: &[&str], ends: &[usize]) -> String {
    let mut line = String::new();
    for (i, (field, end)) in fields.iter().zip(ends).enumerate() {
        if i > 0 {
            line.pop();
            line.push(' ');
        }
        line.push_str(field);
        line = line.chars().take(*end).collect();
        line.extend(std::iter::repeat_n(' ', end - line.chars().count()));
    }
    line.truncate(line.trim_end().len());
    line + "\n"
}

/// As Python prints a tuple: `(None, 64, 64, 3)`.
fn shape(shape: &Shape) -> String {
    let dims = shape.dims().iter().map(|dim| dim.map_or("None".to_string(), |dim| dim.to_string()));
    let dims = dims.collect::<Vec<_>>().join(", ");
    if shape.rank() == 1 { format!("({dims},)") } else { format!("({dims})") }
}

/// `23600006` becomes `23,600,006`.
fn with_separators(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        let cases = [(0, "0"), (999, "999"), (1000, "1,000"), (53_120, "53,120"), (23_600_006, "23,600,006")];
        for (n, expected) in cases {
            assert_eq!(with_separators(n), expected);
        }
    }

    #[test]
    fn long_names_are_cut_off() {
        let fields = ["bn2a_branch2a (BatchNormalization)", "(None, 15, 15, 64)", "256", "res2a_branch2a[0][0]"];
        let expected = "bn2a_branch2a (BatchNormalizatio (None, 15, 15, 64)    256         res2a_branch2a[0][0]\n";
        assert_eq!(row(&fields, BRANCHED), expected);
    }
}
