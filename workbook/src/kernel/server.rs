/*!
The kernel's main loop: requests on the shell channel, one after another.

What must not wait for a cell to end is `control.rs`; running a cell is `execute.rs`.
*/

use super::commands::Commands;
use super::connection::Connection;
use super::debug::Debugger;
use super::history::History;
use super::iopub::Iopub;
use super::message::{Codec, Message};
use super::network::{self, Channel, Outgoing};
use super::warm::WarmSession;
use super::{control, info, introspect};
use crate::session::Interrupter;
use anyhow::Result;
use course::Root;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Requests that were sent before a client could see an error arrive within this time.
const ABORT_GRACE: Duration = Duration::from_millis(50);

/// What the threads of a kernel share.
pub struct Shared {
    pub codec: Arc<Codec>,
    pub outgoing: Outgoing,
    pub iopub: Arc<Iopub>,
    pub interrupter: Mutex<Option<Interrupter>>,
    /// The running cell has been interrupted.
    pub interrupted: AtomicBool,
    /// The kernel shuts down.
    pub closing: AtomicBool,
    pub debugger: Debugger,
    /// What users type.
    stdin: Mutex<Receiver<Message>>,
}

impl Shared {
    /// Answers a request on the channel that it came by.
    pub fn reply(&self, channel: Channel, request: &Message, content: Value) {
        let kind = request.kind().replace("_request", "_reply");
        let message = self.codec.message(&kind, request.identities.clone(), &request.header, content);
        self.outgoing.send(channel, &message);
    }

    /// Asks the client of a request for a line of input; none if the cell is interrupted before it comes.
    pub fn ask(&self, request: &Message, prompt: &str, is_password: bool) -> Option<String> {
        let stdin = self.stdin.lock().ok()?;
        stdin.try_iter().for_each(drop); // answers that came too late for an earlier question
        let content = json!({ "prompt": prompt, "password": is_password });
        let question = self.codec.message("input_request", request.identities.clone(), &request.header, content);
        self.outgoing.send(Channel::Stdin, &question);
        while !self.interrupted.load(Ordering::SeqCst) && !self.is_closing() {
            if let Ok(answer) = stdin.recv_timeout(Duration::from_millis(100))
                && answer.kind() == "input_reply"
            {
                return Some(answer.content["value"].as_str().unwrap_or_default().to_owned());
            }
        }
        None
    }

    pub fn is_closing(&self) -> bool {
        self.closing.load(Ordering::SeqCst)
    }
}

/// Serves a client until it asks for the end.
///
/// # Errors
/// When the connection file cannot be read, a socket cannot be opened, or no course is found.
pub fn run(connection_file: &Path) -> Result<()> {
    let connection = Connection::read(connection_file)?;
    let codec = Arc::new(Codec::new(&connection.key));
    let (incoming, outgoing) = network::open(&connection, &codec)?;
    let iopub = Iopub::new(Arc::clone(&codec), outgoing.clone());
    iopub.status("starting", &Value::Null);
    let shared = Arc::new(Shared {
        codec,
        outgoing,
        iopub,
        interrupter: Mutex::new(None),
        interrupted: AtomicBool::new(false),
        closing: AtomicBool::new(false),
        debugger: Debugger::default(),
        stdin: Mutex::new(incoming.stdin),
    });
    let folder = std::env::current_dir()?;
    let root = Root::find(&folder)?;
    let commands = Commands::new(root.clone(), folder.clone());
    let session = WarmSession::start(root, folder);
    control::serve(incoming.control, Arc::clone(&shared));
    let queue = VecDeque::new();
    let history = History::default();
    let mut server = Server { shared, session, history, commands, count: 0, shell: incoming.shell, queue, to_abort: 0 };
    server.serve();
    // The last messages leave on another thread.
    std::thread::sleep(Duration::from_millis(100));
    Ok(())
}

/// The state of the shell channel.
pub struct Server {
    pub shared: Arc<Shared>,
    pub session: WarmSession,
    pub history: History,
    pub commands: Commands,
    /// The number of the last cell that was run.
    pub count: u64,
    shell: Receiver<Message>,
    /// Requests that wait, and how many of them were sent before an error could be seen.
    queue: VecDeque<Message>,
    to_abort: usize,
}

impl Server {
    fn serve(&mut self) {
        while !self.shared.is_closing() {
            let request = match self.queue.pop_front() {
                Some(request) => request,
                // From time to time, look whether the kernel shuts down.
                None => match self.shell.recv_timeout(Duration::from_millis(100)) {
                    Ok(request) => request,
                    Err(RecvTimeoutError::Timeout) => {
                        self.shared.debugger.refresh(&self.shared, &mut self.session);
                        continue;
                    }
                    Err(RecvTimeoutError::Disconnected) => return,
                },
            };
            self.shared.iopub.status("busy", &request.header);
            self.answer(&request);
            self.shared.iopub.status("idle", &request.header);
            self.abort();
        }
    }

    fn answer(&mut self, request: &Message) {
        let content = match request.kind() {
            "execute_request" => {
                self.shared.debugger.begin_cell();
                self.execute(request);
                return self.shared.debugger.end_cell();
            }
            "kernel_info_request" => info::kernel_info(),
            "complete_request" => introspect::complete(&request.content, &mut self.session, &self.commands),
            "inspect_request" => introspect::inspect(&request.content, &mut self.session),
            "is_complete_request" => introspect::is_complete(&request.content),
            "history_request" => self.history.reply(&request.content),
            "comm_info_request" => json!({ "status": "ok", "comms": {} }),
            "shutdown_request" => {
                control::shut_down(&self.shared, request, Channel::Shell);
                return;
            }
            // A client's comm has nobody to speak to here.
            "comm_open" => {
                let content = json!({ "comm_id": request.content["comm_id"], "data": {} });
                self.shared.iopub.publish("comm_close", &request.header, content);
                return;
            }
            _ => return,
        };
        self.shared.reply(Channel::Shell, request, content);
    }

    /// Looks which requests have been sent before the client can see the error that is about to be told: the cells among
    /// them will not be run.
    pub fn note_waiting(&mut self) {
        let end = Instant::now() + ABORT_GRACE;
        while let Ok(request) = self.shell.recv_timeout(end.saturating_duration_since(Instant::now())) {
            self.queue.push_back(request);
        }
        self.to_abort = self.queue.len();
    }

    /// Answers the requests that were noted when a cell failed.
    fn abort(&mut self) {
        let later = self.queue.split_off(std::mem::take(&mut self.to_abort));
        let (cells, kept): (Vec<_>, Vec<_>) =
            self.queue.drain(..).partition(|request| request.kind() == "execute_request");
        self.queue = kept.into_iter().chain(later).collect();
        for request in cells {
            self.shared.iopub.status("busy", &request.header);
            // A client shows a count beside cells that have run.
            let content = json!({ "status": "aborted" });
            self.shared.reply(Channel::Shell, &request, content);
            self.shared.iopub.status("idle", &request.header);
        }
    }
}
