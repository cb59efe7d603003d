#!/bin/sh
# Prints the measured figures. Each is a median, beside a peer that was timed in the same run.
set -eu
cd "$(dirname "$0")/.."
cargo build -q --workspace --locked
if [ ! -x .venv/bin/python ]; then
    python3 -m venv .venv 2>/dev/null || echo "bench: no Python with venv, so NumPy is left out" >&2
fi
if [ -x .venv/bin/python ]; then
    .venv/bin/python -c 'import numpy' 2>/dev/null || .venv/bin/pip install -q numpy ||
        echo "bench: NumPy could not be installed and is left out" >&2
    export PYTHON="$PWD/.venv/bin/python"
fi

echo "== the eight functions of the first assignment, beside the same loops in NumPy"
cargo bench -q --locked -p cnn --bench step_by_step

echo
echo "== grading one submission"
cargo bench -q --locked -p grader --profile dev
echo
echo "== the same notebook through the kernel"
for run in 1 2 3; do
    start=$(date +%s%N)
    target/debug/workbook run notebooks/solution/1_step_by_step.ipynb -o target/bench.ipynb 2>/dev/null
    end=$(date +%s%N)
    echo "run $run: $(((end - start) / 1000000)) ms"
done
