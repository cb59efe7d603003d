/*!
The commands of the program `grader`: what each takes from the command line, and what it prints. The work is done in the
other rooms.
*/

pub mod batch;
pub mod class;
pub mod compare;
pub mod grade;
pub mod rules;

use std::io::Write;

use crate::error::{Error, Result};

/// Prints to standard output. A reader that went away, such as `head`, is no fault of the command.
fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::machine("write the report", error)),
        _ => Ok(()),
    }
}
