"""The clients that run notebooks without a browser, with this project's kernel: nbclient, nbconvert, papermill and jupytext
exit non-zero on a failed check, and zero on a notebook that holds; jupyter-console shows values and errors.

usage: kernel_clients.py [NOTEBOOK…]     also executes these; without arguments, the solution of the first chapter
"""

import pathlib
import subprocess
import sys
import tempfile

import nbformat

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(sys.executable).parent
SETUP = ':dep cnn = {{ path = "{}", default-features = false }}\nuse cnn::prelude::*;'.format(ROOT)
STUB = 'fn twice(x: f64) -> f64 { todo!("twice: write it") }'
RIGHT = "fn twice(x: f64) -> f64 { 2.0 * x }"
WRONG = "fn twice(x: f64) -> f64 { 3.0 * x }"
CHECK = "assert_eq!(twice(2.0), 4.0);"
KINDS = {
    "right": ([RIGHT, CHECK], True),
    "unwritten": ([STUB, CHECK], False),
    "wrong": ([WRONG, CHECK], False),
    "does not compile": (["fn twice(x: f64) -> f64 { x * }", CHECK], False),
    "error by ?": (['std::fs::read("/does/not/exist")?;'], False),
    "exit": (["std::process::exit(0);"], False),
}


def notebook(sources, path):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    metadata = {"kernelspec": {"name": "rust", "display_name": "Rust", "language": "rust"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), path)


def commands(path, out):
    yield "nbclient", [BIN / "jupyter-execute", path, f"--output={out}"]
    yield "nbconvert", [BIN / "jupyter-nbconvert", "--to", "notebook", "--execute", path, "--output", out]
    yield "papermill", [BIN / "papermill", path, out, "--no-progress-bar"]
    yield "jupytext", [BIN / "jupytext", "--to", "ipynb", "--execute", path, "-o", out]


def console():
    """What is wrong with jupyter-console: each typed line ends in its value or its error."""
    typed = "6 * 7\npanic!(\"on purpose\");\n40 + 4\nexit\n"
    command = [str(BIN / "jupyter-console"), "--kernel", "rust", "--simple-prompt"]
    done = subprocess.run(command, input=typed, cwd=ROOT / "target", capture_output=True, text=True, timeout=300)
    said = done.stdout + done.stderr
    return [f"jupyter-console does not show {word!r}:\n{said}" for word in ("42", "on purpose", "44") if word not in said]


def main():
    wrong = []
    with tempfile.TemporaryDirectory(dir=ROOT / "target") as folder:
        folder = pathlib.Path(folder)
        cases = [(pathlib.Path(path).resolve(), True) for path in sys.argv[1:]]
        cases = cases or [(ROOT / "notebooks/solution/1_step_by_step.ipynb", True)]
        for name, (sources, holds) in KINDS.items():
            path = folder / f"{name.replace(' ', '_').replace('?', 'q')}.ipynb"
            notebook([SETUP] + sources, path)
            cases.append((path, holds))
        for path, holds in cases:
            for client, command in commands(path, folder / "out.ipynb"):
                done = subprocess.run([str(word) for word in command], cwd=path.parent, capture_output=True, text=True)
                verdict = "as expected" if (done.returncode == 0) == holds else "WRONG"
                print(f"{client} on {path.name}: exit code {done.returncode}, {verdict}", flush=True)
                if verdict == "WRONG":
                    wrong.append(f"{client} on {path.name}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    found = console()
    print(f"jupyter-console: {'WRONG' if found else 'as expected'}", flush=True)
    wrong += found
    for text in wrong:
        print(text, file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
