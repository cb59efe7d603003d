/*!
What is done while a model trains: to change the learning rate, to stop, to save, to print.

[`Fit`](super::Fit) calls them; each of Keras' own has a file here.
*/

mod callback;
mod csv_logger;
mod early_stopping;
mod model_checkpoint;
mod monitor;
mod on_epoch_end;
mod reduce_lr_on_plateau;

pub use callback::{Callback, Training};
pub use csv_logger::CSVLogger;
pub use early_stopping::EarlyStopping;
pub use model_checkpoint::ModelCheckpoint;
pub use monitor::Mode;
pub use on_epoch_end::{OnEpochEnd, on_epoch_end};
pub use reduce_lr_on_plateau::ReduceLROnPlateau;
