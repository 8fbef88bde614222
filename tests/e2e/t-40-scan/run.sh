#!/bin/bash
# A bulletin that was scanned: bulletin-scan reads it, a person is asked to compare, the sender is told
# that it came and nothing more; a typed one that comes right behind it is confirmed at once.
# shellcheck source=../mailhouse.sh
. "$(dirname "$0")/../mailhouse.sh"
[ -x "$BUILD_DIR/libexec/bulletind/bulletin-scan" ] || fail "bulletin-scan is not built"
house_up
run_daemon
python3 "$(dirname "$0")/send_scan.py" "$SMTP_PORT" "$mail_root" "$bulletinctl" "$house_config" \
  "$SOURCE_DIR/tests/cases/documents/scan-table-deux-colonnes.eml" || fail "the scan"
stop_daemon
