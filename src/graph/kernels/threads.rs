/*!
A pool of threads, owned by the caller. Kernels use it in one way: a parallel loop over numbered tasks.

There is no work stealing between kernels and no global pool: every copy of this crate (a notebook has one in each cell)
would have its own.
*/

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A fixed number of threads, the calling one included.
///
/// Tasks are scheduled dynamically, so which thread runs a task varies; each output element is summed within one task,
/// in an order that depends only on the shapes, so results are the same, bit for bit, for any number of threads.
///
/// ```
/// use cnn::graph::kernels::threads::Threads;
/// use std::sync::atomic::{AtomicUsize, Ordering};
///
/// let sum = AtomicUsize::new(0);
/// Threads::new(2).run(10, &|task| { sum.fetch_add(task, Ordering::Relaxed); });
/// assert_eq!(sum.into_inner(), 45);
/// ```
#[derive(Debug)]
pub struct Threads {
    /// The threads beside the calling one.
    pool: Option<rayon_core::ThreadPool>,
    n: usize,
}

impl Threads {
    /// A pool of `n` threads; the calling thread is one of them. Where the system refuses to start more threads, only
    /// the calling one is used.
    pub fn new(n: usize) -> Self {
        let pool = match n {
            0 | 1 => None,
            _ => {
                rayon_core::ThreadPoolBuilder::new().num_threads(n - 1).thread_name(|i| format!("cnn-{i}")).build().ok()
            }
        };
        Threads { n: if pool.is_some() { n } else { 1 }, pool }
    }

    /// As many threads as the machine offers this process.
    pub fn available() -> Self {
        Threads::new(std::thread::available_parallelism().map_or(1, NonZeroUsize::get))
    }

    /// The number of threads, the calling one included.
    pub fn n(&self) -> usize {
        self.n
    }

    /// Runs `task(0)`, …, `task(n_tasks - 1)`, each once, on any of the threads in any order, and returns when all are
    /// done.
    ///
    /// # Panics
    /// If a task does.
    pub fn run(&self, n_tasks: usize, task: &(dyn Fn(usize) + Sync)) {
        self.run_with_worker(n_tasks, &|_, i| task(i));
    }

    /// As [`Threads::run`], and passes each task the index of its worker, less than [`Threads::n`]: two tasks that run
    /// at the same time have different worker indices.
    ///
    /// # Panics
    /// If a task does.
    pub fn run_with_worker(&self, n_tasks: usize, task: &(dyn Fn(usize, usize) + Sync)) {
        let helpers = self.n.min(n_tasks).saturating_sub(1);
        let Some(pool) = self.pool.as_ref().filter(|_| helpers > 0) else {
            (0..n_tasks).for_each(|i| task(0, i));
            return;
        };
        let next = AtomicUsize::new(0);
        let (next, work) = (&next, |worker: usize, next: &AtomicUsize| {
            loop {
                let i = next.fetch_add(1, Ordering::Relaxed);
                if i >= n_tasks {
                    break;
                }
                task(worker, i);
            }
        });
        pool.in_place_scope(|scope| {
            for worker in 1..=helpers {
                scope.spawn(move |_| work(worker, next));
            }
            work(0, next);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_runs_once_whatever_the_number_of_threads() {
        for n in [0, 1, 2, 3, 7] {
            let threads = Threads::new(n);
            for n_tasks in [0, 1, 2, 100] {
                let counts: Vec<AtomicUsize> = (0..n_tasks).map(|_| AtomicUsize::new(0)).collect();
                threads.run(n_tasks, &|task| {
                    counts[task].fetch_add(1, Ordering::Relaxed);
                });
                assert!(counts.iter().all(|count| count.load(Ordering::Relaxed) == 1), "{n} threads, {n_tasks} tasks");
            }
        }
    }

    #[test]
    #[should_panic(expected = "a shape bug")]
    fn a_panic_in_a_task_reaches_the_caller() {
        Threads::new(3).run(8, &|task| assert!(task != 5, "a shape bug"));
    }
}
