/*! The same work for many things, on as many threads as there are processors; the results come in order. */

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;

/// Applies `work` to every item; the results stand in the order of the items.
pub fn parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let mut results = Vec::with_capacity(items.len());
    let run = in_order(
        items.len(),
        |index| Ok::<R, Infallible>(work(&items[index])),
        |_, result| {
            results.push(result);
            Ok(())
        },
    );
    match run {
        Ok(()) => results,
        Err(never) => match never {},
    }
}

/// Does `work` for every number below `count`, and hands the results to `each` in their order: every one as soon as it
/// and those before it are done.
///
/// # Errors
/// The first that `work` or `each` returns; no further work is begun then.
pub fn in_order<T: Send, E: Send>(
    count: usize,
    work: impl Fn(usize) -> Result<T, E> + Sync,
    mut each: impl FnMut(usize, T) -> Result<(), E>,
) -> Result<(), E> {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let (sender, done) = channel();
        for _ in 0..processors.min(count) {
            let (sender, work, next) = (sender.clone(), &work, &next);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::SeqCst);
                    if index >= count {
                        break;
                    }
                    let result = work(index);
                    let failed = result.is_err();
                    if sender.send((index, result)).is_err() || failed {
                        break; // the receiver has returned
                    }
                }
            });
        }
        drop(sender);
        let mut waiting: Vec<Option<T>> = (0..count).map(|_| None).collect();
        let mut delivered = 0;
        for (index, result) in done {
            let result = result.and_then(|result| {
                waiting[index] = Some(result);
                while let Some(result) = waiting.get_mut(delivered).and_then(Option::take) {
                    each(delivered, result)?;
                    delivered += 1;
                }
                Ok(())
            });
            if result.is_err() {
                next.store(count, Ordering::SeqCst);
                return result;
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn results_come_in_order_whichever_is_done_first() {
        let slow_first = |index: usize| {
            std::thread::sleep(Duration::from_millis(if index == 0 { 30 } else { 1 }));
            Ok::<_, Infallible>(10 * index)
        };
        let mut delivered = Vec::new();
        let run = in_order(5, slow_first, |index, result| {
            delivered.push((index, result));
            Ok(())
        });
        assert_eq!((run, &*delivered), (Ok(()), &[(0, 0), (1, 10), (2, 20), (3, 30), (4, 40)][..]));
        assert_eq!(parallel(&[3, 1, 2], |number| number * 2), [6, 2, 4]);
    }

    #[test]
    fn an_error_ends_the_work() {
        let begun = AtomicUsize::new(0);
        let fails = |index| {
            begun.fetch_add(1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(5));
            if index == 0 { Err("no") } else { Ok(()) }
        };
        assert_eq!(in_order(1000, fails, |_, ()| Ok(())), Err("no"));
        assert!(begun.load(Ordering::SeqCst) < 1000);
    }
}
