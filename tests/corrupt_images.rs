/*!
Whole pictures of every kind are read; no picture is that was cut off, overwritten or replaced by something else.
*/

use cnn::datasets::{Refused, import_folder, load_signs_from};
use cnn::images::{self, load};
use cnn::prelude::*;
use std::path::{Path, PathBuf};

/// What every file in fixtures/pictures shows; pictures.py computes the same.
fn pixels() -> Array3<u8> {
    let blocks = [[[200, 30, 30], [30, 180, 40]], [[30, 40, 190], [240, 240, 240]]];
    Array3::from_shape_fn((45, 61, 3), |(row, column, channel)| {
        let block: i32 = blocks[usize::from(row >= 24)][usize::from(column >= 32)][channel];
        (block + ((row * 7 + column * 13 + row * column * 3) % 17) as i32 - 8) as u8
    })
}

/// The fixture files, by name.
fn fixtures() -> Vec<(String, Vec<u8>)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pictures");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let files: Vec<_> = paths.iter().map(|path| (name(path), std::fs::read(path).unwrap())).collect();
    assert_eq!(files.len(), 12, "baseline, progressive, restart markers, gray, CMYK; and four kinds of PNG");
    files
}

/// What `load` says about these bytes: `None` if it takes them for a picture.
fn refusal(path: &Path, bytes: &[u8]) -> Option<String> {
    std::fs::write(path, bytes).unwrap();
    load(path).err().map(|error| error.to_string())
}

/// The mean of the absolute differences between a picture and what it should show.
fn difference(picture: &Array3<u8>, name: &str) -> f64 {
    let mut expected = pixels().mapv(f64::from);
    if name == "gray_16_bit.png" {
        expected = expected.slice(s![.., .., ..1]).broadcast((45, 61, 3)).unwrap().to_owned();
    } else if name.starts_with("gray") {
        let gray = expected.dot_channels([0.299, 0.587, 0.114]);
        expected = gray.insert_axis(Axis(2)).broadcast((45, 61, 3)).unwrap().to_owned();
    }
    (picture.mapv(f64::from) - expected).mapv(f64::abs).mean().unwrap()
}

trait DotChannels {
    fn dot_channels(&self, weights: [f64; 3]) -> Array2<f64>;
}

impl DotChannels for Array3<f64> {
    fn dot_channels(&self, weights: [f64; 3]) -> Array2<f64> {
        Array2::from_shape_fn((self.dim().0, self.dim().1), |(row, column)| {
            (0..3).map(|c| weights[c] * self[[row, column, c]]).sum()
        })
    }
}

#[test]
fn whole_pictures_of_every_kind_are_read() {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in fixtures() {
        let path = dir.path().join(&name);
        std::fs::write(&path, &bytes).unwrap();
        let picture = load(&path).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(picture.dim(), (45, 61, 3), "{name}");
        let limit = match name.as_str() {
            "rgb.png" | "animated.png" | "gray_16_bit.png" => 0.0,
            _ => 6.0,
        };
        let difference = difference(&picture, &name);
        assert!(difference <= limit, "{name} differs by {difference} on average");
    }
}

#[test]
fn what_follows_a_whole_picture_does_not_matter() {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in fixtures() {
        // Phones append a second picture or a short film.
        let more = [bytes.as_slice(), b"\xff\xd8\xff\xe1 and more \x00\x01\x02"].concat();
        assert_eq!(refusal(&dir.path().join(&name), &more), None);
    }
}

#[test]
fn a_picture_is_refused_wherever_it_was_cut() {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in fixtures() {
        let path = dir.path().join(&name);
        let near_the_end = bytes.len() - 30;
        for kept in (0..near_the_end).step_by(29).chain(near_the_end..bytes.len()) {
            let message = refusal(&path, &bytes[..kept]).unwrap_or_else(|| panic!("{name}: {kept} bytes were taken"));
            assert!(message.contains(&name) && message.contains("help: "), "{message}");
            // As an interrupted copy leaves it: the rest is there, and zero.
            let mut zeros = bytes.clone();
            zeros[kept..].fill(0);
            assert!(refusal(&path, &zeros).is_some(), "{name}: zeros from byte {kept} were taken");
            // With the end marker after the cut, only the data itself can tell.
            let cut = [&bytes[..kept], if name.ends_with("jpg") { b"\xff\xd9" } else { &bytes[near_the_end + 18..] }];
            if kept < near_the_end {
                assert!(refusal(&path, &cut.concat()).is_some(), "{name}: a cut at {kept} was taken");
            }
        }
    }
}

#[test]
fn a_picture_is_refused_when_a_part_of_it_is_missing_or_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let mut rng = RandomState::new(4);
    let mut below = |n: usize| rng.randint(0, n as i64, ())[()] as usize;
    let (mut tried, mut taken) = (0, 0);
    for (name, bytes) in fixtures() {
        let path = dir.path().join(&name);
        let data = if name.ends_with("jpg") {
            bytes.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap() + 14
        } else {
            33 // after the header chunk
        };
        for _ in 0..40 {
            let length = 64 + below(200);
            let start = data + below(bytes.len() - data - length - 12);
            let mut damaged = bytes.clone();
            if below(2) == 0 {
                damaged.drain(start..start + length);
            } else {
                damaged[start..start + length].fill_with(|| below(255) as u8);
            }
            tried += 1;
            if refusal(&path, &damaged).is_none() {
                assert!(name.ends_with("jpg"), "a PNG has checksums");
                taken += 1;
            }
        }
    }
    // JPEG has no checksum: other bits can by chance be as many blocks.
    assert!(taken * 20 <= tried, "{taken} of {tried} were taken");
}

#[test]
fn damaged_photos_are_refused_by_name_and_the_others_imported() {
    let dir = tempfile::tempdir().unwrap();
    let (jpeg, png) = {
        let files = fixtures();
        let find = |name: &str| files.iter().find(|file| file.0 == name).unwrap().1.clone();
        (find("baseline_420.jpg"), find("rgb.png"))
    };
    let put = |name: &str, bytes: &[u8]| std::fs::write(dir.path().join(name), bytes).unwrap();
    for label in 0..6u8 {
        for i in 0..2u8 {
            let picture = Array3::from_elem((70, 80, 3), 40 * label + i);
            images::save(dir.path().join(format!("{label}_{i}.png")), &picture).unwrap();
        }
    }
    put("2_third.jpg", &jpeg[..jpeg.len() / 3]);
    put("3_half.png", &png[..png.len() / 2]);
    put("4_empty.jpg", b"");
    put("5_page.jpeg", b"<!DOCTYPE html><html>");
    put("5_phone.HEIC", b"\0\0\0\x18ftypheic\0\0\0\0");
    // What other systems leave in a folder.
    for name in ["._2_hand.jpg", "._hand.png", ".DS_Store", "Thumbs.db", "desktop.ini", "notes.txt"] {
        put(name, b"\0\x05\x16\x07\0\x02\0\0Mac OS X        ");
    }
    put("1_whole.jpg", &jpeg);
    let out = dir.path().join("out");
    let imported = import_folder(dir.path(), &out).unwrap();
    let refused: Vec<_> =
        imported.refused.iter().map(|Refused { path, found }| (path.clone(), found.as_str())).collect();
    let named = |name: &str| dir.path().join(name);
    assert_eq!(
        refused.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>(),
        ["2_third.jpg", "3_half.png", "4_empty.jpg", "5_page.jpeg", "5_phone.HEIC"].map(named)
    );
    for ((_, found), part) in refused.iter().zip(["a damaged JPEG", "a damaged PNG", "empty", "web page", "HEIC"]) {
        assert!(found.contains(part), "{found}");
    }
    assert_eq!(imported.per_label, [(1, 1), (2, 1), (1, 1), (1, 1), (1, 1), (1, 1)]);
    let signs = load_signs_from(&out).unwrap();
    assert_eq!((signs.x_train.dim().0, signs.x_test.dim().0), (7, 6));
    let report = imported.to_string();
    for part in ["5 left out because they are no complete", "2_third.jpg: a damaged JPEG: it ends", "help: "] {
        assert!(report.contains(part), "`{part}` is missing in:\n{report}");
    }
    assert!(!report.contains("._"), "{report}");
}

#[test]
fn a_label_that_only_has_damaged_photos_is_an_error_that_names_them() {
    let dir = tempfile::tempdir().unwrap();
    for label in 0..6u8 {
        for i in 0..2u8 {
            let picture = Array3::from_elem((64, 64, 3), 40 * label + i);
            images::save(dir.path().join(format!("{label}_{i}.png")), &picture).unwrap();
        }
    }
    let path = dir.path().join("3_1.png");
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 20]).unwrap();
    let message = import_folder(dir.path(), dir.path().join("out")).unwrap_err().to_string();
    assert!(message.contains("found: 1 with label 3"), "{message}");
    assert!(message.contains("3_1.png: a damaged PNG: it ends after"), "{message}");
}
