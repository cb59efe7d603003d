/*! Where a system keeps what every program needs: its loader, its shared libraries, its compiler's programs. */

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The directories of shared libraries and the loader's cache.
pub fn libraries() -> Vec<PathBuf> {
    existing(&["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache", "/nix/store"])
}

/// The directories that a C compiler and a linker are made of: programs, their parts, and the links to them.
///
/// For the `execute` of a job that runs `rustc`.
pub fn programs() -> Vec<PathBuf> {
    let parts = ["/bin", "/lib", "/lib64", "/usr/bin", "/usr/lib", "/usr/lib64", "/usr/libexec", "/etc/alternatives"];
    existing(&parts)
}

fn existing(paths: &[&str]) -> Vec<PathBuf> {
    paths.iter().map(PathBuf::from).filter(|path| path.exists()).collect()
}

/// The loader that a program names in its ELF header (a PT_INTERP segment); none for a static one or a script.
pub fn loader(program: &Path) -> Option<PathBuf> {
    let mut head = Vec::new();
    File::open(program).ok()?.take(4096).read_to_end(&mut head).ok()?;
    let bytes = |at: usize, n: usize| head.get(at..at.checked_add(n)?);
    let number = |at: usize, n: usize| Some(bytes(at, n)?.iter().rev().fold(0usize, |sum, &b| sum << 8 | b as usize));
    // Magic, 64 bits, little-endian; offsets from the ELF-64 object file format, chapters "ELF header" and "Segments".
    if bytes(0, 6)? != b"\x7fELF\x02\x01" {
        return None;
    }
    let (table, size, count) = (number(32, 8)?, number(54, 2)?, number(56, 2)?);
    let interpreter = (0..count).map(|i| table + i * size).find(|&at| number(at, 4) == Some(3))?;
    let name = bytes(number(interpreter + 8, 8)?, number(interpreter + 32, 8)?)?;
    Some(PathBuf::from(std::str::from_utf8(name.strip_suffix(b"\0")?).ok()?))
}

#[cfg(test)]
mod tests {
    #[test]
    #[cfg(target_os = "linux")]
    fn finds_the_loader_of_this_very_program() {
        if let Some(loader) = super::loader(&std::env::current_exe().unwrap()) {
            assert!(loader.exists(), "{}", loader.display());
        }
        assert_eq!(super::loader("/etc/passwd".as_ref()), None);
    }
}
