/*!
The kernel through its sockets, without Jupyter: a client sends messages as a notebook does, and reads what comes.

What only Jupyter's own clients show is tried by the Python files beside this one.
*/

use bytes::Bytes;
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;
use zeromq::{DealerSocket, Socket, SocketRecv, SocketSend, SubSocket, ZmqMessage};

/// A session's start compiles, and the machine may have other work.
const PATIENCE: Duration = Duration::from_secs(300);

/// A kernel and the client that it serves.
struct Kernel {
    runtime: tokio::runtime::Runtime,
    process: Child,
    shell: DealerSocket,
    control: DealerSocket,
    iopub: SubSocket,
    count: u64,
    _folder: tempfile::TempDir,
}

/// What came of a request: the reply, and what was published because of it.
struct Answer {
    reply: Value,
    published: Vec<(String, Value)>,
}

impl Answer {
    fn stdout(&self) -> String {
        let is_stdout = |(kind, content): &&(String, Value)| kind == "stream" && content["name"] == "stdout";
        self.published.iter().filter(is_stdout).filter_map(|(_, content)| content["text"].as_str()).collect()
    }

    /// The name of the error and its traceback.
    #[track_caller]
    fn error(&self) -> (String, String) {
        let error = self.published.iter().find(|(kind, _)| kind == "error");
        let (_, error) = error.unwrap_or_else(|| panic!("no error: {:#?}", self.published));
        assert_eq!(self.reply["status"], "error");
        let lines: Vec<&str> = error["traceback"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        (error["ename"].as_str().unwrap().to_owned(), lines.join("\n"))
    }
}

impl Kernel {
    fn start() -> Kernel {
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
        let mut kernel = Kernel { runtime, process, shell, control, iopub, count: 0, _folder: folder };
        // What is published before a subscription has arrived is lost, so the first requests may show nothing.
        while kernel.published(Duration::from_millis(200)).is_none() {
            kernel.send("kernel_info_request", &json!({}), false);
            kernel.receive(false);
        }
        kernel
    }

    fn send(&mut self, kind: &str, content: &Value, is_control: bool) -> String {
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
    fn receive(&mut self, is_control: bool) -> (String, Value) {
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

    fn ask(&mut self, kind: &str, content: &Value) -> Answer {
        self.ask_by(kind, content, false)
    }

    fn ask_by(&mut self, kind: &str, content: &Value, is_control: bool) -> Answer {
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

    fn run(&mut self, code: &str) -> Answer {
        self.ask("execute_request", &json!({ "code": code, "allow_stdin": false }))
    }

    #[track_caller]
    fn prints(&mut self, code: &str, expected: &str) {
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

/// One kernel for all of it, because its start is what takes long.
#[test]
fn a_client_is_answered() {
    let mut kernel = Kernel::start();

    let info = kernel.ask("kernel_info_request", &json!({})).reply;
    assert_eq!((&info["protocol_version"], &info["language_info"]["name"]), (&json!("5.4"), &json!("rust")));
    let complete = |code: &str| json!({ "code": code, "cursor_pos": code.chars().count() });
    // Before the session has started there is nothing to complete, and nobody waits.
    assert_eq!(kernel.ask("complete_request", &complete("Vec::new")).reply["status"], "ok");
    let incomplete = kernel.ask("is_complete_request", &json!({ "code": "fn f() {" })).reply;
    assert_eq!(incomplete, json!({ "status": "incomplete", "indent": "    " }));

    kernel.prints("let numbers: Vec<f64> = vec![1.0, 2.5];\n/// Twice a number.\nfn twice(x: f64) -> f64 { 2.0 * x }\nprintln!(\"{}\", twice(4.0));", "8\n");
    let matches = kernel.ask("complete_request", &complete("let größe = twi")).reply;
    assert_eq!((&matches["matches"], &matches["cursor_start"]), (&json!(["twice"]), &json!(12)));
    let matches = kernel.ask("complete_request", &complete("numbers.is_em")).reply["matches"].clone();
    assert_eq!(matches, json!(["is_empty"]));
    let matches = kernel.ask("complete_request", &complete(":gra")).reply["matches"].clone();
    assert_eq!(matches, json!([":grade"]));
    let found = kernel.ask("inspect_request", &json!({ "code": "twice(1.0)", "cursor_pos": 7 })).reply;
    assert!(found["data"]["text/plain"].as_str().is_some_and(|text| text.contains("Twice a number.")), "{found:#}");

    // A panic says where; the calls are shown only when they are asked for.
    let (name, trace) = kernel.run("fn third(v: &[f64]) -> f64 {\n    v[2]\n}\nthird(&numbers);").error();
    assert_eq!(name, "Panic");
    assert!(trace.contains("the len is 2 but the index is 2") && trace.contains("cell [2], line 2: v[2]"), "{trace}");
    assert!(!trace.contains("0:") && trace.lines().count() < 4, "{trace}");
    let calls = kernel.run(":backtrace").stdout();
    assert!(calls.contains("third, cell [2], line 2: v[2]") && calls.contains("the cell, cell [2], line 4"), "{calls}");

    // A compile error leaves no older function behind that would be used in silence.
    let (name, trace) = kernel.run("fn twice(x: f64) -> f64 { \"2\" }").error();
    assert!(name == "CompileError" && trace.contains("cell [4], line 1") && trace.contains("E0308"), "{trace}");
    let (_, trace) = kernel.run("println!(\"{}\", twice(1.0));").error();
    assert!(trace.contains("cell [4], which defines it, does not compile"), "{trace}");
    // An error in an earlier cell's function, which is compiled again, is said to be there.
    kernel.prints("fn one() -> f64 { 1.0 }\nfn two() -> f64 {\n    one() + 1.0\n}", "");
    let (_, trace) = kernel.run("fn one() -> &'static str { \"1\" }").error();
    assert!(trace.contains("cell [6], line 3: one() + 1.0"), "{trace}");

    // Input that the client does not give ends the cell, and the variables stay.
    let (_, trace) = kernel.run("let mut line = String::new(); std::io::stdin().read_line(&mut line)?;").error();
    assert!(trace.contains("allow_stdin") && trace.contains("help: run it in JupyterLab"), "{trace}");
    kernel.prints("println!(\"{}\", numbers.len());", "2\n");

    // Of what a cell has taken away again, nothing is left: neither an empty output nor text in pieces.
    kernel.prints("fn update(text: &str) { println!(\"EVCXR_BEGIN_CONTENT text/plain; display-id=bar\\n{text}\\nEVCXR_END_CONTENT\"); }", "");
    let published = kernel.run("println!(\"a\"); update(\"0 of 1\"); println!(\"b\"); update(\"\");").published;
    let cleared = published.iter().position(|(kind, _)| kind == "clear_output").expect("cleared");
    assert_eq!(published[cleared].1["wait"], true);
    let (kind, left) = &published[cleared + 1];
    assert_eq!((kind.as_str(), &left["text"]), ("stream", &json!("a\nb\n")));
    assert_eq!(published[cleared + 2].0, "status", "{published:#?}");

    let variables = kernel.run(":vars").published;
    let table = variables.iter().find(|(kind, _)| kind == "display_data").map(|(_, content)| &content["data"]);
    let table = table.and_then(|data| data["text/plain"].as_str()).unwrap_or_default().to_owned();
    assert!(table.contains("numbers  Vec<f64>  (2,)   1    2.5  1.75"), "{table}");
    let (_, trace) = kernel.run(":vras").error();
    assert!(trace.contains("did you mean `:vars`?"), "{trace}");

    // The view of the variables, by the control channel.
    let mut debug = |command: &str| {
        let request = json!({ "type": "request", "seq": 1, "command": command, "arguments": {} });
        let id = kernel.send("debug_request", &request, true);
        loop {
            let (parent, content) = kernel.receive(true);
            if parent == id {
                break content;
            }
        }
    };
    assert_eq!(debug("initialize")["success"], true);
    let variables = debug("inspectVariables")["body"]["variables"].clone();
    assert_eq!(variables[0]["name"], "numbers", "{variables:#}");
    assert!(variables[0]["value"].as_str().unwrap().starts_with("shape (2,); 1 to 2.5, mean 1.75"), "{variables:#}");

    let history =
        kernel.ask("history_request", &json!({ "hist_access_type": "tail", "n": 1 })).reply["history"].clone();
    assert_eq!(history[0][2], ":vars", "{history}");
    let closing = kernel.ask_by("shutdown_request", &json!({ "restart": false }), true).reply;
    assert_eq!(closing, json!({ "status": "ok", "restart": false }));
    assert!(kernel.process.wait().unwrap().success());
}

/// The specification is written where it is asked for, says how to start this program, and is taken away again.
#[test]
fn the_kernel_is_installed_and_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let kernel = |word: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_workbook"));
        command.args(["kernel", word, "--prefix"]).arg(folder.path()).output().unwrap()
    };
    assert!(kernel("install").status.success());
    let path = folder.path().join("share/jupyter/kernels/rust/kernel.json");
    let spec: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert!(Path::new(spec["argv"][0].as_str().unwrap()).is_file());
    assert_eq!((&spec["argv"][2], &spec["interrupt_mode"]), (&json!("run"), &json!("message")));
    assert!(kernel("uninstall").status.success() && !path.exists());
    let again = kernel("uninstall");
    assert!(!again.status.success() && String::from_utf8_lossy(&again.stderr).contains("there is no kernel"));
}
