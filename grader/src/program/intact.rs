/*!
Tells a file that the grader keeps from what a full disk, a crash or a bad copy has made of it: such a file is made again,
and never costs a learner points.

It guards against accidents. Whoever may write to the grader's directories can replace what is kept there.
*/

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use course::files;
use serde::{Deserialize, Serialize};

use crate::error::Result;

/// Writes a file of the grader's own, whose first line is the fingerprint of the rest.
///
/// # Errors
/// When it cannot be written.
pub fn write(path: &Path, content: &[u8]) -> Result<()> {
    Ok(files::write(path, with_fingerprint(content))?)
}

/// The bytes of such a file.
pub fn with_fingerprint(content: &[u8]) -> Vec<u8> {
    [files::fingerprint([content]).as_bytes(), b"\n", content].concat()
}

/// Reads such a file; none if it is not there, or not as it was written.
pub fn read(path: &Path) -> Option<Vec<u8>> {
    let bytes = fs::read(path).ok()?;
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let content = &bytes[end + 1..];
    (files::fingerprint([content]).as_bytes() == &bytes[..end]).then(|| content.to_vec())
}

/// What a large file was when it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    length: u64,
    modified: Option<SystemTime>,
    fingerprint: String,
}

impl Written {
    /// What a file is now.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn now(path: &Path) -> std::io::Result<Self> {
        let data = fs::metadata(path)?;
        let fingerprint = files::fingerprint([fs::read(path)?]);
        Ok(Self { length: data.len(), modified: data.modified().ok(), fingerprint })
    }

    /// Whether the file is what it was. The contents are looked at only where length or time differ, as they do after a copy,
    /// or where `thoroughly` asks for it.
    pub fn is_still(&self, path: &Path, thoroughly: bool) -> bool {
        let Ok(data) = fs::metadata(path) else { return false };
        let same_time = self.modified.is_some() && data.modified().ok() == self.modified;
        data.is_file()
            && data.len() == self.length
            && ((same_time && !thoroughly)
                || fs::read(path).is_ok_and(|bytes| files::fingerprint([bytes]) == self.fingerprint))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_cut_short_or_changed_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kept");
        write(&path, b"12345\n").unwrap();
        assert_eq!(read(&path).unwrap(), b"12345\n");
        let whole = fs::read(&path).unwrap();
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            assert_eq!(read(&path), None, "{length}");
        }
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            fs::write(&path, &changed).unwrap();
            assert_eq!(read(&path), None, "{at}");
        }
    }

    #[test]
    fn a_copy_is_still_the_file_and_a_change_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kept");
        fs::write(&path, "content").unwrap();
        let written = Written::now(&path).unwrap();
        let back_to =
            |time: SystemTime| fs::File::options().append(true).open(&path).unwrap().set_modified(time).unwrap();
        assert!(written.is_still(&path, false));
        back_to(SystemTime::UNIX_EPOCH);
        assert!(written.is_still(&path, false), "a copy of another time");
        fs::write(&path, "Content").unwrap();
        assert!(!written.is_still(&path, false));
        back_to(written.modified.unwrap());
        assert!(written.is_still(&path, false) && !written.is_still(&path, true), "only a thorough look tells");
        fs::write(&path, "cont").unwrap();
        back_to(written.modified.unwrap());
        assert!(!written.is_still(&path, false));
        fs::remove_file(&path).unwrap();
        assert!(!written.is_still(&path, false));
    }
}
