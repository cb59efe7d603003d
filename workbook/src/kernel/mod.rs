/*!
The Jupyter kernel: `workbook kernel`.

A kernel is one process for each open notebook. It speaks the messaging protocol with any number of clients
(`connection.rs`, `message.rs`, `network.rs`), answers their requests (`server.rs` and `control.rs`), and runs their
cells in a [`Session`](crate::session::Session), as `workbook run` does.
*/

mod commands;
mod connection;
mod control;
mod debug;
mod execute;
mod failure;
mod history;
mod info;
mod introspect;
mod iopub;
mod message;
mod network;
mod output;
mod pool;
mod server;
mod spec;
mod syntax;
mod warm;

use anyhow::Result;
use clap::Subcommand;
use course::Root;
use std::path::{Path, PathBuf};

/// What `workbook kernel` does.
#[derive(Subcommand)]
pub enum Kernel {
    /// Tell Jupyter of this kernel
    Install(spec::Place),
    /// Take the kernel away from Jupyter
    Uninstall(spec::Place),
    /// Serve the client that wrote this connection file; Jupyter calls this
    Run { connection_file: PathBuf },
    /// Keep a session that has warmed up for the next kernel that starts, until the program that called this ends
    Pool,
}

/// # Errors
/// When the kernel specification cannot be written or deleted, or a socket cannot be opened.
pub fn main(command: &Kernel) -> Result<()> {
    match command {
        Kernel::Install(place) => spec::install(place),
        Kernel::Uninstall(place) => spec::uninstall(place),
        Kernel::Run { connection_file } => server::run(connection_file),
        Kernel::Pool => pool::serve(&Root::find(Path::new("."))?),
    }
}
