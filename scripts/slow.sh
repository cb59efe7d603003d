#!/bin/sh
# The slow checks of make test-all: this project's kernel with the protocol's own test suite and with the clients that
# people use; nbgrader; every solution notebook in it and under the stock Rust kernel, with what it prints compared to what is
# committed; models that were saved here, in the real Keras.
set -eu
cd "$(dirname "$0")/.."
sh scripts/tools.sh jupyter_kernel_test nbconvert papermill jupytext jupyter-console playwright notebook
.venv/bin/python workbook/tests/kernel_protocol.py
.venv/bin/python workbook/tests/kernel_clients.py
.venv/bin/python workbook/tests/kernel_cells.py
.venv/bin/python workbook/tests/kernel_notebooks.py
# In the browser. playwright drives the Chromium that the system has and brings none.
if command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; then
    .venv/bin/python workbook/tests/lab.py
    .venv/bin/python workbook/tests/notebook7.py
else
    echo "slow: there is no Chromium here, so JupyterLab and Notebook 7 are not tested (on Debian: apt-get install chromium)"
fi

# The course in nbgrader, from the assignment to the feedback.
sh scripts/tools.sh nbgrader
.venv/bin/python workbook/tests/nbgrader_course.py

export EVCXR_JUPYTER="$PWD/target/tools/bin/evcxr_jupyter"
.venv/bin/python workbook/tests/stock_kernel.py

# Models saved here are opened by the real Keras, 2 and 3, and predict the same.
cargo run -q --locked -p cnn --example save_models -- target/keras_check
sh scripts/tools.sh tensorflow-cpu tf-keras
.venv/bin/python tests/fixtures/keras_check.py target/keras_check
