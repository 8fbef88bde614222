#!/bin/bash
# Between the daemon and the real Dovecot and Postfix stands a proxy that cuts, stalls, drips and lies.
# A run meets one fault, the next one none: whatever it was, the daemon ends by itself and in time, every
# mail is settled once, nobody is answered twice, and no answer is lost: sent, or waiting, or told to a
# person where the server refused it for good. CUTS (8): at how many places each dialogue is cut.
# shellcheck source=../mailhouse.sh
. "$(dirname "$0")/../mailhouse.sh"
house_up
python3 "$(dirname "$0")/faults.py" "$bulletind" "$bulletinctl" "$house_config" "$mail_root" "$work" \
  "$IMAP_PORT" "$SMTP_PORT" --mails "${MAILS:-8}" --seed "${SEED:-4}" --cuts "${CUTS:-8}" ||
  fail "the faults"
