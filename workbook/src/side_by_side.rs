/*!
Several things at a time, told in their order: as many as there are processors, because most of a cell's time goes to a
compiler that uses one.
*/

use anyhow::Result;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;

/// Does `work` for every number below `count`; `each` hears of the results in their order, of every one as soon as it and
/// those before it are done.
///
/// # Errors
/// The first that `work` or `each` returns; no further work is begun then.
pub fn side_by_side<T: Send>(
    count: usize,
    work: impl Fn(usize) -> Result<T> + Sync,
    mut each: impl FnMut(usize, T) -> Result<()>,
) -> Result<()> {
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
                        break; // nobody waits for more
                    }
                }
            });
        }
        drop(sender);
        let mut waiting: Vec<Option<T>> = (0..count).map(|_| None).collect();
        let mut told = 0;
        for (index, result) in done {
            let result = result.and_then(|result| {
                waiting[index] = Some(result);
                while let Some(result) = waiting.get_mut(told).and_then(Option::take) {
                    each(told, result)?;
                    told += 1;
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
    fn results_are_told_in_order_whichever_is_done_first() {
        let mut told = Vec::new();
        let slow_first = |index: usize| {
            std::thread::sleep(Duration::from_millis(if index == 0 { 30 } else { 1 }));
            Ok(10 * index)
        };
        side_by_side(5, slow_first, |index, result| {
            told.push((index, result));
            Ok(())
        })
        .unwrap();
        assert_eq!(told, [(0, 0), (1, 10), (2, 20), (3, 30), (4, 40)]);
    }

    #[test]
    fn an_error_ends_the_work() {
        let begun = AtomicUsize::new(0);
        let fails = |index| {
            begun.fetch_add(1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(5));
            if index == 0 { anyhow::bail!("no") } else { Ok(()) }
        };
        let error = side_by_side(1000, fails, |_, ()| Ok(())).unwrap_err();
        assert_eq!(error.to_string(), "no");
        assert!(begun.load(Ordering::SeqCst) < 1000);
    }
}
