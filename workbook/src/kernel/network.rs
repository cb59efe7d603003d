/*!
The five sockets of a kernel, on a thread of their own, as channels.

What a message means is not known here. A client that disconnects, or sends what is no message, disturbs nobody.
*/

use super::connection::Connection;
use super::message::{Codec, Message};
use anyhow::{Context, Result};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use zeromq::{
    PubSocket, RepSocket, RouterRecvHalf, RouterSendHalf, RouterSocket, Socket, SocketRecv, SocketSend, ZmqMessage,
};

/// The messages that come in.
pub struct Incoming {
    pub shell: Receiver<Message>,
    pub control: Receiver<Message>,
    pub stdin: Receiver<Message>,
}

/// The socket that a message goes out by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    Shell,
    Control,
    Stdin,
    Iopub,
}

/// The way out, for any thread.
#[derive(Clone)]
pub struct Outgoing {
    codec: Arc<Codec>,
    queues: [UnboundedSender<Vec<bytes::Bytes>>; 4],
}

impl Outgoing {
    pub fn send(&self, channel: Channel, message: &Message) {
        // An error means that the thread of the sockets has ended, and so does this process.
        let _ = self.queues[channel as usize].send(self.codec.encode(message));
    }
}

/// Binds the sockets and serves them until the process ends.
///
/// # Errors
/// When a socket cannot be bound: another kernel has the port.
pub fn open(connection: &Connection, codec: &Arc<Codec>) -> Result<(Incoming, Outgoing)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (shell_out, shell_queue) = unbounded_channel();
    let (control_out, control_queue) = unbounded_channel();
    let (stdin_out, stdin_queue) = unbounded_channel();
    let (iopub_out, iopub_queue) = unbounded_channel();
    let (shell_in, shell) = channel();
    let (control_in, control) = channel();
    let (stdin_in, stdin) = channel();

    runtime.block_on(async {
        for (port, queue, incoming) in [
            (connection.shell_port, shell_queue, shell_in),
            (connection.control_port, control_queue, control_in),
            (connection.stdin_port, stdin_queue, stdin_in),
        ] {
            let (sending, receiving) = bind(RouterSocket::new(), &connection.endpoint(port)).await?.split();
            tokio::spawn(send_all(sending, queue));
            tokio::spawn(receive_all(receiving, incoming, Arc::clone(codec)));
        }
        let iopub = bind(PubSocket::new(), &connection.endpoint(connection.iopub_port)).await?;
        tokio::spawn(publish_all(iopub, iopub_queue));
        let heartbeat = bind(RepSocket::new(), &connection.endpoint(connection.hb_port)).await?;
        tokio::spawn(echo(heartbeat));
        anyhow::Ok(())
    })?;
    std::thread::Builder::new()
        .name("sockets".into())
        .spawn(move || runtime.block_on(std::future::pending::<()>()))
        .context("the thread of the sockets does not start")?;
    let queues = [shell_out, control_out, stdin_out, iopub_out];
    Ok((Incoming { shell, control, stdin }, Outgoing { codec: Arc::clone(codec), queues }))
}

async fn bind<S: Socket>(mut socket: S, endpoint: &str) -> Result<S> {
    socket.bind(endpoint).await.with_context(|| format!("cannot listen on {endpoint}"))?;
    Ok(socket)
}

async fn send_all(mut socket: RouterSendHalf, mut queue: UnboundedReceiver<Vec<bytes::Bytes>>) {
    while let Some(frames) = queue.recv().await {
        let Ok(message) = ZmqMessage::try_from(frames) else { continue };
        // A client that has gone cannot be answered.
        let _ = socket.send(message).await;
    }
}

async fn publish_all(mut socket: PubSocket, mut queue: UnboundedReceiver<Vec<bytes::Bytes>>) {
    while let Some(frames) = queue.recv().await {
        let Ok(message) = ZmqMessage::try_from(frames) else { continue };
        let _ = socket.send(message).await;
    }
}

async fn receive_all(mut socket: RouterRecvHalf, incoming: Sender<Message>, codec: Arc<Codec>) {
    loop {
        let Ok(message) = socket.recv().await else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        match codec.decode(message.into_vec()) {
            Ok(message) => {
                if incoming.send(message).is_err() {
                    return;
                }
            }
            Err(why) => eprintln!("workbook kernel: ignored {why}"),
        }
    }
}

/// Sends every heartbeat back.
async fn echo(mut socket: RepSocket) {
    loop {
        match socket.recv().await {
            Ok(message) => drop(socket.send(message).await),
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}
