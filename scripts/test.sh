#!/bin/sh
# Every test. The replay of ipvsadm's recordings mostly waits for processes that it has started, so it goes on beside the tests that need no lab;
# what it says comes when it has ended.
set -eu
cd "$(dirname "$0")/.."
replayed=$(mktemp)
node_modules/.bin/vitest run --project ipvsadm >"$replayed" 2>&1 &
replay=$!
trap 'kill "$replay" 2>/dev/null || true; rm -f "$replayed"' EXIT
for part in unit compat kernel; do npm run --silent "test:$part"; done
if wait "$replay"; then cat "$replayed"; else
  cat "$replayed"
  exit 1
fi
npm run --silent test:cluster
