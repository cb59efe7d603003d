/*!
A picture of one's own, from a JPEG or PNG file.

It draws nothing and writes nothing.
*/

use super::{centre_crop, normalize, resize};
use crate::error::{Error, Result};
use image::{DynamicImage, ImageDecoder, ImageReader};
use ndarray::{Array3, Array4, Axis};
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

/// Loads a JPEG or PNG picture, upright, as red, green and blue bytes.
///
/// A camera's note on how it was held (EXIF orientation) is obeyed; transparent parts are laid over white; grey and
/// 16-bit pictures become 8-bit colour. The format is read from the contents, not from the file name.
///
/// # Returns
/// (n_h, n_w, 3)
///
/// # Errors
/// [`Error::Missing`] if there is no file, [`Error::Io`] if it cannot be read, [`Error::Contents`] if it is not a
/// complete JPEG or PNG picture.
pub fn load(path: impl AsRef<Path>) -> Result<Array3<u8>> {
    let path = path.as_ref();
    let expected = "a JPEG or PNG picture";
    if !path.exists() {
        let help = match std::env::current_dir() {
            Ok(here) if path.is_relative() => format!("check the name; a relative path starts at {}", here.display()),
            _ => "check the name".to_owned(),
        };
        return Err(Error::Missing { path: path.to_owned(), expected: expected.to_owned(), help });
    }
    let io = |source| Error::Io { path: path.to_owned(), source };
    let contents = |found: String, help: &str| Error::Contents {
        path: path.to_owned(),
        expected: expected.to_owned(),
        found,
        help: help.to_owned(),
    };
    let file = BufReader::new(File::open(path).map_err(io)?);
    let mut reader = ImageReader::new(file).with_guessed_format().map_err(io)?;
    if reader.format().is_none_or(|format| !format.reading_enabled()) {
        let mut file = reader.into_inner();
        let mut start = Vec::new();
        file.rewind().and_then(|()| file.take(16).read_to_end(&mut start)).map_err(io)?;
        return Err(contents(what_starts_like(&start), "save or export it as JPEG or PNG"));
    }
    reader.no_limits(); // a picture of one's own may be large
    let damaged =
        |e: image::ImageError| contents(format!("a damaged one: {e}"), "copy the file again, or take another");
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let orientation = decoder.orientation().map_err(damaged)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    picture.apply_orientation(orientation);
    Ok(over_white(&picture))
}

/// Loads a picture as a batch of one for a network: the square in its middle, `side` × `side`, divided by 255.
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
fn what_starts_like(start: &[u8]) -> String {
    let brand = start.get(4..12).unwrap_or_default();
    let text = String::from_utf8_lossy(start).trim_start().to_lowercase();
    if start.is_empty() {
        "an empty file".to_owned()
    } else if [b"ftyphei".as_slice(), b"ftyphev", b"ftypmif"].iter().any(|kind| brand.starts_with(kind)) {
        "a HEIC picture, as telephones take them".to_owned()
    } else if start.starts_with(b"GIF8") {
        "a GIF picture".to_owned()
    } else if start.starts_with(b"RIFF") {
        "a WebP picture".to_owned()
    } else if text.starts_with("<!doctype") || text.starts_with("<html") {
        "a web page (the download saved the page around the picture)".to_owned()
    } else {
        format!("a file that starts with {:02x?}", &start[..start.len().min(8)])
    }
}
