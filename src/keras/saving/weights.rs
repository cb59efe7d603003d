/*!
The weights of a model in a file: for each layer a group with its weights and, as attributes, the names of both.

It writes the names of Keras 2 (`conv1/kernel:0`) and reads those of Keras 3 (`conv1/kernel`) as well.
*/

use crate::{
    hdf5_file::{descriptor, strings, tuple, type_name, write_string, write_strings},
    keras::{built_layer::BuiltLayer, mismatch::Mismatch, model::Model},
};
use hdf5::types::TypeDescriptor;
use ndarray::ArrayD;

/// Writes all weights into `group`.
pub(super) fn write(group: &hdf5::Group, model: &Model) -> hdf5::Result<()> {
    let names: Vec<&str> = model.layers().iter().map(BuiltLayer::name).collect();
    write_strings(group, "layer_names", &names)?;
    write_versions(group)?;
    for layer in model.layers() {
        let within = group.create_group(layer.name())?;
        let names: Vec<String> =
            layer.weights().iter().map(|weight| format!("{}/{}:0", layer.name(), weight.name)).collect();
        write_strings(&within, "weight_names", &names)?;
        for (name, values) in names.iter().zip(layer.get_weights()) {
            within.new_dataset_builder().with_data(&values).create(name.as_str())?;
        }
    }
    Ok(())
}

/// The version of Keras whose layout it is, and TensorFlow, whose order of axes the kernels have.
pub(super) fn write_versions(at: &hdf5::Location) -> hdf5::Result<()> {
    write_string(at, "keras_version", "2.15.0")?;
    write_string(at, "backend", "tensorflow")
}

/// A layer's weights in a file.
pub(super) struct Stored {
    pub layer: String,
    group: hdf5::Group,
    weights: Vec<String>,
}

/// The layers of a file that have weights, in its order.
pub(super) fn list(file: &hdf5::File) -> Result<Vec<Stored>, Mismatch> {
    // A file of weights alone has the layers at its root.
    let root = file.as_group().map_err(|e| Mismatch::new("groups of layers", e.to_string()))?;
    let group = if file.link_exists("model_weights") { group(&root, "model_weights")? } else { root };
    let Some(layers) = names(&group, "layer_names") else {
        let members = group.member_names().unwrap_or_default();
        let found = if members.is_empty() { "no groups".to_string() } else { format!("groups {}", members.join(", ")) };
        let problem = Mismatch::new("the attribute layer_names of a Keras file of weights", found);
        return Err(if members.iter().any(|name| name == "layers" || name == "_layer_checkpoint_dependencies") {
            problem.help("it is Keras 3's .weights.h5: in Keras, call model.save(\"model.h5\") instead of save_weights")
        } else {
            problem
        });
    };
    let mut stored = Vec::new();
    for layer in layers {
        let group = self::group(&group, &layer)?;
        let weights = names(&group, "weight_names").unwrap_or_default();
        if !weights.is_empty() {
            stored.push(Stored { layer, group, weights });
        }
    }
    Ok(stored)
}

fn group(parent: &hdf5::Group, name: &str) -> Result<hdf5::Group, Mismatch> {
    parent.group(name).map_err(|_| {
        let found = parent.member_names().unwrap_or_default().join(", ");
        Mismatch::new(format!("a group {}/{name}", parent.name().trim_end_matches('/')), format!("groups {found}"))
    })
}

/// A list of names. Where it would not fit into an attribute, Keras divides it: `layer_names0`, `layer_names1`, …
fn names(at: &hdf5::Location, name: &str) -> Option<Vec<String>> {
    if let Some(names) = strings(at, name) {
        return Some(names);
    }
    let chunks: Vec<Vec<String>> = (0..).map_while(|i| strings(at, &format!("{name}{i}"))).collect();
    if chunks.is_empty() { None } else { Some(chunks.concat()) }
}

impl Stored {
    /// The arrays in the order of the layer's weights: by their names, or by their order where the names are others.
    pub fn read(&self, layer: &BuiltLayer) -> Result<Vec<ArrayD<f32>>, Mismatch> {
        let problem = |problem: Mismatch| problem.of_layer(layer.name(), layer.class_name());
        let own: Vec<&str> = layer.weights().iter().map(|weight| weight.name).collect();
        let short: Vec<&str> = self.weights.iter().map(|name| short(name)).collect();
        if own.len() != short.len() {
            let expected = format!("{} weights ({})", own.len(), own.join(", "));
            return Err(problem(Mismatch::new(expected, format!("{} ({})", short.len(), short.join(", ")))));
        }
        let by_name: Option<Vec<usize>> = own.iter().map(|name| short.iter().position(|s| s == name)).collect();
        let order = by_name.unwrap_or_else(|| (0..own.len()).collect());
        let weights = layer.weights().iter().zip(order);
        let arrays = weights.map(|(weight, i)| {
            let shape: Vec<usize> = weight.variable.shape().dims().iter().map(|dim| dim.unwrap_or(0)).collect();
            self.array(&self.weights[i], weight.name, &shape).map_err(problem)
        });
        arrays.collect()
    }

    fn array(&self, path: &str, name: &str, shape: &[usize]) -> Result<ArrayD<f32>, Mismatch> {
        let expected = || format!("{name}, float32 of shape {}", tuple(shape));
        let dataset = self.group.dataset(path).map_err(|_| {
            let found = format!("no data set {}/{path}", self.group.name());
            Mismatch::new(expected(), found)
        })?;
        let found = format!("{} of shape {}", type_name(&dataset), tuple(&dataset.shape()));
        if !is_number(&dataset) || dataset.shape() != shape {
            let help = "the file belongs to another model; to take what fits by name, use load_weights_by_name";
            return Err(Mismatch::new(expected(), found).help(help));
        }
        dataset.read_dyn().map_err(|e| Mismatch::new(expected(), format!("{found}, unreadable: {e}")))
    }
}

/// Whether the elements are numbers, which become float32 as Keras makes them so. A descriptor has no float of 2 bytes;
/// what is none either cannot be read.
fn is_number(dataset: &hdf5::Dataset) -> bool {
    use TypeDescriptor::{Float, Integer, Unsigned};
    matches!(descriptor(dataset), None | Some(Float(_) | Integer(_) | Unsigned(_)))
}

/// `kernel` of `conv1/kernel:0`.
fn short(name: &str) -> &str {
    let name = name.rsplit('/').next().unwrap_or(name);
    name.split_once(':').map_or(name, |(name, _)| name)
}
