/*!
Single pictures: loaded, saved, cropped, resized, scaled to 0..1, augmented, and one painted by the program.

It is not where whole data sets come from: that is [`crate::datasets`].

A picture of one's own, ready for a network that learned on the course's photos:

```no_run
let x = cnn::images::load_for_network("my_hand.jpg", 64)?;
assert_eq!(x.dim(), (1, 64, 64, 3));
# Ok::<(), cnn::Error>(())
```
*/

mod augment;
mod load;
mod resize;
mod save;
mod scene;

pub use augment::Augment;
pub use load::{load, load_for_network};
pub use resize::{centre_crop, normalize, resize};
pub use save::save;
pub use scene::scene;
