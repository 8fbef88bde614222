#!/bin/bash
# The organiser's page as its users see it, in a real browser, with real mail servers.
# shellcheck source=../desk_house.sh disable=SC2154
. "$(dirname "$0")/../desk_house.sh"
command -v chromedriver > /dev/null || skip "chromedriver is not installed"
desk_up
# axe-core looks for barriers; where it cannot be had that part skips, aloud.
axe() (
  cd "$work" || exit
  npm pack --silent --cache "$work/npm" --fetch-retries 0 --fetch-timeout 30000 axe-core@4 &&
    tar -xzf axe-core-*.tgz package/axe.min.js
)
if command -v npm > /dev/null; then axe > "$work/axe.log" 2>&1 || true; fi
/usr/bin/python3 -B "$(dirname "$0")/desk.py" "$desk_url" "$bulletinctl" "$house_config" "$mail_root" "$SMTP_PORT" \
  "$SOURCE_DIR/tests/cases" "$work/package/axe.min.js"
stop_daemon
