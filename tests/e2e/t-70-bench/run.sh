#!/bin/bash
# The bench still runs: each part with small mailboxes, each contender's work checked. Its figures
# mean nothing here; goals are for tests/bench/run itself.
set -euo pipefail
SOURCE_DIR=${SOURCE_DIR:-$(cd "$(dirname "$0")/../../.." && pwd -P)}
BUILD_DIR=${BUILD_DIR:-$SOURCE_DIR/build}
skip() { echo "skipped: $*"; exit 77; }
fail() {
  echo "FAIL: $*" >&2
  cat "$out" >&2
  exit 1
}
[ "$(id -u)" = 0 ] || skip "the mail servers need root"
[ -x "$BUILD_DIR/bench/bench_sink" ] || skip "no bench in this build"
for program in dovecot postfix fetchmail getmail pdftoppm valgrind; do
  PATH=$PATH:/usr/sbin command -v $program > /dev/null || skip "$program is not installed"
done

out=$(mktemp)
trap 'rm -f "$out"' EXIT
BENCH_BUILT=yes BUILD_DIR=$BUILD_DIR "$SOURCE_DIR/tests/bench/run" --quick > "$out" || fail "it ended with $?"
for part in intake sink postfix cost rules documents scans growth start memory; do
  grep -q "^$part " "$out" || fail "no row of $part"
done
for line in "raw drain" "fetchmail" "getmail6" "naive" "tuned" "strongest" "latency p50, alone" \
  "instructions a message" "processor time a message" "page: participants by last_name, down"; do
  grep -q "$line" "$out" || fail "nothing of '$line'"
done
# Whoever did not do all of the work is not worth a figure.
if grep -E '[0-9]+ of [0-9]+ stored' "$out"; then fail "a contender left some out"; fi
echo "each part of the bench runs"
