/*!
Files, network and signals through Landlock, the kernel's own sandbox for ordinary users.

It holds also where namespaces are forbidden, and tells reading from executing, which mounts cannot.
*/

use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus,
    Scope, path_beneath_rules,
};

/// What the job's process may touch; paths must exist.
pub struct Rules<'a> {
    pub read: &'a [PathBuf],
    pub execute: &'a [PathBuf],
    pub work_dir: &'a Path,
}

/// Restricts this process and all its descendants for good, and names the layer.
///
/// # Errors
///
/// The reason, in words, when the kernel has no Landlock; then nothing is restricted.
pub fn restrict(rules: &Rules) -> Result<String, String> {
    let version = version().ok_or("this kernel has no landlock, or it is switched off")?;
    let abi = ABI::V6;
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let write = AccessFs::from_write(abi)
        & !(AccessFs::MakeChar | AccessFs::MakeBlock | AccessFs::MakeSock | AccessFs::MakeFifo | AccessFs::IoctlDev);
    let restricted = Ruleset::default()
        // What an older kernel does not know, the other layers must hold; the layer's name tells its version.
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))
        .and_then(|r| r.handle_access(AccessNet::from_all(abi)))
        .and_then(|r| r.scope(Scope::from_all(abi)))
        .and_then(|r| r.create())
        .and_then(|r| r.add_rules(path_beneath_rules(rules.read, read)))
        .and_then(|r| r.add_rules(path_beneath_rules(rules.execute, read | AccessFs::Execute)))
        .and_then(|r| r.add_rules(path_beneath_rules([rules.work_dir], read | write)))
        .and_then(|r| r.add_rules(path_beneath_rules(["/dev/null"], AccessFs::ReadFile | AccessFs::WriteFile)))
        .and_then(|r| r.restrict_self())
        .map_err(|e| e.to_string())?;
    match restricted.ruleset {
        RulesetStatus::NotEnforced => Err("this kernel enforces none of it".into()),
        _ => Ok(format!("landlock abi {version}")),
    }
}

/// Whether the kernel has it, switched on.
pub fn is_there() -> bool {
    version().is_some()
}

/// The version of Landlock's interface that the kernel speaks.
fn version() -> Option<i64> {
    const QUERY_VERSION: u32 = 1;
    // SAFETY: with this flag the call takes no structure.
    let version =
        unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, std::ptr::null::<u8>(), 0usize, QUERY_VERSION) };
    (version > 0).then_some(version)
}
