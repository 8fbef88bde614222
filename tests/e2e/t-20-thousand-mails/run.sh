#!/bin/bash
# A thousand mails of mixed kinds go in; every one is settled or waits for a person, and each person
# is answered exactly once, though the daemon is killed with SIGKILL at thirty random moments.
# MAILS, KILLS and SEED may be given; KEEP=yes keeps the scratch folder.
# shellcheck source=../mailhouse.sh
. "$(dirname "$0")/../mailhouse.sh"
mails=${MAILS:-1000} kills=${KILLS:-30} seed=${SEED:-$((RANDOM * 32768 + RANDOM))}
echo "seed $seed"
house_up
e2e=$(dirname "$0")/..
# All people are one mailbox with a + behind it, so that every answer is found in one place.
python3 "$e2e/generate_mails.py" "$work/mails" "$mails" "$seed" \
  --us inscriptions@example.test --people person@example.test

# Into the Maildir as an MDA does: written aside, then renamed. Names rise, and so do the UIDs.
inbox=$mail_root/inscriptions
mkdir -p "$inbox"/{tmp,new,cur}
owner=$(stat -c %u:%g "$mail_root")
chown -R "$owner" "$inbox"
cp "$work/mails/"*.eml "$inbox/tmp/"
chown "$owner" "$inbox"/tmp/*
next=0
deliver() { # deliver UPTO: the mails below that number that are not in yet
  for ((; next < $1 && next < mails; next++)); do
    mv "$inbox/tmp/$(printf %05d.eml "$next")" "$inbox/new/$((1700000000 + next)).M${next}P1.host"
  done
}
queue() { "$bulletinctl" queue --all --json --config "$house_config"; }

RANDOM=$((seed % 32768))
killed_at=
for ((round = 1; round <= kills; round++)); do
  deliver $(((2 * round - 1) * mails / (2 * kills + 1)))
  # Every fifth moment counts from the start itself, the others from when the daemon is ready.
  if [ $((round % 5)) = 0 ]; then start_daemon; else run_daemon; fi
  deliver $((2 * round * mails / (2 * kills + 1)))
  ms=$((10 + RANDOM % 590))
  sleep "0.$(printf %03d "$ms")" # the random moment, nothing is waited for
  kill -0 "$daemon" 2> /dev/null || fail "round $round: the daemon ended by itself"
  kill -KILL "$daemon"
  wait "$daemon" 2> /dev/null || true
  daemon=
  killed_at="$killed_at $(queue | wc -l)/$next"
done
echo "mails in the queue log / delivered at each kill:$killed_at"

deliver "$mails"
started=$(date +%s%N)
code=0
BULLETIND_E2E=$work timeout 300 "$bulletind" --config "$house_config" --once >> "$work/log" 2>&1 ||
  code=$?
[ "$code" = 0 ] || fail "--once ended with $code"
echo "what was left took --once $((($(date +%s%N) - started) / 1000000)) ms"
"$bulletinctl" verify --config "$house_config" > "$work/verify" ||
  fail "verify: $(cat "$work/verify")"
wait_until 60 postfix_is_empty || fail "replies are still in Postfix's queue"
wait_until 10 nothing_left_behind || fail "processes left behind: $(left_behind)"

queue > "$work/queue.jsonl"
"$bulletinctl" list --json --config "$house_config" > "$work/list.jsonl"
"$bulletinctl" queue --outbox --json --config "$house_config" > "$work/outbox.jsonl"
"$bulletinctl" log --json --config "$house_config" > "$work/log.jsonl"
python3 "$e2e/check_mails.py" "$work/mails/truth.json" "$work/queue.jsonl" "$work/list.jsonl" \
  "$work/outbox.jsonl" "$work/log.jsonl" "$mail_root/person" || fail "seed $seed"
