/*!
Takes the notebooks and Rust files out of a learner's zip or tar.gz, within bounds.

An archive's names are read and never used as paths: each file that is taken out gets a numbered folder of its own. Links,
devices and everything that is no submission stay in the archive.
*/

use std::fs::{self, File};
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use crate::error::{Error, Kind, Result};
use crate::gradebook::layout::readable;

/// Bytes of an archive.
const ARCHIVE: u64 = 32 << 20;
/// Entries of an archive: a repository with a build folder has some thousand.
const ENTRIES: u64 = 20_000;
/// Notebooks and Rust files in it.
const SOURCES: usize = 500;
/// Bytes of one file, one more than is graded, so that a larger one is refused as any other.
const FILE: u64 = (32 << 20) + 1;
/// Bytes that are written of all files together.
const WRITTEN: u64 = 64 << 20;
/// Bytes that are decompressed to get at them: a tar.gz can only be read from its beginning.
const DECOMPRESSED: u64 = 256 << 20;

/// Whether a path has the extension of an archive.
pub fn is_archive(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    lower.ends_with(".zip") || is_tar(&lower)
}

fn is_tar(lower: &str) -> bool {
    lower.ends_with(".tar.gz") || lower.ends_with(".tgz")
}

/// What was taken out of an archive.
#[derive(Debug, Default)]
pub struct Unpacked {
    /// The name in the archive of each file, with `/`, and where it is now.
    pub files: Vec<(String, PathBuf)>,
    /// What was passed over.
    pub notes: Vec<String>,
}

/// Takes the files out of `archive` into folders below `into`.
///
/// # Errors
/// When it is no archive, is encrypted or damaged, is larger than the bounds, or names a place outside of itself.
pub fn unpack(archive: &Path, into: &Path) -> Result<Unpacked> {
    let name = archive.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut writer = Writer { archive: readable(&name), into, found: Unpacked::default(), written: 0 };
    let file = File::open(archive).map_err(|error| Error::submitted(archive, &error))?;
    let length = file.metadata().map_err(|error| Error::submitted(archive, &error))?.len();
    if length > ARCHIVE {
        return Err(writer.refused(&format!("larger than {} MiB", ARCHIVE >> 20)));
    }
    if is_tar(&name.to_ascii_lowercase()) {
        writer.tar(file)?
    } else {
        writer.zip(file)?
    }
    writer.found.files.sort();
    Ok(writer.found)
}

struct Writer<'a> {
    archive: String,
    into: &'a Path,
    found: Unpacked,
    written: u64,
}

impl Writer<'_> {
    fn refused(&self, what: &str) -> Error {
        let help = "hand in the notebook itself, or pack it again with nothing else";
        Error::of(Kind::Unreadable, format!("{}: {what}", self.archive), help)
    }

    fn zip(&mut self, mut file: File) -> Result<()> {
        match entries(&mut file) {
            Some(count) if count <= ENTRIES => {}
            Some(_) => return Err(self.refused(&format!("more than {ENTRIES} files"))),
            None => return Err(self.refused("not a zip archive, or cut off")),
        }
        let damaged = |error: zip::result::ZipError| format!("it cannot be unpacked: {error}");
        let mut zip = zip::ZipArchive::new(BufReader::new(file)).map_err(|error| self.refused(&damaged(error)))?;
        for index in 0..zip.len() {
            let entry = zip.by_index_raw(index).map_err(|error| self.refused(&damaged(error)))?;
            let kind = entry.unix_mode().map_or(0, |mode| mode & 0o170_000);
            let name = entry.name().map(|name| name.into_owned()).map_err(|error| self.refused(&damaged(error)))?;
            let (directory, encrypted) = (entry.is_dir(), entry.encrypted());
            drop(entry);
            if directory {
                continue;
            }
            let Some(name) = self.accepts(&name, matches!(kind, 0 | 0o100_000))? else { continue };
            if encrypted {
                return Err(self.refused("it is encrypted"));
            }
            let entry = zip.by_index(index).map_err(|error| self.refused(&damaged(error)))?;
            self.write(name, entry)?;
        }
        Ok(())
    }

    fn tar(&mut self, file: File) -> Result<()> {
        let damaged = |error: std::io::Error| format!("it cannot be unpacked: {error}");
        let text = MultiGzDecoder::new(BufReader::new(file)).take(DECOMPRESSED);
        let mut tar = tar::Archive::new(text);
        let entries = tar.entries().map_err(|error| self.refused(&damaged(error)))?;
        for (index, entry) in entries.enumerate() {
            if index as u64 >= ENTRIES {
                return Err(self.refused(&format!("more than {ENTRIES} files")));
            }
            let entry = entry.map_err(|error| self.refused(&damaged(error)))?;
            let kind = entry.header().entry_type();
            if kind.is_dir() || kind.is_pax_global_extensions() {
                continue;
            }
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            if let Some(name) = self.accepts(&name, kind.is_file())? {
                self.write(name, entry)?;
            }
        }
        if tar.into_inner().limit() == 0 {
            return Err(self.refused(&format!("more than {} MiB when unpacked", DECOMPRESSED >> 20)));
        }
        Ok(())
    }

    /// The name of an entry that is to be taken out.
    fn accepts(&mut self, name: &str, is_file: bool) -> Result<Option<String>> {
        let shown = readable(&name.chars().take(200).collect::<String>());
        let Some(name) = inside(name) else {
            return Err(self.refused(&format!("{shown} names a place outside of the archive")));
        };
        let own = name.rsplit('/').next().unwrap_or(&name);
        let lower = own.to_ascii_lowercase();
        let is_source = lower.ends_with(".ipynb") || lower.ends_with(".rs");
        // Hidden files are companions of other systems.
        let passed_over = name.split('/').any(|part| part.starts_with('.') || part == "__MACOSX");
        if !is_source || passed_over {
            return Ok(None);
        }
        if !is_file {
            self.found.notes.push(format!("{shown} in {} is no regular file and is passed over", self.archive));
            self.found.notes.truncate(10);
            return Ok(None);
        }
        Ok(Some(name))
    }

    fn write(&mut self, name: String, mut entry: impl Read) -> Result<()> {
        if self.found.files.len() >= SOURCES {
            return Err(self.refused(&format!("more than {SOURCES} notebooks and Rust files")));
        }
        let folder = self.into.join(self.found.files.len().to_string());
        let own = name.rsplit('/').next().unwrap_or(&name);
        let path = folder.join(own);
        let failed = |error: &std::io::Error| Error::io(&path, error);
        fs::create_dir(&folder).map_err(|error| failed(&error))?;
        let mut file = File::options().write(true).create_new(true).open(&path).map_err(|error| failed(&error))?;
        // A read that fails is the archive's fault, a write that fails the machine's.
        let mut buffer = vec![0; 64 << 10];
        let mut length = 0;
        loop {
            let read = entry.read(&mut buffer).map_err(|error| self.refused(&format!("it is damaged: {error}")))?;
            if read == 0 || length >= FILE {
                break;
            }
            length += read as u64;
            self.written += read as u64;
            if self.written > WRITTEN {
                return Err(self.refused(&format!("more than {} MiB when unpacked", WRITTEN >> 20)));
            }
            std::io::Write::write_all(&mut file, &buffer[..read]).map_err(|error| failed(&error))?;
        }
        self.found.files.push((name, path));
        Ok(())
    }
}

/// A name in an archive with `/` between its parts; `None` if it leads out of the archive.
fn inside(name: &str) -> Option<String> {
    // Some programs for Windows write `\`.
    let name = name.replace('\\', "/");
    let drive = name.as_bytes().get(1) == Some(&b':');
    if name.starts_with('/') || drive || name.contains('\0') {
        return None;
    }
    let parts: Vec<&str> = name.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    (!parts.is_empty() && !parts.contains(&"..")).then(|| parts.join("/"))
}

/// The number of entries that the end of a zip archive states, before any memory is set aside for them.
fn entries(file: &mut File) -> Option<u64> {
    /// The end record and the longest comment behind it.
    const TAIL: u64 = 22 + 65_535;
    let length = file.seek(SeekFrom::End(0)).ok()?;
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL))).ok()?;
    let mut tail = Vec::new();
    file.take(TAIL).read_to_end(&mut tail).ok()?;
    file.rewind().ok()?;
    let at = tail.windows(4).rposition(|window| window == b"PK\x05\x06")?;
    let count = tail.get(at + 10..at + 12)?;
    // With all bits set the number stands in another record, because it is larger; it is too large either way.
    Some(u16::from_le_bytes([count[0], count[1]]).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write};
    use zip::write::SimpleFileOptions;

    fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in entries {
            if let Some(target) = name.strip_prefix("link:") {
                zip.add_symlink(target, "/etc/passwd", SimpleFileOptions::default()).unwrap();
                continue;
            }
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn tarred(entries: &[(&str, tar::EntryType, &[u8])]) -> Vec<u8> {
        let gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let mut tar = tar::Builder::new(gz);
        for (name, kind, bytes) in entries {
            let mut header = tar::Header::new_gnu();
            // The writer refuses names such as `../a`, so they are put into the header as they are.
            header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
            header.set_entry_type(*kind);
            header.set_size(bytes.len() as u64);
            if !kind.is_file() {
                header.set_link_name("/etc/passwd").unwrap();
            }
            header.set_cksum();
            tar.append(&header, *bytes).unwrap();
        }
        tar.into_inner().unwrap().finish().unwrap()
    }

    /// The names that come out, or the error.
    fn names(archive: &str, bytes: &[u8]) -> Result<Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        let (path, into) = (folder.path().join(archive), folder.path().join("into"));
        fs::write(&path, bytes).unwrap();
        fs::create_dir(&into).unwrap();
        let unpacked = unpack(&path, &into)?;
        assert!(unpacked.files.iter().all(|(_, path)| path.starts_with(&into) && path.is_file()));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is written outside");
        Ok(unpacked.files.into_iter().map(|(name, _)| name).collect())
    }

    #[test]
    fn notebooks_and_rust_files_come_out_and_nothing_else() {
        let zip = zipped(&[
            ("work/a.ipynb", b"{}"),
            ("work\\b.rs", b"fn b() {}"),
            ("./c.RS", b""),
            ("work/photo.jpeg", &[0; 1000]),
            ("__MACOSX/._a.ipynb", b"x"),
            ("work/.ipynb_checkpoints/a.ipynb", b"{}"),
            ("link:d.rs", b""),
        ]);
        assert_eq!(names("a.zip", &zip).unwrap(), ["c.RS", "work/a.ipynb", "work/b.rs"]);
        let tar = tarred(&[
            ("a.rs", tar::EntryType::Regular, b"fn a() {}"),
            ("b.rs", tar::EntryType::Symlink, b""),
            ("c.rs", tar::EntryType::Link, b""),
            ("d.rs", tar::EntryType::Fifo, b""),
            ("photo.png", tar::EntryType::Regular, &[0; 1000]),
        ]);
        assert_eq!(names("a.tar.gz", &tar).unwrap(), ["a.rs"]);
    }

    #[test]
    fn what_leads_out_of_the_archive_is_refused() {
        for name in ["../a.rs", "/tmp/a.rs", "a/../../a.rs", "C:\\a.rs", "..\\a.rs"] {
            let zip = names("a.zip", &zipped(&[(name, b"fn a() {}")])).unwrap_err();
            assert!(zip.message().contains("outside of the archive"), "{name}: {zip}");
            let tar = names("a.tgz", &tarred(&[(name, tar::EntryType::Regular, b"fn a() {}")])).unwrap_err();
            assert!(tar.message().contains("outside of the archive"), "{name}: {tar}");
        }
    }

    #[test]
    fn bombs_and_damage_end_in_a_refusal() {
        let check = |name: &str, bytes: &[u8], says: &str| {
            let error = names(name, bytes).unwrap_err();
            assert!(error.kind() == Kind::Unreadable && error.message().contains(says), "{error}");
        };
        let large = vec![b' '; 33 << 20];
        check("a.zip", &zipped(&[("a.rs", &large), ("b.rs", &large), ("c.rs", &large)]), "64 MiB when unpacked");
        let many: Vec<String> = (0..501).map(|n| format!("{n}.rs")).collect();
        let many: Vec<(&str, &[u8])> = many.iter().map(|name| (&**name, &b""[..])).collect();
        check("a.zip", &zipped(&many), "more than 500 notebooks");
        let zip = zipped(&[("a.rs", b"fn a() {}")]);
        check("a.zip", &zip[..zip.len() - 30], "cut off");
        check("a.zip", b"no archive", "not a zip archive");
        let tar = tarred(&[("a.rs", tar::EntryType::Regular, &[b' '; 100_000])]);
        check("a.tar.gz", &tar[..tar.len() / 2], "damaged");
        check("a.tar.gz", b"no archive", "cannot be unpacked");
        check("a.zip", &vec![0; (32 << 20) + 1], "larger than 32 MiB");
    }
}
