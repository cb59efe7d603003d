/*!
Whether a JPEG file is complete: every block of every scan is there, and the end marker after them.

It makes no pixels. Decoders fill what is missing with gray and report success, so the file is checked before it is
decoded: the entropy-coded data is read code by code, as in ITU-T T.81, annexes B, F and G, and has to fill each scan
exactly. Data that was overwritten nearly always fails to.
*/

mod band;
mod bits;
mod frame;
mod huffman;
mod marker;

use frame::Frame;
use huffman::Tables;
use marker::{DHT, DRI, EOI, File, RST0, RST7, SOF_BASELINE, SOF_EXTENDED, SOF_PROGRESSIVE, SOI, SOS, first};

/// Checks a JPEG file from its first byte to its end marker; what follows the end marker is not looked at (cameras
/// append a second picture there).
///
/// # Errors
/// What is missing or damaged, as the end of a sentence that begins with "a damaged JPEG:".
pub(super) fn check(bytes: &[u8]) -> Result<(), String> {
    let mut file = File { bytes, at: 0 };
    let mut tables = Tables::default();
    let mut frame: Option<Frame> = None;
    if file.take(2)? != [0xFF, SOI] {
        return Err("it does not begin with the start marker".to_owned());
    }
    loop {
        match file.marker()? {
            EOI => break,
            DHT => tables.define(file.segment()?)?,
            DRI => tables.restart_interval = u16::from_be_bytes(*first(file.segment()?)?).into(),
            SOF_BASELINE | SOF_EXTENDED | SOF_PROGRESSIVE if frame.is_some() => {
                return Err("it has two frame headers".to_owned());
            }
            sof @ (SOF_BASELINE | SOF_EXTENDED | SOF_PROGRESSIVE) => {
                frame = Some(Frame::read(file.segment()?, sof == SOF_PROGRESSIVE)?);
            }
            sof @ (0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF) => {
                return Err(format!("its kind of compression (frame type {}) is not supported", sof - 0xC0));
            }
            SOS => {
                let header = file.segment()?;
                let frame = frame.as_mut().ok_or("a scan comes before the frame header")?;
                let length = frame.scan(&tables, header, &bytes[file.at..])?;
                file.at += length;
            }
            RST0..=RST7 => return Err("a restart marker stands outside of a scan".to_owned()),
            _ => drop(file.segment()?), // quantization tables, comments, EXIF: their length is all that matters here
        }
    }
    let frame = frame.ok_or("it has no frame header")?;
    match frame.components.iter().all(|component| component.missing_bits == [0; 64]) {
        true => Ok(()),
        false => Err("it ends before its last scan".to_owned()),
    }
}
