#!/usr/bin/env bash
# Rebuilds the programs from a copy of their sources in another folder and compares them byte for byte with what is
# in the repository.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/checkout/scripts"
tar -C "$root" --exclude=target --exclude=artifacts --exclude=idl -cf - programs scripts | tar -C "$work/checkout" -xf -
SBF_TARGET_DIR=$work/target "$work/checkout/scripts/build-programs.sh" "$work/out" >/dev/null

for file in artifacts/{job_escrow.so,node_registry.so,reputation_manager.so,SHA256SUMS} idl/{job_escrow,node_registry,reputation_manager}.json; do
  if ! cmp "$work/out/$file" "$root/programs/$file"; then
    echo "check-programs: programs/$file is not what the sources give. Run scripts/build-programs.sh." >&2
    exit 1
  fi
done
echo "programs/artifacts and programs/idl are what the sources give."
