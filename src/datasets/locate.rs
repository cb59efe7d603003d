/*!
Where data sets are looked for: the folder that `CNN_DATA` names, else `datasets/` here or further up.

It is the only place of the crate that reads the environment; it opens no file.
*/

use std::path::{Path, PathBuf};

/// Where to look for a data set's files.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The user named this folder: it is there that a file is missing, if one is.
    Named(PathBuf),
    /// A `datasets` folder that holds at least one of the files.
    Found(PathBuf),
    /// None does; this is where a `datasets` folder belongs.
    Nowhere(PathBuf),
}

/// Looks for `files` in the folder that `CNN_DATA` names, else upwards from the current directory.
pub(super) fn locate(files: [&str; 2]) -> Place {
    match std::env::var_os("CNN_DATA") {
        Some(dir) if !dir.is_empty() => Place::Named(dir.into()),
        _ => search_upwards(&std::env::current_dir().unwrap_or_else(|_| ".".into()), files),
    }
}

/// Looks into `datasets` of `start` and of its parents, up to the folder of the workspace's `Cargo.toml`.
///
/// Outside of a workspace, the `datasets` folder is next to `start`.
fn search_upwards(start: &Path, files: [&str; 2]) -> Place {
    for dir in start.ancestors() {
        let datasets = dir.join("datasets");
        if files.iter().any(|file| datasets.join(file).exists()) {
            return Place::Found(datasets);
        }
        if is_workspace_root(dir) {
            return Place::Nowhere(datasets);
        }
    }
    Place::Nowhere(start.join("datasets"))
}

fn is_workspace_root(dir: &Path) -> bool {
    std::fs::read_to_string(dir.join("Cargo.toml"))
        .is_ok_and(|manifest| manifest.lines().any(|line| line.trim() == "[workspace]"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const FILES: [&str; 2] = ["train_signs.h5", "test_signs.h5"];

    #[test]
    fn a_datasets_folder_is_found_from_below_and_the_search_stops_at_the_workspace() {
        let top = tempfile::tempdir().unwrap();
        let below = top.path().join("course/notebooks/student");
        fs::create_dir_all(&below).unwrap();
        fs::create_dir_all(top.path().join("datasets")).unwrap();
        fs::write(top.path().join("datasets/test_signs.h5"), "").unwrap();
        assert_eq!(search_upwards(&below, FILES), Place::Found(top.path().join("datasets")));

        fs::write(top.path().join("course/Cargo.toml"), "[workspace]\n").unwrap();
        assert_eq!(search_upwards(&below, FILES), Place::Nowhere(top.path().join("course/datasets")));

        let here = below.join("datasets");
        fs::create_dir_all(&here).unwrap();
        assert_eq!(search_upwards(&below, FILES), Place::Nowhere(top.path().join("course/datasets")));
        fs::write(here.join("train_signs.h5"), "").unwrap();
        assert_eq!(search_upwards(&below, FILES), Place::Found(here));
    }
}
