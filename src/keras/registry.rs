/*!
The classes of layers that a file can name, and how each is made from its settings.

Those that belong to the library are listed in [`layers`](super::layers).
*/

use super::{
    built_layer::{BuiltLayer, Tensor},
    call::place,
    config::Config,
    context::Context,
    layer::{Attributes, Layer},
    mismatch::Mismatch,
    tensors::Tensors,
};
use std::{fmt, rc::Rc};

/// Which layers [`load_model_with`](super::load_model_with) knows by their class names: Keras' `custom_objects`.
///
/// An example is at [`Layer`].
#[derive(Clone)]
pub struct LayerRegistry {
    classes: Vec<Class>,
}

/// Makes a layer of its settings and calls it.
type Place = fn(Rc<Context>, &Config, Attributes, Vec<Tensor>) -> Result<Tensor, Mismatch>;

#[derive(Clone, Copy)]
struct Class {
    name: &'static str,
    /// Whether it belongs to the library, and not to the program.
    is_built_in: bool,
    place: Place,
    is_class_of: fn(&BuiltLayer) -> bool,
}

/// Names that files of other versions have for a layer whose settings are the same.
const OLDER_NAMES: [(&str, &str); 20] = [
    // TensorFlow 1.13 to 1.15.
    ("BatchNormalizationV1", "BatchNormalization"),
    ("BatchNormalizationV2", "BatchNormalization"),
    // The other names that Keras 2 has for its classes.
    ("Convolution1D", "Conv1D"),
    ("Convolution2D", "Conv2D"),
    ("Convolution3D", "Conv3D"),
    ("Convolution2DTranspose", "Conv2DTranspose"),
    ("SeparableConvolution1D", "SeparableConv1D"),
    ("SeparableConvolution2D", "SeparableConv2D"),
    ("MaxPool1D", "MaxPooling1D"),
    ("MaxPool2D", "MaxPooling2D"),
    ("MaxPool3D", "MaxPooling3D"),
    ("AvgPool1D", "AveragePooling1D"),
    ("AvgPool2D", "AveragePooling2D"),
    ("AvgPool3D", "AveragePooling3D"),
    ("GlobalMaxPool1D", "GlobalMaxPooling1D"),
    ("GlobalMaxPool2D", "GlobalMaxPooling2D"),
    ("GlobalMaxPool3D", "GlobalMaxPooling3D"),
    ("GlobalAvgPool1D", "GlobalAveragePooling1D"),
    ("GlobalAvgPool2D", "GlobalAveragePooling2D"),
    ("GlobalAvgPool3D", "GlobalAveragePooling3D"),
];

impl LayerRegistry {
    /// No layers at all.
    pub fn empty() -> Self {
        LayerRegistry { classes: Vec::new() }
    }

    /// Adds the layers of a class; one of the same name is replaced.
    #[must_use]
    pub fn register<L: Layer>(mut self) -> Self {
        self.classes.retain(|class| class.name != L::class_name());
        self.classes.push(Class {
            name: L::class_name(),
            is_built_in: false,
            place: |context, config, attributes, inputs| {
                let mut layer = L::from_config(config)?;
                config.all_read()?;
                *layer.attributes_mut() = attributes;
                place(context, layer, inputs)
            },
            is_class_of: |layer| layer.config_as::<L>().is_some(),
        });
        self
    }

    /// The same classes, as those of the library: a file's class of the same name that somebody else has registered
    /// with Keras is another one.
    pub(super) fn built_in(mut self) -> Self {
        self.classes.iter_mut().for_each(|class| class.is_built_in = true);
        self
    }

    /// The names of the classes.
    pub fn class_names(&self) -> impl Iterator<Item = &'static str> {
        self.classes.iter().map(|class| class.name)
    }

    /// Whether a layer is of one of the classes.
    ///
    /// ```
    /// use cnn::keras::{LayerRegistry, layers::*};
    /// let layer = Input::new(4).call().layer();
    /// assert!(LayerRegistry::new().contains(&layer) && !LayerRegistry::empty().contains(&layer));
    /// ```
    pub fn contains(&self, layer: &BuiltLayer) -> bool {
        self.classes.iter().any(|class| (class.is_class_of)(layer))
    }

    /// Makes a layer from its settings and calls it: Keras' `layers.deserialize`, without name.
    ///
    /// ```
    /// use cnn::keras::{Config, LayerRegistry, layers::*};
    /// let x = Input::new(100).call();
    /// let config = Config::new().set("rate", 0.5);
    /// let y = LayerRegistry::new().call("Dropout", &config, &x)?;
    /// assert_eq!(y.layer().config_as::<Dropout>().unwrap().rate, 0.5);
    /// # Ok::<(), cnn::keras::Mismatch>(())
    /// ```
    ///
    /// # Errors
    /// If there is no such class, a setting is not known, or the layer does not fit its inputs.
    pub fn call(&self, class_name: &str, config: &Config, inputs: impl Tensors) -> Result<Tensor, Mismatch> {
        let inputs = inputs.list();
        let Some(first) = inputs.first() else { return Err(Mismatch::new("at least one tensor", "none")) };
        let (context, class) = (first.context().clone(), ClassName { name: class_name, registered_name: None });
        self.place(class, context, config, Attributes::default(), inputs)
    }

    /// Makes a layer of the class that a file names, and puts it behind `inputs`.
    pub(super) fn place(
        &self,
        class: ClassName<'_>,
        context: Rc<Context>,
        config: &Config,
        attributes: Attributes,
        inputs: Vec<Tensor>,
    ) -> Result<Tensor, Mismatch> {
        let Some(class) = self.find(class) else {
            let expected = format!("one of {}", self.class_names().collect::<Vec<_>>().join(", "));
            let help = "only these layers are known here; a model within a model has to be taken apart first, and a \
                        layer of the program's own is opened with load_model_with(path, \
                        &LayerRegistry::new().register::<TheLayer>())";
            return Err(Mismatch::new(expected, class.registered_name.unwrap_or(class.name)).help(help));
        };
        (class.place)(context, config, attributes, inputs)
    }

    fn find(&self, class: ClassName<'_>) -> Option<Class> {
        let of_name = |name: &str| self.classes.iter().find(|class| class.name == name).copied();
        if let Some(registered) = class.custom() {
            let own = of_name(registered).or_else(|| of_name(registered.rsplit('>').next()?));
            return own.filter(|class| !class.is_built_in);
        }
        let now = OLDER_NAMES.iter().find(|(older, _)| *older == class.name);
        of_name(class.name).or_else(|| of_name(now?.1))
    }
}

/// The class of a layer in a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct ClassName<'a> {
    /// `class_name`.
    pub name: &'a str,
    /// `registered_name`, which the newer versions write.
    pub registered_name: Option<&'a str>,
}

impl<'a> ClassName<'a> {
    /// The name `package>Name` of a class that was registered with Keras, which may be called as one of Keras' own.
    fn custom(self) -> Option<&'a str> {
        let registered = self.registered_name.unwrap_or(self.name);
        (registered.contains('>') || registered != self.name).then_some(registered)
    }
}

impl fmt::Debug for LayerRegistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.class_names()).finish()
    }
}
