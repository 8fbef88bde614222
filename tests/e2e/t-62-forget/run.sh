#!/bin/bash
# Two people register; one is forgotten while the daemon works. The store's bytes are searched here, too,
# with grep and zstd; the mail, which the mailbox still holds, is not read in again, the other person is
# untouched. Then the rewriting of the store is killed at each of its steps: it is done at the next start.
# shellcheck source=../mailhouse.sh
. "$(dirname "$0")/../mailhouse.sh"
house_up
store=$work/store
ctl() { "$bulletinctl" "$@" --config "$house_config"; }

# mail NAME LAST FIRST: a filled bulletin into the watched mailbox.
mail() {
  cat > "$mail_root/inscriptions/new/$1" << MAIL
From: $1@example.test
To: inscriptions@example.test
Subject: Bulletin d'inscription
Message-ID: <$1-bulletin@example.test>
Date: $(date -R)
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Organisme : Ville de $1
Nom : $2
Prénom : $3
Adresse électronique : $1@example.test
Participera : oui
Besoins particuliers : $1-needs
MAIL
  chown --reference="$mail_root/inscriptions" "$mail_root/inscriptions/new/$1"
}

registered() { ctl list --json | grep -q "$1@example.test"; }
answered() { ctl queue --outbox --json | grep "$1@example.test" | grep -q '"sent"'; }

# Each compressed record of the file, unpacked; what was freed and half written over, as far as it goes.
unpacked() {
  local at
  LC_ALL=C grep -obUaP '\x28\xb5\x2f\xfd' "$1" | cut -d: -f1 | while read -r at; do
    tail -c "+$((at + 1))" "$1" | zstd -dcq 2> /dev/null || true
  done
}
holds() { { cat "$1"; unpacked "$1"; } | LC_ALL=C grep -qai "$2"; }

[ -d "$mail_root/inscriptions/new" ] || mkdir -p "$mail_root/inscriptions"/{new,cur,tmp}
chown -R --reference="$mail_root" "$mail_root/inscriptions"
mail marguerite VANDERMEERSCH Marguerite
mail philibert DUCHAMPEAUX Philibert
run_daemon
wait_until "$READY_S" answered marguerite || fail "marguerite was not answered"
wait_until "$READY_S" answered philibert || fail "philibert was not answered"
holds "$store/data.mdb" marguerite@example.test || fail "the search of this test finds nothing"
ctl person marguerite@example.test --out "$work/person" > "$work/person.json" || fail "person"
python3 -c 'import json, sys
one = json.load(open(sys.argv[1]))
assert len(one["registrations"]) == 1 and len(one["mails"]) == 1 and one["answers"] and one["log"]
assert "philibert" not in json.dumps(one)' "$work/person.json" || fail "person: not all, or of others"
grep -q marguerite "$work"/person/*.eml || fail "person: the mail is missing"
ctl backup "$work/backup" || fail "backup"
ctl list --json | grep philibert > "$work/before"

ctl forget marguerite@example.test < /dev/null 2> /dev/null && fail "forget did not ask"
ctl forget --yes marguerite@example.test > "$work/told" || fail "forget: $(cat "$work/told")"
cat "$work/told"
grep -q "marguerite@example.test: not found" "$work/told" || fail "forget told no proof"
grep -q "$work/backup: .*still holds" "$work/told" || fail "the backup was not told"
for term in marguerite@example.test vandermeersch marguerite-needs marguerite-bulletin; do
  ! holds "$store/data.mdb" "$term" || fail "$term is in the store"
done
ctl list --json | grep philibert | cmp -s - "$work/before" || fail "the other person was touched"
ctl verify > /dev/null || fail "verify"
ctl log | grep forgotten | grep -q marguerite && fail "the log names the person"
kill -0 "$daemon" || fail "the daemon ended"
stop_daemon

# A new UIDVALIDITY: everything in the mailbox is fetched again.
find "$mail_root/inscriptions" -name 'dovecot-uidlist*' -delete
find "$mail_root/inscriptions" -name 'dovecot*index*' -delete
run_daemon
erased_again() { ctl log | grep -q "a mail that was erased"; }
wait_until "$READY_S" erased_again || fail "the mail was not met again"
! registered marguerite || fail "the mail was read in again"
[ "$(ctl list --json | wc -l)" = 1 ] || fail "not one registration"
stop_daemon
[ "$(grep -rl philibert-bulletin "$mail_root/philibert" | wc -l)" = 1 ] || fail "philibert was answered twice"

ctl restore "$work/backup" > /dev/null || fail "restore"
! holds "$store/data.mdb" marguerite@example.test || fail "restore brought the person back"
registered philibert || fail "restore lost the other person"

grep -q '^BULLETIND_CRASH_POINTS:BOOL=ON' "$BUILD_DIR/CMakeCache.txt" || exit 0
for step in rewrite-begun rewrite-copied rewrite-swapped rewrite-synced; do
  rm -rf "$store" && mkdir "$store"
  "$bulletind" --config "$house_config" --once 2>> "$work/log" || fail "--once"
  registered marguerite || fail "$step: not registered again in a new store"
  BULLETIND_CRASH=$step:1 ctl forget --yes marguerite@example.test > /dev/null 2>&1 &&
    fail "$step: not passed"
  run_daemon
  stop_daemon
  ! holds "$store/data.mdb" marguerite@example.test || fail "$step: the person is in the store"
  registered philibert || fail "$step: the other person is lost"
  ctl verify > /dev/null || fail "$step: verify"
  [ ! -e "$store/rewrite" ] || fail "$step: the copy was left behind"
done
