#!/bin/bash
# An answer of ours comes back: Postfix refuses its recipient and sends a real delivery report to our
# mailbox. Then reports that must change nothing: a warning, a second one, one that cites nothing of
# ours. Nothing is sent on any of them.
# shellcheck source=../mailhouse.sh
. "$(dirname "$0")/../mailhouse.sh"
house_up
# Reports come to the return path; the null one, which is the default, has none.
echo "  envelope_from: inscriptions@example.test" >> "$house_config"
PATH=$PATH:/usr/sbin
# Postfix takes the answer, as a relay does, and finds out then that there is nobody.
postconf -c "$POSTFIX_CONF" -e 'smtpd_reject_unlisted_recipient = no' \
  'transport_maps = inline:{ {gone@example.test = error:5.1.1 User unknown here} }'
postfix -c "$POSTFIX_CONF" reload 2> "$work/reload" || fail "postfix reload: $(cat "$work/reload")"
run_daemon
python3 "$(dirname "$0")/reports.py" "$SMTP_PORT" "$mail_root" "$bulletinctl" "$house_config" ||
  fail "the reports"
wait_until "$READY_S" postfix_is_empty || fail "Postfix still has mail"
# Delivered are two bulletins, one answer, the report on the other, four made-up ones: nothing more.
outcomes=$(grep -o ' status=[a-z]*' "$work/p/maillog" | sort | uniq -c | tr -s ' \n' ' ')
[ "$outcomes" = ' 1 status=bounced 8 status=sent ' ] || fail "what Postfix did:$outcomes"
stop_daemon
