#!/bin/bash
# The daemon and its administrator: wrong configuration, second daemon, unreadable store, reload with a
# broken event, stop within five seconds although the mail server is not there.
set -euo pipefail
: "${SOURCE_DIR:?}" "${BUILD_DIR:?}"
work=$(mktemp -d)
daemon=
stop() { if [ -n "$daemon" ]; then kill -KILL "$daemon" 2>/dev/null || true; fi; rm -rf "$work"; }
trap stop EXIT
fail() { echo "FAIL: $*" >&2; cat "$work"/log >&2 || true; exit 1; }
bin=$BUILD_DIR/bin

mkdir -p "$work/store" "$work/events"
cp "$SOURCE_DIR/contrib/events/copil-2019.yaml" "$work/events/"
printf 'pw\n' > "$work/password"
chmod 600 "$work/password"
cat > "$work/bulletind.yaml" <<Y
store: $work/store
events: $work/events
accounts:
  - name: inscriptions
    imap: imaps://127.0.0.1:1
    user: inscriptions@example.org
    password_file: $work/password
    folders: [INBOX]
    addresses: [inscriptions@example.org]
    event: copil-2019
submission:
  url: submissions://127.0.0.1:1
  user: inscriptions@example.org
  password_file: $work/password
  from: Test <inscriptions@example.org>
Y

bulletind=("$bin/bulletind" --config "$work/bulletind.yaml")
expect() { # expect CODE TEXT COMMAND…: exit code, and one line of standard error that has TEXT
  local code=0 want=$1 text=$2
  shift 2
  timeout 30 "$@" > "$work/out" 2> "$work/err" || code=$?
  [ "$code" = "$want" ] || { cat "$work/err" >&2; fail "$*: exit $code, not $want"; }
  grep -qF -- "$text" "$work/err" "$work/out" || { cat "$work/err" >&2; fail "$*: no '$text'"; }
}
wait_for() { # wait_for TEXT: until it stands in the daemon's log
  for _ in $(seq 400); do
    grep -qF -- "$1" "$work/log" && return 0
    kill -0 "$daemon" 2>/dev/null || fail "the daemon ended before '$1'"
    sleep 0.02
  done
  fail "no '$1' in the log"
}

expect 0 'no mistake found' "${bulletind[@]}" --check
expect 64 'unexpected argument' "${bulletind[@]}" --check more
expect 64 'Unknown option' "${bulletind[@]}" --nonsense
expect 78 'no-such.yaml' "$bin/bulletind" --config "$work/no-such.yaml" --check

# --once with a server that is not there: one clear line, and a code that says "try again".
expect 69 '127.0.0.1' "${bulletind[@]}" --once

"${bulletind[@]}" 2> "$work/log" & daemon=$!
wait_for 'ready'
expect 75 "$work/store" "${bulletind[@]}" --once

# A broken event leaves the old configuration in force.
sed -i 's/^id: .*/idd: copil-2019/' "$work/events/copil-2019.yaml"
kill -HUP "$daemon"
wait_for 'the old configuration stays in force'
grep -qE "copil-2019.yaml:[0-9]+: .*idd.*did you mean 'id'" "$work/log" || fail "no line, or no nearest key"
cp "$SOURCE_DIR/contrib/events/copil-2019.yaml" "$work/events/"
kill -HUP "$daemon"
wait_for 'reloaded'

before=$(date +%s%N)
kill -TERM "$daemon"
code=0
wait "$daemon" || code=$?
daemon=
[ "$code" = 0 ] || fail "exit $code after SIGTERM"
[ $(( ($(date +%s%N) - before) / 1000000 )) -lt 5000 ] || fail "stopping took over 5 s"

# A store that cannot be made, a store of somebody else.
sed -i "s#^store: .*#store: $work/none#" "$work/bulletind.yaml"
expect 66 "$work/none" "${bulletind[@]}" --once
echo "the daemon and its administrator: ok"
