#!/bin/sh
# The slow checks of make test-all: every solution notebook under the stock Rust kernel, with what it prints compared to
# what is committed.
set -eu
cd "$(dirname "$0")/.."
export EVCXR_JUPYTER="$PWD/target/tools/bin/evcxr_jupyter"
.venv/bin/python workbook/tests/stock_kernel.py
