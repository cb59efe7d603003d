/*! What this machine has: processors and memory for submissions at once, and randomness. */

use std::fs;
use std::io::Read;

/// How many submissions can be graded at once, when one more of them may need `memory` bytes: no more than processors, and
/// at least one.
pub fn jobs(memory: u64) -> usize {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let fit = available().map_or(usize::MAX, |bytes| usize::try_from(bytes / memory.max(1)).unwrap_or(usize::MAX));
    processors.min(fit).max(1)
}

/// Bytes of memory that are free for programs, as far as the system says it: those of the machine, and the limit of the
/// container.
fn available() -> Option<u64> {
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| meminfo(&text));
    let limit = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
    let limit = limit.iter().find_map(|path| fs::read_to_string(path).ok()?.trim().parse().ok());
    machine.into_iter().chain(limit).min()
}

fn meminfo(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok().map(|kilobytes: u64| kilobytes << 10)
}

/// A random number of 32 bits, which every generator takes as a seed.
pub fn random() -> u64 {
    let mut bytes = [0; 4];
    let read = fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes));
    if read.is_ok() {
        return u32::from_le_bytes(bytes).into();
    }
    // The keys of a hash map are drawn from the system's generator, too.
    use std::hash::{BuildHasher, Hasher};
    std::collections::hash_map::RandomState::new().build_hasher().finish() >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_bounds_what_runs_at_once() {
        assert_eq!(meminfo("MemTotal: 9 kB\nMemAvailable:    2048 kB\n"), Some(2 << 20));
        assert_eq!(meminfo("MemTotal: 9 kB\n"), None);
        assert_eq!(jobs(u64::MAX), 1);
        assert!(jobs(1) >= 1);
    }

    #[test]
    fn seeds_differ() {
        let seeds: std::collections::BTreeSet<u64> = (0..20).map(|_| random()).collect();
        assert!(seeds.len() > 18 && seeds.iter().all(|seed| *seed <= u64::from(u32::MAX)));
    }
}
