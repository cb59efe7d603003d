/*!
The process in which cells run: it loads the compiled cells and calls them.

evcxr has a runtime of its own, which reads its commands from standard input, where a cell that reads a line would take
them or wait for ever. This one does the same over another descriptor, so that a cell finds its standard input at its end.
The commands and the answers are evcxr's (`runtime.rs` of evcxr 0.22).
*/

use std::ffi::c_void;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::fd::{AsRawFd, OwnedFd};

/// Runs cells until evcxr ends the process.
pub fn run() -> ! {
    let code = match serve() {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("the process for the cells cannot go on: {error}");
            99
        }
    };
    std::process::exit(code)
}

fn serve() -> Result<(), String> {
    let commands = take_standard_input().map_err(|error| format!("standard input: {error}"))?;
    die_of_invalid_memory();
    let mut variables: *mut c_void = std::ptr::null_mut();
    for line in BufReader::new(File::from(commands)).lines() {
        let line = line.map_err(|error| error.to_string())?;
        let words = line.strip_prefix("LOAD_AND_RUN ").and_then(|words| words.rsplit_once(' '));
        let Some((path, function)) = words else {
            return Err(format!("expected `LOAD_AND_RUN FILE FUNCTION`, got {line:?}"));
        };
        variables = call(path, function, variables)?;
        println!("EVCXR_EXECUTION_COMPLETE");
    }
    Ok(())
}

/// Loads a compiled cell and calls it with the variables of the cells before; returns what it leaves.
fn call(path: &str, function: &str, variables: *mut c_void) -> Result<*mut c_void, String> {
    // SAFETY: evcxr has compiled the library and named its function, which takes and returns its store of variables.
    let (library, variables) = unsafe {
        let library = libloading::Library::new(path).map_err(|error| error.to_string())?;
        let cell = library
            .get::<extern "C" fn(*mut c_void) -> *mut c_void>(function.as_bytes())
            .map_err(|error| error.to_string())?;
        let variables = cell(variables);
        (library, variables)
    };
    // Variables may point into its code and data for as long as the process lives.
    std::mem::forget(library);
    Ok(variables)
}

/// Moves standard input to another descriptor, which no child inherits, and leaves an empty one in its place.
fn take_standard_input() -> std::io::Result<OwnedFd> {
    let commands = rustix::io::fcntl_dupfd_cloexec(std::io::stdin(), 3)?;
    let empty = File::open("/dev/null")?;
    // SAFETY: both are open descriptors, and nobody has read from standard input.
    match unsafe { libc::dup2(empty.as_raw_fd(), libc::STDIN_FILENO) } {
        -1 => Err(std::io::Error::last_os_error()),
        _ => Ok(commands),
    }
}

/// Lets a memory fault end the process by its signal. Rust's own handler would turn a stack overflow into an abort, which
/// says less about what happened.
fn die_of_invalid_memory() {
    for signal in [libc::SIGSEGV, libc::SIGBUS] {
        // SAFETY: no handler runs; the default action is restored before any cell is loaded.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
}
