/*!
Models on disk, in Keras' files: Keras opens what is written here, and what Keras wrote is opened here.

They keep layers, weights, how a model was compiled and what its optimizer remembers, so that training goes on after a
restart as if it had not been interrupted. They keep no data and no history.

The name decides about the format. A `.keras` file is Keras 3's own, a zip archive. Every other one is HDF5 in the layout of
Keras 2.x, which `tf.keras.models.load_model("model.h5")` of Keras 2 and 3 both open; read is the `.h5` of Keras 3 as well.
Weights alone are written in Keras 3's layout if the name ends in `.weights.h5`, and read in either.

DIFFERENCE: a `.h5` with a model that is a layer of another one is opened by Keras 2 alone: Keras 3 counts the calls of such
a model otherwise. A model that was compiled with what is not known here, or with a loss or a metric of the program's own, is
read and left as not compiled, as is one with constraints, which can predict but not train.
*/

mod architecture;
mod inbound;
mod keras_3;
mod layer;
mod optimizer;
mod state;
mod training;
mod weights;

use super::{built_layer::BuiltLayer, mismatch::Mismatch, model::Model, registry::LayerRegistry};
use crate::{Error, Result, graph, hdf5_file};
use ndarray::ArrayD;
use serde_json::Value;
use std::path::Path;

const WEIGHTS: &str = "an HDF5 file of Keras with the weights of a model";
const WRITE_AGAIN: &str = "write it again with model.save, here or in Keras, or copy it again from where it came";

impl Model {
    /// Writes the model to a file that [`load_model`] and Keras open: layers, weights, and how it was compiled.
    ///
    /// The file is replaced in one piece; its name should end in `.h5`, by which Keras knows the layout.
    ///
    /// ```
    /// use cnn::keras::{self, Model, layers::*};
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let path = dir.path().join("model.h5");
    /// let x_input = Input::new(4).call();
    /// let model = Model::new(&x_input, &Dense::new(2).activation("softmax").call(&x_input));
    /// model.save(&path)?;
    /// let again = keras::load_model(&path)?;
    /// let x = ndarray::Array2::<f32>::ones((3, 4));
    /// assert_eq!(again.predict(&x), model.predict(&x));
    /// # Ok::<(), cnn::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Io`] if the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        if is_keras_3(path) {
            return keras_3::save(self, path);
        }
        let architecture = architecture::write(&self.network, false);
        hdf5_file::write(path, |path| {
            let file = hdf5::File::create(path)?;
            weights::write_versions(&file)?;
            hdf5_file::write_string(&file, "model_config", &architecture.to_string())?;
            if let Some(config) = training::write(self) {
                hdf5_file::write_string(&file, "training_config", &config.to_string())?;
            }
            weights::write(&file.create_group("model_weights")?, self)?;
            optimizer::write(&file, self)?;
            state::write(&file.as_group()?, self)?;
            file.close()
        })
    }

    /// Writes the weights alone; [`Model::load_weights`] and Keras read them into a model of the same layers.
    ///
    /// ```
    /// use cnn::keras::{Model, layers::*};
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let path = dir.path().join("weights.h5");
    /// let model = || {
    ///     let x_input = Input::new(4).call();
    ///     Model::new(&x_input, &Dense::new(2).kernel_initializer("he_uniform").call(&x_input))
    /// };
    /// let (first, second) = (model(), model());
    /// first.layers()[1].set_weights(&[ndarray::Array2::ones((4, 2)).into_dyn(), ndarray::array![5.0, 6.0].into_dyn()]);
    /// first.save_weights(&path)?;
    /// second.load_weights(&path)?;
    /// assert_eq!(second.get_weights(), first.get_weights());
    /// # Ok::<(), cnn::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Io`] if the file cannot be written.
    pub fn save_weights(&self, path: impl AsRef<Path>) -> Result<()> {
        // As Keras 3, which takes no other name.
        let numbered = path.as_ref().to_string_lossy().ends_with(".weights.h5");
        hdf5_file::write(path.as_ref(), |path| {
            let file = hdf5::File::create(path)?;
            match numbered {
                true => keras_3::write_weights(&file.as_group()?, self, false)?,
                false => weights::write(&file.as_group()?, self)?,
            }
            file.close()
        })
    }

    /// Reads all weights from a file of weights, or of a whole model.
    ///
    /// Layers are found by their names if all of them are there, and otherwise by their order, as in Keras: automatic
    /// names such as `conv2d_7` differ from run to run. If there is an error, no weight has changed.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is no file; [`Error::Contents`] if it is not HDF5, is truncated, or holds other
    /// layers or shapes.
    pub fn load_weights(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let file = open(path, WEIGHTS)?;
        self.read_all(&file).map_err(|mismatch| in_file(mismatch, path))
    }

    /// Reads the weights of those layers whose names are in the file, and leaves the others as they are: old features
    /// under a new head.
    ///
    /// # Returns
    /// The names of the layers that were read.
    ///
    /// ```
    /// use cnn::keras::{Model, layers::*};
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let path = dir.path().join("weights.h5");
    /// let model = |classes: usize, head: &str| {
    ///     let x_input = Input::new(4).call();
    ///     let features = Dense::new(8).name("features").call(&x_input);
    ///     Model::new(&x_input, &Dense::new(classes).name(head).call(&features))
    /// };
    /// model(6, "fc6").save_weights(&path)?;
    /// assert_eq!(model(3, "fc3").load_weights_by_name(&path)?, ["features"]);
    /// # Ok::<(), cnn::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Model::load_weights`]; a layer of the same name has to have the same shapes.
    pub fn load_weights_by_name(&self, path: impl AsRef<Path>) -> Result<Vec<String>> {
        let path = path.as_ref();
        let file = open(path, WEIGHTS)?;
        self.read_by_name(&file).map_err(|mismatch| in_file(mismatch, path))
    }

    fn read_all(&self, file: &hdf5::File) -> Result<(), Mismatch> {
        if let Ok(root) = file.as_group()
            && keras_3::is_layout(&root)
        {
            return keras_3::read_weights(&root, self);
        }
        require_order_of_axes(file, self)?;
        let stored = weights::list(file)?;
        let own: Vec<&BuiltLayer> = self.with_weights().collect();
        let of_name = |layer: &&BuiltLayer| stored.iter().find(|stored| stored.layer == layer.name());
        let by_name: Option<Vec<_>> = own.iter().map(of_name).collect();
        if stored.len() != own.len() {
            let names = |names: &mut dyn Iterator<Item = &str>| names.collect::<Vec<_>>().join(", ");
            let expected =
                format!("weights of {} layers: {}", own.len(), names(&mut own.iter().map(|layer| layer.name())));
            let found =
                format!("those of {}: {}", stored.len(), names(&mut stored.iter().map(|stored| stored.layer.as_str())));
            let help = "the file belongs to another model; to take what fits by name, use load_weights_by_name";
            return Err(Mismatch::new(expected, found).help(help));
        }
        let stored = by_name.unwrap_or_else(|| stored.iter().collect());
        let pairs = own.iter().zip(stored);
        let read: Vec<Vec<(graph::Tensor, ArrayD<f32>)>> =
            pairs.map(|(layer, stored)| stored.read(layer)).collect::<Result<_, Mismatch>>()?;
        self.assign_all(read.iter().flatten());
        Ok(())
    }

    fn read_by_name(&self, file: &hdf5::File) -> Result<Vec<String>, Mismatch> {
        require_order_of_axes(file, self)?;
        let (mut names, mut read) = (Vec::new(), Vec::new());
        for stored in weights::list(file)? {
            if let Some(layer) = self.with_weights().find(|layer| layer.name() == stored.layer) {
                let help = "a layer that is to keep its own weights needs a name that is not in the file";
                read.extend(stored.read(layer).map_err(|mismatch| mismatch.help(help))?);
                names.push(layer.name().to_owned());
            }
        }
        self.assign_all(read.iter());
        Ok(names)
    }

    pub(super) fn assign_all<'a>(&self, values: impl Iterator<Item = &'a (graph::Tensor, ArrayD<f32>)>) {
        values.for_each(|(variable, values)| self.network.context.session.assign(variable, values));
    }

    fn with_weights(&self) -> impl Iterator<Item = &BuiltLayer> {
        self.layers().iter().filter(|layer| !layer.weights().is_empty())
    }
}

/// Opens a model that [`Model::save`] or Keras has written, with its weights. If it was compiled, it is again.
///
/// Layers keep their names, and whether they are frozen; layers that are added to it get names that are still free.
///
/// ```no_run
/// use cnn::keras;
/// let model = keras::load_model("ResNet50.h5")?;
/// model.summary();
/// # Ok::<(), cnn::Error>(())
/// ```
///
/// # Errors
/// [`Error::Missing`] if there is no file; [`Error::Contents`] if it is not HDF5, is truncated, is no model of Keras,
/// has a layer or a setting that is not known here, or lacks a weight. The message names the file, the layer, what was
/// expected and what was found.
pub fn load_model(path: impl AsRef<Path>) -> Result<Model> {
    load_model_with(path, &LayerRegistry::new())
}

/// As [`load_model`], with layers of the program's own: Keras' `custom_objects`. An example is at
/// [`Layer`](super::Layer).
///
/// # Errors
/// As [`load_model`].
pub fn load_model_with(path: impl AsRef<Path>, registry: &LayerRegistry) -> Result<Model> {
    let path = path.as_ref();
    if is_keras_3(path) && path.is_file() {
        return keras_3::load(path, registry).map_err(|mismatch| in_file(mismatch, path));
    }
    let file = open(path, "an HDF5 file with a model of Keras")?;
    read_model(&file, registry).map_err(|mismatch| in_file(mismatch, path))
}

/// The error of this file.
fn in_file(mismatch: Mismatch, path: &Path) -> Error {
    let Mismatch { expected, found, help } = mismatch;
    Error::Contents { path: path.to_owned(), expected, found, help: help.unwrap_or_else(|| WRITE_AGAIN.to_owned()) }
}

fn read_model(file: &hdf5::File, registry: &LayerRegistry) -> Result<Model, Mismatch> {
    let json = |name: &str| -> Result<Option<Value>, Mismatch> {
        let text = hdf5_file::strings(file, name).filter(|texts| texts.len() == 1);
        let value = text.map(|texts| serde_json::from_str(&texts[0]));
        value.transpose().map_err(|e| Mismatch::new(format!("the attribute {name} with JSON"), e.to_string()))
    };
    let Some(architecture) = json("model_config")? else {
        let attributes = file.attr_names().unwrap_or_default().join(", ");
        let found = if attributes.is_empty() { "no attributes".into() } else { format!("the attributes {attributes}") };
        let help = "a file of weights alone is read by a model of the same layers: model.load_weights(path)";
        return Err(Mismatch::new("a model of Keras, the attribute model_config", found).help(help));
    };
    let is_keras_3 =
        hdf5_file::strings(file, "keras_version").is_some_and(|texts| texts.iter().any(|text| text.starts_with("3.")));
    let mut model = architecture::read(&architecture, is_keras_3, registry)?;
    model.read_all(file)?;
    if let Some(config) = json("training_config")? {
        training::compile(&mut model, &config);
        optimizer::read(file, &model);
        if let Ok(root) = file.as_group() {
            state::read(&root, &model);
        }
    }
    Ok(model)
}

/// Requires kernels in TensorFlow's order: those of Theano are rotated by 180°, and would convolve otherwise.
fn require_order_of_axes(file: &hdf5::File, model: &Model) -> Result<(), Mismatch> {
    let backend = hdf5_file::strings(file, "backend").and_then(|texts| texts.into_iter().next());
    let convolution = model.layers().iter().find(|layer| layer.class_name() == "Conv2D");
    match (backend, convolution) {
        (Some(backend), Some(layer)) if backend == "theano" || backend == "cntk" => {
            let help = "open it in Keras 2.2 with the backend tensorflow, which rotates the kernels, and save it again";
            let mismatch = Mismatch::new("kernels for the backend tensorflow", format!("backend = {backend}"));
            Err(mismatch.of_layer(layer.name(), layer.class_name()).help(help))
        }
        _ => Ok(()),
    }
}

/// Whether a file has, by its name, Keras 3's own format.
fn is_keras_3(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "keras")
}

/// Opens a file of Keras; `expected` says what it has to hold.
fn open(path: &Path, expected: &str) -> Result<hdf5::File> {
    hdf5_file::open(path, expected, WRITE_AGAIN)
}
