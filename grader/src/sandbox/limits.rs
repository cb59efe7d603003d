/*! The limits that the kernel enforces for every process. Wall-clock time is not among them: see `watch.rs`. */

use nix::sys::resource::{Resource, setrlimit};

use super::Limits;

/// Sets the limits of this process, which its descendants inherit and cannot raise again.
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
    for (name, resource, value) in set {
        setrlimit(resource, value, value).map_err(|e| format!("{name}: {}", e.desc()))?;
    }
    // A second between the signal that can be caught and the one that cannot.
    setrlimit(Resource::RLIMIT_CPU, cpu, cpu + 1).map_err(|e| format!("processor time: {}", e.desc()))?;
    Ok(format!("rlimits{}", if counted { "" } else { " (processes counted by the grader)" }))
}
