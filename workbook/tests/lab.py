"""The first chapter in real JupyterLab with a headless Chromium, as a learner works through it: what is shown is tested, and
a picture of every step is written.

usage: lab.py [FOLDER]       the pictures go to FOLDER, target/lab without it
Needs the Python package playwright, Chromium on the PATH, and what `make lab` needs. It starts `make lab` itself, with
notebooks of its own.
"""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

from playwright.sync_api import TimeoutError as Timeout
from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).resolve().parents[2]
NOTEBOOK = "1_step_by_step.ipynb"
TOKEN = "a-token-for-this-test"
# What the page is asked: the notebook's cells with their outputs, and whether its kernel is busy.
CELLS = """() => jupyterapp.shell.currentWidget.content.widgets.map((cell, index) => ({
    index, id: cell.model.id, type: cell.model.type, source: cell.model.sharedModel.getSource(),
    count: cell.model.executionCount ?? null,
    state: cell.model.executionState ?? null,
    outputs: cell.model.outputs ? cell.model.outputs.toJSON() : [],
}))"""
STATUS = "() => globalThis.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status ?? null"

TWO_FIGURES = """{
    let bars: Array2<f64> = array![[0.0, 1.0, 0.0], [0.0, 1.0, 0.0]];
    plot::Matrix::new(&bars).title("first").figure().evcxr_display();
    plot::Matrix::new(&bars.t().to_owned()).title("second").figure().evcxr_display();
}"""
WRONG = ("pad, n_w + 2 * pad", "pad, n_w + pad")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Lab:
    """JupyterLab as `make lab` starts it, and the page in which its notebook is open."""

    name, command_line = "make lab", ["sh", "scripts/lab.sh", "--LabApp.expose_app_in_browser=True"]
    path = f"lab/tree/{NOTEBOOK}"

    def __init__(self, folder, pictures):
        self.port, self.pictures, self.wrong = free_port(), pictures, []
        self.begin = start = time.monotonic()
        options = ["--no-browser", f"--port={self.port}", f"--IdentityProvider.token={TOKEN}"]
        self.server = subprocess.Popen(
            self.command_line + options, cwd=ROOT, env=dict(os.environ, NOTEBOOKS=str(folder), JUPYTERLAB_WORKSPACES_DIR=str(pictures / "workspaces")),
            stdout=open(pictures / "server.log", "w"), stderr=subprocess.STDOUT, start_new_session=True)
        self.url = f"http://127.0.0.1:{self.port}"
        while not self.answers():
            if self.server.poll() is not None or time.monotonic() - start > 600:
                sys.exit(f"{self.name} does not start:\n{(pictures / 'server.log').read_text()}")
            time.sleep(0.2)
        print(f"{self.name} answers after {time.monotonic() - start:.1f} s", flush=True)

    def answers(self):
        try:
            urllib.request.urlopen(f"{self.url}/api?token={TOKEN}", timeout=2).close()
            return True
        except OSError:
            return False

    def open(self, browser):
        self.page = browser.new_page(viewport={"width": 1180, "height": 820})
        self.page.goto(f"{self.url}/{self.path}?token={TOKEN}")
        self.page.wait_for_function(f"() => ({STATUS})() !== null", timeout=120_000)
        self.page.wait_for_function(f"() => ({STATUS})() === 'idle'", timeout=60_000)
        # Nothing between the learner and the notebook.
        for side in ("left", "right"):
            self.page.wait_for_timeout(500)
            if self.page.locator(f"#jp-{side}-stack").is_visible():
                self.command(f"application:toggle-{side}-area")

    def stop(self):
        os.killpg(self.server.pid, signal.SIGTERM)
        try:
            self.server.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.server.pid, signal.SIGKILL)

    def command(self, name, **arguments):
        self.page.evaluate("([name, arguments]) => { jupyterapp.commands.execute(name, arguments) }", [name, arguments])

    def cells(self):
        return self.page.evaluate(CELLS)

    def cell(self, word):
        """The first code cell whose id or source has this word."""
        return next(c for c in self.cells() if c["type"] == "code" and (c["id"] == word or word in c["source"]))

    def select(self, index):
        self.page.evaluate("index => { const c = jupyterapp.shell.currentWidget.content; c.activeCellIndex = index; "
                           "c.deselectAll(); c.scrollToItem(index, 'center') }", index)

    def write(self, word, source):
        index = self.cell(word)["index"]
        self.page.evaluate("([index, source]) => jupyterapp.shell.currentWidget.content.widgets[index].model"
                           ".sharedModel.setSource(source)", [index, source])
        return index

    def add(self, source):
        """A cell below all others; returns its index."""
        self.select(len(self.cells()) - 1)
        self.command("notebook:insert-cell-below")
        self.page.wait_for_timeout(300)
        index = len(self.cells()) - 1
        self.page.evaluate("([index, source]) => jupyterapp.shell.currentWidget.content.widgets[index].model"
                           ".sharedModel.setSource(source)", [index, source])
        return index

    def start(self, index):
        self.select(index)
        self.page.evaluate("index => { window.before = jupyterapp.shell.currentWidget.content.widgets[index].model"
                           ".executionCount }", index)
        self.command("notebook:run-cell")

    def wait(self, seconds=120):
        """Until the kernel has been idle for a while."""
        end, idle = time.monotonic() + seconds, 0
        while idle < 4:
            idle = idle + 1 if self.page.evaluate(STATUS) == "idle" else 0
            if time.monotonic() > end:
                raise Timeout(f"the kernel is not idle within {seconds} s")
            self.page.wait_for_timeout(150)

    def run(self, index, seconds=120):
        """Runs a cell and returns its outputs."""
        self.start(index)
        self.page.wait_for_timeout(200)
        self.wait(seconds)
        return self.cells()[index]["outputs"]

    def picture(self, name, index=None):
        if index is not None:
            self.select(index)
        self.page.wait_for_timeout(500)
        self.page.screenshot(path=self.pictures / f"{name}.png")

    def passed(self, what):
        """How long it has taken a learner to come this far."""
        print(f"{what} {time.monotonic() - self.begin:.1f} s after the start of {self.name}", flush=True)

    def check(self, what, holds, found=""):
        print(f"{what}: {'right' if holds else 'WRONG'}", flush=True)
        if not holds:
            self.wrong.append(what)
            print(f"    {json.dumps(found)[:2000] if not isinstance(found, str) else found[:2000]}", flush=True)


def text(outputs):
    """Everything that outputs say, errors too."""
    parts = []
    for output in outputs:
        joined = lambda value: value if isinstance(value, str) else "".join(value)
        if output["output_type"] == "stream":
            parts.append(joined(output["text"]))
        elif output["output_type"] == "error":
            parts += [output["ename"], output["evalue"], *output["traceback"]]
        else:
            parts.append(joined(output["data"].get("text/plain", "")))
    return "\n".join(parts)


def errors(outputs):
    return [output for output in outputs if output["output_type"] == "error"]


def figures(outputs):
    return [o for o in outputs if o["output_type"] == "display_data" and any("svg" in str(v) for v in o["data"].values())]


def answer(name):
    """The reference's cell of an exercise."""
    cells = json.loads((ROOT / "notebooks/solution" / NOTEBOOK).read_text())["cells"]
    return "".join(next(cell for cell in cells if cell.get("id") == name)["source"])


def exercise(lab):
    """The exercise's cell, and those of its demo and its test below it."""
    cells = lab.cells()
    index = lab.cell("zero-pad")["index"]
    demo = next(c["index"] for c in cells if c["index"] > index and c["type"] == "code")
    return index, demo, lab.cell("zero-pad-test")["index"]


def steps(lab):
    lab.passed("the notebook is open")
    lab.command("notebook:run-all-cells")
    while not any(figures(cell["outputs"]) for cell in lab.cells()) and time.monotonic() - lab.begin < 300:
        lab.page.wait_for_timeout(100)
    lab.passed("the first figure")
    lab.wait(180)
    exercise_index, demo, test = exercise(lab)
    cells = lab.cells()
    code = [cell for cell in cells if cell["type"] == "code"]
    failed = [cell for cell in code if errors(cell["outputs"])]
    lab.check("run all stops with one error, at the first exercise that is not written",
              len(failed) == 1 and failed[0]["index"] in (demo, test) and "zero_pad" in text(failed[0]["outputs"]),
              [(cell["id"], text(cell["outputs"])) for cell in failed])
    lab.check("the cells after it have not run", all(c["count"] is None for c in code if c["index"] > failed[0]["index"]))
    lab.check("prompts count from 1", [c["count"] for c in code if c["index"] < exercise_index][:3] == [1, 2, 3])
    lab.check("figures are shown above it", sum(len(figures(cell["outputs"])) for cell in code) >= 2)
    lab.picture("1_not_written", failed[0]["index"])

    lab.write("zero-pad", answer("zero-pad"))
    defined, shown, tested = lab.run(exercise_index), lab.run(demo), lab.run(test)
    lab.check("the right body: no error", not errors(defined + shown + tested), text(defined + shown + tested))
    lab.check("the right body: the demo's output", "(4, 7, 7, 2)" in text(shown), text(shown))
    lab.check("the right body: a green check", "all good" in text(tested), text(tested))
    lab.passed("the first green check")
    lab.picture("2_right", test)

    lab.write("zero-pad", answer("zero-pad").replace("2 * pad", "pad", 1))
    lab.run(exercise_index)
    tested = lab.run(test)
    said = text(tested)
    lab.check("a wrong body: an error with the sentence", errors(tested) and "expected" in said and "zero_pad" in said, said)
    lab.check("a wrong body: no backtrace", "backtrace" not in said.lower() and "<unknown>" not in said, said)
    lab.check("a wrong body: the learner's own line", "your function: cell [" in said and "fn zero_pad(" in said, said)
    lab.picture("3_wrong", test)

    broken = answer("zero-pad").replace("-> Array4<f64> {", "-> Array4<f64> {\n    let n: usize = \"four\";", 1)
    lab.write("zero-pad", broken)
    said = text(lab.run(exercise_index))
    lab.check("a compile error: as rustc prints it, with the cell's line", "E0308" in said and "line" in said, said)
    lab.picture("4_compile_error", exercise_index)
    tested = lab.run(test)
    said = text(tested)
    lab.check("a compile error: the next test says so", errors(tested) and "does not compile" in said and "all good" not in said, said)
    lab.picture("5_test_after_compile_error", test)

    lab.write("zero-pad", answer("zero-pad"))
    lab.run(exercise_index)
    lab.check("corrected, the test passes", "all good" in text(lab.run(test)))

    figures_cell = lab.add(TWO_FIGURES)
    outputs = lab.run(figures_cell)
    lab.check("two figures in one cell", len(figures(outputs)) == 2, text(outputs))
    lab.picture("6_two_figures", figures_cell)

    grow = lab.add(FIT)
    lab.start(grow)
    seen, end = [], time.monotonic() + 90
    while time.monotonic() < end:
        outputs = lab.cells()[grow]["outputs"]
        curves = json.dumps(figures(outputs))
        if figures(outputs) and curves not in seen and lab.page.evaluate(STATUS) == "busy":
            seen.append(curves)
            lab.picture(f"7_curve_{len(seen)}")
        if len(seen) >= 3 or (seen and lab.page.evaluate(STATUS) == "idle"):
            break
        lab.page.wait_for_timeout(100)
    lab.wait(180)
    outputs = lab.cells()[grow]["outputs"]
    lab.check("the curve grows while the cell runs", len(seen) >= 2 and not errors(outputs), text(outputs))

    loop = lab.add('println!("begun");\nloop {\n    std::hint::spin_loop();\n}')
    lab.start(loop)
    lab.page.wait_for_function("index => JSON.stringify(jupyterapp.shell.currentWidget.content.widgets[index].model"
                               ".outputs.toJSON()).includes('begun')", arg=loop, timeout=60_000)
    begin = time.monotonic()
    lab.command("notebook:interrupt-kernel")
    lab.wait(60)
    said = text(lab.cells()[loop]["outputs"])
    lab.check(f"an endless loop is interrupted ({time.monotonic() - begin:.1f} s)", "interrupted" in said, said)
    lab.picture("8_interrupted", loop)
    after = lab.add("println!(\"{}\", np::shape(&zero_pad(&Array4::zeros((1, 2, 2, 1)), 1)));")
    said = text(lab.run(after))
    lab.check("the next cell runs", "(1, 4, 4, 1)" in said, said)

    variables(lab)


def variables(lab):
    """The panel that JupyterLab calls its debugger, after it has been switched on by its button."""
    lab.run(lab.add('let mosaic: Array2<f64> = array![[0.0, 1.0], [1.0, 0.5]];\nlet filters: usize = 7;'))
    lab.page.locator(".jp-DebuggerBugButton").first.click()
    lab.command("debugger:show-panel")
    panel = lab.page.locator(".jp-DebuggerVariables").first
    shown = lambda: panel.inner_text().replace("\n", " ")
    panel.get_by_text("filters").wait_for(timeout=60_000)
    lab.check("the panel shows a number", "filters 7: usize" in shown(), shown())
    lab.check("the panel shows an array", "mosaic shape (2, 2); 0 to 1, mean 0.625: Array2<f64>" in shown(), shown())
    lab.run(lab.add("let strides: usize = 2;"))
    panel.get_by_text("strides").wait_for(timeout=60_000)
    lab.check("the panel follows the cells", "strides 2: usize" in shown(), shown())
    lab.picture("9_variables")


# A network small enough for a curve within seconds and large enough for two pictures of it.
FIT = """{
    use cnn::keras::{Adam, Model, layers::*};
    let pictures: Array4<f32> = Array4::from_shape_fn((512, 16, 16, 1), |(i, r, c, _)| ((i * 7 + r * c) % 11) as f32 / 11.0);
    let labels: Array2<f32> = Array2::from_shape_fn((512, 1), |(i, _)| (i % 2) as f32);
    let input = Input::new((16, 16, 1)).call();
    let x = Conv2D::new(16, (3, 3)).activation("relu").call(&input);
    let x = Conv2D::new(16, (3, 3)).activation("relu").call(&x);
    let x = Flatten::new().call(&x);
    let answer = Dense::new(1).activation("sigmoid").call(&x);
    let mut model = Model::new(&input, &answer).name("Small");
    model.compile(Adam::new(), "binary_crossentropy", ["accuracy"]);
    model.fit(&pictures, &labels).epochs(150).batch_size(8).run();
}"""


def chromium():
    """The browser that the system has."""
    found = [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")]
    return next(filter(None, found), None) or sys.exit(
        "there is no Chromium on the PATH\nhelp: on Debian, apt-get install chromium")


def drive(kind, name, steps):
    """Opens a page of this kind in a browser, its pictures in a folder of this name unless the command line has another, and
    ends the program with what its steps have found."""
    program = chromium()
    pictures = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "target" / name).resolve()
    folder = pictures / "notebooks"
    for old in (folder, pictures / "workspaces"):
        shutil.rmtree(old, ignore_errors=True)
    folder.mkdir(parents=True)
    page = kind(folder, pictures)
    try:
        with sync_playwright() as playwright:
            # Chromium refuses its own sandbox to root.
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
            page.open(browser)
            steps(page)
            browser.close()
    finally:
        page.stop()
    sys.exit(1 if page.wrong else 0)


if __name__ == "__main__":
    drive(Lab, "lab", steps)
