#!/bin/bash
# The machine fails the daemon: the disk is full, the store's file system turns read-only, descriptors
# run out. It says so in one line, stays, and once the machine is well again every mail is settled and
# everybody is answered once.
# shellcheck source=../mailhouse.sh
. "$(dirname "$0")/../mailhouse.sh"
house_up
mount -t tmpfs -o size=3m,mode=755 bulletind-test "$work/store" 2> /dev/null ||
  skip "no file system can be mounted here"
trap 'code=$?; umount -l "$work/store"; house_down "$code"' EXIT
python3 "$(dirname "$0")/../generate_mails.py" "$work/mails" 24 7 \
  --us inscriptions@example.test --people person@example.test > /dev/null
inbox=$mail_root/inscriptions
mkdir -p "$inbox"/{tmp,new,cur}
chown -R "$(stat -c %u:%g "$mail_root")" "$inbox"
next=0
deliver() { # deliver UPTO
  for ((; next < $1; next++)); do
    cp "$work/mails/$(printf %05d.eml "$next")" "$inbox/tmp/$next"
    chown "$(stat -c %u:%g "$mail_root")" "$inbox/tmp/$next"
    mv "$inbox/tmp/$next" "$inbox/new/$((1700000000 + next)).M${next}P1.host"
  done
}
queue() { "$bulletinctl" queue --all --json --config "$house_config"; }
outbox_is_empty() {
  ! "$bulletinctl" queue --outbox --json --config "$house_config" |
    grep -qE '"state": ?"(ready|sending|deferred|delayed)"'
}
# A copy is a line of the log, not a mail of its own.
wanted() { python3 -c 'import json, sys
rows = json.load(open(sys.argv[1]))[:int(sys.argv[2])]
print(sum(row["class"] != "duplicate" for row in rows))' "$work/mails/truth.json" "$next"; }
all_are_in() { [ "$(queue | wc -l)" -ge "$(wanted)" ]; }
told() { grep -qE "$1" "$work/log"; }
well_again() { # well_again WHAT
  wait_until 60 all_are_in || fail "$1: $(queue | wc -l) mails of $(wanted) are in"
  wait_until 60 outbox_is_empty || fail "$1: answers still wait"
  kill -0 "$daemon" || fail "$1: the daemon ended"
}

run_daemon
deliver 4
well_again "at first"

fill=$work/store/ballast
dd if=/dev/zero of="$fill" bs=4096 2> /dev/null || true
deliver 10
wait_until 60 told 'disk.*full|No space left' || fail "a full disk is not told"
kill -0 "$daemon" || fail "a full disk ended the daemon"
rm "$fill"
well_again "after the full disk"

stop_daemon
mount -o remount,ro "$work/store"
deliver 16
code=0
"$bulletind" --config "$house_config" --once > "$work/read-only" 2>&1 || code=$?
[ "$code" != 0 ] || fail "a read-only store is none to work on"
grep -qi 'read-only' "$work/read-only" || fail "a read-only store: $(cat "$work/read-only")"
[ "$(wc -l < "$work/read-only")" = 1 ] || fail "more than one line: $(cat "$work/read-only")"
mount -o remount,rw "$work/store"
run_daemon
well_again "after the read-only store"
stop_daemon

run_daemon # a fresh one has no connection to the submission server yet
prlimit --pid "$daemon" --nofile=8:4096
deliver 20
wait_until 60 told 'too many files are open' || fail "too few descriptors are not told"
prlimit --pid "$daemon" --nofile=1024:4096
deliver 24
well_again "after too few descriptors"

stop_daemon
wait_until 60 postfix_is_empty || fail "replies are still in Postfix's queue"
queue > "$work/queue.jsonl"
"$bulletinctl" list --json --config "$house_config" > "$work/list.jsonl"
"$bulletinctl" queue --outbox --json --config "$house_config" > "$work/outbox.jsonl"
"$bulletinctl" log --json --config "$house_config" > "$work/log.jsonl"
python3 "$(dirname "$0")/../check_mails.py" "$work/mails/truth.json" "$work/queue.jsonl" \
  "$work/list.jsonl" "$work/outbox.jsonl" "$work/log.jsonl" "$mail_root/person" || fail "the mails"
