#!/bin/sh
# Prints the measured figures, each a median beside a peer that was timed in the same run, and a table of all at the end.
# What it prints goes to target/bench.txt, too. A peer that cannot be installed or built is left out.
set -eu
cd "$(dirname "$0")/.."

say() { printf 'bench: %s\n' "$*" >&2; }

cargo build -q --workspace --locked
if [ ! -x .venv/bin/python ]; then
    python3 -m venv .venv 2>/dev/null || say "no Python with venv, so NumPy and TensorFlow are left out"
fi
if [ -x .venv/bin/python ]; then
    for package in numpy tensorflow-cpu; do
        .venv/bin/pip show -q "$package" >/dev/null 2>&1 && continue
        say "installing $package into .venv"
        .venv/bin/pip install -q "$package" || say "$package could not be installed and is left out"
    done
    export PYTHON="$PWD/.venv/bin/python"
fi
sh scripts/tools.sh --stock-kernel
say "building the peers burn and candle (some minutes the first time)"
if cargo build -q --release --locked --manifest-path benches/peers/Cargo.toml --target-dir target/peers; then
    export PEERS="$PWD/target/peers/release"
else
    say "burn and candle could not be built and are left out"
fi

export BENCH_TABLE="$PWD/target/bench.tsv"
rm -f "$BENCH_TABLE"

figures() {
    echo "== the networks, beside TensorFlow, burn and candle"
    cargo bench -q --locked -p cnn --bench networks -- compare

    echo
    echo "== the eight functions of the first assignment, beside the same loops in NumPy"
    cargo bench -q --locked -p cnn --bench step_by_step > target/step_by_step.txt
    cat target/step_by_step.txt
    # A row: name, our time, its unit, NumPy's time, its unit, the ratio, x. The name may have two words.
    awk '$NF == "x" && NF >= 7 && $(NF - 5) + 0 > 0 {
            name = $1; for (i = 2; i <= NF - 6; i++) name = name " " $i
            printf "%s\t%s us\tNumPy\t%s us\t%.3f\n", name, $(NF - 5), $(NF - 3), $(NF - 5) / $(NF - 3)
        }' target/step_by_step.txt >> "$BENCH_TABLE"

    echo
    echo "== grading one submission, and the same notebook through the kernel"
    cargo bench -q --locked -p grader --bench grade --profile dev > target/grading.txt
    cat target/grading.txt
    for run in 1 2 3; do
        start=$(date +%s%N)
        target/debug/workbook run notebooks/solution/1_step_by_step.ipynb -o target/bench.ipynb 2>target/bench.err ||
            { cat target/bench.err >&2; kill $$; }
        end=$(date +%s%N)
        echo "$(((end - start) / 1000000))"
    done | sort -n > target/kernel.txt
    kernel=$(sed -n 2p target/kernel.txt)
    echo "the notebook through the kernel: median of 3: $kernel ms"
    sed -n 's/^grading a right solution: .*: \([0-9.]*\) s$/\1/p' target/grading.txt |
        awk -v kernel="$kernel" '{ printf "grading a right solution\t%.2f s\tthe notebook through the kernel\t%.2f s\t%.2f\n",
            $1, kernel / 1000, 1000 * $1 / kernel }' >> "$BENCH_TABLE"

    echo
    echo "== the first figure and a later cell, beside the stock kernel"
    EVCXR_JUPYTER="$PWD/target/tools/bin/evcxr_jupyter" .venv/bin/python workbook/tests/kernel_times.py

    echo
    echo "== grading a class, and the same notebooks through the kernel, one after another"
    cargo bench -q --locked -p grader --bench batch --profile dev > target/batch.txt
    cat target/batch.txt
    sed -n 's/^submissions that end by themselves: .* \([0-9.]*\) a second$/\1/p' target/batch.txt |
        awk -v kernel="$kernel" '{ printf "a submission of a class\t%.2f s\tthe notebook through the kernel\t%.2f s\t%.3f\n",
            1 / $1, kernel / 1000, 1000 / ($1 * kernel) }' >> "$BENCH_TABLE"

    cpu=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo 2>/dev/null | head -n 1)
    echo
    echo "== all figures: ${cpu:-$(uname -m)}, $(nproc 2>/dev/null || echo '?') processors, 2 threads, $(date +%Y-%m-%d)"
    echo
    echo "| figure | ours | peer | peer's | ours / peer's |"
    echo "| --- | --- | --- | --- | --- |"
    awk -F '\t' '{ printf "| %s | %s | %s | %s | %s |\n", $1, $2, $3, $4, $5 }' "$BENCH_TABLE"
}

# A pipe would hide that something failed, so the end leaves a mark.
rm -f target/bench.done
{ figures; : > target/bench.done; } | tee target/bench.txt
[ -e target/bench.done ]
