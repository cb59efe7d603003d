/*!
What the optimizer remembers: how many steps there were, and its averages for each weight.

Both layouts list the same arrays in one order; Keras 3 puts the learning rate behind the number of steps.
*/

use crate::{
    graph::{Tensor, optimizers::Optimizer as _},
    hdf5_file::{strings, write_strings},
    keras::{model::Model, optimizers::Optimizer},
};
use hdf5::types::TypeDescriptor;
use ndarray::{ArrayD, arr0};

/// The group of Keras' `.h5`.
const GROUP: &str = "optimizer_weights";

/// The averages of each weight that is trained, with Keras' names.
pub(super) fn averages(model: &Model) -> Vec<(String, ArrayD<f32>)> {
    let Some(compiled) = &model.compiled else { return Vec::new() };
    let session = model.network.context.ready();
    let rule = compiled.optimizer.rule();
    let names: &[&str] = match compiled.optimizer {
        Optimizer::Adam(_) | Optimizer::AdamW(_) => &["m", "v"],
        Optimizer::SGD(_) => &["m"],
        Optimizer::RMSprop(_) => &["velocity"],
    };
    let mut list = Vec::new();
    for variable in variables(model) {
        let slots = session.slots(compiled.step(), variable);
        let dims = variable.shape().concrete().expect("weights have known shapes");
        for (i, (_, first)) in rule.slots().iter().enumerate() {
            let array = slots.get(i).cloned().unwrap_or_else(|| ArrayD::from_elem(dims.clone(), *first));
            let name = names.get(i).copied().unwrap_or("slot");
            list.push((format!("{}/{name}/{}:0", compiled.optimizer.class_name(), variable.name()), array));
        }
    }
    list
}

/// The weights that are trained and not frozen, for which Keras keeps averages.
fn variables(model: &Model) -> impl Iterator<Item = &Tensor> {
    let graph = &model.network.context.graph;
    model.trainable_weights().into_iter().map(|weight| &weight.variable).filter(|variable| graph.is_trainable(variable))
}

/// Sets how many steps there were and the averages, in the order of [`averages`]. Arrays that do not fit, as those of
/// another version's optimizer, are left out: the averages then start anew.
pub(super) fn restore(model: &Model, iterations: u64, arrays: Vec<ArrayD<f32>>) {
    let Some(compiled) = &model.compiled else { return };
    let rule = compiled.optimizer.rule();
    let n = rule.slots().len();
    let variables: Vec<&Tensor> = variables(model).collect();
    let fit = |(i, array): (usize, &ArrayD<f32>)| variables[i / n].shape().admits(array.shape());
    if arrays.len() != variables.len() * n || !arrays.iter().enumerate().all(fit) {
        return;
    }
    compiled.iterations.set(iterations);
    let mut scalars: Vec<f32> = rule.scalars().iter().map(|(_, first)| *first).collect();
    // Rounded in every step, as in training; the powers of decay rates reach 0 long before the limit.
    (0..iterations.min(1 << 22)).for_each(|_| rule.finish(&mut scalars));
    let slots: Vec<(&Tensor, Vec<ArrayD<f32>>)> = match n {
        0 => Vec::new(),
        _ => variables.iter().copied().zip(arrays.chunks(n).map(<[_]>::to_vec)).collect(),
    };
    model.network.context.ready().set_optimizer_state(compiled.step(), scalars, &slots);
}

/// Writes the group of a `.h5` file, if there was a step.
pub(super) fn write(file: &hdf5::File, model: &Model) -> hdf5::Result<()> {
    if model.iterations() == 0 {
        return Ok(());
    }
    let group = file.create_group(GROUP)?;
    let averages = averages(model);
    let names: Vec<&str> = ["iteration:0"].into_iter().chain(averages.iter().map(|(name, _)| name.as_str())).collect();
    write_strings(&group, "weight_names", &names)?;
    group.new_dataset_builder().with_data(&arr0(model.iterations() as i64)).create("iteration:0")?;
    for (name, array) in &averages {
        group.new_dataset_builder().with_data(array).create(name.as_str())?;
    }
    Ok(())
}

/// Reads the group of a `.h5` file, if there is one.
pub(super) fn read(file: &hdf5::File, model: &Model) {
    let Ok(group) = file.group(GROUP) else { return };
    let Some(names) = strings(&group, "weight_names") else { return };
    let datasets: Vec<hdf5::Dataset> = names.iter().filter_map(|name| group.dataset(name).ok()).collect();
    // Older versions of Keras list all first averages, and then all second ones.
    let is_old = names.iter().any(|name| name.ends_with("/m:0") || name.ends_with("/momentum:0"));
    if datasets.len() == names.len() && !is_old {
        restore_from(model, &datasets);
    }
}

/// Restores from the data sets of a file: the number of steps, the learning rate where there is one, the averages.
pub(super) fn restore_from(model: &Model, datasets: &[hdf5::Dataset]) {
    let Some((first, rest)) = datasets.split_first() else { return };
    let iterations = first.read_scalar::<i64>().ok().and_then(|n| u64::try_from(n).ok());
    let is_learning_rate = |dataset: &hdf5::Dataset| {
        dataset.ndim() == 0 && dataset.dtype().is_ok_and(|t| matches!(t.to_descriptor(), Ok(TypeDescriptor::Float(_))))
    };
    let rest = if rest.first().is_some_and(is_learning_rate) { &rest[1..] } else { rest };
    let arrays: Option<Vec<ArrayD<f32>>> = rest.iter().map(|dataset| dataset.read_dyn().ok()).collect();
    if let (Some(iterations), Some(arrays)) = (iterations, arrays) {
        restore(model, iterations, arrays);
    }
}
