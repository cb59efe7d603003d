/*!
A pool of threads, owned by the caller. Kernels use it in one way: a parallel loop over numbered tasks.

There is no work stealing between kernels and no global pool: every copy of this crate (a notebook has one in each cell)
would have its own.
*/

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

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
///
/// In a copy of the process that `fork` made, the threads are started again when they are needed: the copy has only the
/// thread that made it.
#[derive(Debug)]
pub struct Threads {
    /// The threads beside the calling one.
    pool: Mutex<Pool>,
    n: usize,
}

#[derive(Debug)]
struct Pool {
    /// The process whose threads these are.
    process: u32,
    threads: Option<Arc<rayon_core::ThreadPool>>,
}

impl Pool {
    fn start(n: usize) -> Pool {
        let start =
            || rayon_core::ThreadPoolBuilder::new().num_threads(n - 1).thread_name(|i| format!("cnn-{i}")).build();
        let threads = if n > 1 { start().ok().map(Arc::new) } else { None };
        Pool { process: std::process::id(), threads }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        // Ending threads that this process does not have would take locks that they may have held.
        if self.process != std::process::id() {
            std::mem::forget(self.threads.take());
        }
    }
}

impl Threads {
    /// A pool of `n` threads; the calling thread is one of them. Where the system refuses to start more threads, only
    /// the calling one is used.
    pub fn new(n: usize) -> Self {
        let pool = Pool::start(n);
        Threads { n: if pool.threads.is_some() { n } else { 1 }, pool: Mutex::new(pool) }
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
        let Some(pool) = (if helpers > 0 { self.pool() } else { None }) else {
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

    /// The threads beside the calling one, of this process.
    fn pool(&self) -> Option<Arc<rayon_core::ThreadPool>> {
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        if pool.process != std::process::id() {
            *pool = Pool::start(self.n);
        }
        pool.threads.clone()
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

    /// A copy of the process has none of the threads, and must neither wait for them nor end them.
    #[cfg(unix)]
    #[test]
    fn a_forked_process_starts_its_own_threads() {
        let sum = |threads: &Threads| {
            let sum = AtomicUsize::new(0);
            threads.run(100, &|task| {
                sum.fetch_add(task, Ordering::Relaxed);
            });
            sum.into_inner()
        };
        let threads = Threads::new(3);
        assert_eq!(sum(&threads), 4950);
        // SAFETY: the child runs these lines alone and ends without unwinding.
        let child = unsafe { libc::fork() };
        if child == 0 {
            // SAFETY: a child that hangs is ended by the system, so that the test fails and does not wait.
            unsafe { libc::alarm(30) };
            let right = sum(&threads) == 4950;
            drop(threads);
            // SAFETY: ends the child and nothing else.
            unsafe { libc::_exit(if right { 7 } else { 1 }) };
        }
        let mut status = 0;
        // SAFETY: `child` is a process that this thread has started.
        assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
        assert!(libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 7, "the child ended with the status {status}");
        assert_eq!(sum(&threads), 4950);
    }
}
