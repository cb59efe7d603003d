/*!
Prepares the batches of a training run: gathers them in the epoch's order and changes them at random where that is asked.

A batch that is changed is prepared on a thread of its own while the training step of the batch before it runs.
*/

use super::examples::{Arrays, batches};
use ndarray::{Array, ArrayD, Dimension};
use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::mpsc,
    thread::Scope,
};

/// A random change of the examples of a batch, from a seed.
pub(super) struct Augmentation<'a> {
    seed: u32,
    change: Box<dyn Fn(ArrayD<f32>, u32) -> ArrayD<f32> + Sync + 'a>,
}

impl<'a> Augmentation<'a> {
    pub fn new<D: Dimension>(seed: u32, change: impl Fn(&Array<f32, D>, u32) -> Array<f32, D> + Sync + 'a) -> Self {
        let change = move |x: ArrayD<f32>, seed: u32| {
            let dims = x.shape().to_vec();
            let Ok(x) = x.into_dimensionality::<D>() else {
                panic!(
                    "augment: expected a function of arrays of {} axes, the shape of a batch is {dims:?}; this one takes {}",
                    dims.len(),
                    D::NDIM.unwrap_or_default()
                )
            };
            let changed = change(&x, seed).into_dyn();
            assert!(
                changed.shape() == dims,
                "augment: expected changed examples of the same shape, {dims:?}, got {:?}",
                changed.shape()
            );
            changed
        };
        Self { seed, change: Box::new(change) }
    }

    /// Changes the batch of this number, counted over all epochs: its seed is the first one plus the number.
    fn apply(&self, batch: ArrayD<f32>, number: usize) -> ArrayD<f32> {
        (self.change)(batch, self.seed.wrapping_add(number as u32))
    }
}

impl fmt::Debug for Augmentation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Augmentation").field("seed", &self.seed).finish_non_exhaustive()
    }
}

/// The examples of one batch and their labels.
pub(super) struct Batch {
    pub x: Vec<ArrayD<f32>>,
    pub y: Vec<ArrayD<f32>>,
    /// Their indices among all examples.
    pub indices: Vec<usize>,
}

/// The batches of an epoch.
///
/// # Arguments
/// * `x`, `y`: all examples
/// * `order`: the indices in the order in which they are trained on
/// * `epoch`: counted from 0
pub(super) fn of_epoch<'scope>(
    scope: &'scope Scope<'scope, '_>,
    (x, y): (&'scope Arrays, &'scope Arrays),
    order: Vec<usize>,
    batch_size: usize,
    (epoch, augmentation): (usize, Option<&'scope Augmentation>),
) -> Box<dyn Iterator<Item = Batch> + 'scope> {
    let ranges: Vec<_> = batches(order.len(), batch_size).collect();
    let count = ranges.len();
    let prepare = move |i: usize| {
        let indices = order[ranges[i].clone()].to_vec();
        let (mut x, y) = (x.gather(&indices), y.gather(&indices));
        if let Some(augmentation) = augmentation {
            x = x.into_iter().map(|x| augmentation.apply(x, epoch * count + i)).collect();
        }
        Batch { x, y, indices }
    };
    match augmentation {
        None => Box::new((0..count).map(prepare)),
        Some(_) => Box::new(ahead(scope, count, prepare)),
    }
}

/// What `prepare` makes of 0, 1, …, in this order: each one is made on another thread while the one before it is used.
fn ahead<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    count: usize,
    prepare: impl Fn(usize) -> T + Send + 'scope,
) -> impl Iterator<Item = T> + 'scope {
    // Without room in the channel one batch waits, however slow the steps are.
    let (sender, receiver) = mpsc::sync_channel(0);
    scope.spawn(move || {
        for i in 0..count {
            let prepared = catch_unwind(AssertUnwindSafe(|| prepare(i)));
            let failed = prepared.is_err();
            // Nobody receives any more when training has ended early.
            if sender.send(prepared).is_err() || failed {
                return;
            }
        }
    });
    receiver.into_iter().map(|prepared| prepared.unwrap_or_else(|panic| resume_unwind(panic)))
}
