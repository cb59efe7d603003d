"""Executes the solution notebooks with nbclient in this project's kernel: every cell succeeds, and puts out what is stored
in the notebook, text and figures, to the last character.

usage: kernel_notebooks.py [NOTEBOOK…]        all of notebooks/solution without arguments
Needs the Python packages nbclient and nbformat, and the kernel `rust` that `workbook kernel install` knows.
"""

import json
import pathlib
import sys
import time

import nbclient
import nbformat

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHOWN = 600


def outputs(cell):
    """A cell's outputs as texts that can be compared; neighbouring text of one stream is one output."""
    found = []
    for output in cell.outputs:
        kind = output["output_type"]
        if kind == "stream":
            kind, text = output["name"], output["text"]
            if found and found[-1][0] == kind:
                text = found.pop()[1] + text
        elif kind == "error":
            text = "\n".join(output["traceback"])
        else:
            # A display and a cell's result differ in nothing that a reader sees.
            kind, text = "display", json.dumps(output["data"], sort_keys=True, ensure_ascii=False)
        found.append((kind, text))
    return found


def difference(stored, made):
    """The first output that is not as stored, in words; none if all are."""
    for index in range(max(len(stored), len(made))):
        was = stored[index] if index < len(stored) else ("nothing", "")
        got = made[index] if index < len(made) else ("nothing", "")
        if was != got:
            return f"output {index + 1}: stored {was[0]}\n{was[1][:SHOWN]}\nnow {got[0]}\n{got[1][:SHOWN]}"
    return None


def run(path):
    """Executes a notebook and returns what is wrong."""
    stored, made = nbformat.read(path, as_version=4), nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(made, timeout=1800, startup_timeout=300, kernel_name="rust",
                                     resources={"metadata": {"path": str(path.parent)}})
    begin, cells = time.monotonic(), [cell for cell in stored.cells if cell.cell_type == "code"]
    try:
        client.execute()
    except nbclient.exceptions.CellExecutionError as error:
        return [f"{path.name}: {error}"]
    wrong = []
    for old, new in zip(cells, [cell for cell in made.cells if cell.cell_type == "code"]):
        found = difference(outputs(old), outputs(new))
        if found:
            wrong.append(f"{path.name}, cell {old.get('id')}, {found}")
    print(f"{path.name}: {len(cells)} code cells, {len(wrong)} differ ({time.monotonic() - begin:.1f} s)", flush=True)
    return wrong


def main():
    paths = [pathlib.Path(name).resolve() for name in sys.argv[1:]]
    paths = paths or sorted((ROOT / "notebooks/solution").glob("*.ipynb"))
    if not paths:
        sys.exit("there are no notebooks in notebooks/solution\nhelp: run `workbook build`")
    wrong = [text for path in paths for text in run(path)]
    for text in wrong:
        print(text, file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
