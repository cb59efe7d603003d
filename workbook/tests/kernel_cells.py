"""Cells that kill, hang or confuse a kernel, in a session with the course's crate: each ends in the right message, and the
kernel runs the next cell.

usage: kernel_cells.py [WORD…]     only the cases whose names contain one of these words
"""

import pathlib
import queue
import sys
import threading
import time

from jupyter_client.manager import start_new_kernel

ROOT = pathlib.Path(__file__).resolve().parents[2]
SETUP = ':dep cnn = {{ path = "{}", default-features = false }}\nuse cnn::prelude::*;\nuse cnn::keras::{{Model, Verbose, layers::*}};'.format(ROOT)
MODEL = """fn small() -> Model {
    let input = Input::new(8).call();
    let hidden = Dense::new(16).activation("relu").call(&input);
    Model::new(&input, &Dense::new(1).activation("sigmoid").call(&hidden))
}
let x: Array2<f32> = Array2::from_shape_fn((64, 8), |(i, j)| ((i * 7 + j * 3) % 11) as f32 / 11.0);
let y: Array2<f32> = Array2::from_shape_fn((64, 1), |(i, _)| (i % 2) as f32);
let mut model: Model = small();
model.compile("adam", "binary_crossentropy", ["accuracy"]);
model.fit(&x, &y).epochs(2).batch_size(16).verbose(Verbose::Silent).run();
println!("trained");"""
AGAIN = 'model.fit(&x, &y).epochs(2).batch_size(16).verbose(Verbose::Silent).run();\nprintln!("again");'
FIGURE = 'println!("EVCXR_BEGIN_CONTENT image/svg+xml\\n<svg>{}</svg>\\nEVCXR_END_CONTENT");'
LIBC = 'unsafe extern "C" { fn close(fd: i32) -> i32; }'
# Name, code, and what must be there: `error` is a part of the error's name, message and traceback (None: no error),
# `stdout` and `stderr` a part of the streams; `interrupt` is after how many seconds; `input` is what a user types.
CASES = [
    ("abort", "std::process::abort();", dict(error="abort")),
    ("segfault", "unsafe { std::ptr::null_mut::<u8>().write_volatile(1); }", dict(error="signal 11")),
    ("stack overflow", "fn deep(n: u64) -> u64 { std::hint::black_box(1 + deep(n + 1)) }\nprintln!(\"{}\", deep(0));",
     dict(error="calls itself without end")),
    ("exit", "print!(\"before\"); std::process::exit(3);", dict(error="exit code 3", stdout="before")),
    ("infinite output", "loop { println!(\"y\"); }", dict(error="more than 16 MB", limit=120)),
    # Whether the cell is stopped or ends before that, its reader is told.
    ("200 MB", "for _ in 0..200_000 { println!(\"{}\", \"z\".repeat(1000)); }", dict(either="more than 16 MB", limit=120)),
    ("closed stdout", LIBC + "\nunsafe { close(1); close(2); } println!(\"lost\");", dict(error=None, stderr="are open again")),
    ("forged end", "println!(\"EVCXR_EXECUTION_COMPLETE\"); println!(\"after\");", dict(error=None, stdout="after")),
    ("forged content", "println!(\"EVCXR_BEGIN_CONTENT text/html\\nnever ended\"); println!(\"after\");",
     dict(error=None, stdout="never ended")),
    ("forged panic", "println!(\"EVCXR_PANIC_NOTIFICATION\"); println!(\"after\");", dict(error="panic", stdout="after")),
    ("non-UTF-8", "use std::io::Write; std::io::stdout().write_all(&[0xFF, 0xFE, b'a', b'\\n'])?;", dict(error=None, stdout="a")),
    ("only comments", "// nothing\n/* at all */", dict(error=None)),
    ("unbalanced braces", "fn f() { { ", dict(error="CompileError")),
    ("moved variable", "let v: Vec<i32> = vec![1]; let w: Vec<i32> = v; println!(\"{}\", w.len());", dict(error=None, stdout="1")),
    ("use of moved", "println!(\"{}\", v.len());", dict(error="CompileError")),
    ("struct", "#[derive(Debug)] struct Point { x: f64 }\nlet p: Point = Point { x: 1.0 };", dict(error=None)),
    ("redefined struct", "#[derive(Debug)] struct Point { x: f64, y: f64 }\nlet p: Point = Point { x: 1.0, y: 2.0 }; println!(\"{p:?}\");",
     dict(error=None, stdout="y: 2.0")),
    ("macro", "macro_rules! twice { ($x:expr) => { 2 * $x } }\nprintln!(\"{}\", twice!(4));", dict(error=None, stdout="8")),
    ("small prints", "for _ in 0..2_000_000 { print!(\"a\"); }", dict(error=None, stdout="aaa", limit=120)),
    ("edited", "fn f() -> i32 { 1 }\nprintln!(\"{}\", f());", dict(error=None, stdout="1")),
    ("edited again", "fn f() -> i32 { 2 }\nprintln!(\"{}\", f());", dict(error=None, stdout="2")),
    ("impl", "struct A;\nimpl A { fn a(&self) -> i32 { 1 } }\nprintln!(\"{}\", A.a());", dict(error=None, stdout="1")),
    ("impl again", "struct A;\nimpl A { fn a(&self) -> i32 { 2 } }\nprintln!(\"{}\", A.a());", dict(error=None, stdout="2")),
    ("interrupt", "println!(\"begun\"); loop { std::hint::spin_loop(); }", dict(error="interrupted", interrupt=3)),
    ("interrupt while compiling", "println!(\"{}\", (0..3).map(|x| x * 7).sum::<i32>());", dict(interrupt=0.05)),
    ("read_line", "let mut line = String::new(); std::io::stdin().read_line(&mut line)?; println!(\"got {line}\");",
     dict(error=None, stdout="got typed", input="typed")),
    ("read_line without a client", "let mut line = String::new(); let n = std::io::stdin().read_line(&mut line)?; println!(\"{n} bytes\");",
     dict(error="allow_stdin", input=None)),
    ("panic", "let lost: i32 = 1; panic!(\"boom\");", dict(error="boom")),
    ("compile error", "fn f() -> i32 { \"text\" }", dict(error="E0308")),
    ("call of what does not compile", "println!(\"{}\", f());", dict(error="does not compile")),
    ("shapes that do not fit", "let a: Array2<f64> = Array2::zeros((2, 3));\nlet mut b: Array2<f64> = Array2::zeros((4, 5));\nb.assign(&a);",
     dict(error="(2, 3)\n  the other: (4, 5)")),
    ("shapes, and the line", "fn outside(x: &Array2<f64>) -> f64 {\n    let mut sum = 0.0;\n    sum += x[[2, 0]];\n    sum\n}\noutside(&Array2::zeros((2, 3)));",
     dict(error="line 3: sum += x[[2, 0]];")),
    ("no backtrace", "outside(&Array2::zeros((1, 1)));", dict(error="an index lies outside", never="ndarray/src")),
    ("a test that explains", "run_test(\"outside\", || assert!(outside(&Array2::zeros((2, 2))) > 0.0));",
     dict(error="line 3: sum += x[[2, 0]];", never="panicked at")),
    ("two figures", FIGURE.format(1) + "\n" + FIGURE.format(2), dict(error=None, displays=2)),
    ("fit", MODEL, dict(error=None, stdout="trained", limit=120)),
    ("fit in another cell", AGAIN, dict(error=None, stdout="again", limit=120)),
    ("interrupt with a model there", "loop { std::hint::spin_loop(); }", dict(error="as they were", interrupt=3)),
    ("fit after the interrupt", AGAIN, dict(error=None, stdout="again", limit=120)),
    ("cost before a long fit", "let cost: f64 = model.evaluate(&x, &y)[0];", dict(error=None)),
    ("interrupt in fit", "model.fit(&x, &y).epochs(1_000_000).batch_size(16).verbose(Verbose::Silent).run();",
     dict(error="keeps the weights of its last step", interrupt=3, never="variables are as they were")),
    ("the weights are those of the last step", 'println!("{}", model.evaluate(&x, &y)[0] < cost);', dict(error=None, stdout="true")),
    ("exit with a model there", "std::process::exit(1);", dict(error="as they were")),
    ("fit after the exit", AGAIN, dict(error=None, stdout="again", limit=120)),
    # Last, because a process with threads leaves no copy behind that could take its place.
    ("thread", "std::thread::spawn(|| loop { std::thread::sleep(std::time::Duration::from_secs(1)); });", dict(error=None)),
]


class Kernel:
    def __init__(self):
        self.manager, self.client = start_new_kernel(kernel_name="rust", startup_timeout=120)
        self.displays = 0

    def run(self, code, limit=60, interrupt=None, **options):
        """Runs a cell; returns its error (or None), stdout and stderr."""
        typed = options.get("input")
        message = self.client.execute(code, allow_stdin=typed is not None)
        if interrupt is not None:
            threading.Timer(interrupt, self.manager.interrupt_kernel).start()
        self.displays = 0
        streams, error, end = {"stdout": "", "stderr": ""}, None, time.monotonic() + limit
        while True:
            if typed is not None:
                try:
                    self.client.get_stdin_msg(timeout=0.05)
                    self.client.input(typed)
                except queue.Empty:
                    pass
            try:
                got = self.client.get_iopub_msg(timeout=0.2)
            except queue.Empty:
                if time.monotonic() > end:
                    return f"NO END within {limit} s", streams["stdout"], streams["stderr"]
                continue
            if got["parent_header"].get("msg_id") != message:
                continue
            content = got["content"]
            if got["msg_type"] == "stream":
                streams[content["name"]] += content["text"]
            elif got["msg_type"] == "display_data":
                self.displays += 1
            elif got["msg_type"] == "error":
                error = "\n".join([content["ename"], content["evalue"], *content["traceback"]])
            elif got["msg_type"] == "status" and content["execution_state"] == "idle":
                break
        reply = self.client.get_shell_msg(timeout=limit)
        while reply["parent_header"].get("msg_id") != message:
            reply = self.client.get_shell_msg(timeout=limit)
        if (reply["content"]["status"] == "error") != (error is not None):
            return f"REPLY {reply['content']['status']} with error {error}", streams["stdout"], streams["stderr"]
        return error, streams["stdout"], streams["stderr"]


def main():
    words, wrong = sys.argv[1:], []
    kernel = Kernel()
    start = time.monotonic()
    first = kernel.run(SETUP, limit=600)[:1] + kernel.run("let kept: i32 = 7;", limit=600)[:1]
    print(f"first cell: {time.monotonic() - start:.1f} s, {first}", flush=True)
    for name, code, expected in CASES:
        if words and not any(word in name for word in words):
            continue
        begin = time.monotonic()
        options = {key: expected[key] for key in ("limit", "interrupt", "input") if key in expected}
        error, stdout, stderr = kernel.run(code, **options)
        problems = []
        if "error" in expected and (expected["error"] is None) != (error is None):
            problems.append(f"the error is {error}")
        elif expected.get("error") and expected["error"].lower() not in error.lower():
            problems.append(f"the error lacks {expected['error']!r}: {error}")
        if expected.get("never") and expected["never"] in (error or "") + stdout + stderr:
            problems.append(f"there is {expected['never']!r}: {error} {stderr[-300:]!r}")
        if expected.get("displays", kernel.displays) != kernel.displays:
            problems.append(f"{kernel.displays} figures, expected {expected['displays']}")
        if expected.get("either", "") not in (error or "") + stderr:
            problems.append(f"neither the error nor stderr has {expected['either']!r}: {error} {stderr[-300:]!r}")
        for stream, text in (("stdout", stdout), ("stderr", stderr)):
            if expected.get(stream, "") not in text:
                problems.append(f"{stream} lacks {expected[stream]!r}: {text[-300:]!r}")
        after = kernel.run("println!(\"{kept}\");")
        if after[:2] != (None, "7\n"):
            problems.append(f"the next cell gives {after}")
        print(f"{name}: {'; '.join(problems) or 'right'} ({time.monotonic() - begin:.1f} s)", flush=True)
        wrong += problems
    kernel.client.stop_channels()
    kernel.manager.shutdown_kernel()
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
