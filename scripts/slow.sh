#!/bin/sh
# The slow checks of make test-all: every solution notebook under the stock Rust kernel, with what it prints compared to
# what is committed; models that were saved here, in the real Keras.
set -eu
cd "$(dirname "$0")/.."
export EVCXR_JUPYTER="$PWD/target/tools/bin/evcxr_jupyter"
.venv/bin/python workbook/tests/stock_kernel.py

# Models saved here are opened by the real Keras, 2 and 3, and predict the same.
cargo run -q --locked -p cnn --example save_models -- target/keras_check
sh scripts/tools.sh tensorflow-cpu tf-keras
.venv/bin/python tests/fixtures/keras_check.py target/keras_check
