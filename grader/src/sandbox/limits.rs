/*! The limits that the kernel enforces for every process. Wall-clock time is not among them: see `watch.rs`. */

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use super::Limits;

/// Sets the limits of this process, which its descendants inherit and cannot raise again. A limit that the grader itself
/// was started with and that is stricter stays, and the layer's name says so ([`INHERITED`]).
///
/// `counted` says whether the process's user is its own: only then is the number of the user's processes the job's.
///
/// # Errors
///
/// The limit that could not be set, in words.
pub fn restrict(limits: &Limits, counted: bool) -> Result<String, String> {
    let cpu = limits.cpu.as_secs() + u64::from(limits.cpu.subsec_nanos() > 0);
    #[cfg_attr(not(target_os = "linux"), expect(unused_mut))]
    let mut set = vec![
        ("address space", Resource::RLIMIT_AS, limits.memory),
        // Too little for a file; and by this very number Linux knows not to start a program that collects crashes,
        // which with 0 it would (core(5), do_coredump in fs/coredump.c).
        ("core file", Resource::RLIMIT_CORE, 1),
        ("file size", Resource::RLIMIT_FSIZE, limits.file_size),
        ("open files", Resource::RLIMIT_NOFILE, 256),
        ("stack", Resource::RLIMIT_STACK, 8 << 20),
    ];
    #[cfg(target_os = "linux")]
    {
        set.push(("locked memory", Resource::RLIMIT_MEMLOCK, 0));
        set.push(("message queues", Resource::RLIMIT_MSGQUEUE, 0));
        if counted {
            // Threads count too, and so do the helper and init, which are the same user's.
            set.push(("processes", Resource::RLIMIT_NPROC, limits.processes + super::THREADS + 2));
        }
    }
    let mut stricter = Vec::new();
    let mut lower = |name: &'static str, resource, soft: u64, hard: u64| -> Result<(), String> {
        let (_, most) = getrlimit(resource).map_err(|e| format!("{name}: {}", e.desc()))?;
        if most < hard && matters(name) {
            stricter.push(name);
        }
        setrlimit(resource, soft.min(most), hard.min(most)).map_err(|e| format!("{name}: {}", e.desc()))
    };
    for (name, resource, value) in set {
        lower(name, resource, value, value)?;
    }
    // A second between the signal that can be caught and the one that cannot.
    lower("processor time", Resource::RLIMIT_CPU, cpu, cpu + 1)?;
    let counting = if counted { "" } else { " (processes counted by the grader)" };
    let stricter = if stricter.is_empty() { String::new() } else { format!(" ({INHERITED}: {})", stricter.join(", ")) };
    Ok(format!("rlimits{counting}{stricter}"))
}

/// How the name of the layer says that the grader was started with stricter limits than a job needs.
pub const INHERITED: &str = "stricter ones inherited";

/// Whether a right program can fail for want of it.
fn matters(name: &str) -> bool {
    !matches!(name, "core file" | "locked memory" | "message queues")
}
