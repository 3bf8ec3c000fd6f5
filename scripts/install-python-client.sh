#!/usr/bin/env bash
# Makes a virtual environment with stock grpcio and prints its interpreter's path.
set -euo pipefail
venv="${CYXWIZ_VENV:-${TMPDIR:-/tmp}/cyxwiz-grpc-venv}"
if ! "$venv/bin/python" -c "import grpc, grpc_tools" 2>/dev/null; then
  python3 -m venv "$venv" >&2
  "$venv/bin/pip" install --quiet --disable-pip-version-check grpcio==1.76.0 grpcio-tools==1.76.0 >&2
fi
echo "$venv/bin/python"
