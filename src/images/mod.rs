/*!
Single pictures: load, save, crop, resize, scale to 0..1, augment, and one that is painted by the program.

Whole data sets are in [`crate::datasets`].

A photo of your own, ready for a network that was trained on the course's photos:

```no_run
let x = cnn::images::load_for_network("my_hand.jpg", 64)?;
assert_eq!(x.dim(), (1, 64, 64, 3));
# Ok::<(), cnn::Error>(())
```
*/

mod augment;
mod jpeg;
mod load;
mod png;
mod principal_colors;
mod resize;
mod save;
mod scene;

pub use augment::Augment;
pub use load::{load, load_for_network};
pub use principal_colors::PrincipalColors;
pub use resize::{centre_crop, normalize, resize};
pub use save::save;
pub use scene::scene;
