/*! What goes over the two channels: messages with calls one way, numbered frames with answers the other. */

use std::io::{self, Read};

use crate::reader::{Malformed, Reader};
use crate::value::{Value, write_text};

/// What became of one call.
#[derive(Debug, Clone, PartialEq)]
pub enum Frame {
    /// The function returned.
    Returned(Value),
    /// The function panicked.
    Panicked {
        /// The panic's message.
        message: String,
        /// The file that panicked, as the compiler named it.
        file: String,
        /// The line of that file, counted from 1; 0 if unknown.
        line: u32,
    },
}

/// The bytes of one call: a length and a value.
pub fn message(value: &Value) -> Vec<u8> {
    let value = value.to_bytes();
    let mut bytes = (value.len() as u32).to_le_bytes().to_vec();
    bytes.extend(value);
    bytes
}

/// Reads the next call; `None` when there are no more.
///
/// # Errors
/// When the channel fails, ends inside a message, or holds something else than a value.
pub fn read_message(from: &mut impl Read) -> io::Result<Option<Value>> {
    let mut length = [0; 4];
    let mut n = 0;
    while n < length.len() {
        match from.read(&mut length[n..])? {
            0 if n == 0 => return Ok(None),
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            more => n += more,
        }
    }
    let mut bytes = vec![0; u32::from_le_bytes(length) as usize];
    from.read_exact(&mut bytes)?;
    Value::from_bytes(&bytes).map(Some).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// How many whole frames the bytes begin with, whatever is in them.
pub fn whole_frames(bytes: &[u8]) -> usize {
    let mut reader = Reader::new(bytes);
    std::iter::from_fn(|| next(&mut reader).ok()).count()
}

/// Appends the frame of call number `index`.
pub fn write_frame(index: u32, frame: &Frame, out: &mut Vec<u8>) {
    let mut contents = Vec::new();
    match frame {
        Frame::Returned(value) => {
            contents.push(0);
            value.write(&mut contents);
        }
        Frame::Panicked { message, file, line } => {
            contents.push(1);
            write_text(message, &mut contents);
            write_text(file, &mut contents);
            contents.extend(line.to_le_bytes());
        }
    }
    out.extend(index.to_le_bytes());
    out.extend((contents.len() as u32).to_le_bytes());
    out.extend(contents);
}

/// Reads frames numbered 0, 1, 2, … from untrusted bytes. A last frame that is cut short is left out: the
/// process ended while it wrote.
///
/// # Errors
/// When a frame is out of order or is not what the format says, or more than `expected` came.
pub fn frames(bytes: &[u8], expected: usize) -> Result<Vec<Frame>, Malformed> {
    let mut reader = Reader::new(bytes);
    let mut frames = Vec::new();
    while let Ok((index, contents)) = next(&mut reader) {
        if index as usize != frames.len() || frames.len() == expected {
            return Err(Malformed("a frame out of order"));
        }
        frames.push(contents_of(contents)?);
    }
    Ok(frames)
}

fn next<'a>(reader: &mut Reader<'a>) -> Result<(u32, &'a [u8]), Malformed> {
    let index = reader.u32()?;
    let n = reader.u32()? as usize;
    Ok((index, reader.take(n)?))
}

fn contents_of(contents: &[u8]) -> Result<Frame, Malformed> {
    let mut reader = Reader::new(contents);
    let frame = match reader.u8()? {
        0 => Frame::Returned(Value::read(&mut reader)?),
        1 => {
            Frame::Panicked { message: reader.text()?.to_owned(), file: reader.text()?.to_owned(), line: reader.u32()? }
        }
        _ => return Err(Malformed("an unknown kind of frame")),
    };
    if reader.left() == 0 { Ok(frame) } else { Err(Malformed("bytes after the frame")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Data;

    fn sample() -> Vec<u8> {
        let mut bytes = Vec::new();
        let bools = Value::Array { shape: vec![2], data: Data::Bools(vec![true, false]) };
        let record = Value::Record(vec![("mode".into(), Value::Text("Max".into()))]);
        let layer = Value::Node { kind: "Add".into(), properties: vec![("inputs".into(), Value::Count(2))] };
        let layers = Value::List { of: "layer".into(), items: vec![layer] };
        let f32_array = Value::f32_array(&[1, 2], vec![0.1, -0.0]);
        let parts = vec![bools, record, layers, f32_array, Value::Number(-0.0)];
        write_frame(0, &Frame::Returned(Value::Tuple(parts)), &mut bytes);
        let panicked = Frame::Panicked { message: "é".into(), file: "main.rs".into(), line: 7 };
        write_frame(1, &panicked, &mut bytes);
        bytes
    }

    #[test]
    fn frames_come_back_as_they_were_written() {
        let read = frames(&sample(), 2).unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!(read[1], Frame::Panicked { message: "é".into(), file: "main.rs".into(), line: 7 });
    }

    #[test]
    fn calls_come_one_by_one() {
        let calls = [Value::Number(0.5), Value::Tuple(Vec::new())];
        let bytes: Vec<u8> = calls.iter().flat_map(message).collect();
        let mut from = &bytes[..];
        for call in &calls {
            assert_eq!(read_message(&mut from).unwrap().as_ref(), Some(call));
        }
        assert_eq!(read_message(&mut from).unwrap(), None);
        for cut in 1..message(&calls[0]).len() {
            assert!(read_message(&mut &bytes[..cut]).is_err(), "{cut}");
        }
    }

    #[test]
    fn whole_frames_are_counted_at_every_byte() {
        let bytes = sample();
        let counts: Vec<usize> = (0..=bytes.len()).map(|n| whole_frames(&bytes[..n])).collect();
        assert!(counts.is_sorted() && counts[0] == 0 && counts[bytes.len() - 1] == 1 && counts[bytes.len()] == 2);
    }

    #[test]
    fn a_frame_that_is_cut_short_is_left_out() {
        let bytes = sample();
        assert_eq!(frames(&bytes[..bytes.len() - 1], 2).unwrap().len(), 1);
        assert_eq!(frames(&[], 2).unwrap().len(), 0);
    }

    #[test]
    fn frames_out_of_order_and_frames_too_many_are_refused() {
        let bytes = sample();
        assert!(frames(&[&bytes[..], &bytes[..]].concat(), 4).is_err());
        assert!(frames(&bytes, 1).is_err());
    }

    #[test]
    fn no_byte_flipped_makes_the_reader_panic_or_allocate_beyond_its_input() {
        let bytes = sample();
        for i in 0..bytes.len() {
            for byte in [0, 1, 4, 5, 6, 7, 8, 9, 10, 127, 255] {
                let mut bytes = bytes.clone();
                bytes[i] = byte;
                let _ = frames(&bytes, 2);
            }
        }
        let huge = [&[4, 2][..], &u64::MAX.to_le_bytes(), &2u64.to_le_bytes()].concat();
        assert!(Value::from_bytes(&huge).is_err());
        let deep = [6, 1, 0, 0, 0].repeat(100);
        assert_eq!(Value::from_bytes(&deep), Err(Malformed("nested too deeply")));
    }
}
