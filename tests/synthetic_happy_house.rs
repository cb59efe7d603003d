/*!
Without photos, `load_happy_house` draws its own, keeps them, and says so; and a network can learn from them.
*/

use cnn::datasets::{CourseFile, SYNTHETIC_SEED, Source, Split, load_happy_house, synthetic_happy_house_in};
use cnn::graded::keras_tutorial::happy_model;
use cnn::images::normalize;
use cnn::keras::{Adam, Verbose};
use std::process::Command;

/// A child of the test runs this very test, in a folder without photos, and prints what it loaded.
const CHILD: &str = "CNN_TEST_LOADS_HAPPY_HOUSE";

#[test]
fn without_photos_faces_are_drawn_once_and_kept_and_smiles_can_be_learned() {
    if std::env::var_os(CHILD).is_some() {
        let happy = load_happy_house().unwrap();
        println!("{:?} {:?} {}", happy.x_train.dim(), happy.x_test.dim(), happy.source);
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("Cargo.toml"), "[workspace]\n").unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "synthetic_happy_house::without_photos_faces_are_drawn_once_and_kept_and_smiles_can_be_learned",
            "--nocapture",
        ])
        .current_dir(dir.path())
        .env(CHILD, "1")
        .env_remove("CNN_DATA")
        .output()
        .unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stdout}{stderr}");
    let path = dir.path().canonicalize().unwrap().join("datasets/synthetic_happy.h5");
    let expected = format!(
        "(600, 64, 64, 3) (150, 64, 64, 3) synthetic Happy House drawn by the program from seed 2: no photos, so its \
         accuracies are not those of the course's data (kept in {})",
        path.display()
    );
    assert!(stdout.contains(&expected), "expected\n{expected}\nin\n{stdout}");

    let before = std::fs::metadata(&path).unwrap().modified().unwrap();
    let happy = synthetic_happy_house_in(path.parent().unwrap(), SYNTHETIC_SEED);
    assert_eq!(std::fs::metadata(&path).unwrap().modified().unwrap(), before, "read, not drawn again");
    assert_eq!(happy.source, Source::Synthetic { name: "Happy House", seed: SYNTHETIC_SEED, kept: Ok(path.clone()) });
    assert_eq!(CourseFile::new(&path, 2).read(Split::Test).unwrap().pictures, happy.x_test);

    // Hard enough: a few epochs make the network clearly better than a coin, and not perfect.
    let mut model = happy_model((64, 64, 3));
    model.compile(Adam::new().learning_rate(0.001), "binary_crossentropy", ["accuracy"]);
    let (x, y) = (normalize(&happy.x_train), happy.y_train.mapv(|y| y as f32));
    model.fit(&x, &y).epochs(4).batch_size(16).verbose(Verbose::Silent).run();
    let accuracy = model.evaluate(&normalize(&happy.x_test), &happy.y_test.mapv(|y| y as f32))[1];
    assert!((0.65..0.97).contains(&accuracy), "{accuracy}");
}
