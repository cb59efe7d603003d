/*!
Pictures drawn by the program, for when there are no photos: hands that show 0 to 5 fingers, and faces at a door.

They are not the course's data, and an accuracy on them says nothing about photos; the tasks are of the same kind and
size.

A hand is a skeleton ([`hand`]) with flesh around it ([`body`], [`skin`]), seen in some light before a wall ([`picture`],
[`wall`]); a face ([`face`]) is a head, an expression and what surrounds them; a street ([`traffic`]) has several flat
objects, with their boxes; [`people`] has several pictures of each of some persons. A camera ([`camera`]) takes all of them. All
arithmetic is exact to the bit on every machine ([`exact`]), so a seed names the same bytes everywhere.
*/

mod body;
mod camera;
mod exact;
mod face;
mod hand;
mod people;
mod picture;
mod rng;
mod set;
mod skin;
mod traffic;
mod wall;

use super::Dataset;
use ndarray::Array3;
use rng::Rng;
use set::Set;
use std::path::Path;

pub use people::{People, synthetic_people};
pub use traffic::{Scenes, synthetic_scenes};

/// Hands that show 0 to 5 fingers.
const SIGNS: Set = Set {
    name: "SIGNS",
    file: "synthetic_signs.h5",
    n_classes: super::signs::CLASSES,
    m_train: 1080,
    m_test: 120,
    drawing: 2,
    picture: picture::draw,
};

/// Faces that do not smile, 0, or do, 1.
const HAPPY_HOUSE: Set = Set {
    name: "Happy House",
    file: "synthetic_happy.h5",
    n_classes: super::happy_house::CLASSES,
    m_train: 600,
    m_test: 150,
    drawing: 1,
    picture: |class, rng| face::draw(class == 1, set::SIDE, rng),
};

/// The index of a picture that is in no set, because none has so many.
const OF_NO_SET: usize = 1 << 20;

/// Draws SIGNS: 1,080 + 120 pictures 64×64×3 of hands that show the numbers 0 to 5, equally many of each.
///
/// They vary in pose (turned, tilted, left and right, palm and back, bent and spread fingers), size, place, skin, light,
/// shadow, background, sharpness and noise. The same seed gives the same bytes on every machine. Takes a few seconds,
/// with a progress bar on a terminal.
///
/// ```no_run
/// let signs = cnn::datasets::synthetic_signs(0);
/// assert_eq!(signs.x_train.dim(), (1080, 64, 64, 3));
/// println!("{}", signs.source);
/// ```
pub fn synthetic_signs(seed: u32) -> Dataset {
    SIGNS.drawn(seed)
}

/// Loads the synthetic SIGNS of `seed` from `synthetic_signs.h5` in `dir`; draws and keeps them if they are not there.
///
/// The file holds both halves in the course's layout, and the attributes `seed` and `drawing`. A file of another seed,
/// of an older drawing or a damaged one is replaced as a whole, so several programs may call it at once. Where nothing can
/// be written, the pictures are drawn all the same, and [`Dataset::source`] says why they were not kept.
pub fn synthetic_signs_in(dir: impl AsRef<Path>, seed: u32) -> Dataset {
    SIGNS.kept_in(dir.as_ref(), seed)
}

/// A thumbs-up, drawn like the pictures of [`synthetic_signs`]: 64 × 64 × 3 bytes. It is none of their classes.
///
/// ```
/// assert_eq!(cnn::datasets::synthetic_thumbs_up(5).dim(), (64, 64, 3));
/// ```
pub fn synthetic_thumbs_up(seed: u32) -> Array3<u8> {
    let bytes = picture::draw_thumbs_up(&mut Rng::new(seed, OF_NO_SET));
    Array3::from_shape_vec((set::SIDE, set::SIDE, 3), bytes).expect("three bytes a pixel")
}

/// Draws Happy House: 600 + 150 pictures 64×64×3 of faces at a door, half of them smiling (1), half not (0).
///
/// They vary in pose, size, place, build, skin, hair, beard, glasses, mouth, gaze, light, background, sharpness and
/// noise. A smile may be broad or faint, with teeth or without; other faces may be calm, cross, sad, speaking or
/// surprised. The same seed gives the same bytes on every machine. Takes a few seconds, with a progress bar on a
/// terminal.
///
/// ```no_run
/// let happy = cnn::datasets::synthetic_happy_house(0);
/// assert_eq!(happy.x_train.dim(), (600, 64, 64, 3));
/// ```
pub fn synthetic_happy_house(seed: u32) -> Dataset {
    HAPPY_HOUSE.drawn(seed)
}

/// Loads the synthetic Happy House of `seed` from `synthetic_happy.h5` in `dir`, as [`synthetic_signs_in`] does SIGNS.
pub fn synthetic_happy_house_in(dir: impl AsRef<Path>, seed: u32) -> Dataset {
    HAPPY_HOUSE.kept_in(dir.as_ref(), seed)
}

/// One face, such as those of [`synthetic_happy_house`] but of any size: `side` × `side` × 3 bytes.
///
/// ```
/// let face = cnn::datasets::synthetic_face(true, 96, 7);
/// assert_eq!(face.dim(), (96, 96, 3));
/// ```
pub fn synthetic_face(is_happy: bool, side: usize, seed: u32) -> Array3<u8> {
    let bytes = face::draw(is_happy, side, &mut Rng::new(seed, OF_NO_SET));
    Array3::from_shape_vec((side, side, 3), bytes).expect("three bytes a pixel")
}
