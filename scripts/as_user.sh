#!/bin/sh
# Grades the hostile samples as an ordinary user: with what the superuser has prepared, which that user can only read. Does
# nothing, and says so, where this is an ordinary user already or the user cannot reach the compiler.
set -eu
cd "$(dirname "$0")/.."
if [ "$(id -u)" -ne 0 ]; then
    echo "as_user: this is an ordinary user: the samples have run as one"
    exit 0
fi
program=$(cargo test --package grader --test submissions --no-run --locked --message-format=json 2>/dev/null |
    sed -n 's/.*"executable":"\([^"]*submissions-[^"]*\)".*/\1/p' | tail -1)
compiler=$(rustc --print sysroot)/bin/rustc
user() { setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs "$@"; }
for path in "$program" "$compiler" target/grader; do
    if ! user test -r "$path" 2>/dev/null; then
        echo "as_user: skipped, user 65534 cannot read $path"
        exit 0
    fi
done
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
chown 65534:65534 "$place"
user env HOME="$place" XDG_CACHE_HOME="$place" TMPDIR="$place" RUSTC="$compiler" SUBMISSION=hostile "$program"
