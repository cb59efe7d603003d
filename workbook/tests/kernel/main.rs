/*!
The kernel through its sockets, without Jupyter.

What only Jupyter's own clients show is tried by the Python files beside this folder.
*/

mod client;
mod pool;

use client::Kernel;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// One kernel for all of it, because its start is what takes long.
#[test]
fn a_client_is_answered() {
    let _turn = client::turn();
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
    let markdown = found["data"]["text/markdown"].as_str().unwrap_or_default();
    assert!(markdown.starts_with("```rust\n") && markdown.contains("fn twice(x: f64) -> f64\n```\n"), "{markdown}");

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
    // A block without a value shows nothing.
    assert!(kernel.run("{ let _ = numbers.len(); }").published.iter().all(|(kind, _)| kind != "execute_result"));

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
