/*!
Gives the job namespaces of its own: no other process, no network, and a file system of the listed paths only.

It decides nothing about which paths those are. It changes the calling process and cannot be undone, so a failure
half-way means that the helper must be started again without it.
*/

use std::collections::VecDeque;
use std::ffi::{CString, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Component, Path, PathBuf};

use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sched::{CloneFlags, unshare};
use nix::unistd::{getegid, geteuid, pivot_root, sethostname};

use super::spec::Spec;

/// Where the old root hangs while the new one is furnished.
const OLD: &str = "/.old";
/// Users above this number belong to nobody; each helper of the superuser takes one of them for its job.
const NOBODY_ABOVE: u32 = 0x7000_0000;

/// The namespaces that were made.
pub struct Namespaces {
    /// The user that the job must become, when the grader runs as the superuser.
    pub user: Option<u32>,
    /// The layer's name.
    pub layer: String,
}

/// Moves this process into fresh namespaces; its children will be in the new process namespace too.
///
/// # Errors
///
/// What could not be done, in words.
pub fn enter() -> Result<Namespaces, String> {
    let (user, group) = (geteuid(), getegid());
    let flags = CloneFlags::CLONE_NEWNS
        | CloneFlags::CLONE_NEWPID
        | CloneFlags::CLONE_NEWNET
        | CloneFlags::CLONE_NEWIPC
        | CloneFlags::CLONE_NEWUTS;
    // The superuser needs no user namespace: it makes the other namespaces itself and gives the job a user of its own, so that
    // the limit on processes holds (user 0 of the system is exempt from it).
    let spare = if user.is_root() { spare_user() } else { None };
    let made = if spare.is_some() && unshare(flags).is_ok() {
        Namespaces { user: spare, layer: "mount+pid+net+ipc+uts namespaces, user of its own".to_owned() }
    } else {
        unshare(flags | CloneFlags::CLONE_NEWUSER).map_err(said("this system does not let us make any"))?;
        // Any name but 0: a process of user 0 would regain the namespace's capabilities when it calls exec.
        let name = |outside: u32| if outside == 0 { 65534 } else { outside };
        let write = |file, text: String| fs::write(file, text).map_err(|e| format!("{file}: {e}"));
        write("/proc/self/setgroups", "deny".into())?;
        write("/proc/self/uid_map", format!("{} {user} 1", name(user.as_raw())))?;
        write("/proc/self/gid_map", format!("{} {group} 1", name(group.as_raw())))?;
        Namespaces { user: None, layer: "user+mount+pid+net+ipc+uts namespaces".to_owned() }
    };
    let _ = sethostname("sandbox");
    Ok(made)
}

/// A user that the superuser can become and that nobody else is; a container may have only a few users.
fn spare_user() -> Option<u32> {
    let mapped = |id: u32| {
        ["/proc/self/uid_map", "/proc/self/gid_map"].iter().all(|file| {
            // Each line: first number inside, first number outside, how many.
            fs::read_to_string(file).is_ok_and(|map| {
                map.lines().any(|line| {
                    let numbers: Vec<u64> = line.split_whitespace().filter_map(|n| n.parse().ok()).collect();
                    matches!(numbers[..], [first, _, n] if (first..first.saturating_add(n)).contains(&u64::from(id)))
                })
            })
        })
    };
    [NOBODY_ABOVE + std::process::id() % 0x1_0000, 65534].into_iter().find(|&id| mapped(id))
}

/// Replaces the root directory by an empty one that holds the listed paths, read-only, and the work directory.
///
/// Init calls it: the view of processes that a compiler gets is that of its caller's namespace.
///
/// # Errors
///
/// What could not be done, in words.
pub fn mount_root(spec: &Spec, read: &[PathBuf], user: Option<u32>) -> Result<(), String> {
    let work = fs::canonicalize(&spec.work_dir).map_err(|e| format!("{}: {e}", Path::new(&spec.work_dir).display()))?;
    if let (Some(user), true) = (user, spec.keep) {
        give(&work, user).map_err(|e| format!("chown {}: {e}", work.display()))?;
    }
    mount(None::<&str>, "/", None::<&str>, MsFlags::MS_REC | MsFlags::MS_PRIVATE, None::<&str>)
        .map_err(said("make the mounts private"))?;
    // The work directory is the one place that surely exists; what it holds is seen again below the old root.
    tmpfs(&work, "mode=755,size=1m,nr_inodes=4096")?;
    let old = work.join(&OLD[1..]);
    fs::create_dir(&old).map_err(|e| format!("mkdir: {e}"))?;
    pivot_root(&work, &old).map_err(said("pivot_root"))?;
    std::env::set_current_dir("/").map_err(|e| format!("chdir: {e}"))?;

    // Shallow paths first, so that a mount never hides one that was made before it.
    let mut paths: Vec<PathBuf> = read.iter().map(|path| plant(path)).collect::<Result<_, _>>()?;
    let work = plant(&work)?;
    paths.retain(|path| *path != work);
    paths.push(work.clone());
    paths.sort_by_key(|path| (path.components().count(), path.clone()));
    paths.dedup();
    let mut made: Vec<PathBuf> = Vec::new();
    for path in paths {
        let covered = made.iter().any(|m| path.starts_with(m) && !(work.starts_with(m) && path.starts_with(&work)));
        if path == work && !spec.keep {
            make_place(&path, true)?;
            let owner = user.map(|u| format!(",uid={u},gid={u}")).unwrap_or_default();
            tmpfs(&path, &format!("mode=700,size={},nr_inodes=4096{owner}", spec.limits.file_size.max(4096)))?;
        } else if path == work || !covered {
            bind(&path, path != work)?;
        }
        made.push(path);
    }
    let null = Path::new("/dev/null");
    if !made.iter().any(|m| null.starts_with(m)) {
        make_place(null, false)?;
        bind_as_is(null)?;
    }
    if spec.limits.processes > 1 {
        show_processes()?;
    }
    umount2(OLD, MntFlags::MNT_DETACH).map_err(said("unmount the old root"))?;
    fs::remove_dir(OLD).map_err(|e| format!("rmdir: {e}"))?;
    set_attributes(Path::new("/"), libc::MOUNT_ATTR_RDONLY, false)
}

/// Repeats the symbolic links on the way to a path in the new root, and returns where the path really is.
fn plant(path: &Path) -> Result<PathBuf, String> {
    let mut rest: VecDeque<OsString> = names(path).collect();
    let mut at = PathBuf::from("/");
    let mut links = 0;
    while let Some(name) = rest.pop_front() {
        if name == ".." {
            at.pop();
            continue;
        }
        let here = at.join(&name);
        let found = fs::symlink_metadata(old(&here)).map_err(|e| format!("{}: {e}", path.display()))?;
        if !found.is_symlink() {
            at = here;
            continue;
        }
        links += 1;
        if links > 40 {
            return Err(format!("{}: too many symbolic links", path.display()));
        }
        let target = fs::read_link(old(&here)).map_err(|e| format!("{}: {e}", here.display()))?;
        fs::create_dir_all(&at).map_err(|e| format!("mkdir: {e}"))?;
        if fs::symlink_metadata(&here).is_err() {
            symlink(&target, &here).map_err(|e| format!("symlink {}: {e}", here.display()))?;
        }
        if target.is_absolute() {
            at = PathBuf::from("/");
        }
        for name in names(&target).collect::<Vec<_>>().into_iter().rev() {
            rest.push_front(name);
        }
    }
    Ok(at)
}

fn names(path: &Path) -> impl Iterator<Item = OsString> {
    path.components().filter_map(|c| match c {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        _ => None,
    })
}

/// A path of the old root.
fn old(path: &Path) -> PathBuf {
    Path::new(OLD).join(path.strip_prefix("/").unwrap_or(path))
}

/// Shows a path of the old root in the new one.
fn bind(path: &Path, read_only: bool) -> Result<(), String> {
    make_place(path, old(path).is_dir())?;
    bind_as_is(path)?;
    let read_only = if read_only { libc::MOUNT_ATTR_RDONLY } else { 0 };
    set_attributes(path, read_only | libc::MOUNT_ATTR_NOSUID | libc::MOUNT_ATTR_NODEV, true)
}

fn bind_as_is(path: &Path) -> Result<(), String> {
    let flags = MsFlags::MS_BIND | MsFlags::MS_REC;
    mount(Some(&old(path)), path, None::<&str>, flags, None::<&str>).map_err(said(&format!("bind {}", path.display())))
}

fn tmpfs(at: &Path, options: &str) -> Result<(), String> {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    mount(Some("tmpfs"), at, Some("tmpfs"), flags, Some(options)).map_err(said("mount a tmpfs"))
}

/// Gives a compiler `/proc` with its own processes: the loader and the linker find their parts by `/proc/self/exe`.
///
/// Landlock lets no file in there be opened; following that link is not opening. It must be mounted while the old one
/// is still in sight, or the kernel takes it for an attempt to see more than before.
fn show_processes() -> Result<(), String> {
    make_place(Path::new("/proc"), true)?;
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    mount(Some("proc"), "/proc", Some("proc"), flags, Some("subset=pid,hidepid=2"))
        .or_else(|_| mount(Some("proc"), "/proc", Some("proc"), flags, None::<&str>))
        .map_err(said("mount /proc"))
}

/// Makes the directory or the empty file that a mount needs to sit on.
fn make_place(path: &Path, is_dir: bool) -> Result<(), String> {
    let made = if path.exists() {
        Ok(())
    } else if is_dir {
        fs::create_dir_all(path)
    } else {
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).and_then(|()| fs::write(path, ""))
    };
    made.map_err(|e| format!("make {}: {e}", path.display()))
}

/// Adds flags to a mount; unlike a remount it never clears one that the system has locked.
fn set_attributes(path: &Path, attributes: u64, recursive: bool) -> Result<(), String> {
    let name = CString::new(path.as_os_str().as_bytes()).map_err(|e| e.to_string())?;
    let change = libc::mount_attr { attr_set: attributes, attr_clr: 0, propagation: 0, userns_fd: 0 };
    let flags = if recursive { libc::AT_RECURSIVE } else { 0 };
    // SAFETY: both pointers live across the call, and the size is that of the structure.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            libc::AT_FDCWD,
            name.as_ptr(),
            flags,
            &change as *const libc::mount_attr,
            size_of::<libc::mount_attr>(),
        )
    };
    if result == 0 { Ok(()) } else { Err(format!("mount_setattr {}: {}", path.display(), io::Error::last_os_error())) }
}

/// Makes a user the owner of a directory and of all it holds, without following links.
fn give(path: &Path, user: u32) -> io::Result<()> {
    std::os::unix::fs::lchown(path, Some(user), Some(user))?;
    if fs::symlink_metadata(path)?.is_dir() {
        for entry in fs::read_dir(path)? {
            give(&entry?.path(), user)?;
        }
    }
    Ok(())
}

fn said(doing: &str) -> impl Fn(nix::Error) -> String {
    move |e| format!("{doing}: {}", e.desc())
}
