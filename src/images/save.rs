/*!
A picture, written to a PNG file.

No pixel changes: [`load`](super::load) reads what was saved.
*/

use crate::error::{Error, Result};
use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};
use ndarray::Array3;
use std::io::{Error as IoError, ErrorKind, Write};
use std::path::Path;

/// Saves a picture as PNG, which keeps every byte.
///
/// The file is written under another name in the same folder and renamed when it is complete: a reader never sees half a
/// picture.
///
/// # Arguments
/// * `path`: a name that ends in `.png`
/// * `picture`: (n_h, n_w, 3), red, green and blue bytes
///
/// # Errors
/// [`Error::Io`] if the name does not end in `.png`, or the file cannot be written.
///
/// # Panics
/// If the picture is empty or has not 3 channels.
///
/// ```
/// use cnn::prelude::*;
/// let path = tempfile::tempdir().unwrap().keep().join("gray.png");
/// let picture = Array3::from_elem((8, 12, 3), 128u8);
/// images::save(&path, &picture)?;
/// assert_eq!(images::load(&path)?, picture);
/// # std::fs::remove_dir_all(path.parent().unwrap()).unwrap();
/// # Ok::<(), cnn::Error>(())
/// ```
pub fn save(path: impl AsRef<Path>, picture: &Array3<u8>) -> Result<()> {
    let path = path.as_ref();
    let (n_h, n_w, n_c) = picture.dim();
    assert!(n_c == 3 && n_h * n_w > 0, "save: expected a picture of shape (n_h, n_w, 3), got ({n_h}, {n_w}, {n_c})");
    let io = |source| Error::Io { path: path.to_owned(), source };
    if path.extension().is_none_or(|extension| !extension.eq_ignore_ascii_case("png")) {
        let help = "pictures are saved as PNG\nhelp: give the file a name that ends in .png";
        return Err(io(IoError::new(ErrorKind::InvalidInput, help)));
    }
    let bytes: Vec<u8> = picture.iter().copied().collect();
    let mut png = Vec::new();
    PngEncoder::new(&mut png)
        .write_image(&bytes, n_w as u32, n_h as u32, ExtendedColorType::Rgb8)
        .map_err(|e| io(IoError::other(e)))?;
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut temporary = tempfile::Builder::new();
    temporary.prefix(".").suffix(".png.tmp");
    #[cfg(unix)]
    temporary.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666)); // less the umask, as any new file
    let mut temporary = temporary.tempfile_in(dir).map_err(io)?;
    temporary.write_all(&png).map_err(io)?;
    temporary.persist(path).map_err(|e| io(e.error))?;
    Ok(())
}
