/*!
Without photos, `load_signs` draws its own, keeps them, and says so.
*/

use cnn::datasets::{CourseFile, SYNTHETIC_SEED, Source, Split, load_signs, synthetic_signs_in, synthetic_thumbs_up};
use std::process::Command;

/// A child of the test runs this very test, in a folder without photos, and prints what it loaded.
const CHILD: &str = "CNN_TEST_LOADS_SIGNS";

#[test]
fn without_photos_pictures_are_drawn_once_and_kept() {
    if std::env::var_os(CHILD).is_some() {
        let signs = load_signs().unwrap();
        println!("{:?} {:?} {}", signs.x_train.dim(), signs.x_test.dim(), signs.source);
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let notebooks = dir.path().join("course/notebooks");
    std::fs::create_dir_all(&notebooks).unwrap();
    std::fs::write(dir.path().join("course/Cargo.toml"), "[workspace]\n").unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "synthetic_signs::without_photos_pictures_are_drawn_once_and_kept", "--nocapture"])
        .current_dir(&notebooks)
        .env(CHILD, "1")
        .env_remove("CNN_DATA")
        .output()
        .unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stdout}{stderr}");
    assert_eq!(stderr, "", "no bar where there is no terminal");
    let path = dir.path().canonicalize().unwrap().join("course/datasets/synthetic_signs.h5");
    let expected = format!(
        "(1080, 64, 64, 3) (120, 64, 64, 3) synthetic SIGNS drawn by the program from seed 2: no photos, so its \
         accuracies are not those of the course's data (kept in {})",
        path.display()
    );
    assert!(stdout.contains(&expected), "expected\n{expected}\nin\n{stdout}");
    let files: Vec<_> = std::fs::read_dir(path.parent().unwrap()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(files, ["synthetic_signs.h5"], "no half file stays behind");

    let before = std::fs::metadata(&path).unwrap().modified().unwrap();
    let signs = synthetic_signs_in(path.parent().unwrap(), SYNTHETIC_SEED);
    assert_eq!(std::fs::metadata(&path).unwrap().modified().unwrap(), before, "read, not drawn again");
    assert_eq!(signs.source, Source::Synthetic { name: "SIGNS", seed: SYNTHETIC_SEED, kept: Ok(path.clone()) });
    let file = CourseFile::new(&path, 6);
    assert_eq!(file.read(Split::Train).unwrap().pictures, signs.x_train, "any reader of the layout can read it");
    for class in 0..6 {
        assert_eq!(signs.y_train.iter().filter(|&&y| y == class).count(), 180);
        assert_eq!(signs.y_test.iter().filter(|&&y| y == class).count(), 20);
    }
}

#[test]
fn a_thumbs_up_is_a_picture_of_its_own_for_each_seed() {
    let (first, second) = (synthetic_thumbs_up(0), synthetic_thumbs_up(1));
    assert_eq!((first.dim(), second.dim()), ((64, 64, 3), (64, 64, 3)));
    assert_eq!(first, synthetic_thumbs_up(0));
    let differing = first.iter().zip(&second).filter(|(a, b)| a != b).count();
    assert!(differing > first.len() / 2, "{differing} bytes differ");
}
