#!/usr/bin/env bash
# Installs the independent programs that judge ours, below target/peers. Does nothing when they are there.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
there=$here/../../target/peers
mkdir -p "$there"

# A venv of its own, made again when the list of wanted packages changes.
if ! cmp -s "$here/requirements.txt" "$there/requirements.txt"; then
  rm -rf "$there/python"
  python3 -m venv "$there/python"
  "$there/python/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
  cp "$here/requirements.txt" "$there/requirements.txt"
fi
if ! cmp -s "$here/package-lock.json" "$there/package-lock.json"; then
  cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$there/"
  rm -f "$there/node_modules/.package-lock.json"
  npm ci --prefix "$there" --no-audit --no-fund --silent || { rm -f "$there/package-lock.json"; exit 1; }
fi
