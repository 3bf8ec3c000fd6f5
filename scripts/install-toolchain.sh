#!/usr/bin/env bash
# Installs what scripts/build-programs.sh needs, on Debian 12 or newer, as root. Safe to run again. Nobody who only
# uses or changes the TypeScript needs it: the built programs are in the repository.
set -euo pipefail

linker_version=0.1.9

packages=(rustc-web cargo-web rust-web-src llvm-22-dev libpolly-22-dev clang zlib1g-dev libzstd-dev)
if ! dpkg -s "${packages[@]}" >/dev/null 2>&1; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}"
fi

if ! cargo install --list | grep -qF "sbpf-linker v$linker_version"; then
  LLVM_SYS_220_PREFIX=/usr/lib/llvm-22 LIBRARY_PATH=/usr/lib/llvm-22/lib \
    cargo install "sbpf-linker@$linker_version" --locked --no-default-features --features upstream-gallery-22
fi
echo "The toolchain is ready: scripts/build-programs.sh"
