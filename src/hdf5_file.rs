/*!
Opens HDF5 files with a diagnosis, writes them in one piece, and reads their strings in every form.

What a file has to hold is known to its readers: [`datasets`](crate::datasets) and [`keras`](crate::keras).
*/

use crate::error::{Error, Result};
use hdf5::{
    Location,
    types::{FixedAscii, FixedUnicode, TypeDescriptor, VarLenAscii, VarLenUnicode},
};
use std::{path::Path, time::Duration};

/// Opens a file for reading.
///
/// # Arguments
/// * `expected`: what the file has to be, for the message
/// * `help`: how to get it
///
/// # Errors
/// [`Error::Missing`] if there is no file, [`Error::Contents`] if it is not HDF5 or is truncated, with what it seems to
/// be instead.
pub(crate) fn open(path: &Path, expected: &str, help: &str) -> Result<hdf5::File> {
    let (path_, expected, help) = (|| path.to_owned(), || expected.to_owned(), || help.to_owned());
    if !path.exists() {
        return Err(Error::Missing { path: path_(), expected: expected(), help: help() });
    }
    let contents = |found| Error::Contents { path: path_(), expected: expected(), found, help: help() };
    if path.is_dir() {
        return Err(contents("a folder".to_owned()));
    }
    let io = |source| Error::Io { path: path_(), source };
    if !has_signature(path).map_err(io)? {
        return Err(contents(what_starts_like(&first_bytes(path).map_err(io)?)));
    }
    open_when_unlocked(path).map_err(|e| match is_lock(&e) {
        true => contents(format!("a file that another program has open for writing ({e})")),
        false => contents(format!("HDF5 that cannot be opened: {e}")),
    })
}

/// Opens a file for reading, and waits a moment for one that is locked.
///
/// libhdf5 locks a file as long as it writes it. The lock belongs to the open file, so that a process started meanwhile by
/// any other thread holds it, too, from its fork to its exec, even when the writer here has long closed the file.
pub(crate) fn open_when_unlocked(path: &Path) -> hdf5::Result<hdf5::File> {
    const PAUSE: Duration = Duration::from_millis(20);
    for _ in 1..LOCK_TRIES {
        match hdf5::File::open(path) {
            Err(error) if is_lock(&error) => std::thread::sleep(PAUSE),
            opened => return opened,
        }
    }
    hdf5::File::open(path)
}

/// A program that holds a lock for longer than this many pauses, two seconds, is writing the file.
const LOCK_TRIES: usize = 100;

fn is_lock(error: &hdf5::Error) -> bool {
    error.to_string().contains("unable to lock file")
}

/// Writes a file by calling `write` with a temporary path in the same folder, which is made if it is missing, and
/// renames it when it is complete: a reader, or a second writer, never sees half a file.
///
/// # Errors
/// [`Error::Io`] if the folder cannot be made or written.
pub(crate) fn write(path: &Path, write: impl FnOnce(&Path) -> hdf5::Result<()>) -> Result<()> {
    let io = |source| Error::Io { path: path.to_owned(), source };
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(dir).map_err(io)?;
    let mut temporary = tempfile::Builder::new();
    temporary.prefix(".").suffix(".h5.tmp");
    #[cfg(unix)]
    temporary.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666)); // less the umask, as any new file
    let temporary = temporary.tempfile_in(dir).map_err(io)?;
    write(temporary.path()).map_err(|e| io(std::io::Error::other(e)))?;
    temporary.persist(path).map_err(|e| io(e.error))?;
    Ok(())
}

/// The element type, as NumPy names it where it has a name.
pub(crate) fn type_name(dataset: &hdf5::Dataset) -> String {
    match descriptor(dataset) {
        Some(TypeDescriptor::Integer(size)) => format!("int{}", 8 * size as usize),
        Some(TypeDescriptor::Unsigned(size)) => format!("uint{}", 8 * size as usize),
        Some(TypeDescriptor::Float(size)) => format!("float{}", 8 * size as usize),
        Some(other) => other.to_string(),
        // The library names no float of 2 bytes, but converts it.
        None if dataset.dtype().is_ok_and(|dtype| dtype.size() == 2) => "float16".to_owned(),
        None => "an unknown type".to_owned(),
    }
}

/// The element type.
pub(crate) fn descriptor(container: &hdf5::Container) -> Option<TypeDescriptor> {
    container.dtype().ok()?.to_descriptor().ok()
}

/// The compression of a data set that this program cannot read, by name; `None` if it can.
pub(crate) fn missing_filter(dataset: &hdf5::Dataset) -> Option<String> {
    let missing = dataset.filters().into_iter().find(|filter| !filter.decode_enabled())?;
    // Numbers of the HDF Group's registry of filters.
    let name = match missing.id() {
        1 => "gzip",
        4 => "SZIP",
        307 => "bzip2",
        32001 => "Blosc",
        32004 => "LZ4",
        32008 => "Bitshuffle",
        32013 => "ZFP",
        32015 => "Zstandard",
        32026 => "Blosc2",
        other => return Some(format!("the HDF5 filter {other}")),
    };
    Some(format!("{name} (the HDF5 filter {})", missing.id()))
}

/// A shape as NumPy prints it: `(120,)`, `(120, 64, 64, 3)`.
pub(crate) fn tuple(shape: &[usize]) -> String {
    match shape {
        [n] => format!("({n},)"),
        _ => format!("({})", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// The strings of an attribute, of a list or a single one. None if there is no such attribute, or it holds none.
///
/// Versions of h5py have written them with a fixed length or a variable one, as ASCII or UTF-8, and other programs pad
/// them with zeros or with spaces. Bytes that are no UTF-8 are no string.
pub(crate) fn strings(at: &Location, name: &str) -> Option<Vec<String>> {
    let attribute = at.attr(name).ok()?;
    if attribute.size() == 0 {
        return Some(Vec::new()); // an empty list has no strings, and h5py gives it the type of numbers
    }
    match descriptor(&attribute)? {
        TypeDescriptor::VarLenUnicode => all(&attribute, VarLenUnicode::as_bytes),
        TypeDescriptor::VarLenAscii => all(&attribute, VarLenAscii::as_bytes),
        TypeDescriptor::FixedAscii(n) => fixed(&attribute, n),
        TypeDescriptor::FixedUnicode(n) => fixed_unicode(&attribute, n),
        _ => None,
    }
}

fn all<T: hdf5::H5Type>(attribute: &hdf5::Attribute, bytes: impl Fn(&T) -> &[u8]) -> Option<Vec<String>> {
    let texts = attribute.read_raw::<T>().ok()?;
    texts.iter().map(|text| String::from_utf8(bytes(text).to_vec()).ok()).collect()
}

/// Names fit into the first length, the JSON of a model into the others. HDF5 reads a shorter string into a longer one.
const LENGTHS: [usize; 3] = [1 << 10, 1 << 16, 1 << 22];

fn fixed(attribute: &hdf5::Attribute, n: usize) -> Option<Vec<String>> {
    match n {
        _ if n <= LENGTHS[0] => all(attribute, FixedAscii::<{ LENGTHS[0] }>::as_bytes),
        _ if n <= LENGTHS[1] => all(attribute, FixedAscii::<{ LENGTHS[1] }>::as_bytes),
        _ if n <= LENGTHS[2] => all(attribute, FixedAscii::<{ LENGTHS[2] }>::as_bytes),
        _ => None,
    }
}

fn fixed_unicode(attribute: &hdf5::Attribute, n: usize) -> Option<Vec<String>> {
    match n {
        _ if n <= LENGTHS[0] => all(attribute, FixedUnicode::<{ LENGTHS[0] }>::as_bytes),
        _ if n <= LENGTHS[1] => all(attribute, FixedUnicode::<{ LENGTHS[1] }>::as_bytes),
        _ if n <= LENGTHS[2] => all(attribute, FixedUnicode::<{ LENGTHS[2] }>::as_bytes),
        _ => None,
    }
}

/// Writes a string as an attribute.
pub(crate) fn write_string(at: &Location, name: &str, text: &str) -> hdf5::Result<()> {
    at.new_attr::<VarLenUnicode>().create(name)?.write_scalar(&unicode(text)?)
}

/// Writes a list of strings as an attribute.
pub(crate) fn write_strings<T: AsRef<str>>(at: &Location, name: &str, texts: &[T]) -> hdf5::Result<()> {
    let texts = texts.iter().map(|text| unicode(text.as_ref())).collect::<hdf5::Result<Vec<_>>>()?;
    let attribute = at.new_attr::<VarLenUnicode>().shape(texts.len()).create(name)?;
    if texts.is_empty() { Ok(()) } else { attribute.write_raw(&texts) }
}

fn unicode(text: &str) -> hdf5::Result<VarLenUnicode> {
    text.parse().map_err(|e| format!("{text:?} cannot be a string of an HDF5 file: {e}").into())
}

/// Whether HDF5's signature is where it may be: at the beginning, or behind a user block of 512, 1024, 2048, … bytes, in
/// which a program keeps what it likes.
fn has_signature(path: &Path) -> std::io::Result<bool> {
    use std::io::{Read, Seek, SeekFrom};
    const SIGNATURE: &[u8; 8] = b"\x89HDF\r\n\x1a\n";
    let mut file = std::fs::File::open(path)?;
    let len = file.metadata()?.len();
    let mut at = 0;
    while at + SIGNATURE.len() as u64 <= len {
        file.seek(SeekFrom::Start(at))?;
        let mut found = [0; SIGNATURE.len()];
        file.read_exact(&mut found)?;
        if found == *SIGNATURE {
            return Ok(true);
        }
        at = if at == 0 { 512 } else { 2 * at };
    }
    Ok(false)
}

fn first_bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let mut start = Vec::new();
    std::fs::File::open(path)?.take(64).read_to_end(&mut start)?;
    Ok(start)
}

/// What a file that is not HDF5 most likely is, from its first bytes.
fn what_starts_like(start: &[u8]) -> String {
    let text = String::from_utf8_lossy(start).to_lowercase();
    if start.is_empty() {
        "an empty file".to_owned()
    } else if text.starts_with("version https://git-lfs") {
        "a Git LFS pointer, not the file itself (`git lfs pull` fetches it)".to_owned()
    } else if text.trim_start().starts_with("<!doctype") || text.trim_start().starts_with("<html") {
        "a web page (the download saved the page around the file)".to_owned()
    } else if start.starts_with(b"PK") || start.starts_with(b"\x1f\x8b") {
        "an archive: unpack it first".to_owned()
    } else {
        format!("no HDF5 signature; it starts with {:02x?}", &start[..start.len().min(8)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_read_in_every_form() {
        let dir = tempfile::tempdir().unwrap();
        let file = hdf5::File::create(dir.path().join("strings.h5")).unwrap();
        let names = ["conv1", "größe"];
        write_strings(&file, "variable", &names).unwrap();
        assert_eq!(strings(&file, "variable").unwrap(), names);
        let fixed = names.map(|name| name.parse::<FixedUnicode<20>>().unwrap());
        file.new_attr_builder().with_data(&fixed).create("fixed").unwrap();
        assert_eq!(strings(&file, "fixed").unwrap(), names);
        // As h5py before version 3 wrote lists of byte strings.
        let ascii = ["conv1", "bn_conv1"].map(|name| FixedAscii::<8>::from_ascii(name).unwrap());
        file.new_attr_builder().with_data(&ascii).create("ascii").unwrap();
        assert_eq!(strings(&file, "ascii").unwrap(), ["conv1", "bn_conv1"]);
        write_string(&file, "one", "2.15.0").unwrap();
        assert_eq!(strings(&file, "one").unwrap(), ["2.15.0"]);
        write_strings::<&str>(&file, "none", &[]).unwrap();
        assert_eq!(strings(&file, "none").unwrap(), Vec::<String>::new());
        file.new_attr_builder().with_data(&[1.5]).create("numbers").unwrap();
        assert_eq!(strings(&file, "numbers"), None);
        assert_eq!(strings(&file, "missing"), None);
    }
}
