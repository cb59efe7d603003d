/*!
A set of pictures that the program draws: both halves drawn with threads, kept in one file, read again.

The function that draws a picture is an argument.
*/

use super::rng::Rng;
use crate::datasets::{CourseFile, Dataset, LabelledPictures, Source, Split};
use crate::error::Result;
use crate::numpy::RandomState;
use indicatif::{ProgressBar, ProgressStyle};
use ndarray::{Array1, Array4, ArrayViewMut3, Axis};
use std::path::{Path, PathBuf};

/// Height and width, as the course's photos.
pub(super) const SIDE: usize = 64;

/// What there is to know of a set to draw it.
pub(super) struct Set {
    /// As it is called in a sentence.
    pub name: &'static str,
    /// The name of the file that keeps it.
    pub file: &'static str,
    pub n_classes: usize,
    /// Pictures for training and for testing, as many as the course has.
    pub m_train: usize,
    pub m_test: usize,
    /// Counts the changes of the drawing: a file that an earlier version kept is drawn again. Raise it with every
    /// change of a drawn byte, which the tests notice.
    pub drawing: i64,
    /// Draws a picture of this class: SIDE × SIDE × 3 bytes, row by row.
    pub picture: fn(usize, &mut Rng) -> Vec<u8>,
}

impl Set {
    /// Draws both halves, with a progress bar on a terminal.
    pub fn drawn(&self, seed: u32) -> Dataset {
        let bar = ProgressBar::new((self.m_train + self.m_test) as u64);
        bar.set_message(format!("drawing synthetic {}", self.name));
        bar.set_style(
            ProgressStyle::with_template("{msg} [{bar:40}] {pos}/{len} {eta}").unwrap_or(ProgressStyle::default_bar()),
        );
        let train = self.draw(seed, 0, self.m_train, &bar);
        let test = self.draw(seed, self.m_train, self.m_test, &bar);
        bar.finish_and_clear();
        Dataset::new(train, test, self.source(seed, Err("drawn in memory".to_owned())))
    }

    /// Reads the set of `seed` from its file in `dir`; draws and keeps it if it is not there.
    pub fn kept_in(&self, dir: &Path, seed: u32) -> Dataset {
        let file = CourseFile::new(dir.join(self.file), self.n_classes);
        let path = file.path().to_owned();
        if let Ok((train, test)) = self.read(&file, seed) {
            return Dataset::new(train, test, self.source(seed, Ok(path)));
        }
        let mut set = self.drawn(seed);
        let kept = self.keep(&file, &set, seed);
        set.source = self.source(seed, kept.map(|()| path).map_err(|e| e.to_string()));
        set
    }

    fn source(&self, seed: u32, kept: Result<PathBuf, String>) -> Source {
        Source::Synthetic { name: self.name, seed, kept }
    }

    fn attributes(&self, seed: u32) -> [(&'static str, i64); 2] {
        [("seed", seed.into()), ("drawing", self.drawing)]
    }

    fn read(&self, file: &CourseFile, seed: u32) -> Result<(LabelledPictures, LabelledPictures), ()> {
        for (name, value) in self.attributes(seed) {
            if file.attribute(name) != Some(value) {
                return Err(());
            }
        }
        Ok((file.read(Split::Train).map_err(drop)?, file.read(Split::Test).map_err(drop)?))
    }

    fn keep(&self, file: &CourseFile, set: &Dataset, seed: u32) -> Result<()> {
        let half = |pictures: &Array4<u8>, labels: &Array1<usize>| LabelledPictures {
            pictures: pictures.clone(),
            labels: labels.clone(),
            classes: set.classes.clone(),
        };
        let (train, test) = (half(&set.x_train, &set.y_train), half(&set.x_test, &set.y_test));
        file.write_with(&[(Split::Train, &train), (Split::Test, &test)], &self.attributes(seed))
    }

    /// Draws the pictures `first .. first + m` of the set.
    ///
    /// Every picture has a generator of its own, so the number of threads changes nothing.
    pub fn draw(&self, seed: u32, first: usize, m: usize, bar: &ProgressBar) -> LabelledPictures {
        let labels = RandomState::new(seed.wrapping_add(first as u32)).permutation(m).mapv(|i| i % self.n_classes);
        let mut pictures = Array4::zeros((m, SIDE, SIDE, 3));
        let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
        let mut shares: Vec<Vec<(usize, ArrayViewMut3<u8>)>> = (0..n_threads).map(|_| Vec::new()).collect();
        for (i, view) in pictures.axis_iter_mut(Axis(0)).enumerate() {
            shares[i % n_threads].push((i, view));
        }
        std::thread::scope(|scope| {
            for share in shares {
                scope.spawn(|| {
                    for (i, mut view) in share {
                        let bytes = (self.picture)(labels[i], &mut Rng::new(seed, first + i));
                        view.iter_mut().zip(bytes).for_each(|(pixel, byte)| *pixel = byte);
                        bar.inc(1);
                    }
                });
            }
        });
        LabelledPictures { pictures, labels, classes: Array1::from_iter(0..self.n_classes) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datasets::synthetic::{HAPPY_HOUSE, SIGNS};

    fn draw(set: &Set, seed: u32, first: usize, m: usize) -> LabelledPictures {
        set.draw(seed, first, m, &ProgressBar::hidden())
    }

    /// FNV-1a with 64 bits (Fowler, Noll, Vo): enough to notice a changed byte.
    fn fnv(bytes: impl IntoIterator<Item = u8>) -> u64 {
        bytes
            .into_iter()
            .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
    }

    #[track_caller]
    fn check_bytes(set: &Set, expected: u64) {
        let some = draw(set, 2, 0, 48);
        let hash = fnv(some.pictures.iter().copied().chain(some.labels.iter().map(|&y| y as u8)));
        assert_eq!(hash, expected, "{}: the drawing has changed: raise `drawing`, and write {hash:#018x}", set.name);
    }

    #[test]
    fn a_seed_names_the_same_bytes_everywhere() {
        check_bytes(&SIGNS, 0x35db_28d1_0918_7161);
        check_bytes(&HAPPY_HOUSE, 0xb10d_e8c6_3a05_95c7);
    }

    #[test]
    fn classes_are_of_equal_size_and_shuffled() {
        for set in [&SIGNS, &HAPPY_HOUSE] {
            let some = draw(set, 3, set.m_train, 60);
            for class in 0..set.n_classes {
                assert_eq!(some.labels.iter().filter(|&&y| y == class).count(), 60 / set.n_classes);
            }
            assert!(some.labels.iter().zip(0..).any(|(&y, i)| y != i % set.n_classes));
            assert_eq!(some.pictures.dim(), (60, 64, 64, 3));
        }
    }

    #[test]
    fn seeds_halves_and_pictures_differ() {
        for set in [&SIGNS, &HAPPY_HOUSE] {
            let pictures = |seed, first| draw(set, seed, first, 6).pictures;
            let four = [pictures(1, 0), pictures(2, 0), pictures(1, 6), pictures(1, set.m_train)];
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
    }

    #[test]
    fn a_hand_stands_out_from_its_wall() {
        let set = draw(&SIGNS, 1, 0, 60);
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
        let file = CourseFile::new(dir.path().join(SIGNS.file), SIGNS.n_classes);
        let (train, test) = (draw(&SIGNS, 5, 0, 6), draw(&SIGNS, 5, SIGNS.m_train, 6));
        let signs = Dataset::new(train.clone(), test.clone(), Source::Files(dir.path().to_owned()));
        assert!(SIGNS.read(&file, 5).is_err(), "nothing there yet");
        SIGNS.keep(&file, &signs, 5).unwrap();
        assert_eq!(SIGNS.read(&file, 5), Ok((train, test)));
        assert!(SIGNS.read(&file, 6).is_err(), "another seed");
        file.write_with(&[], &[("seed", 5), ("drawing", SIGNS.drawing - 1)]).unwrap();
        assert!(SIGNS.read(&file, 5).is_err(), "an older drawing");
        std::fs::write(file.path(), "damaged").unwrap();
        assert!(SIGNS.read(&file, 5).is_err(), "no HDF5");
    }
}
