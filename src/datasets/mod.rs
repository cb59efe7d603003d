/*!
The pictures that the assignments learn from: the SIGNS and Happy House files, synthetic ones, mini-batches, one-hot.

It is not where one picture is loaded, resized or augmented: that is `cnn::images`.

Every function opens, reads and closes its file within one call, and holds nothing of the HDF5 library afterwards.
*/

mod course_file;
mod dataset;
mod happy_house;
mod import;
mod locate;
mod mini_batches;
mod one_hot;
mod signs;
mod synthetic;

pub use course_file::{CourseFile, LabelledPictures, Split};
pub use dataset::{Dataset, Source};
pub use happy_house::{load_happy_house, load_happy_house_from, load_happy_house_test_from};
pub use import::{Imported, Refused, import_folder};
pub use mini_batches::random_mini_batches;
pub use one_hot::convert_to_one_hot;
pub use signs::{SYNTHETIC_SEED, load_signs, load_signs_from};
pub use synthetic::{
    People, Scenes, synthetic_face, synthetic_happy_house, synthetic_happy_house_in, synthetic_people,
    synthetic_scenes, synthetic_signs, synthetic_signs_in, synthetic_thumbs_up,
};
