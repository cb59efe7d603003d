/*!
Receives what the relay sends through evcxr, keeps what it says about the running cell, and writes events.

Whether a cell failed is decided in `evaluator.rs`, when the cell has ended.
*/

use super::message::{Death, Event, Output, Panic, Relayed, Stream, to_line};
use crossbeam_channel::{Receiver, Sender, select};
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What the receiver does after everything that evcxr has passed on before.
pub enum Command {
    Write(Event),
    /// Confirm that it has come this far.
    Confirm(Sender<()>),
}

/// What the relay has reported of the running cell.
#[derive(Default)]
pub struct Cell {
    state: Mutex<CellState>,
}

#[derive(Default)]
pub struct CellState {
    pub panic: Option<Panic>,
    pub question: Option<String>,
    pub died: Option<Death>,
    pub stopped: Option<String>,
    /// It was stopped before it began to run.
    pub is_cancelled: bool,
    /// What the session's own code prints is kept here and not shown.
    pub captured: Option<String>,
}

impl Cell {
    pub fn state(&self) -> MutexGuard<'_, CellState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Turns what evcxr passes on into events, and writes them and those of `commands`, in order.
pub fn receive(relayed: &Receiver<String>, commands: &Receiver<Command>, cell: &Cell) {
    loop {
        select! {
            recv(relayed) -> line => match line {
                Ok(line) => receive_line(&line, cell),
                Err(_) => return,
            },
            recv(commands) -> command => {
                relayed.try_iter().for_each(|line| receive_line(&line, cell));
                match command {
                    Ok(Command::Write(event)) => write_event(&event),
                    Ok(Command::Confirm(confirmed)) => drop(confirmed.send(())),
                    Err(_) => return,
                }
            },
        }
    }
}

fn receive_line(line: &str, cell: &Cell) {
    let relayed = serde_json::from_str(line)
        .unwrap_or_else(|_| Relayed::Output(Output::Text { stream: Stream::Stdout, text: format!("{line}\n") }));
    match relayed {
        Relayed::Started => {}
        Relayed::Output(output) => match (&mut cell.state().captured, output) {
            (Some(captured), Output::Text { stream: Stream::Stdout, text }) => captured.push_str(&text),
            (Some(_), _) => {}
            (None, output) => write_event(&Event::Output(output)),
        },
        Relayed::Stopped(why) => drop(cell.state().stopped.get_or_insert(why)),
        Relayed::Cancelled => cell.state().is_cancelled = true,
        Relayed::Panicked(panic) => cell.state().panic = Some(panic),
        Relayed::Question(message) => cell.state().question = Some(message),
        Relayed::Died(death) => cell.state().died = Some(death),
    }
}

fn write_event(event: &Event) {
    let mut stdout = std::io::stdout().lock();
    let written = writeln!(stdout, "{}", to_line(event)).and_then(|()| stdout.flush());
    if written.is_err() {
        std::process::exit(1); // the program has ended
    }
}
