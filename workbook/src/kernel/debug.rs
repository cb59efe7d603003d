/*!
`debug_request`: what a client's view of the variables asks for, in the words of the debug adapter protocol.

There are no breakpoints: a cell runs as compiled code, and nothing stops it to look inside.
*/

use super::message::Message;
use super::network::Channel;
use super::server::Shared;
use super::warm::WarmSession;
use crate::session::{Answer, Question, Variable};
use serde_json::{Value, json};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What the clients' views of the variables show.
#[derive(Default)]
pub struct Debugger {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    is_started: bool,
    variables: Vec<Variable>,
    /// A cell has run since the variables were looked at.
    is_stale: bool,
    is_cell_running: bool,
    /// Requests that wait until the variables have been looked at.
    waiting: Vec<Message>,
}

impl Debugger {
    /// Answers a request of the control channel. Looking at variables compiles code in the session, so it waits until no
    /// cell is there to run; while one runs, a view gets what it had.
    pub fn answer(&self, request: &Message, shared: &Shared) {
        let mut state = self.lock();
        let command = request.content["command"].as_str().unwrap_or_default();
        let looks = ["inspectVariables", "richInspectVariables", "variables"].contains(&command);
        if looks && state.is_stale && !state.is_cell_running {
            state.waiting.push(request.clone());
            return;
        }
        let reply = state.reply(&request.content);
        drop(state);
        shared.reply(Channel::Control, request, reply);
    }

    pub fn begin_cell(&self) {
        let mut state = self.lock();
        (state.is_stale, state.is_cell_running) = (true, true);
    }

    pub fn end_cell(&self) {
        self.lock().is_cell_running = false;
    }

    /// Looks at the variables if a view waits for them; called when there is nothing else to do.
    pub fn refresh(&self, shared: &Shared, session: &mut WarmSession) {
        if self.lock().waiting.is_empty() {
            return;
        }
        let variables = match session.ask(Question::Variables) {
            Some(Answer::Variables(variables)) => variables,
            _ => Vec::new(),
        };
        let mut state = self.lock();
        (state.variables, state.is_stale) = (variables, false);
        for request in std::mem::take(&mut state.waiting) {
            shared.reply(Channel::Control, &request, state.reply(&request.content));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The content of a `debug_reply`.
    fn reply(&mut self, request: &Value) -> Value {
        let command = request["command"].as_str().unwrap_or_default();
        let arguments = &request["arguments"];
        let body = match command {
            "debugInfo" => self.info(),
            "initialize" => {
                self.is_started = true;
                json!({ "supportsConfigurationDoneRequest": true, "exceptionBreakpointFilters": [] })
            }
            "disconnect" | "terminate" => {
                self.is_started = false;
                json!({})
            }
            "attach" | "configurationDone" | "setExceptionBreakpoints" => json!({}),
            // None of them can be set.
            "setBreakpoints" => json!({ "breakpoints": [] }),
            "stackTrace" => json!({ "stackFrames": [], "totalFrames": 0 }),
            "scopes" => json!({ "scopes": [] }),
            "threads" => json!({ "threads": [] }),
            "dumpCell" => json!({ "sourcePath": path(arguments["code"].as_str().unwrap_or_default()) }),
            "inspectVariables" => {
                let variables = (1..).zip(&self.variables).map(|(reference, variable)| entry(variable, reference));
                json!({ "variables": variables.collect::<Vec<_>>() })
            }
            "variables" => {
                let reference = arguments["variablesReference"].as_u64().unwrap_or(0) as usize;
                let variable = reference.checked_sub(1).and_then(|index| self.variables.get(index));
                json!({ "variables": variable.map(parts).unwrap_or_default() })
            }
            "richInspectVariables" => {
                let name = arguments["variableName"].as_str().unwrap_or_default();
                let Some(variable) = self.variables.iter().find(|variable| variable.name == name) else {
                    return refusal(request, &format!("there is no variable {name}"));
                };
                json!({ "data": { "text/plain": description(variable) }, "metadata": {} })
            }
            _ => return refusal(request, "this kernel shows variables; it has no breakpoints and no steps"),
        };
        response(request, true, body)
    }

    fn info(&self) -> Value {
        json!({
            "isStarted": self.is_started,
            "hashMethod": "Murmur2",
            "hashSeed": 0,
            "tmpFilePrefix": PREFIX,
            "tmpFileSuffix": SUFFIX,
            "breakpoints": [],
            "stoppedThreads": [],
            "richRendering": true,
            "exceptionPaths": [],
            "copyToGlobals": false,
        })
    }
}

/// How the name that stands for a cell's code begins and ends. No file has it.
const PREFIX: &str = "cell_";
const SUFFIX: &str = ".rs";

fn path(code: &str) -> String {
    let mut hasher = DefaultHasher::new();
    code.hash(&mut hasher);
    format!("{PREFIX}{:016x}{SUFFIX}", hasher.finish())
}

fn response(request: &Value, success: bool, body: Value) -> Value {
    json!({
        "type": "response",
        "seq": request["seq"],
        "request_seq": request["seq"],
        "command": request["command"],
        "success": success,
        "body": body,
    })
}

fn refusal(request: &Value, message: &str) -> Value {
    let mut refusal = response(request, false, json!({}));
    refusal["message"] = json!(message);
    refusal
}

/// A variable as a line of the view; the reference opens its parts. JupyterLab shows the value only of what has no `type`,
/// or a type of Python, so the type stands behind the value.
fn entry(variable: &Variable, reference: u64) -> Value {
    let has_parts = variable.shape.is_some();
    json!({
        "name": variable.name,
        "evaluateName": variable.name,
        "value": typed(variable),
        "variablesReference": if has_parts { reference } else { 0 },
    })
}

fn typed(variable: &Variable) -> String {
    match value(variable) {
        value if value == variable.kind => value,
        value => format!("{value}: {}", variable.kind),
    }
}

/// What a line has room for.
fn value(variable: &Variable) -> String {
    let shape = variable.shape.as_ref().map(|shape| format!("shape {shape}"));
    let range = variable.range.as_ref().map(|[low, high, mean]| format!("{low} to {high}, mean {mean}"));
    let parts: Vec<String> = shape.into_iter().chain(range).chain(variable.value.clone()).collect();
    if parts.is_empty() { variable.kind.clone() } else { parts.join("; ") }
}

fn description(variable: &Variable) -> String {
    format!("{}: {}\n{}", variable.name, variable.kind, value(variable))
}

fn parts(variable: &Variable) -> Vec<Value> {
    let part = |name: &str, value: &str| json!({ "name": name, "value": value, "variablesReference": 0 });
    let shape = variable.shape.iter().map(|shape| part("shape", shape));
    let range = variable.range.iter().flatten().zip(["minimum", "maximum", "mean"]);
    shape.chain(range.map(|(value, name)| part(name, value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array() -> Variable {
        Variable {
            name: "x".into(),
            kind: "Array2<f64>".into(),
            shape: Some("(2, 3)".into()),
            range: Some(["0".into(), "5".into(), "2.5".into()]),
            value: None,
        }
    }

    fn reply(state: &mut State, command: &str, arguments: Value) -> Value {
        state.reply(&json!({ "type": "request", "seq": 4, "command": command, "arguments": arguments }))
    }

    /// The requests of JupyterLab's panel, in its order.
    #[test]
    fn a_view_is_started_filled_and_stopped() {
        let number = Variable { name: "n".into(), kind: "i32".into(), value: Some("7".into()), ..Variable::default() };
        let mut state = State { variables: vec![number, array()], ..State::default() };
        assert_eq!(reply(&mut state, "debugInfo", json!({}))["body"]["isStarted"], false);
        assert_eq!(reply(&mut state, "initialize", json!({}))["success"], true);
        assert_eq!(reply(&mut state, "attach", json!({}))["success"], true);
        assert_eq!(reply(&mut state, "debugInfo", json!({}))["body"]["isStarted"], true);
        let variables = reply(&mut state, "inspectVariables", json!({}));
        assert_eq!((&variables["request_seq"], &variables["type"]), (&json!(4), &json!("response")));
        let variables = &variables["body"]["variables"];
        assert_eq!((&variables[0]["value"], &variables[0]["variablesReference"]), (&json!("7: i32"), &json!(0)));
        assert_eq!(variables[1]["value"], "shape (2, 3); 0 to 5, mean 2.5: Array2<f64>");
        let reference = json!({ "variablesReference": variables[1]["variablesReference"] });
        let parts = reply(&mut state, "variables", reference)["body"]["variables"].clone();
        let names: Vec<&str> = parts.as_array().unwrap().iter().filter_map(|part| part["name"].as_str()).collect();
        assert_eq!(names, ["shape", "minimum", "maximum", "mean"]);
        let rich = reply(&mut state, "richInspectVariables", json!({ "variableName": "x" }));
        assert!(rich["body"]["data"]["text/plain"].as_str().unwrap().starts_with("x: Array2<f64>\n"));
        assert_eq!(reply(&mut state, "disconnect", json!({}))["success"], true);
        assert_eq!(reply(&mut state, "debugInfo", json!({}))["body"]["isStarted"], false);
    }

    #[test]
    fn what_this_kernel_cannot_do_is_refused_in_words() {
        let mut state = State::default();
        for command in ["stepIn", "evaluate", "", "source"] {
            let refused = reply(&mut state, command, json!({}));
            assert_eq!(refused["success"], false, "{command}");
            assert!(refused["message"].as_str().unwrap().contains("no breakpoints"));
        }
        assert_eq!(reply(&mut state, "richInspectVariables", json!({ "variableName": "y" }))["success"], false);
        assert_eq!(reply(&mut state, "setBreakpoints", json!({}))["body"]["breakpoints"], json!([]));
        assert_eq!(reply(&mut state, "variables", json!({ "variablesReference": 9 }))["body"]["variables"], json!([]));
    }
}
