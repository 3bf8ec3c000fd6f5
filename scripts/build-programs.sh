#!/usr/bin/env bash
# Builds the Solana programs: the .so files with their SHA-256 go to programs/artifacts, the IDL to programs/idl (or to
# artifacts/ and idl/ in the folder $1).
#
# The same sources give the same bytes, whatever the checkout is called and wherever it lies. Needs what
# scripts/install-toolchain.sh installs. With Solana's own tools, `cargo build-sbf` builds the same sources
# (other bytes, same behaviour).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
programs=$root/programs
mkdir -p "${1:-$programs}"/{artifacts,idl}
output=$(cd "${1:-$programs}" && pwd -P)
rustc=${SBF_RUSTC:-/usr/bin/rustc}
cargo=${SBF_CARGO:-/usr/bin/cargo}
cargo_home=${CARGO_HOME:-$HOME/.cargo}
export PATH=$cargo_home/bin:$PATH

missing() {
  echo "build-programs: $1 is missing. Run scripts/install-toolchain.sh first." >&2
  exit 1
}
[ -x "$rustc" ] && [ -x "$cargo" ] || missing "Debian's compiler ($rustc, $cargo; packages rustc-web, cargo-web)"
[ -e "$("$rustc" --print sysroot)/lib/rustlib/src/rust/library/core/Cargo.toml" ] ||
  missing "the compiler's library sources (package rust-web-src)"
command -v sbpf-linker >/dev/null || missing "sbpf-linker"

cd "$programs"
RUSTC=$rustc "$cargo" fetch --locked --quiet
RUSTC=$rustc "$cargo" build --locked --quiet -p idl-builder --target-dir "${SBF_TARGET_DIR:-$programs/target}/host"
for program in job-escrow node-registry reputation-manager; do
  "${SBF_TARGET_DIR:-$programs/target}/host/debug/idl-builder" "$program" "$output/idl/${program//-/_}.json"
done

# Syscalls are functions that the cluster provides. The linker must be told their names, or it makes the
# declarations internal and the optimiser drops their arguments.
syscalls=$(
  awk '/^name = "solana-define-syscall"/ { getline; gsub(/[^0-9.]/, ""); print }' Cargo.lock |
    while read -r version; do
      cat "$cargo_home"/registry/src/*/solana-define-syscall-"$version"/src/definitions.rs
    done | grep -oE "fn sol_[a-z0-9_]+" | awk '{ print $2 }' | sort -u | paste -sd,
)

export RUSTC=$rustc RUSTC_BOOTSTRAP=1
export CARGO_TARGET_BPFEL_UNKNOWN_NONE_RUSTFLAGS="-Clinker=sbpf-linker -Cpanic=abort -Crelocation-model=static \
--remap-path-prefix=$programs=/programs --remap-path-prefix=$cargo_home=/cargo \
-Clink-arg=--llvm-args=--bpf-stack-size=4096 -Clink-arg=--llvm-args=--profile-guided-section-prefix=false -Clink-arg=--cpu-features=+allows-misaligned-mem-access \
-Clink-arg=--export=$syscalls"

for program in job-escrow node-registry reputation-manager; do
  # A folder each: node-registry is also built, without its entrypoint, as a part of job-escrow.
  target=${SBF_TARGET_DIR:-$programs/target/sbf}/$program
  "$cargo" build --locked --quiet --release --target bpfel-unknown-none --target-dir "$target" \
    -Zbuild-std=core,alloc -Zbuild-std-features=compiler-builtins-mem -p "$program"
  name=${program//-/_}
  install -m 644 "$target/bpfel-unknown-none/release/lib$name.so" "$output/artifacts/$name.so"
done
(cd "$output/artifacts" && sha256sum job_escrow.so node_registry.so reputation_manager.so | tee SHA256SUMS)
