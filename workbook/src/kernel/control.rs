/*! The control channel: what is answered while a cell runs. */

use super::info;
use super::message::Message;
use super::network::Channel;
use super::server::Shared;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;

/// Answers requests on a thread of its own.
pub fn serve(control: Receiver<Message>, shared: Arc<Shared>) {
    std::thread::spawn(move || {
        for request in control {
            shared.iopub.status("busy", &request.header);
            answer(&request, &shared);
            shared.iopub.status("idle", &request.header);
        }
    });
}

fn answer(request: &Message, shared: &Shared) {
    let content = match request.kind() {
        "kernel_info_request" => info::kernel_info(),
        "interrupt_request" => {
            interrupt(shared);
            json!({ "status": "ok" })
        }
        "debug_request" => return shared.debugger.answer(request, shared),
        "shutdown_request" => return shut_down(shared, request, Channel::Control),
        _ => return,
    };
    shared.reply(Channel::Control, request, content);
}

/// Stops the running cell, if there is one.
pub fn interrupt(shared: &Shared) {
    shared.interrupted.store(true, Ordering::SeqCst);
    if let Ok(interrupter) = shared.interrupter.lock()
        && let Some(interrupter) = &*interrupter
    {
        interrupter.interrupt();
    }
}

/// Answers that the kernel shuts down, and lets it.
pub fn shut_down(shared: &Shared, request: &Message, channel: Channel) {
    let restart = request.content["restart"].as_bool().unwrap_or(false);
    shared.closing.store(true, Ordering::SeqCst);
    shared.reply(channel, request, json!({ "status": "ok", "restart": restart }));
    interrupt(shared);
}
