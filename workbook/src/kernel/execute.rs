/*! `execute_request`: runs one cell and says how it went. */

use super::commands;
use super::failure;
use super::message::Message;
use super::network::Channel;
use super::output::CellOutput;
use super::server::{Server, Shared};
use crate::session::{Cell, CellIo, Failure, FailureKind, Input, Interrupter, Outcome, Output};
use serde_json::{Map, Value, json};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// A wait that is shorter than this needs no word.
const SILENT_WAIT: Duration = Duration::from_millis(500);

/// Why a cell is stopped that reads standard input where the client asks its user nothing.
const NO_KEYBOARD: &str = "the cell reads standard input, and this client cannot ask for any (allow_stdin is false)\n\
    help: run it in JupyterLab, Notebook or jupyter-console, or write the value into the cell";

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
        let mut payload = Vec::new();
        let failure = if is_empty { None } else { self.run(message, &request, &mut payload).err() };
        let mut content = match &failure {
            None => json!({
                "status": "ok",
                "payload": payload,
                "user_expressions": user_expressions(&message.content["user_expressions"]),
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

    /// Runs the commands of a cell, then its code; the commands' payloads go into `payload`.
    fn run(&mut self, message: &Message, request: &Request, payload: &mut Vec<Value>) -> Result<(), Failure> {
        self.shared.interrupted.store(false, Ordering::SeqCst);
        let (lines, code) = commands::split(request.code)?;
        self.wait_for_session(message, request)?;
        let mut shown = Vec::new();
        for line in &lines {
            let go_on = || !self.shared.interrupted.load(Ordering::SeqCst);
            let said = self.commands.run(line, &mut self.session, &go_on);
            let said = said.map_err(|error| other(FailureKind::Other, &format!("{} {error:#}", line.name)))?;
            payload.extend(said.payload);
            if !request.is_silent {
                let mut output = CellOutput::new(&self.shared.iopub, &message.header, self.count, ";");
                said.outputs.iter().for_each(|part| output.add(part));
                shown.extend(said.outputs);
            }
        }
        if !lines.is_empty() && code.trim().is_empty() {
            if request.is_counted {
                self.history.add(self.count, request.code, None);
            }
            return Ok(());
        }
        self.run_code(message, request, &code, shown)
    }

    /// Waits until the session has started, and says what it does meanwhile.
    fn wait_for_session(&mut self, message: &Message, request: &Request) -> Result<(), Failure> {
        let Server { shared, session, .. } = self;
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
            Ok(true) => Ok(()),
            Ok(false) => Err(other(FailureKind::Stopped, "the cell was interrupted before its session had started")),
            Err(error) => Err(other(FailureKind::Other, &format!("{error:#}"))),
        }
    }

    /// Runs a cell's code; `outputs` is what its commands have shown.
    fn run_code(
        &mut self,
        message: &Message,
        request: &Request,
        code: &str,
        mut outputs: Vec<Output>,
    ) -> Result<(), Failure> {
        let Server { shared, session, history, commands, count, .. } = self;
        set_interrupter(shared, session.interrupter());
        if shared.interrupted.load(Ordering::SeqCst) {
            set_interrupter(shared, None);
            return Err(other(FailureKind::Stopped, "the cell was interrupted before it had begun"));
        }
        let output = CellOutput::new(&shared.iopub, &message.header, *count, code);
        let mut io = Io { shared, request: message, options: request, output };
        let cell = Cell { code: code.to_owned(), number: *count };
        let mut outcome = match session.get(&mut |_| true) {
            Ok(Some(session)) => session.execute_cell(cell, &mut io),
            Ok(None) => unreachable!("the session has started"),
            Err(error) => Err(error),
        };
        if !request.is_silent {
            outputs.extend(outcome.iter_mut().flat_map(|outcome| std::mem::take(&mut outcome.outputs)));
            io.output.finish(&outputs);
            let warnings = outcome.iter().flat_map(|outcome| &outcome.warnings);
            warnings.for_each(|warning| io.output.warn(warning));
        }
        if request.is_counted {
            history.add(*count, request.code, io.output.result.take());
        }
        set_interrupter(shared, None);
        match outcome {
            Ok(Outcome { failure, .. }) => {
                let is_compiled = failure.as_ref().is_none_or(|failure| failure.kind.is_of_running());
                if is_compiled {
                    commands.note(*count, code);
                }
                failure.map_or(Ok(()), Err)
            }
            Err(error) => {
                session.end();
                Err(other(FailureKind::Died, &format!("{error:#}")))
            }
        }
    }
}

/// Says which cell an interrupt stops.
fn set_interrupter(shared: &Shared, interrupter: Option<Interrupter>) {
    if let Ok(mut current) = shared.interrupter.lock() {
        *current = interrupter;
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

    fn input(&mut self, prompt: &str, is_password: bool) -> Input {
        if !self.options.allows_stdin {
            return Input::Refused(NO_KEYBOARD.to_owned());
        }
        // None if the cell has been interrupted.
        self.shared.ask(self.request, prompt, is_password).map_or(Input::End, Input::Line)
    }
}

fn other(kind: FailureKind, message: &str) -> Failure {
    let first = message.lines().next().unwrap_or_default();
    Failure { kind, message: first.to_owned(), details: message.to_owned(), lost: Vec::new() }
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
