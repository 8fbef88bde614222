#!/bin/bash
# One bulletin by SMTP: its confirmation lies in the participant's mailbox within five seconds. Then
# an incomplete one: we ask, the participant answers in the thread, the registration is complete. Then
# what must not be answered: a machine, and the same mail again.
# shellcheck source=../mailhouse.sh
. "$(dirname "$0")/../mailhouse.sh"
house_up
run_daemon
python3 "$(dirname "$0")/converse.py" "$SMTP_PORT" "$mail_root" "$bulletinctl" "$house_config" ||
  fail "the conversation"
stop_daemon
