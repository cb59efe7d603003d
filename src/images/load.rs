/*!
Reads one picture from a JPEG or PNG file.

It writes nothing; [`save`](super::save) does.
*/

use super::{centre_crop, jpeg, normalize, png, resize};
use crate::error::{Error, Result};
use image::error::{LimitError, LimitErrorKind};
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader};
use ndarray::{Array3, Array4, Axis};
use std::io::Cursor;
use std::path::Path;

/// Loads a JPEG or PNG picture, upright, as red, green and blue bytes.
///
/// The camera's note on how it was held (EXIF orientation) is applied; transparent parts are laid over white; gray, CMYK
/// and 16-bit pictures become 8-bit RGB; of an animated PNG the still picture is read. The format is read from the
/// contents, not from the file name.
///
/// A file that was cut off or overwritten is refused, not filled with gray as most programs do: a JPEG file has to hold
/// every block and its end marker, a PNG file every chunk with the right checksum.
///
/// # Returns
/// (n_h, n_w, 3)
///
/// # Errors
/// [`Error::Missing`] if there is no file, [`Error::Io`] if it cannot be read, [`Error::Contents`] if it is not a
/// complete JPEG or PNG picture.
pub fn load(path: impl AsRef<Path>) -> Result<Array3<u8>> {
    let path = path.as_ref();
    let expected = "a complete JPEG or PNG picture";
    if !path.exists() {
        let help = match std::env::current_dir() {
            Ok(here) if path.is_relative() => format!("check the name; a relative path starts at {}", here.display()),
            _ => "check the name".to_owned(),
        };
        return Err(Error::Missing { path: path.to_owned(), expected: expected.to_owned(), help });
    }
    let contents = |found: String, help: &str| Error::Contents {
        path: path.to_owned(),
        expected: expected.to_owned(),
        found,
        help: help.to_owned(),
    };
    let bytes = std::fs::read(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
    let damaged = |found: String| contents(found, "copy the file again from where it came, or take another picture");
    let format = match image::guess_format(&bytes) {
        Ok(ImageFormat::Jpeg) => {
            jpeg::check(&bytes).map_err(|what| damaged(format!("a damaged JPEG: {what}")))?;
            ImageFormat::Jpeg
        }
        Ok(ImageFormat::Png) => {
            png::check(&bytes).map_err(|what| damaged(format!("a damaged PNG: {what}")))?;
            ImageFormat::Png
        }
        _ => return Err(contents(what_starts_like(&bytes), "save or export it as JPEG or PNG")),
    };
    decode(&bytes, format).map_err(|error| damaged(format!("a damaged one: {error}")))
}

/// More than any camera's picture needs; a damaged header may claim more than the machine has.
const MAX_BYTES: u64 = 1 << 32;

fn decode(bytes: &[u8], format: ImageFormat) -> image::ImageResult<Array3<u8>> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.no_limits(); // the crate's default is too small for some cameras
    let mut decoder = reader.into_decoder()?;
    if decoder.total_bytes() > MAX_BYTES {
        return Err(ImageError::Limits(LimitError::from_kind(LimitErrorKind::DimensionError)));
    }
    let orientation = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    Ok(over_white(&picture))
}

/// Loads a picture as a batch of one for a network: the square in its middle, resized to `side` × `side`, divided by
/// 255.
///
/// # Returns
/// (1, side, side, 3), values from 0 to 1
///
/// # Errors
/// As [`load`].
pub fn load_for_network(path: impl AsRef<Path>, side: usize) -> Result<Array4<f32>> {
    let picture = resize(&centre_crop(&load(path)?), side, side);
    Ok(normalize(&picture).insert_axis(Axis(0)))
}

fn over_white(picture: &DynamicImage) -> Array3<u8> {
    let (n_w, n_h) = (picture.width() as usize, picture.height() as usize);
    let bytes = if picture.color().has_alpha() {
        let over = |channel: u8, alpha: u8| {
            let (channel, alpha) = (u32::from(channel), u32::from(alpha));
            ((channel * alpha + 255 * (255 - alpha) + 127) / 255) as u8
        };
        picture.to_rgba8().pixels().flat_map(|p| [0, 1, 2].map(|c| over(p.0[c], p.0[3]))).collect()
    } else {
        picture.to_rgb8().into_raw()
    };
    Array3::from_shape_vec((n_h, n_w, 3), bytes).expect("three bytes a pixel")
}

/// What a file that is neither JPEG nor PNG most likely is, from its first bytes.
fn what_starts_like(bytes: &[u8]) -> String {
    let start = &bytes[..bytes.len().min(64)];
    let brand = start.get(4..12).unwrap_or_default();
    let text = String::from_utf8_lossy(start).trim_start().to_lowercase();
    if start.is_empty() {
        "an empty file".to_owned()
    } else if start.iter().all(|&byte| byte == 0) {
        "a file of zeros only (a copy or a download that was interrupted)".to_owned()
    } else if start.starts_with(b"\0\x05\x16\x07") {
        "a companion file of macOS, which holds no picture".to_owned()
    } else if [b"ftyphei".as_slice(), b"ftyphev", b"ftypmif"].iter().any(|kind| brand.starts_with(kind)) {
        "a HEIC picture, which many phones take".to_owned()
    } else if brand.starts_with(b"ftypavi") {
        "an AVIF picture".to_owned()
    } else if start.starts_with(b"GIF8") {
        "a GIF picture".to_owned()
    } else if start.starts_with(b"RIFF") && start.get(8..12) == Some(b"WEBP") {
        "a WebP picture".to_owned()
    } else if start.starts_with(b"II*\0") || start.starts_with(b"MM\0*") {
        "a TIFF picture, or a camera's raw data".to_owned()
    } else if start.starts_with(b"BM") {
        "a BMP picture".to_owned()
    } else if text.starts_with("<!doctype") || text.starts_with("<html") {
        "a web page (the download saved the page around the picture)".to_owned()
    } else {
        format!("a file that starts with {:02x?}", &start[..start.len().min(8)])
    }
}
