#!/bin/bash
# What strangers write is shown in every view of the organiser's page, and none of it comes alive.
# shellcheck source=../desk_house.sh disable=SC2154
. "$(dirname "$0")/../desk_house.sh"
command -v chromedriver > /dev/null || skip "chromedriver is not installed"
desk_up
/usr/bin/python3 -B "$(dirname "$0")/strangers.py" "$desk_url" "$bulletinctl" "$house_config" "$mail_root" "$SMTP_PORT"
stop_daemon
