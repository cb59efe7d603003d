/*!
How a training step turns gradients into new values, one rule per file.

Where gradients come from is not decided here, see [`Graph::minimize`](super::Graph::minimize).
*/

mod adam;
mod adjusted;
mod clipping;
mod momentum;
mod optimizer;
mod rms_prop;
mod rms_prop_after_root;
mod sgd;
mod velocity;

pub use adam::Adam;
pub use adjusted::Adjusted;
pub use clipping::Clipping;
pub(crate) use clipping::norm;
pub use momentum::Momentum;
pub use optimizer::{Optimizer, Update};
pub use rms_prop::RmsProp;
pub use rms_prop_after_root::RmsPropAfterRoot;
pub use sgd::Sgd;
pub use velocity::Velocity;
