/*!
What every client sees of a kernel: its status, and what cells put out.

Text is gathered for some milliseconds, because a client that gets a million small messages stands still. Which output
belongs to which message is `output.rs`.
*/

use super::message::Codec;
use super::network::{Channel, Outgoing};
use crate::session::Stream;
use bytes::Bytes;
use serde_json::{Value, json};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long text may wait for more.
const GATHER: Duration = Duration::from_millis(30);
/// More text than this is sent at once, in bytes.
const AT_ONCE: usize = 1 << 16;

/// The kernel's broadcasts, for any thread.
pub struct Iopub {
    codec: Arc<Codec>,
    outgoing: Outgoing,
    pending: Mutex<Pending>,
    ready: Condvar,
}

/// Text that has not been sent yet.
#[derive(Default)]
struct Pending {
    parent: Value,
    stream: Option<Stream>,
    text: String,
}

impl Iopub {
    pub fn new(codec: Arc<Codec>, outgoing: Outgoing) -> Arc<Iopub> {
        let iopub = Arc::new(Iopub { codec, outgoing, pending: Mutex::default(), ready: Condvar::new() });
        std::thread::spawn({
            let iopub = Arc::clone(&iopub);
            move || iopub.send_gathered()
        });
        iopub
    }

    /// Broadcasts a message after the text that came before it.
    pub fn publish(&self, kind: &str, parent: &Value, content: Value) {
        let mut pending = self.lock();
        self.flush(&mut pending);
        self.send(kind, parent, content);
    }

    /// `busy` when a request is begun, `idle` when all that it caused has been sent.
    pub fn status(&self, state: &str, parent: &Value) {
        self.publish("status", parent, json!({ "execution_state": state }));
    }

    /// Broadcasts text of a cell, soon.
    pub fn text(&self, stream: Stream, parent: &Value, text: &str) {
        let mut pending = self.lock();
        if pending.stream != Some(stream) || pending.parent != *parent {
            self.flush(&mut pending);
            (pending.stream, pending.parent) = (Some(stream), parent.clone());
        }
        pending.text.push_str(text);
        if pending.text.len() > AT_ONCE {
            self.flush(&mut pending);
        } else {
            self.ready.notify_one();
        }
    }

    fn send_gathered(&self) -> ! {
        loop {
            let pending = self.lock();
            drop(self.ready.wait_while(pending, |pending| pending.text.is_empty()));
            std::thread::sleep(GATHER);
            self.flush(&mut self.lock());
        }
    }

    fn flush(&self, pending: &mut Pending) {
        let text = std::mem::take(&mut pending.text);
        if let Some(stream) = pending.stream
            && !text.is_empty()
        {
            self.send("stream", &pending.parent, json!({ "name": stream, "text": text }));
        }
    }

    fn send(&self, kind: &str, parent: &Value, content: Value) {
        let topic = Bytes::from(format!("kernel.{kind}"));
        self.outgoing.send(Channel::Iopub, &self.codec.message(kind, vec![topic], parent, content));
    }

    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
