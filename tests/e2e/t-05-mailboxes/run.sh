#!/bin/bash
# Several accounts and folders, what is done with a mail after it was read, mail over the limit, a new
# UIDVALIDITY, and mailboxes that cannot be had: a line each, the right exit code, nobody twice.
# shellcheck source=../mailhouse.sh
. "$(dirname "$0")/../mailhouse.sh"
house_up
imap() { python3 "$(dirname "$0")/imap.py" "$IMAP_PORT" "$MAIL_PASSWORD" "$@"; }
first=inscriptions@example.test
second=accueil@example.test

# The second account is the first one's block again, with another name and another `after:`.
account=$(sed -n '/^  - name: inscriptions/,/^submission:/p' "$house_config" | sed '$d')
write_config() { # write_config FIRST-FOLDERS PASSWORD-FILE
  {
    sed -n '1,/^accounts:/p' "$house_config"
    sed -e "s/folders: .*/folders: [$1]/" -e "s|password_file: .*|password_file: $2|" <<< "$account"
    echo '    after: "move: Lus"'
    echo '    message_size: 20K'
    sed -e 's/name: inscriptions/name: accueil/' -e "s/user: .*/user: $second/" <<< "$account"
    echo '    after: flag'
    sed -n '/^submission:/,$p' "$house_config"
  } > "$work/two.yaml"
}
once() { # once EXIT-CODE
  local code=0
  timeout 60 "$bulletind" --config "$work/two.yaml" --once > "$work/log" 2>&1 || code=$?
  [ "$code" = "$1" ] || fail "--once ended with $code, not $1"
}
sent() { "$bulletinctl" queue --outbox --all --json --config "$work/two.yaml" | grep -c '"state": *"sent"'; }
expect() { [ "$2" = "$3" ] || fail "$1: '$2', not '$3'"; }

imap $first create Retours
imap $first create Lus
imap $first put INBOX petit
imap $first put Retours roux
imap $first put INBOX gros 50
imap $second put INBOX blanc
write_config "INBOX, Retours" "$work/password"
once 0
expect "answers" "$(sent)" 4
expect "INBOX after the move" "$(imap $first list INBOX)" ""
expect "moved" "$(imap $first list Lus | sort | cut -d ' ' -f 5 | tr '\n' ' ')" "gros petit roux "
imap $second list INBOX | grep -q 'blanc .*Flagged\|blanc .*\$' || fail "not flagged: $(imap $second list INBOX)"
"$bulletinctl" queue --json --config "$work/two.yaml" | grep gros@mail.example | grep -q unreadable ||
  fail "the mail over the limit is not in the queue"

# Another UIDVALIDITY: everything is read again, and nobody answered again.
doveadm -c "$DOVECOT_CONF" mailbox update -u $second --uid-validity 12345 INBOX
once 0
expect "answers after a new UIDVALIDITY" "$(sent)" 4
"$bulletinctl" log --json --config "$work/two.yaml" | grep -q 'the same mail again, accueil' ||
  fail "the mail was not read again"

# A folder that is not there, a wrong password: told in one line; the other mailboxes are worked off.
imap $second put INBOX noir
write_config "INBOX, Nirgends" "$work/password"
once 69
grep -q Nirgends "$work/log" || fail "the missing folder is not told"
expect "answers beside a missing folder" "$(sent)" 5
(umask 077 && echo wrong > "$work/wrong")
write_config "INBOX" "$work/wrong"
once 77
expect "lines about the password" "$(grep -c 'inscriptions/INBOX' "$work/log")" 1
echo "mailboxes: ok"
