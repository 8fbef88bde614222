# mailhouse - a private Dovecot and Postfix for the end-to-end tests. Sourced, not run.
#
# After house_up: $work (scratch folder), $house_config (bulletind.yaml), $mail_root/NAME (the Maildir
# of NAME@example.test) and the servers' ports (tests/servers/dovecot-up, postfix-up). The watched
# mailbox is inscriptions@example.test; everybody else at example.test may be a participant. What was
# started goes with the script that sourced this.
# shellcheck shell=bash disable=SC2034,SC2153
set -euo pipefail
SOURCE_DIR=${SOURCE_DIR:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)}
BUILD_DIR=${BUILD_DIR:-$SOURCE_DIR/build}
export LC_ALL=C.UTF-8
bulletind=$BUILD_DIR/bin/bulletind
bulletinctl=$BUILD_DIR/bin/bulletinctl
servers=$SOURCE_DIR/tests/servers
READY_S=60
work=
daemon=
house_config=
mail_root=

skip() { echo "skipped: $*"; exit 77; }
fail() {
  echo "FAIL: $*" >&2
  [ -f "$work/log" ] && tail -n 40 "$work/log" >&2
  exit 1
}

house_down() { # house_down [CODE]: a trap that does more before it tells the code
  local code=${1:-$?}
  set +e
  [ -n "$daemon" ] && kill -KILL "$daemon" 2> /dev/null && wait "$daemon" 2> /dev/null
  if [ -n "$work" ]; then
    [ -d "$work/p" ] && "$servers/postfix-down" "$work/p"
    [ -d "$work/d" ] && "$servers/dovecot-down" "$work/d"
    if [ "${KEEP:-}" = yes ]; then echo "kept: $work"; else rm -rf "$work"; fi
  fi
  exit "$code"
}

# wait_until SECONDS COMMAND...: until it succeeds; asks twenty times a second.
wait_until() {
  local end=$(($(date +%s%N) + $1 * 1000000000))
  shift
  until "$@"; do
    [ "$(date +%s%N)" -lt "$end" ] || return 1
    sleep 0.05
  done
}

# The shipped event, a year ahead: dates are moved, not the clock.
house_event() {
  mkdir -p "$work/events"
  local day last
  day=$(date -d '+1 year' +%F)
  last=$(date -d '+1 year -8 days' +%F)
  sed -E -e "s/^starts: [^ ]*/starts: ${day}T16:30:00/" -e "s/^ends: [^ ]*/ends: ${day}T18:00:00/" \
    -e "s/^deadline: [^ ]*/deadline: ${last}T00:00:00/" \
    "$SOURCE_DIR/contrib/events/copil-2019.yaml" > "$work/events/copil-2019.yaml"
}

house_write_config() {
  house_config=$work/bulletind.yaml
  (umask 077 && printf '%s\n' "$MAIL_PASSWORD" > "$work/password")
  cat > "$house_config" << YAML
store: $work/store
events: $work/events
replies: $SOURCE_DIR/contrib/replies
accounts:
  - name: inscriptions
    imap: imaps://localhost:$IMAPS_PORT
    user: inscriptions@example.test
    password_file: $work/password
    ca_file: $CA_FILE
    folders: [INBOX]
    addresses: [inscriptions@example.test]
    event: copil-2019
    start: all
    responder: service
submission:
  url: submission://localhost:$SUBMISSION_PORT
  user: inscriptions@example.test
  password_file: $work/password
  ca_file: $CA_FILE
  from: Cités Unies France <inscriptions@example.test>
  limits: { address_hour: 0, address_day: 0, all_10min: 0, same_text_days: 0, asks: 0 }
YAML
}

# up SERVER FOLDER...: starts it, and reads its ports; a server that is not installed skips the test.
up() {
  local code=0
  "$servers/$1" "${@:2}" || code=$?
  [ "$code" != 77 ] || skip "$1: not installed"
  [ "$code" = 0 ] || fail "$1 ended with $code"
  # shellcheck source=/dev/null
  . "$2/env"
}

house_up() {
  [ -x "$bulletind" ] || fail "$bulletind is not built"
  [ "$(id -u)" = 0 ] || skip "the mail servers need root"
  work=$(mktemp -d)
  chmod 755 "$work"
  trap house_down EXIT
  trap 'exit 143' TERM HUP INT
  up dovecot-up "$work/d"
  up postfix-up "$work/p" "$work/d"
  mail_root=$MAIL_ROOT
  mkdir -p "$work/store"
  : > "$work/log"
  house_event
  house_write_config
}

# Runs the daemon; returns when it is ready for work.
run_daemon() {
  local before
  before=$(ready_count)
  start_daemon
  wait_until "$READY_S" ready_or_gone "$before" || fail "not ready in $READY_S s"
  [ "$(ready_count)" -gt "$before" ] || fail "the daemon ended before it was ready"
}
ready_count() { grep -cs ready "$work/log" || true; }
ready_or_gone() { [ "$(ready_count)" -gt "$1" ] || ! kill -0 "$daemon" 2> /dev/null; }

start_daemon() {
  BULLETIND_E2E=$work "$bulletind" --config "$house_config" >> "$work/log" 2>&1 &
  daemon=$!
}

# It must end well when it is asked to.
stop_daemon() {
  local code=0
  kill -TERM "$daemon"
  wait "$daemon" || code=$?
  daemon=
  [ "$code" = 0 ] || fail "exit $code after SIGTERM"
}

# Processes that a killed daemon left behind.
left_behind() { grep -lsz "^BULLETIND_E2E=$work\$" /proc/[0-9]*/environ; }
nothing_left_behind() { ! left_behind > /dev/null; }

# Has Postfix handed everything on? Its queue folders, whatever postfix-up calls them.
postfix_is_empty() {
  [ -z "$(find "$work/p" -type f -regex '.*/\(maildrop\|incoming\|active\|deferred\)/.*' 2> /dev/null)" ]
}
