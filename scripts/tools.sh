#!/bin/sh
# Puts the Python side of the project into a virtual environment of its own: JupyterLab and nbclient, and the stock Rust
# kernel built from source under target/. Called with more package names, it adds those as well.
set -eu
cd "$(dirname "$0")/.."

venv=.venv
evcxr=0.22.0
kernel="$PWD/target/tools/bin/evcxr_jupyter"

if [ ! -x "$venv/bin/python" ]; then
    python3 -m venv "$venv" || { echo "tools: python3 with venv is needed
  help: on Debian, apt-get install python3-venv" >&2; exit 1; }
fi
for package in jupyterlab nbclient nbformat "$@"; do
    "$venv/bin/pip" show -q "${package%%[=<>]*}" >/dev/null 2>&1 || wanted="${wanted:-} $package"
done
if [ -n "${wanted:-}" ]; then
    echo "tools: installing$wanted" >&2
    # shellcheck disable=SC2086
    "$venv/bin/pip" install -q $wanted
fi
if [ ! -x "$kernel" ]; then
    echo "tools: building the stock Rust kernel, evcxr_jupyter $evcxr, once (some minutes)" >&2
    CARGO_TARGET_DIR=target/evcxr_jupyter cargo install -q evcxr_jupyter --version "$evcxr" --locked --root target/tools
fi
# The kernel is known to this virtual environment alone, so a kernel that the user installed keeps its place.
mkdir -p "$venv/share/jupyter/kernels/rust"
cat > "$venv/share/jupyter/kernels/rust/kernel.json" <<JSON
{
  "argv": ["$kernel", "--control_file", "{connection_file}"],
  "display_name": "Rust",
  "language": "rust",
  "interrupt_mode": "message"
}
JSON
