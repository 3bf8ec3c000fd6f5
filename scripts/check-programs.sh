#!/usr/bin/env bash
# Rebuilds the programs from a copy of their sources in another folder and compares them byte for byte with what is
# in the repository.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/checkout/scripts"
tar -C "$root" --exclude=target --exclude=artifacts -cf - programs scripts | tar -C "$work/checkout" -xf -
SBF_TARGET_DIR=$work/target "$work/checkout/scripts/build-programs.sh" "$work/artifacts" >/dev/null

for file in job_escrow.so node_registry.so SHA256SUMS; do
  if ! cmp "$work/artifacts/$file" "$root/programs/artifacts/$file"; then
    echo "check-programs: programs/artifacts/$file is not what the sources give. Run scripts/build-programs.sh." >&2
    exit 1
  fi
done
echo "programs/artifacts is what the sources give."
