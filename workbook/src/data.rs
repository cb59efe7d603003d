/*!
`workbook data import`: HDF5 files in the course's layout from a folder of your own photos.

The helper crate does the work, in a session: this program links no part of the course that it checks.
*/

use crate::execution::setup_cell;
use crate::progress::Progress;
use crate::session::Session;
use anyhow::{Context, Result, bail};
use course::Root;
use course::files::Output;
use std::path::{Path, PathBuf};

/// Makes `train_signs.h5` and `test_signs.h5` in `out` from the photos in `photos`, and says what it made.
///
/// # Errors
/// What `cnn::datasets::import_folder` finds wrong with the folder, in its words. Also when files were written and some
/// photos were left out because they are damaged, so that the exit code says so; they are listed on standard output.
pub fn import(root: &Root, photos: &Path, out: Option<&Path>) -> Result<()> {
    let photos = absolute(photos)?;
    // What the session would find wrong as well, but only after it has started.
    if !photos.is_dir() {
        bail!(
            "{} is no folder\nhelp: expected a folder of pictures named LABEL_….jpg, such as 3_left_hand.jpg",
            photos.display()
        );
    }
    let out = out.map_or_else(|| Ok(root.join("datasets")), absolute)?;
    Output::create_with_directory(&out.join("train_signs.h5"))?;
    let progress = Progress::new("data import", 2);
    let folder = root.notebooks().join("solution");
    std::fs::create_dir_all(&folder)?;
    let mut session = Session::start(root, &folder, &|text| progress.say(text))?;
    let call = format!(
        "match cnn::datasets::import_folder({photos:?}, {out:?}) {{
            Ok(imported) => {{
                println!(\"{{imported}}\");
                assert!(imported.refused.is_empty(), \"{{}} files were left out, the others imported\", imported.refused.len());
            }}
            Err(error) => panic!(\"{{error}}\"),
        }}"
    );
    let mut printed = String::new();
    for (what, cell) in [("set-up", setup_cell()), ("reading the photos", call)] {
        progress.say(what);
        let outcome = session.execute(&cell, &mut |_| ())?;
        printed = outcome.stdout();
        if let Some(failure) = outcome.failure {
            print!("{printed}");
            bail!("{}", failure.message);
        }
        progress.step();
    }
    progress.finish();
    print!("{printed}");
    Ok(())
}

fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("{}", path.display()))
}
