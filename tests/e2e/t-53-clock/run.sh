#!/bin/bash
# The clock jumps by hours, forward and back, while answers wait for their next try and between two runs
# of the daemon: what waits is sent in its time by the new clock, nobody is answered twice or left out,
# and no silence or fault is told that was none.
# shellcheck source=../mailhouse.sh
. "$(dirname "$0")/../mailhouse.sh"
house_up
cc -std=gnu17 -shared -fPIC -O -o "$work/clock.so" "$(dirname "$0")/clock.c" || fail "no clock"
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
python3 "$(dirname "$0")/clock.py" "$bulletind" "$bulletinctl" "$house_config" "$mail_root" "$work" \
  "$IMAP_PORT" "$SMTP_PORT" || fail "the clock"
