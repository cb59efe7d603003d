/*!
The clock of the benches: wall-clock time, or with one thread the processor time of that thread, so that other programs
on the machine do not count.
*/

/// Seconds since some point in the past.
pub fn seconds(n_threads: usize) -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    let clock = if n_threads == 1 { libc::CLOCK_THREAD_CPUTIME_ID } else { libc::CLOCK_MONOTONIC };
    // SAFETY: the call writes `time`.
    unsafe { libc::clock_gettime(clock, &mut time) };
    time.tv_sec as f64 + 1e-9 * time.tv_nsec as f64
}
