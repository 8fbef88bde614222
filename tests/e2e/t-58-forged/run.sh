#!/bin/bash
# Somebody else corrects and cancels a person's registration: from look-alike addresses, with her address
# in every other place, with a guessed token, and with her very address where a server is trusted to
# check it. The registration stays, a person decides, and nobody gets an answer but who wrote.
# shellcheck source=../mailhouse.sh
. "$(dirname "$0")/../mailhouse.sh"
house_up
sed -i 's/^    responder: service$/&\n    authserv_id: mx.example.test/' "$house_config"
python3 "$(dirname "$0")/forged.py" "$bulletind" "$bulletinctl" "$house_config" "$mail_root" "$work" ||
  fail "the forged mails"
