#!/bin/bash
# Idle again, after a mail was read, the daemon and its workers use little memory: the private memory of
# all its processes together, as the kernel counts it.
# shellcheck source=../mailhouse.sh
. "$(dirname "$0")/../mailhouse.sh"
limit_kib=$((40 * 1024))
if grep -q '^BULLETIND_SANITIZE:STRING=..*' "$BUILD_DIR/CMakeCache.txt"; then
  skip "a sanitizer's memory is not ours"
fi
house_up
run_daemon
python3 - "$SMTP_PORT" << 'END'
import smtplib
import sys
with smtplib.SMTP("127.0.0.1", int(sys.argv[1])) as smtp:
    smtp.sendmail("a@example.test", ["inscriptions@example.test"],
                  b"From: a@example.test\r\nTo: inscriptions@example.test\r\n"
                  b"Message-ID: <idle@example.test>\r\nSubject: Bulletin\r\n\r\nNom : Petit\r\n")
END
is_read() { "$bulletinctl" queue --all --json --config "$house_config" | grep -q idle@example.test; }
wait_until 30 is_read || fail "the mail was not read"

# The daemon and its children, their private pages in KiB.
private_kib() {
  local total=0 pid kib
  for pid in "$daemon" $(pgrep -P "$daemon"); do
    kib=$(awk '/^Private_/ { sum += $2 } END { print sum }' "/proc/$pid/smaps_rollup")
    printf '%s %s KiB\n' "$(tr -d '\0' < "/proc/$pid/comm")" "$kib" >&2
    total=$((total + kib))
  done
  echo "$total"
}
total=$(private_kib)
echo "private memory, all processes: $total KiB"
[ "$total" -lt "$limit_kib" ] || fail "more than $limit_kib KiB"
