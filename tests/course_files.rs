/*!
HDF5 files in the course's layout: what is written is read again, and each kind of damage is named.

The real photos are read where they are present, and the test says so where they are not.
*/

use cnn::datasets::{CourseFile, LabelledPictures, Source, Split, load_happy_house_test_from, load_signs_from};
use cnn::prelude::*;
use std::path::{Path, PathBuf};

/// Six small-numbered classes and `m` pictures, each pixel different from its neighbours.
fn pictures(m: usize) -> LabelledPictures {
    LabelledPictures {
        pictures: Array4::from_shape_fn((m, 64, 64, 3), |(i, h, w, c)| (i * 31 + h * 7 + w * 3 + c) as u8),
        labels: Array1::from_iter((0..m).map(|i| (i * 5) % 6)),
        classes: Array1::from_iter(0..6),
    }
}

fn write_pair(dir: &Path) {
    CourseFile::new(dir.join("train_signs.h5"), 6).write(&[(Split::Train, &pictures(11))]).unwrap();
    CourseFile::new(dir.join("test_signs.h5"), 6).write(&[(Split::Test, &pictures(4))]).unwrap();
}

#[test]
fn what_is_written_is_read_again() {
    let dir = tempfile::tempdir().unwrap();
    let nested = dir.path().join("new/folder");
    write_pair(&nested);
    let signs = load_signs_from(&nested).unwrap();
    assert_eq!((signs.x_train, signs.y_train), (pictures(11).pictures, pictures(11).labels));
    assert_eq!((signs.x_test, signs.y_test), (pictures(4).pictures, pictures(4).labels));
    assert_eq!(signs.classes, array![0, 1, 2, 3, 4, 5]);
    assert_eq!(signs.source, Source::Files(nested.clone()));
    let mut left: Vec<_> = std::fs::read_dir(&nested).unwrap().map(|e| e.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["test_signs.h5", "train_signs.h5"], "no temporary file stays behind");
}

#[cfg(target_os = "linux")]
#[test]
fn a_lock_that_goes_away_is_waited_for_and_one_that_stays_is_named() {
    use std::os::fd::AsRawFd;
    let dir = tempfile::tempdir().unwrap();
    write_pair(dir.path());
    let writer = std::fs::File::open(dir.path().join("train_signs.h5")).unwrap();
    // SAFETY: the descriptor is open as long as `writer` lives.
    let lock = |operation| assert_eq!(unsafe { libc::flock(writer.as_raw_fd(), operation) }, 0);
    lock(libc::LOCK_EX);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| load_signs_from(dir.path()));
        std::thread::sleep(std::time::Duration::from_millis(100));
        assert!(!reader.is_finished(), "the file was read under a lock");
        lock(libc::LOCK_UN);
        assert_eq!(reader.join().unwrap().unwrap().y_train, pictures(11).labels);
    });
    lock(libc::LOCK_EX);
    message(dir.path(), "train_signs.h5", "an HDF5 file", "another program has open for writing");
}

#[test]
fn a_file_is_replaced_as_a_whole_and_one_file_holds_both_halves() {
    let dir = tempfile::tempdir().unwrap();
    let file = CourseFile::new(dir.path().join("both.h5"), 6);
    file.write(&[(Split::Train, &pictures(3))]).unwrap();
    file.write(&[(Split::Train, &pictures(5)), (Split::Test, &pictures(2))]).unwrap();
    assert_eq!(file.read(Split::Train).unwrap(), pictures(5));
    assert_eq!(file.read(Split::Test).unwrap(), pictures(2));
}

#[test]
fn who_reads_while_others_write_never_meets_half_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let file = CourseFile::new(dir.path().join("both.h5"), 6);
    file.write(&[(Split::Train, &pictures(1))]).unwrap();
    std::thread::scope(|scope| {
        for m in [2, 3] {
            let file = &file;
            scope.spawn(move || (0..40).for_each(|_| file.write(&[(Split::Train, &pictures(m))]).unwrap()));
        }
        for _ in 0..80 {
            let set = file.read(Split::Train).unwrap();
            assert_eq!(set, pictures(set.labels.len()));
        }
    });
}

/// The message of the error that reading the pair in `dir` gives; it has to name `file`, the cause and a way out.
fn message(dir: &Path, file: &str, expected: &str, found: &str) {
    let message = load_signs_from(dir).unwrap_err().to_string();
    for part in [file, expected, found, "help: ", "CNN_DATA", "workbook data import"] {
        assert!(message.contains(part), "`{part}` is missing in:\n{message}");
    }
}

#[test]
fn a_missing_file_is_named_with_the_way_to_get_it() {
    let dir = tempfile::tempdir().unwrap();
    message(dir.path(), "train_signs.h5", "train_set_x, train_set_y, list_classes", "not found");
    write_pair(dir.path());
    std::fs::remove_file(dir.path().join("test_signs.h5")).unwrap();
    message(dir.path(), "test_signs.h5", "test_set_x, test_set_y, list_classes", "not found");
}

#[test]
fn a_truncated_file_is_an_error_wherever_it_was_cut() {
    let dir = tempfile::tempdir().unwrap();
    write_pair(dir.path());
    let path = dir.path().join("train_signs.h5");
    let whole = std::fs::read(&path).unwrap();
    for kept in [0, 7, 8, 100, 1000, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&path, &whole[..kept]).unwrap();
        let found = match kept {
            0 => "an empty file",
            7 => "no HDF5 signature",
            _ => "HDF5 that cannot be opened",
        };
        message(dir.path(), "train_signs.h5", "an HDF5 file", found);
    }
}

#[test]
fn other_files_under_the_name_are_recognised() {
    let dir = tempfile::tempdir().unwrap();
    write_pair(dir.path());
    let path = dir.path().join("train_signs.h5");
    let other: [(&[u8], &str); 4] = [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS pointer"),
        (b"\n<!DOCTYPE html><html>", "a web page"),
        (b"PK\x03\x04....", "an archive"),
        (b"hello, world", "it starts with [68, 65, 6c"),
    ];
    for (bytes, found) in other {
        std::fs::write(&path, bytes).unwrap();
        message(dir.path(), "train_signs.h5", "an HDF5 file", found);
    }
}

#[test]
fn the_halves_under_each_others_names_are_recognised() {
    let dir = tempfile::tempdir().unwrap();
    CourseFile::new(dir.path().join("train_signs.h5"), 6).write(&[(Split::Test, &pictures(4))]).unwrap();
    message(dir.path(), "train_signs.h5", "under the key `train_set_x`", "a test set under the name of a train set");
}

/// Writes a training file by hand, so that it can be wrong.
fn write_raw<T: hdf5::H5Type, U: hdf5::H5Type>(path: &Path, x: &ArrayD<T>, y: &ArrayD<U>, classes: &[i64]) {
    let file = hdf5::File::create(path).unwrap();
    file.new_dataset_builder().with_data(x).create("train_set_x").unwrap();
    file.new_dataset_builder().with_data(y).create("train_set_y").unwrap();
    file.new_dataset_builder().with_data(classes).create("list_classes").unwrap();
    file.close().unwrap();
}

#[test]
fn wrong_types_shapes_counts_and_labels_are_named() {
    let dir = tempfile::tempdir().unwrap();
    write_pair(dir.path());
    let path = dir.path().join("train_signs.h5");
    let six = [0, 1, 2, 3, 4, 5];
    let x = ArrayD::<u8>::zeros(vec![3, 64, 64, 3]);
    let y = array![0i64, 5, 2].into_dyn();

    write_raw(&path, &x.mapv(f32::from), &y, &six);
    message(dir.path(), "train_signs.h5", "uint8 of shape (m, 64, 64, 3)", "float32 of shape (3, 64, 64, 3)");
    write_raw(&path, &ArrayD::<u8>::zeros(vec![3, 3, 64, 64]), &y, &six);
    message(dir.path(), "train_signs.h5", "uint8 of shape (m, 64, 64, 3)", "uint8 of shape (3, 3, 64, 64)");
    write_raw(&path, &ArrayD::<u8>::zeros(vec![3, 64, 64]), &y, &six);
    message(dir.path(), "train_signs.h5", "uint8 of shape (m, 64, 64, 3)", "uint8 of shape (3, 64, 64)");
    write_raw(&path, &ArrayD::<u8>::zeros(vec![0, 64, 64, 3]), &ArrayD::<i64>::zeros(vec![0]), &six);
    message(dir.path(), "train_signs.h5", "uint8 of shape (m, 64, 64, 3)", "uint8 of shape (0, 64, 64, 3)");

    write_raw(&path, &x, &array![0i64, 5].into_dyn(), &six);
    message(
        dir.path(),
        "train_signs.h5",
        "as many labels in `train_set_y` as pictures in `train_set_x`: 3",
        "2 labels",
    );
    write_raw(&path, &x, &array![[0i64, 5, 2]].into_dyn(), &six);
    message(dir.path(), "train_signs.h5", "`train_set_y`: integers of shape (m,)", "int64 of shape (1, 3)");
    write_raw(&path, &x, &array![0f64, 5., 2.].into_dyn(), &six);
    message(dir.path(), "train_signs.h5", "`train_set_y`: integers of shape (m,)", "float64 of shape (3,)");
    write_raw(&path, &x, &array![0i64, 6, 2].into_dyn(), &six);
    message(dir.path(), "train_signs.h5", "labels from 0 to 5", "the label 6 in row 1");
    write_raw(&path, &x, &array![0i64, 1, -2].into_dyn(), &six);
    message(dir.path(), "train_signs.h5", "labels from 0 to 5", "the label -2 in row 2");
    write_raw(&path, &x, &y, &[1, 2, 3, 4, 5, 6]);
    message(dir.path(), "train_signs.h5", "`list_classes` = 0, 1, …, 5", "`list_classes` = [1, 2, 3, 4, 5, 6]");

    write_raw(&path, &x, &array![0u8, 5, 2].into_dyn(), &six);
    assert_eq!(load_signs_from(dir.path()).unwrap().y_train, array![0, 5, 2], "labels may be of any integer type");
}

/// A file that compressed.py wrote, in a folder of its own as train_signs.h5.
fn compressed(name: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/compressed").join(name);
    std::fs::copy(fixture, dir.path().join("train_signs.h5")).unwrap();
    dir
}

#[test]
fn compressed_files_are_read() {
    for name in ["lzf.h5", "lzf_shuffle.h5", "gzip.h5"] {
        let dir = compressed(name);
        let set = CourseFile::new(dir.path().join("train_signs.h5"), 6).read(Split::Train).unwrap();
        let expected = Array4::from_shape_fn((4, 64, 64, 3), |(i, row, ..)| (40 * i + row) as u8);
        assert_eq!(set.pictures, expected, "{name}");
        assert_eq!(set.labels, array![5, 4, 3, 2], "{name}");
    }
}

#[test]
fn compression_that_needs_a_plug_in_is_named_with_the_way_out() {
    for (name, filter) in [("zstandard.h5", "Zstandard"), ("unknown.h5", "the HDF5 filter 40000")] {
        let dir = compressed(name);
        let message = load_signs_from(dir.path()).unwrap_err().to_string();
        for part in ["train_signs.h5", "`train_set_x`", filter, "help: write the file again with gzip"] {
            assert!(message.contains(part), "`{part}` is missing in:\n{message}");
        }
    }
}

#[test]
fn the_hdf5_library_prints_nothing_of_its_own() {
    // A test binary's stderr is one per process, so the look happens in a child: this very test, told to fail a read.
    const CHILD: &str = "CNN_TEST_READS_A_BROKEN_FILE";
    if let Some(dir) = std::env::var_os(CHILD) {
        load_signs_from(PathBuf::from(dir)).unwrap_err();
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    write_pair(dir.path());
    let path = dir.path().join("train_signs.h5");
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "course_files::the_hdf5_library_prints_nothing_of_its_own", "--nocapture"])
        .env(CHILD, dir.path())
        .output()
        .unwrap();
    assert!(child.status.success());
    assert_eq!(String::from_utf8_lossy(&child.stderr), "");
}

/// The folder with the real photos: `CNN_DATA`, or `shared/data` beside the repository.
fn photos() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let dir = std::env::var_os("CNN_DATA").map_or(beside, PathBuf::from);
    let present = ["train_signs.h5", "test_signs.h5", "test_happy.h5"].iter().all(|file| dir.join(file).exists());
    if !present {
        eprintln!("skipped: no photos in {} (set CNN_DATA to the folder that holds them)", dir.display());
    }
    present.then_some(dir)
}

#[test]
fn the_course_photos_are_read() {
    let Some(dir) = photos() else { return };
    let signs = load_signs_from(&dir).unwrap();
    assert_eq!(signs.x_train.dim(), (1080, 64, 64, 3));
    assert_eq!(signs.x_test.dim(), (120, 64, 64, 3));
    for class in 0..6 {
        assert_eq!(signs.y_train.iter().filter(|&&y| y == class).count(), 180);
        assert_eq!(signs.y_test.iter().filter(|&&y| y == class).count(), 20);
    }
    assert_eq!(signs.y_test.slice(s![..6]), array![0, 0, 0, 5, 1, 0]);
    // The course's own test file has one picture twice, which also shows that rows are not mixed up.
    assert_eq!(signs.x_test.index_axis(Axis(0), 1), signs.x_test.index_axis(Axis(0), 66));

    let happy = load_happy_house_test_from(&dir).unwrap();
    assert_eq!(happy.pictures.dim(), (150, 64, 64, 3));
    assert_eq!(happy.classes, array![0, 1]);
}
