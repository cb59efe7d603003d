/*!
Keras 3's own layouts: `.weights.h5`, where weights have numbers in groups that are named after the classes of layers, and
`.keras`, a zip archive of such a file with `config.json` and `metadata.json`.

From: `saving_lib.py` of Keras 3.
*/

use super::{architecture, optimizer, state, training};
use crate::{
    Error, Result,
    graph::Tensor,
    hdf5_file::{self, tuple, type_name, write_string},
    keras::{
        built_layer::BuiltLayer, context::snake_case, mismatch::Mismatch, model::Model, network::Network,
        registry::LayerRegistry,
    },
};
use ndarray::{ArrayD, arr0, arr1};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    fs::File,
    io::{Read, Write},
    path::Path,
};
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

const WEIGHTS: &str = "model.weights.h5";

/// Writes a `.keras` file.
pub(super) fn save(model: &Model, path: &Path) -> Result<()> {
    let io = |source| Error::Io { path: path.to_owned(), source };
    let folder = tempfile::tempdir().map_err(io)?;
    let weights = folder.path().join(WEIGHTS);
    hdf5_file::write(&weights, |path| {
        let file = hdf5::File::create(path)?;
        write_weights(&file.as_group()?, model, true)?;
        file.close()
    })?;
    let mut config = architecture::write(&model.network, true);
    if let Some(compiled) = training::write(model) {
        config["compile_config"] = compile_config(compiled);
    }
    // Written in one piece, as every file of a model.
    hdf5_file::write(path, |path| {
        let written = || -> std::io::Result<()> {
            let mut archive = ZipWriter::new(File::create(path)?);
            let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
            for (name, text) in [("metadata.json", json!({ "keras_version": "3.0.0" })), ("config.json", config)] {
                archive.start_file(name, stored)?;
                archive.write_all(text.to_string().as_bytes())?;
            }
            archive.start_file(WEIGHTS, stored)?;
            std::io::copy(&mut File::open(&weights)?, &mut archive)?;
            archive.finish()?;
            Ok(())
        };
        written().map_err(|e| hdf5::Error::from(e.to_string()))
    })
}

/// `training_config` of a `.h5` file in the form of Keras 3.
fn compile_config(mut config: Value) -> Value {
    let mut optimizer = config["optimizer_config"].take();
    optimizer["module"] = json!("keras.optimizers");
    optimizer["registered_name"] = Value::Null;
    json!({
        "optimizer": optimizer,
        "loss": config["loss"],
        "loss_weights": config["loss_weights"],
        "metrics": config["metrics"],
        "weighted_metrics": null,
        "run_eagerly": false,
        "steps_per_execution": 1,
        "jit_compile": false,
    })
}

/// Opens a `.keras` file.
pub(super) fn load(path: &Path, registry: &LayerRegistry) -> std::result::Result<Model, Mismatch> {
    let unreadable = |e: &dyn std::fmt::Display| {
        Mismatch::new("a .keras file, a zip archive", format!("one that cannot be read: {e}"))
    };
    let file = File::open(path).map_err(|e| unreadable(&e))?;
    let mut archive = ZipArchive::new(file).map_err(|e| unreadable(&e))?;
    let mut text = String::new();
    let mut config = archive.by_name("config.json").map_err(|e| unreadable(&e))?;
    config.read_to_string(&mut text).map_err(|e| unreadable(&e))?;
    drop(config);
    let config: Value =
        serde_json::from_str(&text).map_err(|e| Mismatch::new("config.json with JSON", e.to_string()))?;
    let mut model = architecture::read(&config, true, registry)?;
    let folder = tempfile::tempdir().map_err(|e| unreadable(&e))?;
    let weights = folder.path().join(WEIGHTS);
    let mut stored = archive.by_name(WEIGHTS).map_err(|e| unreadable(&e))?;
    let mut copy = File::create(&weights).map_err(|e| unreadable(&e))?;
    std::io::copy(&mut stored, &mut copy).map_err(|e| unreadable(&e))?;
    drop((stored, copy));
    let file = hdf5_file::open_when_unlocked(&weights).map_err(|e| unreadable(&e))?;
    let root = file.as_group().map_err(|e| unreadable(&e))?;
    read_weights(&root, &model)?;
    training::compile(&mut model, &config["compile_config"]);
    if let Ok(vars) = root.group("optimizer/vars") {
        let numbered = (0..).map_while(|i: usize| vars.dataset(&i.to_string()).ok());
        optimizer::restore_from(&model, &numbered.collect::<Vec<_>>());
    }
    state::read(&root, &model);
    Ok(model)
}

/// Whether a file has Keras 3's layout.
pub(super) fn is_layout(file: &hdf5::Group) -> bool {
    file.link_exists("layers") && !file.link_exists("model_weights") && file.attr("layer_names").is_err()
}

/// Writes all weights; `whole` also writes what training needs in order to go on.
pub(super) fn write_weights(root: &hdf5::Group, model: &Model, whole: bool) -> hdf5::Result<()> {
    write_network(root, &model.network)?;
    if let Some(compiled) = model.compiled.as_ref().filter(|_| whole) {
        let vars = root.create_group("optimizer")?.create_group("vars")?;
        vars.new_dataset_builder().with_data(&arr0(model.iterations() as i64)).create("0")?;
        // Under a schedule, the learning rate is no variable of Keras' optimizer.
        let has_rate = compiled.optimizer.common().schedule.is_none();
        if has_rate {
            vars.new_dataset_builder().with_data(&arr0(model.learning_rate())).create("1")?;
        }
        for (i, (_, array)) in optimizer::averages(model).iter().enumerate() {
            let number = (1 + usize::from(has_rate) + i).to_string();
            vars.new_dataset_builder().with_data(array).create(number.as_str())?;
        }
        state::write(root, model)?;
    }
    Ok(())
}

fn write_network(at: &hdf5::Group, network: &Network) -> hdf5::Result<()> {
    let layers = at.create_group("layers")?;
    for (name, layer) in named(network) {
        let group = layers.create_group(&name)?;
        if let Some(inner) = layer.network() {
            write_network(&group, inner)?;
            continue;
        }
        let vars = group.create_group("vars")?;
        write_string(&vars, "name", layer.name())?;
        for (i, value) in layer.get_weights().iter().enumerate() {
            vars.new_dataset_builder().with_data(value).create(i.to_string().as_str())?;
        }
        // The state of Keras' own generator of masks, which begins anew.
        if layer.config().iter().any(|(name, _)| name == "seed") {
            let vars = group.create_group("seed_generator")?.create_group("vars")?;
            let seed = layer.config().get_or::<Option<u64>>("seed", None).ok().flatten().unwrap_or(0) as u32;
            vars.new_dataset_builder().with_data(&arr1(&[seed, 0])).create("0")?;
        }
    }
    at.create_group("vars").map(drop)
}

/// Reads all weights; if there is an error, none has changed.
pub(super) fn read_weights(root: &hdf5::Group, model: &Model) -> std::result::Result<(), Mismatch> {
    let mut values = Vec::new();
    read_network(root, &model.network, &mut values)?;
    model.assign_all(values.iter());
    Ok(())
}

fn read_network(
    at: &hdf5::Group,
    network: &Network,
    values: &mut Vec<(Tensor, ArrayD<f32>)>,
) -> std::result::Result<(), Mismatch> {
    for (name, layer) in named(network) {
        let path = format!("{}/layers/{name}", at.name().trim_end_matches('/'));
        let problem = |mismatch: Mismatch| mismatch.of_layer(layer.name(), layer.class_name());
        let group = at.group(&format!("layers/{name}"));
        if let Some(inner) = layer.network() {
            let group = group.map_err(|_| problem(Mismatch::new(format!("a group {path}"), "none")))?;
            read_network(&group, inner, values)?;
            continue;
        }
        for (i, weight) in layer.weights().iter().enumerate() {
            let shape: Vec<usize> = weight.variable.shape().concrete().unwrap_or_default();
            let expected = || format!("{}, float32 of shape {}, in {path}/vars/{i}", weight.name, tuple(&shape));
            let dataset = group.as_ref().ok().and_then(|group| group.dataset(&format!("vars/{i}")).ok());
            let Some(dataset) = dataset else { return Err(problem(Mismatch::new(expected(), "no such data set"))) };
            let found = format!("{} of shape {}", type_name(&dataset), tuple(&dataset.shape()));
            if dataset.shape() != shape {
                return Err(problem(Mismatch::new(expected(), found)));
            }
            let array = dataset.read_dyn().map_err(|e| problem(Mismatch::new(expected(), format!("{found}: {e}"))))?;
            values.push((weight.variable.clone(), array));
        }
    }
    Ok(())
}

/// The layers with the names of their groups: those of their classes, numbered where there are several of one class. A
/// sequence does not list its input.
fn named(network: &Network) -> impl Iterator<Item = (String, &BuiltLayer)> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    let is_listed = |layer: &&BuiltLayer| network.class_name != "Sequential" || layer.class_name() != "InputLayer";
    network.layers.iter().filter(is_listed).map(move |layer| {
        let class = snake_case(layer.class_name());
        let count = counts.entry(class.clone()).and_modify(|count| *count += 1).or_insert(0);
        (if *count == 0 { class.clone() } else { format!("{class}_{count}") }, layer)
    })
}
