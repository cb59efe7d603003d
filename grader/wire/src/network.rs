/*! The names by which the drivers describe a network, and by which the grader finds its parts again. */

/// The property of a layer that holds the name that was given to it.
pub const LAYER_NAME: &str = "named";
/// The property of a layer that says which layers it is called on; the numbers change with every layer before it.
pub const CALLED_ON: &str = "called on";
/// The field that holds the model's name.
pub const MODEL_NAME: &str = "the model's name";
