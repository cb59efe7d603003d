#!/bin/sh
# Installs what the build needs and this machine lacks: a C compiler, pkg-config, libhdf5, and the source of Rust's
# standard library (evcxr reads it to know the types of a notebook's variables). Says what it cannot install, and how
# to do it by hand. It changes nothing when everything is there.
set -eu

say() { printf '%s\n' "$*" >&2; }
stop() { say "setup: $1"; say "  help: $2"; exit 1; }

command -v cargo >/dev/null 2>&1 || stop "no cargo found" "install Rust 1.95 or newer from https://rustup.rs, then run make again"
minor=$(rustc --version | sed -n 's/^rustc 1\.\([0-9]*\)\..*/\1/p')
[ "${minor:-0}" -ge 95 ] || stop "$(rustc --version) is too old, 1.95 or newer is needed" "rustup update stable"

has_hdf5() { pkg-config --exists hdf5 2>/dev/null || pkg-config --exists hdf5-serial 2>/dev/null; }
needs=
command -v cc >/dev/null 2>&1 || needs="$needs cc"
command -v pkg-config >/dev/null 2>&1 || needs="$needs pkg-config"
has_hdf5 || needs="$needs libhdf5"

if [ -n "$needs" ]; then
    say "setup: missing:$needs"
    as_root=
    [ "$(id -u)" -eq 0 ] || as_root=sudo
    [ -z "$as_root" ] || command -v sudo >/dev/null 2>&1 || stop "installing packages needs root, and there is no sudo" \
        "as root: apt-get install build-essential pkg-config libhdf5-dev"
    if command -v apt-get >/dev/null 2>&1; then
        $as_root apt-get update -qq
        DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq build-essential pkg-config libhdf5-dev >/dev/null
    elif command -v dnf >/dev/null 2>&1; then
        $as_root dnf install -y -q gcc pkgconf-pkg-config hdf5-devel
    elif command -v pacman >/dev/null 2>&1; then
        $as_root pacman -S --noconfirm --needed base-devel pkgconf hdf5
    elif command -v brew >/dev/null 2>&1; then
        brew install -q pkgconf hdf5
    else
        stop "no package manager that this script knows (apt-get, dnf, pacman, brew)" \
            "install a C compiler, pkg-config and the HDF5 development files, then run make again"
    fi
    has_hdf5 || stop "libhdf5 is still not found by pkg-config" "check that 'pkg-config --exists hdf5' succeeds"
fi

if [ ! -d "$(rustc --print sysroot)/lib/rustlib/src/rust/library" ]; then
    command -v rustup >/dev/null 2>&1 || stop "the source of Rust's standard library is missing" \
        "install your distribution's rust-src package, or use rustup and run: rustup component add rust-src"
    say "setup: adding rust-src"
    rustup component add rust-src || stop "rust-src could not be added" "with network: rustup component add rust-src"
fi
