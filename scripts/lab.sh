#!/bin/sh
# Opens JupyterLab on the learner's own copies of the student notebooks, in notebooks/mine. A copy that exists is kept,
# so building the notebooks again never touches a learner's work.
set -eu
cd "$(dirname "$0")/.."
sh scripts/tools.sh
mkdir -p notebooks/mine
for notebook in notebooks/student/*.ipynb; do
    mine="notebooks/mine/${notebook##*/}"
    [ -e "$mine" ] || cp "$notebook" "$mine"
done
exec .venv/bin/jupyter lab notebooks/mine "$@"
