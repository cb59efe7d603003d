/*! `execute_request`: runs one cell and says how it went. */

use super::failure;
use super::message::Message;
use super::network::Channel;
use super::output::CellOutput;
use super::server::{Server, Shared};
use crate::session::{Cell, CellIo, Failure, FailureKind, Outcome, Output};
use serde_json::{Map, Value, json};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// A wait that is shorter than this needs no word.
const SILENT_WAIT: Duration = Duration::from_millis(500);

/// What a client asks for with a cell.
struct Request<'a> {
    code: &'a str,
    /// Nothing is published and nothing counted.
    is_silent: bool,
    is_counted: bool,
    stops_on_error: bool,
    allows_stdin: bool,
}

impl Request<'_> {
    fn read(content: &Value) -> Request<'_> {
        let flag = |name: &str, default: bool| content[name].as_bool().unwrap_or(default);
        let is_silent = flag("silent", false);
        Request {
            code: content["code"].as_str().unwrap_or_default(),
            is_silent,
            is_counted: !is_silent && flag("store_history", true),
            stops_on_error: flag("stop_on_error", true),
            allows_stdin: flag("allow_stdin", true),
        }
    }
}

impl Server {
    /// Runs a cell.
    pub fn execute(&mut self, message: &Message) {
        let request = Request::read(&message.content);
        let is_empty = request.code.trim().is_empty();
        if request.is_counted && !is_empty {
            self.count += 1;
        }
        if !request.is_silent {
            let content = json!({ "code": request.code, "execution_count": self.count });
            self.shared.iopub.publish("execute_input", &message.header, content);
        }
        let failure = if is_empty { None } else { self.run(message, &request) };
        let mut content = match &failure {
            None => json!({
                "status": "ok", "payload": [], "user_expressions": user_expressions(&message.content["user_expressions"]),
            }),
            Some(failure) => {
                let mut content = failure::content(failure);
                if !request.is_silent {
                    self.shared.iopub.publish("error", &message.header, content.clone());
                }
                content["status"] = json!("error");
                content
            }
        };
        if failure.is_some() && request.stops_on_error {
            self.note_waiting();
        }
        content["execution_count"] = json!(self.count);
        self.shared.reply(Channel::Shell, message, content);
    }

    fn run(&mut self, message: &Message, request: &Request) -> Option<Failure> {
        let Server { shared, session, count, .. } = self;
        shared.interrupted.store(false, Ordering::SeqCst);
        let mut waiting = Waiting {
            shared,
            parent: &message.header,
            is_silent: request.is_silent,
            start: Instant::now(),
            shown: String::new(),
        };
        let started = session.get(&mut |note| waiting.wait(note)).map(|session| session.is_some());
        waiting.end();
        match started {
            Ok(true) => {}
            Ok(false) => {
                return Some(other(FailureKind::Stopped, "the cell was interrupted before its session had started"));
            }
            Err(error) => return Some(other(FailureKind::Other, &format!("{error:#}"))),
        }
        if let Ok(mut interrupter) = shared.interrupter.lock() {
            *interrupter = session.interrupter();
        }
        let output = CellOutput::new(&shared.iopub, &message.header, *count, request.code);
        let mut io = Io { shared, request: message, options: request, output };
        let cell = Cell { code: request.code.to_owned(), number: *count };
        let outcome = match session.get(&mut |_| true) {
            Ok(Some(session)) => session.execute_cell(cell, &mut io),
            Ok(None) => unreachable!("the session has started"),
            Err(error) => Err(error),
        };
        if !request.is_silent {
            io.output.finish();
        }
        if let Ok(mut interrupter) = shared.interrupter.lock() {
            *interrupter = None;
        }
        match outcome {
            Ok(Outcome { failure, .. }) => failure,
            Err(error) => {
                session.end();
                Some(other(FailureKind::Died, &format!("{error:#}")))
            }
        }
    }
}

/// The running cell's side of the protocol.
struct Io<'a> {
    shared: &'a Shared,
    request: &'a Message,
    options: &'a Request<'a>,
    output: CellOutput<'a>,
}

impl CellIo for Io<'_> {
    fn output(&mut self, output: &Output) {
        if !self.options.is_silent {
            self.output.add(output);
        }
    }

    fn input(&mut self, prompt: &str, is_password: bool) -> Option<String> {
        if !self.options.allows_stdin {
            return None; // nobody is there who could type
        }
        self.shared.ask(self.request, prompt, is_password)
    }
}

fn other(kind: FailureKind, message: &str) -> Failure {
    Failure { kind, message: message.to_owned(), details: message.to_owned(), lost: Vec::new() }
}

/// Rust has no expressions that a client could evaluate besides the cell; each is answered as the protocol asks.
fn user_expressions(asked: &Value) -> Value {
    let answer = json!({
        "status": "error", "ename": "Unsupported", "evalue": "this kernel evaluates no user expressions", "traceback": [],
    });
    let names = asked.as_object().into_iter().flat_map(Map::keys);
    names.map(|name| (name.clone(), answer.clone())).collect::<Map<_, _>>().into()
}

/// Shows what a cell waits for, in its output, until the session is there.
struct Waiting<'a> {
    shared: &'a Shared,
    parent: &'a Value,
    is_silent: bool,
    start: Instant,
    shown: String,
}

impl Waiting<'_> {
    /// Whether to wait on.
    fn wait(&mut self, note: &str) -> bool {
        if self.shared.interrupted.load(Ordering::SeqCst) || self.shared.is_closing() {
            return false;
        }
        if self.start.elapsed() > SILENT_WAIT && !self.is_silent {
            let text = format!("waiting for the session: {note} ({} s)", self.start.elapsed().as_secs());
            if text != self.shown {
                let kind = if self.shown.is_empty() { "display_data" } else { "update_display_data" };
                let id = format!("{}-waiting", self.parent["msg_id"].as_str().unwrap_or_default());
                let content =
                    json!({ "data": { "text/plain": text }, "metadata": {}, "transient": { "display_id": id } });
                self.shared.iopub.publish(kind, self.parent, content);
                self.shown = text;
            }
        }
        true
    }

    fn end(&self) {
        if !self.shown.is_empty() {
            self.shared.iopub.publish("clear_output", self.parent, json!({ "wait": false }));
        }
    }
}
