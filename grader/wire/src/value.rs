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
    /// As many things of one sort as there are, such as the layers of a network.
    List {
        /// What one of them is called: `layer`.
        of: String,
        /// The things, in order.
        items: Vec<Value>,
    },
    /// A thing that is told by its kind and its properties, such as a layer.
    Node {
        /// Its kind: `Conv2D`.
        kind: String,
        /// Its properties with their names: `strides`, `(2, 2)`.
        properties: Vec<(String, Value)>,
    },
}

/// The entries of an array.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// `f64`
    Numbers(Vec<f64>),
    /// `f32`
    F32(Vec<f32>),
    /// `bool`
    Bools(Vec<bool>),
}

impl Value {
    /// An array of numbers.
    pub fn numbers(shape: &[usize], entries: Vec<f64>) -> Self {
        Self::Array { shape: shape.to_vec(), data: Data::Numbers(entries) }
    }

    /// An array of numbers in single precision.
    pub fn f32_array(shape: &[usize], entries: Vec<f32>) -> Self {
        Self::Array { shape: shape.to_vec(), data: Data::F32(entries) }
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
                out.push(match data {
                    Data::Numbers(_) => 4,
                    Data::Bools(_) => 5,
                    Data::F32(_) => 8,
                });
                out.push(shape.len() as u8);
                out.extend(shape.iter().flat_map(|n| (*n as u64).to_le_bytes()));
                match data {
                    Data::Numbers(entries) => out.extend(entries.iter().flat_map(|entry| entry.to_le_bytes())),
                    Data::F32(entries) => out.extend(entries.iter().flat_map(|entry| entry.to_le_bytes())),
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
                write_fields(fields, out);
            }
            Self::List { of, items } => {
                out.push(9);
                write_text(of, out);
                out.extend((items.len() as u32).to_le_bytes());
                items.iter().for_each(|item| item.write(out));
            }
            Self::Node { kind, properties } => {
                out.push(10);
                write_text(kind, out);
                write_fields(properties, out);
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
            tag @ (4 | 5 | 8) => {
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
                let mut bytes = |size: usize| reader.take(n.checked_mul(size).ok_or(Malformed("an array too large"))?);
                let data = match tag {
                    4 => {
                        Data::Numbers(bytes(8)?.as_chunks().0.iter().map(|entry| f64::from_le_bytes(*entry)).collect())
                    }
                    8 => Data::F32(bytes(4)?.as_chunks().0.iter().map(|entry| f32::from_le_bytes(*entry)).collect()),
                    _ => Data::Bools(bytes(1)?.iter().map(|byte| read_bool(*byte)).collect::<Result<_, _>>()?),
                };
                Self::Array { shape, data }
            }
            6 => Self::Tuple(Self::read_row(reader, depth)?),
            7 => Self::Record(Self::read_fields(reader, depth)?),
            9 => Self::List { of: reader.text()?.to_owned(), items: Self::read_row(reader, depth)? },
            10 => Self::Node { kind: reader.text()?.to_owned(), properties: Self::read_fields(reader, depth)? },
            _ => return Err(Malformed("an unknown kind of value")),
        })
    }

    /// A count and that many values, one level deeper.
    fn read_row(reader: &mut Reader, depth: usize) -> Result<Vec<Self>, Malformed> {
        let n = reader.u32()? as usize;
        // Every part takes at least one byte, so a count beyond the bytes that are left is a lie.
        let mut parts = Vec::with_capacity(n.min(reader.left()));
        for _ in 0..n {
            parts.push(Self::read_nested(reader, depth + 1)?);
        }
        Ok(parts)
    }

    /// A count and that many values with their names, one level deeper.
    fn read_fields(reader: &mut Reader, depth: usize) -> Result<Vec<(String, Self)>, Malformed> {
        let n = reader.u32()? as usize;
        let mut fields = Vec::with_capacity(n.min(reader.left()));
        for _ in 0..n {
            let name = reader.text()?.to_owned();
            fields.push((name, Self::read_nested(reader, depth + 1)?));
        }
        Ok(fields)
    }
}

fn write_fields(fields: &[(String, Value)], out: &mut Vec<u8>) {
    out.extend((fields.len() as u32).to_le_bytes());
    for (name, value) in fields {
        write_text(name, out);
        value.write(out);
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
