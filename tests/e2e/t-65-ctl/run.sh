#!/bin/bash
# Each command by which a person changes something, called as its user would, against a running
# daemon and without one: what comes of it is read from the mailbox and the queue.
# shellcheck source=../mailhouse.sh
. "$(dirname "$0")/../mailhouse.sh"
house_up
run_daemon
part() {
  python3 "$(dirname "$0")/secretary.py" "$1" "$SMTP_PORT" "$mail_root" "$bulletinctl" "$house_config" \
    "$work" || fail "$1"
}
part reply
part merge
part requeue
part import
part users
part hold-running
stop_daemon
part stopped
"$bulletind" --once --config "$house_config" >> "$work/log" 2>&1 || fail "bulletind --once"
part still-held
run_daemon
part released
stop_daemon
"$bulletinctl" verify --config "$house_config" || fail "the store has faults"
