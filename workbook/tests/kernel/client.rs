/*! A client of the kernel: it starts one, sends it messages as a notebook does, and reads what comes. */

use bytes::Bytes;
use serde_json::{Value, json};
use std::process::{Child, Command};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use zeromq::{DealerSocket, Socket, SocketRecv, SocketSend, SubSocket, ZmqMessage};

/// A session's start compiles, and the machine may have other work.
const PATIENCE: Duration = Duration::from_secs(300);

/// Tests that start kernels run one after another: a kernel takes its session from a pool if there is one.
pub fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A kernel and the client that it serves.
pub struct Kernel {
    runtime: tokio::runtime::Runtime,
    pub process: Child,
    shell: DealerSocket,
    control: DealerSocket,
    iopub: SubSocket,
    count: u64,
    folder: tempfile::TempDir,
}

/// What came of a request: the reply, and what was published because of it.
pub struct Answer {
    pub reply: Value,
    pub published: Vec<(String, Value)>,
}

impl Answer {
    pub fn stdout(&self) -> String {
        let is_stdout = |(kind, content): &&(String, Value)| kind == "stream" && content["name"] == "stdout";
        self.published.iter().filter(is_stdout).filter_map(|(_, content)| content["text"].as_str()).collect()
    }

    /// The name of the error and its traceback.
    #[track_caller]
    pub fn error(&self) -> (String, String) {
        let error = self.published.iter().find(|(kind, _)| kind == "error");
        let (_, error) = error.unwrap_or_else(|| panic!("no error: {:#?}", self.published));
        assert_eq!(self.reply["status"], "error");
        let lines: Vec<&str> = error["traceback"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        (error["ename"].as_str().unwrap().to_owned(), lines.join("\n"))
    }
}

impl Kernel {
    pub fn start() -> Kernel {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let listeners: Vec<_> = (0..5).map(|_| std::net::TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let ports: Vec<u16> = listeners.iter().map(|listener| listener.local_addr().unwrap().port()).collect();
        drop(listeners);
        let connection = json!({
            "transport": "tcp", "ip": "127.0.0.1", "key": "", "signature_scheme": "hmac-sha256",
            "shell_port": ports[0], "control_port": ports[1], "iopub_port": ports[2], "stdin_port": ports[3],
            "hb_port": ports[4],
        });
        let file = folder.path().join("connection.json");
        std::fs::write(&file, connection.to_string()).unwrap();
        let process = Command::new(env!("CARGO_BIN_EXE_workbook"))
            .args(["kernel", "run"])
            .arg(&file)
            .current_dir(folder.path())
            .spawn()
            .unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (shell, control, iopub) = runtime.block_on(async {
            let mut iopub = SubSocket::new();
            connect(&mut iopub, ports[2]).await;
            iopub.subscribe("").await.unwrap();
            let (mut shell, mut control) = (DealerSocket::new(), DealerSocket::new());
            connect(&mut shell, ports[0]).await;
            connect(&mut control, ports[1]).await;
            (shell, control, iopub)
        });
        let mut kernel = Kernel { runtime, process, shell, control, iopub, count: 0, folder };
        // What is published before a subscription has arrived is lost, so the first requests may show nothing.
        while kernel.published(Duration::from_millis(200)).is_none() {
            kernel.send("kernel_info_request", &json!({}), false);
            kernel.receive(false);
        }
        kernel
    }

    /// Where its cells run.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub fn send(&mut self, kind: &str, content: &Value, is_control: bool) -> String {
        self.count += 1;
        let id = format!("client_{}", self.count);
        let header = json!({
            "msg_id": id, "session": "client", "username": "test", "date": "", "msg_type": kind, "version": "5.4",
        });
        let parts =
            ["<IDS|MSG>".to_owned(), String::new(), header.to_string(), "{}".into(), "{}".into(), content.to_string()];
        let frames: Vec<Bytes> = parts.into_iter().map(Bytes::from).collect();
        let socket = if is_control { &mut self.control } else { &mut self.shell };
        self.runtime.block_on(socket.send(ZmqMessage::try_from(frames).unwrap())).unwrap();
        id
    }

    /// The next reply: parent's id and content.
    pub fn receive(&mut self, is_control: bool) -> (String, Value) {
        let socket = if is_control { &mut self.control } else { &mut self.shell };
        let message = self.runtime.block_on(async { tokio::time::timeout(PATIENCE, socket.recv()).await });
        let (_, parent, content) = parts(&message.expect("a reply in time").unwrap());
        (parent, content)
    }

    /// The next broadcast: type, parent's id and content; none if there is none for so long.
    fn published(&mut self, patience: Duration) -> Option<(String, String, Value)> {
        let message = self.runtime.block_on(async { tokio::time::timeout(patience, self.iopub.recv()).await });
        Some(parts(&message.ok()?.unwrap()))
    }

    pub fn ask(&mut self, kind: &str, content: &Value) -> Answer {
        self.ask_by(kind, content, false)
    }

    pub fn ask_by(&mut self, kind: &str, content: &Value, is_control: bool) -> Answer {
        let id = self.send(kind, content, is_control);
        let mut published = Vec::new();
        loop {
            let (kind, parent, content) = self.published(PATIENCE).expect("idle in time");
            if parent == id {
                let is_end = kind == "status" && content["execution_state"] == "idle";
                published.push((kind, content));
                if is_end {
                    break;
                }
            }
        }
        let reply = loop {
            let (parent, content) = self.receive(is_control);
            if parent == id {
                break content;
            }
        };
        Answer { reply, published }
    }

    pub fn run(&mut self, code: &str) -> Answer {
        self.ask("execute_request", &json!({ "code": code, "allow_stdin": false }))
    }

    #[track_caller]
    pub fn prints(&mut self, code: &str, expected: &str) {
        let answer = self.run(code);
        assert_eq!(answer.stdout(), expected, "{code}: {:#?}", answer.published);
        assert_eq!(answer.reply["status"], "ok", "{code}: {:#?}", answer.published);
    }
}

impl Drop for Kernel {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn connect(socket: &mut impl Socket, port: u16) {
    let address = format!("tcp://127.0.0.1:{port}");
    let end = std::time::Instant::now() + PATIENCE;
    while socket.connect(&address).await.is_err() {
        assert!(std::time::Instant::now() < end, "the kernel does not listen");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Type, parent's id and content of a message.
fn parts(message: &ZmqMessage) -> (String, String, Value) {
    let frames: Vec<Bytes> = message.iter().cloned().collect();
    let start = frames.iter().position(|frame| &frame[..] == b"<IDS|MSG>").expect("a delimiter");
    let json = |index: usize| serde_json::from_slice::<Value>(&frames[start + index]).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&json(2)["msg_type"]), text(&json(3)["msg_id"]), json(5))
}
