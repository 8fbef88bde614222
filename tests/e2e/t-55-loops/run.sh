#!/bin/bash
# Who answers whatever comes meets us: another bulletind, Sieve's vacation, robots with one text and with
# a new one each time, behind a relay that takes away every mark of an automatic mail. All of it ends
# after one exchange, or where the limits of answers say so, and that across a restart.
# shellcheck source=../mailhouse.sh
. "$(dirname "$0")/../mailhouse.sh"
house_up
sed -i '/limits:/d' "$house_config" # as they are when nobody sets them
python3 "$(dirname "$0")/loops.py" "$bulletind" "$bulletinctl" "$house_config" "$mail_root" "$work" \
  "$SMTP_PORT" || fail "the loops"
