#!/bin/sh
# Opens JupyterLab on the learner's own copies of the student notebooks, in notebooks/mine or where $NOTEBOOKS says. A
# copy that exists is kept, so building the notebooks again never touches a learner's work. Arguments go to JupyterLab: --no-browser, --port 9000.
set -eu
cd "$(dirname "$0")/.."
# Warms up a session for the first notebook meanwhile. It ends with this process, which JupyterLab takes over below.
target/debug/workbook kernel pool </dev/null >/dev/null 2>&1 &
sh scripts/tools.sh
mine=${NOTEBOOKS:-notebooks/mine}
mkdir -p "$mine"
for notebook in notebooks/student/*.ipynb; do
    [ -e "$mine/${notebook##*/}" ] || cp "$notebook" "$mine/"
done
# JupyterLab refuses to run as root unless it is told to.
if [ "$(id -u)" -eq 0 ]; then
    echo "lab: running as root, as JupyterLab calls it; anybody who can open its address can do what root can" >&2
    set -- --allow-root "$@"
fi
# Without a screen there is no browser to open.
if [ "$(uname)" = Linux ] && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    echo "lab: no screen here; open the address that is printed below in a browser. From another machine:
  ssh -L 8888:localhost:8888 $(hostname)" >&2
    set -- --no-browser "$@"
fi
# JupyterLab asks on its first day whether it may fetch news; nothing here needs a network.
settings=.venv/share/jupyter/lab/settings/overrides.json
mkdir -p "${settings%/*}"
[ -e "$settings" ] || echo '{"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": false}}' >"$settings"
# What JupyterLab keeps of its own stays in the virtual environment.
export JUPYTER_CONFIG_DIR="$PWD/.venv/etc/jupyter-user" JUPYTER_DATA_DIR="$PWD/.venv/share/jupyter-user"
export JUPYTERLAB_SETTINGS_DIR="$PWD/.venv/etc/lab-settings"
export JUPYTERLAB_WORKSPACES_DIR="${JUPYTERLAB_WORKSPACES_DIR:-$PWD/.venv/etc/lab-workspaces}"
exec .venv/bin/jupyter lab "$mine" "$@"
