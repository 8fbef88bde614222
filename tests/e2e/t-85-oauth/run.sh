#!/bin/bash
# OAuth end to end: Dovecot's own oauth2 passdb asks a token server of ours, which gives out short
# tokens and changes the refresh token each time. Logins by browser and by device code; mails are
# fetched and answered across the end of tokens; a server that is busy, hangs or talks nonsense is
# not asked again at once; a withdrawn login says what to run.
# shellcheck source=../mailhouse.sh
. "$(dirname "$0")/../mailhouse.sh"
here=$(cd "$(dirname "$0")" && pwd -P)
token_server=

end_all() {
  [ -z "$token_server" ] || kill "$token_server" 2> /dev/null || true
  house_down
}
house_up
trap end_all EXIT
mkdir "$work/o"
"$servers/fake_oauth.py" "$work/o" &
token_server=$!
wait_until 20 test -f "$work/o/env" || fail "no token server"
# shellcheck source=/dev/null
. "$work/o/env"

cat > "$work/d/oauth2.conf" << CONF
introspection_url = http://127.0.0.1:$OAUTH_PORT/introspect?access_token=
introspection_mode = get
username_attribute = email
active_attribute = active
active_value = true
CONF
cat > "$work/d/local.conf" << CONF
auth_mechanisms = plain login xoauth2
passdb {
  driver = oauth2
  mechanisms = xoauth2
  args = $work/d/oauth2.conf
}
CONF
restart_dovecot() {
  "$servers/dovecot-down" "$work/d"
  "$servers/dovecot-up" "$work/d" || fail "dovecot-up"
}
# Whoever is logged in must log in again.
cut_sessions() {
  local lost
  lost=$(grep -c connected "$work/log")
  doveadm -c "$DOVECOT_CONF" kick inscriptions@example.test > /dev/null || fail "nobody is logged in"
  [ "${1:-}" = now ] || wait_until 60 connected_again "$lost" || fail "not connected again"
}
connected_again() { [ "$(grep -c connected "$work/log")" -gt "$1" ]; }
restart_dovecot

(umask 077 && echo test-secret > "$work/client.secret")
write_oauth_config() { # FILE LOGIN-KEY: LOGIN-PATH
  local oauth="oauth: { provider: custom, client_id: test-client, client_secret_file: $work/client.secret, \
token_url: \"http://127.0.0.1:$OAUTH_PORT/token\", scope: mail, $2: \"http://127.0.0.1:$OAUTH_PORT/$3\" }"
  sed -e "s|password_file: .*|$oauth|" -e "s|user: inscriptions\$|user: inscriptions@example.test|" \
    "$house_config" > "$1"
}
write_oauth_config "$work/browser.yaml" authorize_url authorize
write_oauth_config "$work/device.yaml" device_url device
house_config=$work/browser.yaml
mode() { echo "$1" > "$work/o/mode"; }
asked() { grep -c "^token refresh_token" "$work/o/asked" 2> /dev/null || true; }
grant() { echo "$work"/store/oauth-*.json; }
# The token ends now, and nothing was tried lately.
expire() {
  python3 - "$(grant)" << 'EOP'
import json, sys
grant = json.load(open(sys.argv[1]))
grant.update(since=1, until=2, tried=1, failures=0)
open(sys.argv[1], "w").write(json.dumps(grant))
EOP
}
check() { # EXIT-CODE WORDS
  local code=0
  timeout 100 "$bulletinctl" check --config "$house_config" > "$work/told" 2>&1 || code=$?
  [ "$code" = "$1" ] || fail "check ended with $code, not $1: $(cat "$work/told")"
  grep -qF -- "$2" "$work/told" || fail "check does not say '$2': $(cat "$work/told")"
}

# --- log in: a browser ---------------------------------------------------------------------------
check 69 "has not logged in yet; run: bulletinctl oauth login inscriptions"
"$bulletinctl" oauth status --config "$house_config" > "$work/told" && fail "status without a login is well"
grep -q "no login; run: bulletinctl oauth login inscriptions" "$work/told" || fail "status: $(cat "$work/told")"
"$bulletinctl" oauth login inscriptions --config "$house_config" < /dev/null > "$work/login" &
login=$!
wait_until 20 grep -q '^http://127.0.0.1' "$work/login" || fail "no address to open"
python3 - "$(grep '^http://127.0.0.1' "$work/login")" << 'EOP' || fail "the browser"
import sys, urllib.error, urllib.parse, urllib.request
address = sys.argv[1]
query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))
assert query["code_challenge_method"] == "S256" and len(query["state"]) == 43, query
for wrong in ("?code=x&state=" + "y" * 43, "favicon.ico"):
    try:
        urllib.request.urlopen(query["redirect_uri"] + wrong)
        sys.exit("taken: " + wrong)
    except urllib.error.HTTPError as error:
        assert error.code == 400
assert b"Done" in urllib.request.urlopen(address).read()
EOP
wait "$login" || fail "login by browser: $(cat "$work/login")"
[ "$(stat -c %a "$(grant)")" = 600 ] || fail "the login lies open"
[ "$(find "$work/store" -name 'oauth-*.json' | wc -l)" = 1 ] || fail "one login should serve mailbox and submission"
check 0 "AUTH XOAUTH2"
[ "$(asked)" = 0 ] || fail "a fresh token was renewed"

# --- fetched and answered, before a token ends and after it -----------------------------------------
echo 8 > "$work/o/lifetime"
expire
run_daemon
python3 "$here/letter.py" "$SMTP_PORT" "$mail_root" durand || fail "before the end"
before=$(asked)
[ "$before" -ge 1 ] || fail "no token was renewed"
has_ended() {
  python3 -c 'import json, sys, time; sys.exit(json.load(open(sys.argv[1]))["until"] > time.time())' "$(grant)"
}
wait_until 30 has_ended || fail "the token does not end"
cut_sessions
python3 "$here/letter.py" "$SMTP_PORT" "$mail_root" moreau || fail "after the end"
[ "$(asked)" -gt "$before" ] || fail "the ended token was not renewed"

# A token that the mail server refuses before its time is renewed, too.
echo 3600 > "$work/o/lifetime"
expire
cut_sessions
python3 "$here/letter.py" "$SMTP_PORT" "$mail_root" petit || fail "with a long token"
python3 - "$(grant)" << 'EOP'
import json, sys, time
grant = json.load(open(sys.argv[1]))
grant.update(since=int(time.time()) - 600, tried=int(time.time()) - 600)
open(sys.argv[1], "w").write(json.dumps(grant))
EOP
before=$(asked)
python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1])' "http://127.0.0.1:$OAUTH_PORT/revoke-all"
cut_sessions
python3 "$here/letter.py" "$SMTP_PORT" "$mail_root" roux || fail "after a refusal"
[ "$(($(asked) - before))" = 1 ] || fail "a refused token was renewed $(($(asked) - before)) times"

# --- withdrawn: told in a line, asked for once, and a person can go on ------------------------------
mode withdrawn
before=$(asked)
expire
cut_sessions now
wait_until 60 grep -q "must log in again: .*invalid_grant.*; run: bulletinctl oauth login inscriptions" "$work/log" ||
  fail "nobody is told of the withdrawn login"
check 69 "run: bulletinctl oauth login inscriptions"
check 69 "run: bulletinctl oauth login inscriptions"
[ "$(($(asked) - before))" = 1 ] || fail "a withdrawn login was tried $(($(asked) - before)) times"
stop_daemon
mode ok
house_config=$work/device.yaml
timeout 60 "$bulletinctl" oauth login inscriptions --config "$house_config" < /dev/null > "$work/login" ||
  fail "login by device code: $(cat "$work/login")"
grep -q "Open https://login.example/device, enter the code ABCD-EFGH" "$work/login" || fail "$(cat "$work/login")"
"$bulletinctl" oauth status --json --config "$house_config" > "$work/told" || fail "status: $(cat "$work/told")"
[ "$(grep -c '"state":"logged in"' "$work/told")" = 2 ] || fail "status: $(cat "$work/told")"

# --- a token server that does not work: told, and not asked again at once ---------------------------
while IFS='|' read -r how words; do
  mode "$how"
  expire
  before=$(asked)
  check 69 "$words"
  check 69 "it is not asked for again within"
  [ "$(($(asked) - before))" = 1 ] || fail "$how: asked $(($(asked) - before)) times"
done << 'ROWS'
busy|HTTP 503, with no JSON object
nonsense|with no JSON object
huge|the answer is over 65536 bytes
hang|timed out
ROWS
mode ok
expire
check 0 "AUTH XOAUTH2"

# --- no token in what people read ------------------------------------------------------------------
python3 - "$(grant)" "$work/log" "$work/login" "$work/told" << 'EOP' || fail "a token is told"
import json, sys
grant = json.load(open(sys.argv[1]))
for name in sys.argv[2:]:
    text = open(name, encoding="utf-8", errors="replace").read()
    assert "refresh-" not in text and "access-" not in text and "test-secret" not in text, name
EOP
