/*!
The weights of a model in a file: for each layer a group with its weights and, as attributes, the names of both.

It writes the names of Keras 2 (`conv1/kernel:0`) and reads those of Keras 3 (`conv1/kernel`) as well.
*/

use crate::{
    graph::Tensor,
    hdf5_file::{descriptor, strings, tuple, type_name, write_string, write_strings},
    keras::{built_layer::BuiltLayer, mismatch::Mismatch, model::Model},
};
use hdf5::types::TypeDescriptor;
use ndarray::ArrayD;
use std::collections::HashSet;

/// Writes all weights into `group`.
pub(super) fn write(group: &hdf5::Group, model: &Model) -> hdf5::Result<()> {
    let names: Vec<&str> = model.layers().iter().map(BuiltLayer::name).collect();
    write_strings(group, "layer_names", &names)?;
    write_versions(group)?;
    for layer in model.layers() {
        let within = group.create_group(layer.name())?;
        let weights = in_order(layer);
        let names: Vec<String> = weights.iter().map(|(path, _)| format!("{path}:0")).collect();
        write_strings(&within, "weight_names", &names)?;
        for (name, (_, variable)) in names.iter().zip(&weights) {
            let values = model.network.context.ready().value(variable);
            within.new_dataset_builder().with_data(&values).create(name.as_str())?;
        }
    }
    Ok(())
}

/// The weights of a layer with their names, in the order in which Keras writes those of a layer: first what is trained. It
/// matters in a model that is called as a layer.
fn in_order(layer: &BuiltLayer) -> Vec<(String, Tensor)> {
    fn list(layer: &BuiltLayer, path: &str, trained: &mut Vec<(String, Tensor)>, others: &mut Vec<(String, Tensor)>) {
        if layer.layers().is_empty() {
            for weight in layer.weights() {
                let list = if weight.trainable && layer.trainable() { &mut *trained } else { &mut *others };
                list.push((format!("{path}/{}", weight.name), weight.variable.clone()));
            }
        }
        for inner in layer.layers() {
            list(inner, &format!("{path}/{}", inner.name()), trained, others);
        }
    }
    let (mut weights, mut others) = (Vec::new(), Vec::new());
    if layer.layers().is_empty() {
        list(layer, layer.name(), &mut weights, &mut others);
    }
    for inner in layer.layers() {
        // Keras names the layers of a model without the name of the model.
        list(inner, inner.name(), &mut weights, &mut others);
    }
    weights.extend(others);
    let mut seen = HashSet::new();
    weights.retain(|(_, variable)| seen.insert(variable.id()));
    weights
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
        return Err(Mismatch::new("the attribute layer_names of a Keras file of weights", found));
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
    /// The arrays for the layer's weights: found by their names, or by their order where the names are others.
    pub fn read(&self, layer: &BuiltLayer) -> Result<Vec<(Tensor, ArrayD<f32>)>, Mismatch> {
        let problem = |problem: Mismatch| problem.of_layer(layer.name(), layer.class_name());
        let weights = in_order(layer);
        let own: Vec<&str> = weights.iter().map(|(path, _)| short(path)).collect();
        let stored: Vec<&str> = self.weights.iter().map(|name| short(name)).collect();
        if own.len() != stored.len() {
            let expected = format!("{} weights ({})", own.len(), own.join(", "));
            return Err(problem(Mismatch::new(expected, format!("{} ({})", stored.len(), stored.join(", ")))));
        }
        let by_name: Option<Vec<usize>> = own.iter().map(|name| stored.iter().position(|s| s == name)).collect();
        // The layers of a model have weights of the same names.
        let order = by_name.filter(|_| layer.layers().is_empty()).unwrap_or_else(|| (0..own.len()).collect());
        let arrays = weights.iter().zip(order).map(|((path, variable), i)| {
            let shape: Vec<usize> = variable.shape().dims().iter().map(|dim| dim.unwrap_or(0)).collect();
            let array = self.array(&self.weights[i], short(path), &shape).map_err(problem)?;
            Ok((variable.clone(), array))
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
