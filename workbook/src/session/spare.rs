/*!
A session that was started for nobody yet, and its way to the process that needs one.

What goes over a Unix socket is one line of text and the descriptors of the evaluator's three pipes and of the file that
marks its directory as used. Who keeps spare sessions, and for how long, is not known here.
*/

use super::directory::SessionDirectory;
use super::message::{Event, Request, to_line};
use super::{Evaluator, Pipes, Place, Process, Session, evaluator, template};
use anyhow::{Context, Result, bail};
use course::Root;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
    recvmsg, sendmsg,
};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufRead, BufReader, IoSlice, IoSliceMut, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Stdio};

/// What is sent in place of a session when there is none.
const NONE: &str = "none\n";

/// A session that has warmed up.
pub struct Spare {
    process: Child,
    requests: ChildStdin,
    /// Read to the end of a line whenever nothing is asked of the evaluator.
    events: BufReader<ChildStdout>,
    errors: ChildStderr,
    directory: SessionDirectory,
    place: Place,
}

/// The line that is sent with the descriptors.
#[derive(Serialize, Deserialize)]
struct Description {
    process: u32,
    directory: PathBuf,
    cells_dir: PathBuf,
    course: PathBuf,
    helper: PathBuf,
}

impl Spare {
    /// Starts a session and waits until it has warmed up. The system ends it with the thread that calls this.
    ///
    /// # Errors
    /// When the helper crate does not compile, or no process can be started.
    pub fn start(root: &Root) -> Result<Spare> {
        let (directory, helper) = template::seed(root, &|_| ())?;
        let place = Place { cells_dir: root.to_path_buf(), course: root.to_path_buf(), helper };
        let mut process = evaluator::command(directory.path(), &directory.lock_file(), &place)
            .and_then(|mut command| command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn())
            .context("the session's process for evcxr does not start")?;
        let requests = process.stdin.take().expect("piped");
        let events = BufReader::new(process.stdout.take().expect("piped"));
        let errors = process.stderr.take().expect("piped");
        let mut spare = Spare { process, requests, events, errors, directory, place };
        spare.wait(|event| matches!(event, Event::Ready))?;
        writeln!(spare.requests, "{}", to_line(&Request::WarmUp))?;
        spare.wait(|event| matches!(event, Event::Done { .. }))?;
        Ok(spare)
    }

    /// Whether its process is still there.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }

    fn wait(&mut self, is_awaited: impl Fn(&Event) -> bool) -> Result<()> {
        loop {
            let mut line = String::new();
            if self.events.read_line(&mut line)? == 0 {
                bail!("the session has ended");
            }
            match serde_json::from_str(&line) {
                Ok(event) if is_awaited(&event) => return Ok(()),
                Ok(Event::Closed(why)) => bail!("evcxr does not start:\n{why}"),
                _ => {}
            }
        }
    }

    /// Sends the session to the process at the other end of the socket.
    ///
    /// # Errors
    /// When that process has gone.
    pub fn send(self, socket: &UnixStream) -> Result<()> {
        let Spare { process, requests, events, errors, directory, place } = self;
        let Place { cells_dir, course, helper } = place;
        let (path, alive) = directory.into_parts();
        let process_id = process.id();
        let description = Description { process: process_id, directory: path, cells_dir, course, helper };
        let line = serde_json::to_string(&description)? + "\n";
        let descriptors = [requests.as_fd(), events.get_ref().as_fd(), errors.as_fd(), alive.as_fd()];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(4))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        ancillary.push(SendAncillaryMessage::ScmRights(&descriptors));
        let sent = sendmsg(socket, &[IoSlice::new(line.as_bytes())], &mut ancillary, SendFlags::empty());
        // Somebody has to wait for the process when it ends.
        let mut process = process;
        std::thread::spawn(move || process.wait());
        if sent? != line.len() {
            bail!("the session was sent in part");
        }
        Ok(())
    }

    /// Tells the process at the other end of the socket that there is no session for it.
    pub fn refuse(mut socket: &UnixStream) {
        let _ = socket.write_all(NONE.as_bytes());
    }
}

/// The session that comes by the socket, with its cells' directory; none if there is none.
///
/// # Errors
/// When what comes is no session, or one that has ended.
pub fn receive(socket: &UnixStream, cells_dir: &Path) -> Result<Option<Session>> {
    let mut text = vec![0; 1 << 16];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(4))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let length = recvmsg(socket, &mut [IoSliceMut::new(&mut text)], &mut ancillary, RecvFlags::CMSG_CLOEXEC)?.bytes;
    let text = String::from_utf8_lossy(&text[..length]);
    if text.is_empty() || text == NONE {
        return Ok(None);
    }
    let description: Description = serde_json::from_str(&text).context("what comes is no session")?;
    let mut descriptors: Vec<OwnedFd> = Vec::new();
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(received) = message {
            descriptors.extend(received);
        }
    }
    let [requests, events, errors, alive] =
        <[OwnedFd; 4]>::try_from(descriptors).map_err(|_| anyhow::anyhow!("a session comes with four descriptors"))?;
    let directory = SessionDirectory::from_parts(description.directory, File::from(alive));
    let place = Place { cells_dir: cells_dir.canonicalize()?, course: description.course, helper: description.helper };
    let pipes = Pipes { requests: requests.into(), events: events.into(), errors: errors.into() };
    let mut evaluator = Evaluator::new(Process::Other(description.process), pipes);
    evaluator.prepare(&Request::Move(place.cells_dir.clone()))?;
    Ok(Some(Session::new(evaluator, directory, place)))
}
