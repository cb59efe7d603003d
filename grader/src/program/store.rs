/*!
Where the grader keeps what it has compiled, and its secret seed: beside the course if that can be written, else in a cache
of this user. An installation that many users share may be read-only; what was prepared there is used from there.
*/

use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use course::{Root, files};

use crate::error::{Error, Result};

/// The directories in which to look, the course's own first.
#[derive(Debug)]
pub struct Stores {
    /// Those that may hold something.
    pub all: Vec<PathBuf>,
    own: OnceLock<PathBuf>,
}

impl Stores {
    /// The stores of the course at `root`.
    pub fn of(root: &Root) -> Self {
        let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        let cache = cache.or_else(|| std::env::home_dir().map(|home| home.join(".cache")));
        // Two installations of a course have two caches.
        let name = files::fingerprint([root.as_os_str().as_encoded_bytes()]);
        let mut all = vec![root.grader_store()];
        all.extend(cache.map(|cache| cache.join("cnn-grader").join(name)));
        Self { all, own: OnceLock::new() }
    }

    /// The first one that this user can write to; made if it is not there.
    ///
    /// # Errors
    /// When there is none.
    pub fn own(&self) -> Result<&Path> {
        if let Some(own) = self.own.get() {
            return Ok(own);
        }
        let mut failed = Vec::new();
        for store in &self.all {
            match fs::create_dir_all(store).and_then(|()| tempfile::tempfile_in(store)) {
                Ok(_) => return Ok(self.own.get_or_init(|| store.clone())),
                Err(error) => failed.push((store, error)),
            }
        }
        let shown: Vec<String> = failed.iter().map(|(store, error)| format!("{}: {error}", store.display())).collect();
        let message = format!("no directory for what the grader compiles: {}", shown.join("; "));
        Err(Error::new(message, "make one of them writable, or name another one in XDG_CACHE_HOME"))
    }

    /// The seed of the hidden inputs when none is named: drawn once for each installation or user, and kept where no job
    /// of a submission can read it.
    ///
    /// # Errors
    /// When it can be neither read nor kept.
    pub fn seed(&self) -> Result<u64> {
        let known = self.all.iter().find_map(|store| read_seed(&store.join(SEED)));
        if let Some(seed) = known {
            return Ok(seed);
        }
        let store = self.own()?;
        let path = store.join(SEED);
        let failed = |error: std::io::Error| Error::io(&path, &error);
        // The standard library keys its hashes with random numbers of the system.
        let seed = RandomState::new().build_hasher().finish();
        // Readable by its owner alone, and whole or not there; of two graders that draw at once, the first one's counts.
        let mut file = tempfile::NamedTempFile::new_in(store).map_err(failed)?;
        writeln!(file, "{seed}").map_err(failed)?;
        match file.persist_noclobber(&path) {
            Ok(_) => Ok(seed),
            Err(error) => read_seed(&path).ok_or_else(|| failed(error.error)),
        }
    }
}

/// The file that holds the seed.
const SEED: &str = "seed";

fn read_seed(path: &Path) -> Option<u64> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_drawn_once_and_is_another_one_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let store = |name: &str| Stores { all: vec![folder.path().join(name)], own: OnceLock::new() };
        let seed = store("a").seed().unwrap();
        assert_eq!(store("a").seed().unwrap(), seed);
        assert_ne!(store("b").seed().unwrap(), seed);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.path().join("a/seed")).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{mode:o}");
        }
    }

    #[test]
    fn what_cannot_be_written_gives_way_to_the_next() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "").unwrap();
        let all = vec![folder.path().join("file/below"), folder.path().join("cache")];
        let stores = Stores { all, own: OnceLock::new() };
        assert_eq!(stores.own().unwrap(), folder.path().join("cache"));
        let none = Stores { all: vec![folder.path().join("file/below")], own: OnceLock::new() };
        assert!(none.own().unwrap_err().to_string().contains("XDG_CACHE_HOME"));
    }
}
