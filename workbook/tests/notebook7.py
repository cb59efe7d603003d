"""Notebook 7 in a headless Chromium with this project's kernel: a value, an error that stops the run, an interrupt.

usage: notebook7.py [FOLDER]       the pictures go to FOLDER, target/notebook7 without it
Needs the Python packages notebook and playwright, Chromium on the PATH, and the kernel `rust` that `workbook kernel install`
knows.
"""

import pathlib
import sys

import nbformat

import lab

CELLS = ["let filters: usize = 8;\n6 * filters", 'panic!("on purpose");', 'println!("not reached");']


class Notebook(lab.Lab):
    name, path = "Notebook 7", "notebooks/cells.ipynb"

    def __init__(self, folder, pictures):
        cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
        kernel = {"kernelspec": {"name": "rust", "display_name": "Rust", "language": "rust"}}
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "cells.ipynb")
        program = str(pathlib.Path(sys.executable).parent / "jupyter-notebook")
        self.command_line = [program, str(folder), "--allow-root", "--JupyterNotebookApp.expose_app_in_browser=True"]
        super().__init__(folder, pictures)


def steps(page):
    page.command("notebook:run-all-cells")
    page.page.wait_for_timeout(1000)
    page.wait(180)
    value, failed, never = page.cells()[:3]
    page.check("a value", "48" in lab.text(value["outputs"]), value["outputs"])
    page.check("an error", lab.errors(failed["outputs"]) and "on purpose" in lab.text(failed["outputs"]), failed["outputs"])
    page.check("the cell after it has not run", never["count"] is None and not never["outputs"], never)
    loop = page.write("not reached", 'println!("begun");\nloop {\n    std::hint::spin_loop();\n}')
    page.start(loop)
    page.page.wait_for_function("index => JSON.stringify(jupyterapp.shell.currentWidget.content.widgets[index].model"
                                ".outputs.toJSON()).includes('begun')", arg=loop, timeout=60_000)
    page.command("notebook:interrupt-kernel")
    page.wait(60)
    said = lab.text(page.cells()[loop]["outputs"])
    page.check("an endless loop is interrupted", "interrupted" in said, said)
    page.write("begun", 'println!("{filters} filters");')
    page.check("the next cell has the variables", "8 filters" in lab.text(page.run(loop)), page.cells()[loop]["outputs"])
    page.picture("notebook7")


if __name__ == "__main__":
    lab.drive(Notebook, "notebook7", steps)
