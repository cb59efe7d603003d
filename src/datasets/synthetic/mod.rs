/*!
Synthetic SIGNS: hands that show 0 to 5 fingers, drawn by the program, for when there are no photos.

It is not the course's data, and an accuracy on it says nothing about photos; the task is of the same kind and size.

A hand is a skeleton ([`hand`]) with flesh around it ([`body`], [`skin`]), seen in some light before a wall ([`picture`],
[`wall`]). All arithmetic is exact to the bit on every machine ([`exact`]), so a seed names the same bytes everywhere.
*/

mod body;
mod dice;
mod exact;
mod hand;
mod picture;
mod skin;
mod wall;

use super::signs::CLASSES;
use super::{CourseFile, Dataset, LabelledPictures, Source, Split};
use crate::error::Result;
use crate::numpy::RandomState;
use dice::Dice;
use indicatif::{ProgressBar, ProgressStyle};
use ndarray::{Array1, Array4, ArrayViewMut3, Axis};
use std::path::Path;

/// Pictures for training and for testing, as many as the course has.
const M_TRAIN: usize = 1080;
const M_TEST: usize = 120;

/// Counts the changes of the drawing: a file that an earlier version kept is drawn again. Raise it with every change
/// of a drawn byte, which the tests of this file notice.
const DRAWING: i64 = 2;

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
    let bar = ProgressBar::new((M_TRAIN + M_TEST) as u64).with_message("drawing synthetic SIGNS");
    bar.set_style(
        ProgressStyle::with_template("{msg} [{bar:40}] {pos}/{len} {eta}").unwrap_or(ProgressStyle::default_bar()),
    );
    let train = draw(seed, 0, M_TRAIN, &bar);
    let test = draw(seed, M_TRAIN, M_TEST, &bar);
    bar.finish_and_clear();
    Dataset::new(train, test, Source::Synthetic { seed, kept: Err("drawn in memory".to_owned()) })
}

/// Loads the synthetic SIGNS of `seed` from `synthetic_signs.h5` in `dir`; draws and keeps them if they are not there.
///
/// The file holds both halves in the course's layout, and the attributes `seed` and `drawing`. A file of another seed,
/// of an older drawing or a damaged one is replaced as a whole, so several programs may ask at once. Where nothing can
/// be written, the pictures are drawn all the same, and [`Dataset::source`] says why they were not kept.
pub fn synthetic_signs_in(dir: impl AsRef<Path>, seed: u32) -> Dataset {
    let file = CourseFile::new(dir.as_ref().join("synthetic_signs.h5"), CLASSES);
    if let Ok((train, test)) = read(&file, seed) {
        return Dataset::new(train, test, Source::Synthetic { seed, kept: Ok(file.path().to_owned()) });
    }
    let mut signs = synthetic_signs(seed);
    let kept = keep(&file, &signs, seed);
    signs.source = Source::Synthetic { seed, kept: kept.map(|()| file.path().to_owned()).map_err(|e| e.to_string()) };
    signs
}

fn attributes(seed: u32) -> [(&'static str, i64); 2] {
    [("seed", seed.into()), ("drawing", DRAWING)]
}

fn read(file: &CourseFile, seed: u32) -> Result<(LabelledPictures, LabelledPictures), ()> {
    for (name, value) in attributes(seed) {
        if file.attribute(name) != Some(value) {
            return Err(());
        }
    }
    Ok((file.read(Split::Train).map_err(drop)?, file.read(Split::Test).map_err(drop)?))
}

fn keep(file: &CourseFile, signs: &Dataset, seed: u32) -> Result<()> {
    let half = |pictures: &Array4<u8>, labels: &Array1<usize>| LabelledPictures {
        pictures: pictures.clone(),
        labels: labels.clone(),
        classes: signs.classes.clone(),
    };
    let (train, test) = (half(&signs.x_train, &signs.y_train), half(&signs.x_test, &signs.y_test));
    file.write_with(&[(Split::Train, &train), (Split::Test, &test)], &attributes(seed))
}

/// Draws the pictures `first .. first + m` of the set.
///
/// Every picture has dice of its own, so the number of threads changes nothing.
fn draw(seed: u32, first: usize, m: usize, bar: &ProgressBar) -> LabelledPictures {
    let labels = RandomState::new(seed.wrapping_add(first as u32)).permutation(m).mapv(|i| i % CLASSES);
    let mut pictures = Array4::zeros((m, picture::SIDE, picture::SIDE, 3));
    let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut shares: Vec<Vec<(usize, ArrayViewMut3<u8>)>> = (0..n_threads).map(|_| Vec::new()).collect();
    for (i, view) in pictures.axis_iter_mut(Axis(0)).enumerate() {
        shares[i % n_threads].push((i, view));
    }
    std::thread::scope(|scope| {
        for share in shares {
            scope.spawn(|| {
                for (i, mut view) in share {
                    let bytes = picture::draw(labels[i], &mut Dice::new(seed, first + i));
                    view.iter_mut().zip(bytes).for_each(|(pixel, byte)| *pixel = byte);
                    bar.inc(1);
                }
            });
        }
    });
    LabelledPictures { pictures, labels, classes: Array1::from_iter(0..CLASSES) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FNV-1a with 64 bits (Fowler, Noll, Vo): enough to notice a changed byte.
    fn fnv(bytes: impl IntoIterator<Item = u8>) -> u64 {
        bytes
            .into_iter()
            .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
    }

    #[test]
    fn a_seed_names_the_same_bytes_everywhere() {
        let some = draw(2, 0, 48, &ProgressBar::hidden());
        let hash = fnv(some.pictures.iter().copied().chain(some.labels.iter().map(|&y| y as u8)));
        assert_eq!(hash, 0x35db_28d1_0918_7161, "the drawing has changed: raise DRAWING, and write {hash:#018x} here");
    }

    #[test]
    fn classes_are_of_equal_size_and_shuffled() {
        let set = draw(3, M_TRAIN, 60, &ProgressBar::hidden());
        for class in 0..CLASSES {
            assert_eq!(set.labels.iter().filter(|&&y| y == class).count(), 10);
        }
        assert!(set.labels.iter().zip(0..).any(|(&y, i)| y != i % CLASSES));
        assert_eq!(set.pictures.dim(), (60, 64, 64, 3));
    }

    #[test]
    fn seeds_halves_and_pictures_differ() {
        let bar = ProgressBar::hidden();
        let pictures = |seed, first| draw(seed, first, 6, &bar).pictures;
        let four = [pictures(1, 0), pictures(2, 0), pictures(1, 6), pictures(1, M_TRAIN)];
        for (i, one) in four.iter().enumerate() {
            for (j, other) in four.iter().enumerate() {
                for (a, one) in one.outer_iter().enumerate() {
                    for (b, other) in other.outer_iter().enumerate() {
                        assert_eq!((i, a) == (j, b), one == other, "{i} {a} {j} {b}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_hand_stands_out_from_its_wall() {
        let set = draw(1, 0, 60, &ProgressBar::hidden());
        for (i, picture) in set.pictures.outer_iter().enumerate() {
            let red_over_blue =
                |row: usize, column: usize| f64::from(picture[[row, column, 0]]) - f64::from(picture[[row, column, 2]]);
            let mean = |rows: std::ops::Range<usize>, columns: std::ops::Range<usize>| {
                let n = (rows.len() * columns.len()) as f64;
                rows.flat_map(|r| columns.clone().map(move |c| (r, c))).map(|(r, c)| red_over_blue(r, c)).sum::<f64>()
                    / n
            };
            assert!(mean(16..56, 16..48) > mean(0..6, 0..64) + 8.0, "picture {i}: skin is redder than wall");
        }
    }

    #[test]
    fn pictures_are_kept_and_read_again_and_a_damaged_or_foreign_file_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let file = CourseFile::new(dir.path().join("synthetic_signs.h5"), CLASSES);
        let bar = ProgressBar::hidden();
        let (train, test) = (draw(5, 0, 6, &bar), draw(5, M_TRAIN, 6, &bar));
        let signs = Dataset::new(train.clone(), test.clone(), Source::Files(dir.path().to_owned()));
        assert!(read(&file, 5).is_err(), "nothing there yet");
        keep(&file, &signs, 5).unwrap();
        assert_eq!(read(&file, 5), Ok((train, test)));
        assert!(read(&file, 6).is_err(), "another seed");
        file.write_with(&[], &[("seed", 5), ("drawing", DRAWING - 1)]).unwrap();
        assert!(read(&file, 5).is_err(), "an older drawing");
        std::fs::write(file.path(), "damaged").unwrap();
        assert!(read(&file, 5).is_err(), "no HDF5");
    }
}
