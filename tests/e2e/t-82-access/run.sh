#!/bin/bash
# Who gets in: each route without a login and with each role, forged forms, fixed sessions, guessed
# passwords, foreign hosts.
# shellcheck source=../desk_house.sh disable=SC2154
. "$(dirname "$0")/../desk_house.sh"
desk_up
/usr/bin/python3 -B "$(dirname "$0")/access.py" "$desk_url" "$bulletinctl" "$house_config" "$mail_root" "$SMTP_PORT" \
  "$SOURCE_DIR/tests/cases"
stop_daemon
