/*! The two main programs: one answers the grader's calls, the other asks itself what the case file asks. */

use std::fs::File;
use std::io::Write;
use std::os::fd::FromRawFd;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::Mutex;

use wire::{Frame, Value, read_message, write_frame};

use crate::cases::Cases;
use crate::convert::{Answer, Argument};

/// The arguments of one call, taken in order.
#[derive(Debug)]
pub struct Inputs(std::vec::IntoIter<Value>);

impl Inputs {
    /// The next argument.
    ///
    /// # Panics
    /// When the grader sent something else: the case does not fit the function's signature.
    pub fn take<T: Argument>(&mut self) -> T {
        let value = self.0.next().and_then(T::from_value);
        value.expect("the case's arguments do not fit the function's signature")
    }
}

/// A function that can be called, and its name.
pub type Entry = (&'static str, fn(&mut Inputs) -> Value);

/// A function that can be called, its name, and the function that makes up its cases.
pub type Question = (&'static str, fn(&mut Inputs) -> Value, fn(&mut Cases));

/// The main program of a submission: reads calls, and writes a frame for each.
///
/// # Panics
/// When file descriptor 3 does not hold the grader's calls.
pub fn serve(entries: &[Entry]) {
    // The sandbox has no /proc, where the main thread's stack is described: only of another thread does the standard
    // library know where the stack ends, and say so when it is used up.
    let answered = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        thread.spawn_scoped(scope, || answer_calls(entries)).expect("a thread can be started").join()
    });
    if answered.is_err() {
        std::process::exit(101);
    }
}

/// Bytes of stack for the learner's functions, as much as a main thread has.
const STACK: usize = 8 << 20;

fn answer_calls(entries: &[Entry]) {
    let (mut input, mut output) = open();
    // The grader sends a call when it has the answer to the one before: until then its arguments are not in this process.
    for index in 0.. {
        let Some(call) = read_message(&mut input).expect("file descriptor 3 holds calls") else { break };
        let Value::Tuple(call) = call else { panic!("a call is a name and its arguments") };
        let Ok([Value::Text(name), Value::Tuple(inputs)]) = <[Value; 2]>::try_from(call) else {
            panic!("a call is a name and its arguments")
        };
        let (_, function) = entries.iter().find(|(known, _)| *known == name).expect("the function was compiled");
        send(&mut output, index, &guarded(*function, inputs));
    }
}

/// The main program of the reference: makes up the cases of every function from the seed that it reads, and writes a
/// frame for each, with the arguments and the answer.
///
/// # Panics
/// When file descriptor 3 does not hold a seed.
pub fn answer_all(questions: &[Question]) {
    let (mut input, mut output) = open();
    let Ok(Some(Value::Count(seed))) = read_message(&mut input) else { panic!("the grader sends a seed") };
    let mut index = 0;
    for (name, function, make) in questions {
        let mut cases = Cases::new(seed, name);
        make(&mut cases);
        for case in cases.into_cases() {
            let Value::Tuple(inputs) = case.arguments.clone() else { unreachable!("arguments are a tuple") };
            let frame = match guarded(*function, inputs) {
                Frame::Returned(answer) => Frame::Returned(Value::Record(vec![
                    ("function".into(), Value::Text((*name).into())),
                    ("name".into(), Value::Text(case.name)),
                    ("visible".into(), Value::Bool(case.visible)),
                    ("weight".into(), case.weight.to_value()),
                    ("trivial".into(), Value::Bool(case.trivial)),
                    ("arguments".into(), case.arguments),
                    ("answer".into(), answer),
                ])),
                panicked @ Frame::Panicked { .. } => panicked,
            };
            send(&mut output, index, &frame);
            index += 1;
        }
    }
}

/// File descriptors 3 and 4.
fn open() -> (File, File) {
    // SAFETY: the sandbox starts this program with both descriptors open and nothing else in it uses them yet.
    unsafe { (File::from_raw_fd(3), File::from_raw_fd(4)) }
}

fn send(output: &mut File, index: usize, frame: &Frame) {
    let mut bytes = Vec::new();
    write_frame(index as u32, frame, &mut bytes);
    // A channel that is closed or full ends the process: the grader sees that answers are missing.
    if output.write_all(&bytes).is_err() {
        std::process::exit(1);
    }
}

/// Message, file and line of the last panic.
static LAST_PANIC: Mutex<Option<(String, String, u32)>> = Mutex::new(None);

/// How much of a panic's message is sent, in characters.
const MESSAGE: usize = 1000;

/// Calls a function and catches its panic.
fn guarded(function: fn(&mut Inputs) -> Value, inputs: Vec<Value>) -> Frame {
    set_hook(Box::new(|info| {
        let payload = info.payload();
        let message = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let message = message.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default();
        let message = message.chars().take(MESSAGE).collect();
        let (file, line) = info.location().map_or((String::new(), 0), |at| (at.file().to_owned(), at.line()));
        if let Ok(mut last) = LAST_PANIC.lock() {
            *last = Some((message, file, line));
        }
    }));
    match catch_unwind(AssertUnwindSafe(|| function(&mut Inputs(inputs.into_iter())))) {
        Ok(value) => Frame::Returned(value),
        Err(payload) => {
            // The payload's own destructor may panic again.
            std::mem::forget(payload);
            let last = LAST_PANIC.lock().ok().and_then(|mut last| last.take());
            let (message, file, line) = last.unwrap_or_default();
            Frame::Panicked { message, file, line }
        }
    }
}
