#!/usr/bin/env bash
# Writes requirements/*.lock anew from pyproject.toml: every package with its hashes, no index host named.
# Needs uv (`pip install uv`). Give package names to upgrade only these: scripts/lock.sh duckdb
set -euo pipefail
cd "$(dirname "$0")/.."

command -v uv >/dev/null || { echo "lock: uv is missing. Install it: pip install uv" >&2; exit 2; }

upgrade=()
for package in "$@"; do upgrade+=(--upgrade-package "$package"); done

compile() {
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
        "${upgrade[@]}" "$@" >/dev/null
}
compile pyproject.toml requirements/build.in --output-file requirements/base.lock
compile requirements/postgresql.in --constraint requirements/base.lock --output-file requirements/postgresql.lock
compile pyproject.toml requirements/build.in --extra dev --extra postgresql --constraint requirements/base.lock \
    --constraint requirements/postgresql.lock --output-file requirements/dev.lock
