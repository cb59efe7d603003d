/*!
Adds up what a job uses: its processes' memory and threads, from `/proc`, and the files in its work directory.

Where there is no `/proc` it sees no processes. It ends nothing.
*/

use std::fs;
use std::path::{Path, PathBuf};

/// What a tree of processes holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Bytes of resident memory; a page that two processes share counts twice.
    pub resident: u64,
    /// Threads of all processes.
    pub tasks: u64,
    /// Whether one of them runs, or waits for a processor or for the disk.
    pub busy: bool,
}

/// The usage of the descendants of a process, without its own. Stops counting once there are more than `enough`.
pub fn usage(root: u32, enough: u64) -> Usage {
    let mut sum = Usage::default();
    for pid in descendants(root, enough as usize) {
        let Ok(statm) = fs::read_to_string(format!("/proc/{pid}/statm")) else { continue };
        let pages: u64 = statm.split(' ').nth(1).and_then(|n| n.parse().ok()).unwrap_or(0);
        // SAFETY: a plain query.
        sum.resident += pages * unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as u64;
        let tasks = fs::read_dir(format!("/proc/{pid}/task"));
        let Ok(tasks) = tasks else {
            sum.tasks += 1;
            continue;
        };
        for task in tasks.flatten() {
            sum.tasks += 1;
            sum.busy = sum.busy || is_busy(&task.path().join("stat"));
        }
    }
    sum
}

/// Whether a thread runs, or waits for a processor (state `R`) or for the disk (`D`): not whether it sleeps or is stopped.
fn is_busy(stat: &Path) -> bool {
    // The name of the program stands in parentheses and may hold any character.
    fs::read_to_string(stat).is_ok_and(|stat| {
        stat.rsplit(')').next().is_some_and(|rest| matches!(rest.trim_start().as_bytes().first(), Some(b'R' | b'D')))
    })
}

/// The numbers of the living descendants of a process, parents before children: all of them, or more than `enough`.
pub fn descendants(root: u32, enough: usize) -> Vec<u32> {
    let mut found = children(root);
    let mut next = 0;
    while next < found.len() && found.len() <= enough {
        let more = children(found[next]);
        found.extend(more);
        next += 1;
    }
    found
}

/// The children that any thread of a process has started.
fn children(pid: u32) -> Vec<u32> {
    let Ok(tasks) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    tasks
        .flatten()
        .filter_map(|task| fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|list| list.split_whitespace().filter_map(|n| n.parse().ok()).collect::<Vec<u32>>())
        .collect()
}

/// The bytes that the files of a directory take, links not followed; stops counting once there are more than `enough`.
///
/// Every entry counts as a block of 512 bytes at least, so that countless empty files add up too.
pub fn disk(dir: &Path, enough: u64) -> u64 {
    let mut sum = 0;
    let mut left: Vec<PathBuf> = vec![dir.to_owned()];
    while let Some(dir) = left.pop() {
        let Ok(entries) = fs::read_dir(dir) else { continue };
        for entry in entries.flatten() {
            let Ok(data) = entry.metadata() else { continue };
            sum += blocks(&data).max(512);
            if data.is_dir() {
                left.push(entry.path());
            }
            if sum > enough {
                return sum;
            }
        }
    }
    sum
}

/// The bytes on the disk, which for a sparse file are fewer than its length.
fn blocks(data: &fs::Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt;
    data.blocks() * 512
}
