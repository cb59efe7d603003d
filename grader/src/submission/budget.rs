/*!
What reading a submission may cost. It is read in a process of its own first, which has a budget of memory and of processor
time; only what that process came to an end with is read here.

Reading runs nothing of a submission, but a text can be made so that a parser needs a multiple of it.
*/

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

use super::Submission;
use crate::error::{Error, Kind, Result};

/// Seconds of processor time; a solution takes some milliseconds.
const CPU: u64 = 1;
/// Stack for the parser and for the destructors of its trees, which recurse with the nesting of a text.
pub const STACK: usize = 128 << 20;
/// Bytes of memory beside that stack, the file included.
const MEMORY: u64 = 160 << 20;

/// The argument that makes this program read a submission from its standard input.
const ARGUMENT: &str = "__read";

/// What the process says at its end: nothing is wrong, or what is.
#[derive(Serialize, Deserialize)]
struct Said {
    error: Option<(Kind, String, String)>,
}

/// Makes sure that these contents of a file can be read within the budget.
///
/// # Errors
/// What is wrong with them, or that they need more.
pub fn check(path: &Path, bytes: &[u8]) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let failed = |error: std::io::Error| Error::machine(format!("read {name}"), error);
    let mut child = Command::new(crate::sandbox::program().map_err(failed)?)
        .arg(ARGUMENT)
        .arg(path.file_name().unwrap_or_default())
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(failed)?;
    let mut stdin = child.stdin.take();
    let mut text = Vec::new();
    std::thread::scope(|scope| {
        let stdin = &mut stdin;
        scope.spawn(move || {
            if let Some(mut to) = stdin.take() {
                // A process that has ended before it read everything says why.
                let _ = to.write_all(bytes);
            }
        });
        if let Some(from) = child.stdout.take() {
            let _ = from.take(64 << 10).read_to_end(&mut text);
        }
    });
    let status = child.wait().map_err(failed)?;
    match serde_json::from_slice::<Said>(&text) {
        Ok(Said { error: None }) if status.success() => Ok(()),
        Ok(Said { error: Some((kind, message, help)) }) => Err(Error::of(kind, message, help)),
        _ if is_exhausted(status) => {
            let (memory, cpu) = ((MEMORY + STACK as u64) >> 20, CPU);
            let message = format!("{name}: reading it takes more than {memory} MiB of memory or {cpu} s");
            Err(Error::of(Kind::Unreadable, message, "is this really a solution of an assignment?"))
        }
        _ => Err(Error::machine(format!("read {name}"), format!("the process that reads it ended: {status}"))),
    }
}

/// Whether a process ended at one of its limits: no memory, no stack, no time.
fn is_exhausted(status: std::process::ExitStatus) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        matches!(status.signal(), Some(libc::SIGABRT | libc::SIGSEGV | libc::SIGBUS | libc::SIGXCPU))
    }
    #[cfg(not(unix))]
    {
        !status.success()
    }
}

/// Turns this process into that one if it was started as it, and then never returns.
pub fn become_reader() {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|first| first == ARGUMENT) {
        main(Path::new(&arguments.next().unwrap_or_default()));
    }
}

fn main(name: &Path) -> ! {
    let error = limit().and_then(|()| {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes)?;
        Ok(Submission::of(name, &bytes, STACK).map(|submission| submission.count()).err())
    });
    let code = match error {
        Ok(error) => {
            let error = error.map(|error| (error.kind(), error.message().to_owned(), error.help().to_owned()));
            let said = serde_json::to_vec(&Said { error }).unwrap_or_default();
            i32::from(std::io::stdout().write_all(&said).is_err())
        }
        Err(_) => 1,
    };
    // Without the destructors of what was read.
    std::process::exit(code)
}

fn limit() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use nix::sys::resource::{Resource, getrlimit, setrlimit};
        let memory = MEMORY + STACK as u64;
        // Of address space more is reserved than used.
        for (resource, value) in [
            (Resource::RLIMIT_CPU, CPU),
            (Resource::RLIMIT_CORE, 0),
            (Resource::RLIMIT_DATA, memory),
            (Resource::RLIMIT_AS, 4 * memory),
        ] {
            let (_, most) = getrlimit(resource)?;
            setrlimit(resource, value.min(most), most)?;
        }
    }
    Ok(())
}
