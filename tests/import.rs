/*!
A folder of photos becomes the two files of a data set.
*/

use cnn::datasets::{Imported, import_folder, load_signs_from};
use cnn::prelude::*;
use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};
use std::path::Path;

/// A grey PNG, 80 wide and 70 high: what is left of it at 64×64 is the same grey.
fn photo(dir: &Path, name: &str, grey: u8) {
    let file = std::fs::File::create(dir.join(name)).unwrap();
    PngEncoder::new(file).write_image(&vec![grey; 80 * 70 * 3], 80, 70, ExtendedColorType::Rgb8).unwrap();
}

/// 12 photos of label 0, 3 of each other label; the grey names the photo.
fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for i in 0..12 {
        photo(dir.path(), &format!("0_{i:02}.png"), i);
    }
    for label in 1..6 {
        for i in 0..3 {
            photo(dir.path(), &format!("{label}_hand_{i}.PNG"), 20 * label + i);
        }
    }
    dir
}

#[test]
fn photos_become_a_data_set_by_the_stated_rule() {
    let dir = folder();
    std::fs::write(dir.path().join("notes.txt"), "not a photo").unwrap();
    std::fs::create_dir(dir.path().join("3_folder.png")).unwrap();
    let out = dir.path().join("out");
    let imported = import_folder(dir.path(), &out).unwrap();
    assert_eq!(imported.per_label, [(11, 1), (2, 1), (2, 1), (2, 1), (2, 1), (2, 1)]);
    assert_eq!(imported.repeated, Vec::<std::path::PathBuf>::new());
    assert!(imported.to_string().starts_with("21 pictures for training in "), "{imported}");

    let signs = load_signs_from(&out).unwrap();
    assert_eq!((signs.x_train.dim(), signs.x_test.dim()), ((21, 64, 64, 3), (6, 64, 64, 3)));
    let greys = |x: &Array4<u8>| -> Vec<u8> {
        let first = x.slice(s![.., 0, 0, 0]).to_vec();
        for (i, &grey) in first.iter().enumerate() {
            assert!(x.index_axis(Axis(0), i).iter().all(|&value| value == grey), "one grey per photo");
        }
        first
    };
    let mut tests = greys(&signs.x_test);
    for (grey, label) in tests.iter().zip(&signs.y_test) {
        assert_eq!(usize::from(*grey) / 20, *label, "the label goes with its photo");
    }
    tests.sort_unstable();
    assert_eq!(tests, [9, 22, 42, 62, 82, 102], "the tenth of twelve, the last of three");
    let trains = greys(&signs.x_train);
    for (grey, label) in trains.iter().zip(&signs.y_train) {
        assert_eq!(usize::from(*grey) / 20, *label);
    }
    // The order of RandomState(0).permutation(21), whose first numbers NumPy prints as 8, 13, 20.
    let sorted = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 20, 21, 40, 41, 60, 61, 80, 81, 100, 101];
    assert_eq!(trains[..3], [sorted[8], sorted[13], sorted[20]]);
}

#[test]
fn a_repeated_photo_is_left_out_and_named() {
    let dir = folder();
    photo(dir.path(), "4_again.png", 81);
    let Imported { per_label, repeated, .. } = import_folder(dir.path(), dir.path().join("out")).unwrap();
    assert_eq!(per_label[4], (2, 1));
    assert_eq!(repeated, [dir.path().join("4_hand_1.PNG")], "the later one in the order of names");
}

#[test]
fn what_is_wrong_with_a_folder_is_named_and_nothing_is_written() {
    let dir = folder();
    let out = dir.path().join("out");
    let says = |parts: &[&str]| {
        let message = import_folder(dir.path(), &out).unwrap_err().to_string();
        for part in parts {
            assert!(message.contains(part), "`{part}` is missing in:\n{message}");
        }
        assert!(!out.join("train_signs.h5").exists() && !out.join("test_signs.h5").exists());
    };
    let expected = "expected: at least two photos of each label from 0 to 5, named <label>_….jpg";
    for name in ["hand.png", "6_hand.png", "-1_hand.png", "3.png"] {
        photo(dir.path(), name, 99);
        says(&[expected, &format!("found: `{name}`"), "help: name each photo with its label"]);
        std::fs::remove_file(dir.path().join(name)).unwrap();
    }
    for i in 0..2 {
        std::fs::remove_file(dir.path().join(format!("5_hand_{i}.PNG"))).unwrap();
    }
    says(&[expected, "found: 1 with label 5", "help: add photos"]);

    let message = import_folder(dir.path().join("nowhere"), &out).unwrap_err().to_string();
    assert!(message.contains("nowhere: not found") && message.contains("expected: a folder of photos"), "{message}");
    let empty = tempfile::tempdir().unwrap();
    let message = import_folder(empty.path(), &out).unwrap_err().to_string();
    assert!(message.contains("no file with the extension of a picture"), "{message}");
}

#[test]
fn files_that_are_there_are_not_overwritten() {
    let dir = folder();
    let out = tempfile::tempdir().unwrap();
    std::fs::write(out.path().join("test_signs.h5"), "precious").unwrap();
    let message = import_folder(dir.path(), out.path()).unwrap_err().to_string();
    assert!(message.contains("test_signs.h5: is there already") && message.contains("help: "), "{message}");
    assert_eq!(std::fs::read_to_string(out.path().join("test_signs.h5")).unwrap(), "precious");
}
