# mailhouse - a private Dovecot and Postfix for the end-to-end tests. Sourced, not run.
#
# After house_up: $work (scratch folder), $house_config (bulletind.yaml), $maildirs/userN (Maildirs
# "Maildir"), $base (ports: BASE+2 IMAPS, BASE+5 submission, BASE+7 plain SMTP). user1@example.org
# is us, user2+ANYTHING@example.org are the people. Everything goes with the script that sourced it.
set -euo pipefail
: "${SOURCE_DIR:?}" "${BUILD_DIR:?}"
bulletind=$BUILD_DIR/bin/bulletind
bulletinctl=$BUILD_DIR/bin/bulletinctl
servers=${SERVERS:-$SOURCE_DIR/tests/servers}
work=
daemon=

skip() { echo "skipped: $*"; exit 77; }
fail() {
  echo "FAIL: $*" >&2
  [ -f "$work/log" ] && tail -n 40 "$work/log" >&2
  exit 1
}

house_down() {
  local code=$?
  set +e
  [ -n "$daemon" ] && kill -KILL "$daemon" 2>/dev/null && wait "$daemon" 2>/dev/null
  if [ -n "$work" ]; then
    [ -d "$work/postfix" ] && "$servers/postfix-down" "$work/postfix"
    [ -d "$work/dovecot" ] && "$servers/dovecot-down" "$work/dovecot"
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

# A base with eight free ports behind it.
free_base() {
  local base port busy
  for base in $(seq $((21000 + $$ % 500 * 10)) 10 32000); do
    busy=
    for port in 1 2 3 5 6 7; do
      (exec 3<>"/dev/tcp/127.0.0.1/$((base + port))") 2>/dev/null && busy=yes
    done
    [ -z "$busy" ] && echo "$base" && return
  done
  return 1
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
  printf 'pw\n' > "$work/password"
  chmod 600 "$work/password"
  cat > "$house_config" <<Y
store: $work/store
events: $work/events
replies: $SOURCE_DIR/contrib/replies
accounts:
  - name: inscriptions
    imap: imaps://localhost:$((base + 2))
    user: user1
    password_file: $work/password
    ca_file: $work/dovecot/ca.pem
    folders: [INBOX]
    addresses: [user1@example.org]
    event: copil-2019
    start: all
    responder: service
submission:
  url: submission://localhost:$((base + 5))
  user: user1
  password_file: $work/password
  ca_file: $work/dovecot/ca.pem
  from: Cités Unies France <user1@example.org>
  limits: { address_hour: 0, address_day: 0, all_10min: 0, same_text_days: 0, asks: 0 }
Y
}

house_up() {
  [ "$(id -u)" = 0 ] || skip "the mail servers need root"
  [ -x /usr/sbin/dovecot ] || skip "dovecot is not installed"
  [ -x /usr/sbin/postfix ] || skip "postfix is not installed"
  work=$(mktemp -d)
  chmod 755 "$work"
  trap house_down EXIT
  base=$(free_base) || skip "no free ports"
  "$servers/dovecot-up" "$work/dovecot" "$base"
  "$servers/postfix-up" "$work/postfix" "$work/dovecot" "$base"
  maildirs=$work/dovecot/mail
  mkdir -p "$work/store"
  house_event
  house_write_config
}

start_daemon() {
  BULLETIND_E2E=$work "$bulletind" --config "$house_config" >> "$work/log" 2>&1 &
  daemon=$!
}

# Processes that a killed daemon left behind.
left_behind() { grep -lsz "^BULLETIND_E2E=$work\$" /proc/[0-9]*/environ; }
nothing_left_behind() { ! left_behind > /dev/null; }

postfix_is_empty() { [ -z "$(find "$work"/postfix/queue/{maildrop,incoming,active,deferred} -type f 2>/dev/null)" ]; }
