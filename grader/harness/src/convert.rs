/*! Turns the values of the wire into the types of the graded functions, and back. */

use cnn::prelude::*;
use ndarray::{Dimension, Ix0, IxDyn};
use wire::{Data, Value};

/// A type that a graded function takes, by value or by reference.
pub trait Argument: Sized {
    /// Reads it; `None` when the value is of another type or shape.
    fn from_value(value: Value) -> Option<Self>;
}

/// A type that a graded function returns, or that a case hands to it.
pub trait Answer {
    /// Writes it.
    fn to_value(&self) -> Value;
}

/// The answer of a graded function as a value.
pub fn answer(answer: impl Answer) -> Value {
    answer.to_value()
}

impl Argument for f64 {
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Number(value) = value { Some(value) } else { None }
    }
}

impl Answer for f64 {
    fn to_value(&self) -> Value {
        Value::Number(*self)
    }
}

impl Argument for usize {
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Count(value) = value { usize::try_from(value).ok() } else { None }
    }
}

impl Answer for usize {
    fn to_value(&self) -> Value {
        Value::Count(*self as u64)
    }
}

/// A seed. Cases hand it over as a `usize`: whole numbers in their files have one type.
impl Argument for u32 {
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Count(value) = value { u32::try_from(value).ok() } else { None }
    }
}

impl<D: Dimension> Argument for Array<f64, D> {
    fn from_value(value: Value) -> Option<Self> {
        let Value::Array { shape, data: Data::Numbers(entries) } = value else { return None };
        ArrayD::from_shape_vec(IxDyn(&shape), entries).ok()?.into_dimensionality().ok()
    }
}

impl<D: Dimension> Answer for Array<f64, D> {
    fn to_value(&self) -> Value {
        Value::numbers(self.shape(), self.iter().copied().collect())
    }
}

impl<D: Dimension> Argument for Array<f32, D> {
    fn from_value(value: Value) -> Option<Self> {
        let Value::Array { shape, data: Data::F32(entries) } = value else { return None };
        ArrayD::from_shape_vec(IxDyn(&shape), entries).ok()?.into_dimensionality().ok()
    }
}

impl<D: Dimension> Answer for Array<f32, D> {
    fn to_value(&self) -> Value {
        Value::f32_array(self.shape(), self.iter().copied().collect())
    }
}

/// Indices and classes: whole numbers below 2^53, which an `f64` holds exactly.
impl<D: Dimension> Argument for Array<usize, D> {
    fn from_value(value: Value) -> Option<Self> {
        Array::<f64, D>::from_value(value).map(|numbers| numbers.mapv(|number| number as usize))
    }
}

impl<D: Dimension> Answer for Array<usize, D> {
    fn to_value(&self) -> Value {
        Value::numbers(self.shape(), self.iter().map(|&number| number as f64).collect())
    }
}

impl Answer for bool {
    fn to_value(&self) -> Value {
        Value::Bool(*self)
    }
}

/// An index that may be missing: `None` is written as the text `None`.
impl Answer for Option<usize> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or_else(|| Value::Text("None".to_owned()), Answer::to_value)
    }
}

impl Argument for f32 {
    fn from_value(value: Value) -> Option<Self> {
        Array::<f32, Ix0>::from_value(value).map(Array::into_scalar)
    }
}

impl Answer for f32 {
    fn to_value(&self) -> Value {
        Value::f32_array(&[], vec![*self])
    }
}

impl Argument for String {
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Text(text) = value { Some(text) } else { None }
    }
}

impl Answer for &str {
    fn to_value(&self) -> Value {
        Value::Text((*self).to_owned())
    }
}

impl<D: Dimension> Answer for Array<bool, D> {
    fn to_value(&self) -> Value {
        Value::Array { shape: self.shape().to_vec(), data: Data::Bools(self.iter().copied().collect()) }
    }
}

/// The fields of a record, if it has exactly these names.
fn fields<const N: usize>(value: Value, names: [&str; N]) -> Option<[Value; N]> {
    let Value::Record(fields) = value else { return None };
    if !fields.iter().map(|(name, _)| name.as_str()).eq(names) {
        return None;
    }
    fields.into_iter().map(|(_, value)| value).collect::<Vec<_>>().try_into().ok()
}

impl Argument for ConvHparameters {
    fn from_value(value: Value) -> Option<Self> {
        let [stride, pad] = fields(value, ["stride", "pad"])?;
        Some(Self { stride: usize::from_value(stride)?, pad: usize::from_value(pad)? })
    }
}

impl Answer for ConvHparameters {
    fn to_value(&self) -> Value {
        Value::Record(vec![("stride".into(), self.stride.to_value()), ("pad".into(), self.pad.to_value())])
    }
}

impl Argument for PoolHparameters {
    fn from_value(value: Value) -> Option<Self> {
        let [f, stride] = fields(value, ["f", "stride"])?;
        Some(Self { f: usize::from_value(f)?, stride: usize::from_value(stride)? })
    }
}

impl Answer for PoolHparameters {
    fn to_value(&self) -> Value {
        Value::Record(vec![("f".into(), self.f.to_value()), ("stride".into(), self.stride.to_value())])
    }
}

impl Argument for PoolMode {
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Text(name) if name == "max" => Some(Self::Max),
            Value::Text(name) if name == "average" => Some(Self::Average),
            _ => None,
        }
    }
}

impl Answer for PoolMode {
    fn to_value(&self) -> Value {
        Value::Text(self.to_string())
    }
}

impl Argument for ConvCache {
    fn from_value(value: Value) -> Option<Self> {
        let [a_prev, w, b, hparameters] = fields(value, ["a_prev", "w", "b", "hparameters"])?;
        Some(Self {
            a_prev: Argument::from_value(a_prev)?,
            w: Argument::from_value(w)?,
            b: Argument::from_value(b)?,
            hparameters: Argument::from_value(hparameters)?,
        })
    }
}

impl Answer for ConvCache {
    fn to_value(&self) -> Value {
        Value::Record(vec![
            ("a_prev".into(), self.a_prev.to_value()),
            ("w".into(), self.w.to_value()),
            ("b".into(), self.b.to_value()),
            ("hparameters".into(), self.hparameters.to_value()),
        ])
    }
}

impl Argument for PoolCache {
    fn from_value(value: Value) -> Option<Self> {
        let [a_prev, hparameters] = fields(value, ["a_prev", "hparameters"])?;
        Some(Self { a_prev: Argument::from_value(a_prev)?, hparameters: Argument::from_value(hparameters)? })
    }
}

impl Answer for PoolCache {
    fn to_value(&self) -> Value {
        let fields = [("a_prev", self.a_prev.to_value()), ("hparameters", self.hparameters.to_value())];
        Value::Record(fields.map(|(name, value)| (name.to_owned(), value)).into())
    }
}

impl Argument for LayerHparameters {
    fn from_value(value: Value) -> Option<Self> {
        // The record's first field names the layer, and says which others follow.
        let Value::Record(mut record) = value else { return None };
        let kind = record.first().filter(|(name, _)| name == "layer")?.1.clone();
        let sizes = Value::Record(record.split_off(1));
        match String::from_value(kind)?.as_str() {
            "conv" => {
                let [f, pad, stride, filters] =
                    fields(sizes, ["f", "pad", "stride", "filters"])?.map(usize::from_value);
                Some(Self::Conv { f: f?, pad: pad?, stride: stride?, filters: filters? })
            }
            "pool" => {
                let [f, stride] = fields(sizes, ["f", "stride"])?.map(usize::from_value);
                Some(Self::Pool { f: f?, stride: stride? })
            }
            "dense" => {
                let [units] = fields(sizes, ["units"])?.map(usize::from_value);
                Some(Self::Dense { units: units? })
            }
            _ => None,
        }
    }
}

impl Answer for LayerHparameters {
    fn to_value(&self) -> Value {
        let record = |kind: &str, sizes: &[(&str, usize)]| {
            let sizes = sizes.iter().map(|(name, size)| ((*name).to_owned(), size.to_value()));
            Value::Record([("layer".to_owned(), kind.to_value())].into_iter().chain(sizes).collect())
        };
        match *self {
            Self::Conv { f, pad, stride, filters } => {
                record("conv", &[("f", f), ("pad", pad), ("stride", stride), ("filters", filters)])
            }
            Self::Pool { f, stride } => record("pool", &[("f", f), ("stride", stride)]),
            Self::Dense { units } => record("dense", &[("units", units)]),
        }
    }
}

impl<T: Argument> Argument for Vec<T> {
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Tuple(parts) = value { parts.into_iter().map(T::from_value).collect() } else { None }
    }
}

impl<T: Answer> Answer for Vec<T> {
    fn to_value(&self) -> Value {
        Value::Tuple(self.iter().map(T::to_value).collect())
    }
}

macro_rules! tuples {
    ($(($($type:ident $value:ident),+))+) => {$(
        impl<$($type: Argument),+> Argument for ($($type,)+) {
            fn from_value(value: Value) -> Option<Self> {
                let Value::Tuple(parts) = value else { return None };
                let mut parts = parts.into_iter();
                let tuple = ($($type::from_value(parts.next()?)?,)+);
                parts.next().is_none().then_some(tuple)
            }
        }
        impl<$($type: Answer),+> Answer for ($($type,)+) {
            fn to_value(&self) -> Value {
                let ($($value,)+) = self;
                Value::Tuple(vec![$($value.to_value()),+])
            }
        }
    )+};
}

tuples! {
    (A a)
    (A a, B b)
    (A a, B b, C c)
    (A a, B b, C c, D d)
    (A a, B b, C c, D d, E e)
    (A a, B b, C c, D d, E e, F f)
    (A a, B b, C c, D d, E e, F f, G g)
}
