#!/bin/bash
# Mails made to exhaust, hang or crash whoever reads them, among good bulletins: each good one is
# answered, each hostile one waits for a person with a reason and costs one parser process at most. Then
# the process dies in the midst of a good mail.
# shellcheck source=../mailhouse.sh
. "$(dirname "$0")/../mailhouse.sh"
house_up
printf '%s\n' 'workers: 2' 'limits: { cpu: 2s }' >> "$house_config"
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}handle_segv=0 # a crash is to be one
SANITIZED=no
if grep -q __asan_init "$bulletind" || grep -q __tsan_init "$bulletind"; then SANITIZED=yes; fi
export SANITIZED
mkdir -p "$mail_root"/inscriptions/{tmp,new,cur}
chown -R "$(stat -c %u:%g "$mail_root")" "$mail_root/inscriptions"
run_daemon
python3 "$(dirname "$0")/hostile.py" "$bulletinctl" "$house_config" "$mail_root" "$work" "$daemon" ||
  fail "the hostile mails"
stop_daemon
