/*! A typed value: what a graded function takes and what it returns. */

use crate::reader::{Malformed, Reader};

/// How deep values may nest.
const MAX_DEPTH: usize = 16;
/// How many axes an array may have.
const MAX_AXES: usize = 16;

/// An argument of a graded function, or its answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `bool`
    Bool(bool),
    /// `usize`
    Count(u64),
    /// `f64`
    Number(f64),
    /// A name: the variant of an enum, a label.
    Text(String),
    /// An array of any number of axes, entries in row-major order.
    Array {
        /// Its axes.
        shape: Vec<usize>,
        /// Its entries.
        data: Data,
    },
    /// A tuple, or the arguments of a call.
    Tuple(Vec<Value>),
    /// A struct's fields with their names.
    Record(Vec<(String, Value)>),
}

/// The entries of an array.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// `f64`
    Numbers(Vec<f64>),
    /// `bool`
    Bools(Vec<bool>),
}

impl Value {
    /// An array of numbers.
    pub fn numbers(shape: &[usize], entries: Vec<f64>) -> Self {
        Self::Array { shape: shape.to_vec(), data: Data::Numbers(entries) }
    }

    /// The value as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    /// The value that the bytes hold, all of them.
    ///
    /// # Errors
    /// When the bytes are not exactly one value.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        let value = Self::read(&mut reader)?;
        if reader.left() == 0 { Ok(value) } else { Err(Malformed("bytes after the value")) }
    }

    /// Appends the value's bytes.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Bool(value) => out.extend([0, u8::from(*value)]),
            Self::Count(value) => {
                out.push(1);
                out.extend(value.to_le_bytes());
            }
            Self::Number(value) => {
                out.push(2);
                out.extend(value.to_le_bytes());
            }
            Self::Text(text) => {
                out.push(3);
                write_text(text, out);
            }
            Self::Array { shape, data } => {
                out.push(if matches!(data, Data::Numbers(_)) { 4 } else { 5 });
                out.push(shape.len() as u8);
                out.extend(shape.iter().flat_map(|n| (*n as u64).to_le_bytes()));
                match data {
                    Data::Numbers(entries) => out.extend(entries.iter().flat_map(|entry| entry.to_le_bytes())),
                    Data::Bools(entries) => out.extend(entries.iter().map(|entry| u8::from(*entry))),
                }
            }
            Self::Tuple(parts) => {
                out.push(6);
                out.extend((parts.len() as u32).to_le_bytes());
                parts.iter().for_each(|part| part.write(out));
            }
            Self::Record(fields) => {
                out.push(7);
                out.extend((fields.len() as u32).to_le_bytes());
                for (name, value) in fields {
                    write_text(name, out);
                    value.write(out);
                }
            }
        }
    }

    /// Reads one value.
    ///
    /// # Errors
    /// When the bytes do not begin with a value.
    pub fn read(reader: &mut Reader) -> Result<Self, Malformed> {
        Self::read_nested(reader, 0)
    }

    fn read_nested(reader: &mut Reader, depth: usize) -> Result<Self, Malformed> {
        if depth > MAX_DEPTH {
            return Err(Malformed("nested too deeply"));
        }
        Ok(match reader.u8()? {
            0 => Self::Bool(read_bool(reader.u8()?)?),
            1 => Self::Count(reader.u64()?),
            2 => Self::Number(f64::from_le_bytes(reader.array()?)),
            3 => Self::Text(reader.text()?.to_owned()),
            tag @ (4 | 5) => {
                let axes = usize::from(reader.u8()?);
                if axes > MAX_AXES {
                    return Err(Malformed("too many axes"));
                }
                let mut shape = Vec::with_capacity(axes);
                for _ in 0..axes {
                    shape.push(usize::try_from(reader.u64()?).map_err(|_| Malformed("an axis too long"))?);
                }
                let n = shape.iter().try_fold(1_usize, |n, axis| n.checked_mul(*axis));
                let n = n.ok_or(Malformed("an array too large"))?;
                let data = if tag == 4 {
                    let bytes = reader.take(n.checked_mul(8).ok_or(Malformed("an array too large"))?)?;
                    let (entries, _) = bytes.as_chunks::<8>();
                    Data::Numbers(entries.iter().map(|entry| f64::from_le_bytes(*entry)).collect())
                } else {
                    Data::Bools(reader.take(n)?.iter().map(|byte| read_bool(*byte)).collect::<Result<_, _>>()?)
                };
                Self::Array { shape, data }
            }
            6 => {
                let n = reader.u32()? as usize;
                // Every part takes at least one byte, so a count beyond the bytes that are left is a lie.
                let mut parts = Vec::with_capacity(n.min(reader.left()));
                for _ in 0..n {
                    parts.push(Self::read_nested(reader, depth + 1)?);
                }
                Self::Tuple(parts)
            }
            7 => {
                let n = reader.u32()? as usize;
                let mut fields = Vec::with_capacity(n.min(reader.left()));
                for _ in 0..n {
                    let name = reader.text()?.to_owned();
                    fields.push((name, Self::read_nested(reader, depth + 1)?));
                }
                Self::Record(fields)
            }
            _ => return Err(Malformed("an unknown kind of value")),
        })
    }
}

/// Appends a length and the text.
pub fn write_text(text: &str, out: &mut Vec<u8>) {
    out.extend((text.len() as u32).to_le_bytes());
    out.extend(text.as_bytes());
}

fn read_bool(byte: u8) -> Result<bool, Malformed> {
    match byte {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Malformed("a bool that is neither 0 nor 1")),
    }
}
