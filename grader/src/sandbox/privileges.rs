/*! Gives up every privilege of the calling process. It restricts no files and no system calls. */

use std::io;

use nix::unistd::{Gid, Uid, setgroups, setresgid, setresuid};

/// Becomes `user` if there is one, and drops all capabilities for good, over `exec` too.
pub fn drop_all(user: Option<u32>) -> io::Result<()> {
    // The bounding set first: it needs a capability itself. Numbers that the kernel does not know are refused.
    for capability in 0..64 {
        // SAFETY: a plain call.
        unsafe { libc::prctl(libc::PR_CAPBSET_DROP, capability, 0, 0, 0) };
    }
    if let Some(user) = user {
        become_user(user)?;
    }
    // SAFETY: a plain flag. From here on no program can gain privileges by being executed.
    if unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) } != 0 {
        return Err(io::Error::last_os_error());
    }
    no_capabilities()
}

/// The superuser becomes nobody, and names the layer.
pub fn be_nobody() -> Result<String, String> {
    become_user(65534).map(|()| "user nobody".into()).map_err(|e| e.to_string())
}

fn become_user(user: u32) -> io::Result<()> {
    setgroups(&[])?;
    setresgid(Gid::from_raw(user), Gid::from_raw(user), Gid::from_raw(user))?;
    setresuid(Uid::from_raw(user), Uid::from_raw(user), Uid::from_raw(user))?;
    Ok(())
}

/// Empties the effective, permitted and inheritable sets (and with them the ambient one).
fn no_capabilities() -> io::Result<()> {
    /// `_LINUX_CAPABILITY_VERSION_3`, from linux/capability.h: two words for each set.
    const VERSION: u32 = 0x2008_0522;
    let header = [VERSION, 0];
    let sets = [0u32; 6];
    // SAFETY: the header is a version and a process (0: this one), the sets are two times three words.
    if unsafe { libc::syscall(libc::SYS_capset, header.as_ptr(), sets.as_ptr()) } == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}
