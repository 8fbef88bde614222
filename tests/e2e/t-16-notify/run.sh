#!/bin/bash
# What the daemon tells systemd (sd_notify), with a script in systemd's place.
# shellcheck source=../mailhouse.sh
. "$(dirname "$0")/../mailhouse.sh"
house_up
python3 "$(dirname "$0")/listen.py" "$work/notify" "$bulletind" --config "$house_config" || fail "sd_notify"
