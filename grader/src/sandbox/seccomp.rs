/*!
The system calls that a job may make, through seccomp. Which files they may name is not its business.

Two filters. The first ends the process at once for calls that no submission and no compiler makes by accident
(tracing, mounting, loading code into the kernel, asynchronous rings): the signal is `SIGSYS`. The second is a list
of what is allowed; anything else does not exist (`ENOSYS`), the answer that libraries expect of an older kernel.
Both refuse calls of another architecture (32 bits on a 64-bit machine) by ending the process; x32 calls have numbers
of their own, which are on no list.
*/

use std::collections::BTreeMap;

use libc::*;
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};

/// What the job is like.
#[derive(Clone, Copy, Debug)]
pub struct Filter {
    /// Whether it may start processes: a compiler must, a submission must not.
    pub forks: bool,
    /// Whether it can see only its own processes, so that a signal cannot leave the tree.
    pub alone: bool,
}

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// Installs both filters in this process, for good.
///
/// # Errors
///
/// The reason, in words, when the kernel has no seccomp or the architecture is unknown.
pub fn restrict(filter: Filter) -> Result<String, String> {
    let deadly = compile(deadly(), SeccompAction::KillProcess, SeccompAction::Allow)?;
    let allowed = SeccompAction::Errno(ENOSYS as u32);
    let allowed = compile(allowed_rules(filter).map_err(|e| e.to_string())?, SeccompAction::Allow, allowed)?;
    // The list last: it does not allow to install another filter.
    for program in [deadly, allowed] {
        seccompiler::apply_filter(&program).map_err(|e| e.to_string())?;
    }
    Ok(format!("seccomp ({})", if filter.forks { "compiler" } else { "one process" }))
}

fn compile(rules: Rules, matched: SeccompAction, other: SeccompAction) -> Result<BpfProgram, String> {
    let arch = std::env::consts::ARCH.try_into().map_err(|e: BackendError| e.to_string())?;
    let filter = SeccompFilter::new(rules, other, matched, arch).map_err(|e| e.to_string())?;
    filter.try_into().map_err(|e: BackendError| e.to_string())
}

/// Calls that betray an attack.
fn deadly() -> Rules {
    let calls = [
        SYS_ptrace,
        SYS_process_vm_readv,
        SYS_process_vm_writev,
        SYS_process_madvise,
        SYS_pidfd_getfd,
        SYS_kcmp,
        SYS_io_uring_setup,
        SYS_io_uring_enter,
        SYS_io_uring_register,
        SYS_keyctl,
        SYS_add_key,
        SYS_request_key,
        SYS_bpf,
        SYS_perf_event_open,
        SYS_userfaultfd,
        SYS_mount,
        SYS_umount2,
        SYS_pivot_root,
        SYS_chroot,
        SYS_move_mount,
        SYS_open_tree,
        SYS_fsopen,
        SYS_fsmount,
        SYS_mount_setattr,
        SYS_unshare,
        SYS_setns,
        SYS_init_module,
        SYS_finit_module,
        SYS_delete_module,
        SYS_kexec_load,
        SYS_reboot,
        SYS_swapon,
        SYS_swapoff,
        SYS_open_by_handle_at,
        SYS_name_to_handle_at,
        SYS_memfd_create,
        SYS_memfd_secret,
        SYS_execveat,
        SYS_personality,
        SYS_acct,
        SYS_quotactl,
        SYS_syslog,
        SYS_settimeofday,
        SYS_clock_settime,
        SYS_sethostname,
        SYS_fanotify_init,
        SYS_setuid,
        SYS_setresuid,
        SYS_capset,
        #[cfg(target_arch = "x86_64")]
        SYS_modify_ldt,
        #[cfg(target_arch = "x86_64")]
        SYS_ioperm,
        #[cfg(target_arch = "x86_64")]
        SYS_iopl,
    ];
    calls.into_iter().map(|call| (call, Vec::new())).collect()
}

fn allowed_rules(filter: Filter) -> Result<Rules, BackendError> {
    let mut rules: Rules = ALWAYS.iter().chain(LEGACY).map(|&call| (call, Vec::new())).collect();
    let own = u64::from(std::process::id());

    rules.insert(SYS_tgkill, vec![when(0, own)?]);
    rules.insert(SYS_kill, vec![when(0, own)?]);
    // Its own limits only; raising them is beyond it anyway.
    rules.insert(SYS_prlimit64, vec![when(0, 0)?, when(0, own)?]);
    let names = [PR_SET_NAME, PR_GET_NAME, PR_SET_VMA];
    rules.insert(SYS_prctl, names.into_iter().map(|op| when(0, op as u64)).collect::<Result<_, _>>()?);
    // Questions that libraries put to a descriptor; no device is within reach.
    let questions = [TCGETS, FIOCLEX, FIONCLEX, FIONBIO, FIONREAD, TIOCGWINSZ];
    rules.insert(SYS_ioctl, questions.into_iter().map(|op| when(1, op)).collect::<Result<_, _>>()?);
    // Without those that send signals when a descriptor is ready, or that enlarge a pipe.
    let commands = [F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK, F_SETLKW];
    rules.insert(SYS_fcntl, commands.into_iter().map(|op| when(1, op as u64)).collect::<Result<_, _>>()?);
    // A thread shares everything with its process. `clone3` hides its flags from any filter: it does not exist.
    let thread = (CLONE_THREAD | CLONE_VM) as u64;
    let spaces =
        CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
    let spaces = u64::from(spaces as u32);
    if filter.forks {
        rules.insert(SYS_clone, vec![SeccompRule::new(vec![flags(spaces, 0)?])?]);
        // A connected pair of sockets: the standard library learns over it whether a child could call exec.
        rules.insert(SYS_socketpair, vec![when(0, AF_UNIX as u64)?]);
        rules.extend(COMPILER.iter().chain(COMPILER_LEGACY).map(|&call| (call, Vec::new())));
        if filter.alone {
            rules.insert(SYS_tgkill, Vec::new());
            rules.insert(SYS_kill, Vec::new());
        }
    } else {
        rules.insert(SYS_clone, vec![SeccompRule::new(vec![flags(thread | spaces, thread)?])?]);
    }
    Ok(rules)
}

/// The call is allowed when the low half of argument `arg` has this value (no argument here needs the high half).
fn when(arg: u8, value: u64) -> Result<SeccompRule, BackendError> {
    SeccompRule::new(vec![SeccompCondition::new(arg, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value)?])
}

/// Of these bits of the first argument exactly `set` are set.
fn flags(of: u64, set: u64) -> Result<SeccompCondition, BackendError> {
    SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq(of), set)
}

/// What a Rust program needs to compute, to use threads, and to read and write the files it is shown.
const ALWAYS: &[i64] = &[
    // memory
    SYS_brk,
    SYS_mmap,
    SYS_munmap,
    SYS_mprotect,
    SYS_mremap,
    SYS_madvise,
    // threads and signals
    SYS_futex,
    SYS_set_robust_list,
    SYS_set_tid_address,
    SYS_rseq,
    SYS_membarrier,
    SYS_sched_yield,
    SYS_sched_getaffinity,
    SYS_getcpu,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_sigaltstack,
    SYS_restart_syscall,
    // time and chance
    SYS_clock_gettime,
    SYS_clock_getres,
    SYS_clock_nanosleep,
    SYS_nanosleep,
    SYS_gettimeofday,
    SYS_getrandom,
    // who and where
    SYS_getpid,
    SYS_gettid,
    SYS_getppid,
    SYS_getuid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getegid,
    SYS_uname,
    SYS_sysinfo,
    SYS_getrusage,
    SYS_getcwd,
    SYS_chdir,
    // files
    SYS_read,
    SYS_write,
    SYS_readv,
    SYS_writev,
    SYS_pread64,
    SYS_pwrite64,
    SYS_lseek,
    SYS_openat,
    SYS_close,
    SYS_fstat,
    SYS_newfstatat,
    SYS_statx,
    SYS_faccessat,
    SYS_faccessat2,
    SYS_readlinkat,
    SYS_getdents64,
    SYS_dup,
    SYS_ppoll,
    SYS_ftruncate,
    SYS_fallocate,
    SYS_fsync,
    SYS_mkdirat,
    SYS_unlinkat,
    SYS_renameat2,
    SYS_symlinkat,
    // the beginning and the end
    SYS_execve,
    SYS_exit,
    SYS_exit_group,
];

/// Their older forms, which newer architectures do not have.
#[cfg(target_arch = "x86_64")]
const LEGACY: &[i64] = &[
    SYS_arch_prctl,
    SYS_open,
    SYS_stat,
    SYS_lstat,
    SYS_access,
    SYS_readlink,
    SYS_getdents,
    SYS_dup2,
    SYS_poll,
    SYS_time,
    SYS_mkdir,
    SYS_rmdir,
    SYS_unlink,
    SYS_rename,
    SYS_symlink,
    SYS_getrlimit,
];
#[cfg(not(target_arch = "x86_64"))]
const LEGACY: &[i64] = &[];

/// What `rustc`, `cc` and `ld` need on top: processes, pipes, and more ways to handle files.
const COMPILER: &[i64] = &[
    SYS_wait4,
    SYS_waitid,
    SYS_pipe2,
    SYS_recvfrom,
    SYS_dup3,
    SYS_fchmod,
    SYS_fchmodat,
    SYS_umask,
    SYS_utimensat,
    SYS_flock,
    SYS_fadvise64,
    SYS_statfs,
    SYS_fstatfs,
    SYS_linkat,
    SYS_copy_file_range,
    SYS_sendfile,
    SYS_truncate,
    SYS_fchdir,
    SYS_getpgid,
    SYS_getsid,
    SYS_times,
    SYS_msync,
    SYS_pselect6,
    SYS_rt_sigtimedwait,
    SYS_rt_sigsuspend,
    SYS_sched_getparam,
    SYS_sched_getscheduler,
    SYS_eventfd2,
];

#[cfg(target_arch = "x86_64")]
const COMPILER_LEGACY: &[i64] =
    &[SYS_fork, SYS_vfork, SYS_pipe, SYS_chmod, SYS_link, SYS_select, SYS_getpgrp, SYS_utime, SYS_utimes];
#[cfg(not(target_arch = "x86_64"))]
const COMPILER_LEGACY: &[i64] = &[];
