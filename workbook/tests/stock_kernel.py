"""Runs the solution notebooks under the stock Rust kernel (evcxr_jupyter) with nbclient and compares what their cells
print with what is stored in them.

It is not a test of the numbers, which `workbook check` compares with the chapters.

usage: stock_kernel.py [NOTEBOOK…]        all of notebooks/solution without arguments
Needs the Python packages nbclient, nbformat and ipykernel's jupyter_client, and evcxr_jupyter in $EVCXR_JUPYTER or on
the PATH.
"""

import fcntl
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Cells that a stock kernel runs well and that still are failures: it counts a panic and a failing `?` as success.
FAILED = re.compile(r"panicked at|Segmentation fault|EVCXR_")


def printed(cell):
    """A cell's text on standard output, without colours."""
    text = "".join(o["text"] for o in cell.get("outputs", []) if o["output_type"] == "stream" and o["name"] == "stdout")
    return re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text).rstrip("\n")


def figures(cell):
    """How many rich outputs a cell has."""
    return sum(o["output_type"] in ("display_data", "execute_result") for o in cell.get("outputs", []))


def kernel(folder):
    """Installs a kernel specification named `rust` for the stock kernel into `folder`."""
    program = os.environ.get("EVCXR_JUPYTER") or shutil.which("evcxr_jupyter")
    if not program:
        sys.exit("evcxr_jupyter is neither in $EVCXR_JUPYTER nor on the PATH\n"
                 "help: cargo install evcxr_jupyter --version 0.22.0 --locked")
    spec = {"argv": [program, "--control_file", "{connection_file}"], "display_name": "Rust", "language": "rust",
            "interrupt_mode": "message"}
    place = folder / "kernels" / "rust"
    place.mkdir(parents=True)
    (place / "kernel.json").write_text(json.dumps(spec))
    os.environ["JUPYTER_PATH"] = str(folder)


def run(path):
    """Executes a notebook and returns what is wrong."""
    import nbclient
    import nbformat

    stored = nbformat.read(path, as_version=4)
    fresh = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(fresh, timeout=1800, startup_timeout=300, kernel_name="rust",
                                     resources={"metadata": {"path": str(path.parent)}})
    try:
        client.execute()
    except nbclient.exceptions.CellExecutionError as error:
        return [f"{path.name}: {error}"]
    wrong = []
    for index, (old, new) in enumerate(zip(stored.cells, fresh.cells)):
        if new.cell_type != "code":
            continue
        place = f"{path.name}: cell {index + 1} ({new.get('id', '')})"
        errors = "".join(o["text"] for o in new.outputs if o["output_type"] == "stream" and o["name"] == "stderr")
        if FAILED.search(errors):
            wrong.append(f"{place} failed:\n{errors}")
        if printed(old) != printed(new):
            wrong.append(f"{place} prints\n{printed(new)}\ninstead of\n{printed(old)}")
        # The stock kernel shows one figure of a type per cell.
        if bool(figures(old)) != bool(figures(new)):
            wrong.append(f"{place} has {figures(new)} figures instead of {figures(old)}")
    return wrong


def main():
    paths = [pathlib.Path(name).resolve() for name in sys.argv[1:]]
    paths = paths or sorted((ROOT / "notebooks" / "solution").glob("*.ipynb"))
    if not paths:
        sys.exit("there are no notebooks in notebooks/solution\nhelp: run `workbook build`")
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        kernel(pathlib.Path(folder))
        # A cell's build directory outlives the kernel, so the second notebook finds the crates compiled.
        os.environ.setdefault("EVCXR_TMPDIR", str(ROOT / "target" / "stock-kernel"))
        place = pathlib.Path(os.environ["EVCXR_TMPDIR"])
        place.mkdir(parents=True, exist_ok=True)
        # Two kernels in one build directory load each other's cells, so a second run waits for the first.
        turn = open(place / "lock", "w")
        fcntl.flock(turn, fcntl.LOCK_EX)
        for path in paths:
            print(f"{path.name} under the stock kernel …", flush=True)
            found = run(path)
            wrong += found
            print(f"{path.name}: {len(found)} differences", flush=True)
    for text in wrong:
        print(text, file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
