#!/bin/sh
# Puts the Python side of the project into a virtual environment of its own, .venv: JupyterLab with the kernel of this
# project. Called with package names, it adds those as well; with --stock-kernel, it builds the stock Rust kernel from
# source under target/tools.
set -eu
cd "$(dirname "$0")/.."

venv=.venv
packages="jupyterlab nbclient nbformat"
evcxr=0.22.0
stock=

for word in "$@"; do
    case $word in
        --stock-kernel) stock="$PWD/target/tools/bin/evcxr_jupyter" ;;
        *) packages="$packages $word" ;;
    esac
done
if [ ! -x "$venv/bin/python" ]; then
    python3 -m venv "$venv" || { echo "tools: python3 with venv is needed
  help: on Debian, apt-get install python3-venv" >&2; exit 1; }
fi
for package in $packages; do
    # pip itself takes a second to say what is installed; the names of the folders say it at once.
    name=$(printf '%s' "${package%%[=<>]*}" | tr 'A-Z-' 'a-z_')
    set -- "$venv"/lib/python3*/site-packages/"$name"-*.dist-info
    [ -e "$1" ] || wanted="${wanted:-} $package"
done
if [ -n "${wanted:-}" ]; then
    echo "tools: installing$wanted" >&2
    # shellcheck disable=SC2086
    "$venv/bin/pip" install -q --disable-pip-version-check $wanted
fi
# The kernel is known to this virtual environment alone, so a kernel that the user installed keeps its place.
target/debug/workbook kernel install --prefix "$PWD/$venv" >/dev/null
if [ -n "$stock" ] && [ ! -x "$stock" ]; then
    echo "tools: building the stock Rust kernel, evcxr_jupyter $evcxr, once (some minutes)" >&2
    CARGO_TARGET_DIR=target/evcxr_jupyter cargo install -q evcxr_jupyter --version "$evcxr" --locked --root target/tools
fi
