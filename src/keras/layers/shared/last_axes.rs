/*! The axes that a normalisation goes over: the last ones of a tensor. */

use crate::{
    graph::Shape,
    keras::{mismatch::Mismatch, setting::Setting},
};
use serde_json::{Value, json};

/// Some axes, which have to be the last ones; negative numbers count from the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastAxes(Vec<isize>);

impl LastAxes {
    /// The last axis alone.
    pub(in crate::keras::layers) fn one() -> Self {
        LastAxes(vec![-1])
    }

    /// The first of them, counted from 0, in a tensor of shape `x`.
    pub(in crate::keras::layers) fn first(&self, x: &Shape) -> Result<usize, Mismatch> {
        let rank = x.rank() as isize;
        let mut axes: Vec<isize> = self.0.iter().map(|axis| if *axis < 0 { axis + rank } else { *axis }).collect();
        axes.sort_unstable();
        let first = rank - axes.len() as isize;
        if first >= 1 && first < rank && axes.iter().copied().eq(first..rank) {
            return Ok(first as usize);
        }
        Err(Mismatch::new(format!("axes that are the last ones of shape {x}"), format!("axis = {:?}", self.0))
            .help("axis 0 counts examples; Permute brings an axis to the end"))
    }
}

impl From<isize> for LastAxes {
    fn from(axis: isize) -> Self {
        LastAxes(vec![axis])
    }
}

impl<const N: usize> From<[isize; N]> for LastAxes {
    fn from(axes: [isize; N]) -> Self {
        LastAxes(axes.to_vec())
    }
}

impl Setting for LastAxes {
    const EXPECTED: &'static str = "an axis, or a list of axes";

    fn to_json(&self) -> Value {
        match self.0[..] {
            [axis] => json!(axis),
            ref axes => json!(axes),
        }
    }

    fn from_json(value: &Value) -> Option<Self> {
        match value.as_array() {
            Some(list) => list.iter().map(isize::from_json).collect::<Option<Vec<_>>>().map(LastAxes),
            None => isize::from_json(value).map(LastAxes::from),
        }
    }
}
