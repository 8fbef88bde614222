#!/bin/bash
# Strangers' words (line ends, escape sequences, templates, formulas, marks that turn the reading round)
# wherever a mail can carry them: none of them becomes a header field, a part, a formula or a command to
# a terminal, in our answers, in what bulletinctl prints, in the export or in the log.
# shellcheck source=../mailhouse.sh
. "$(dirname "$0")/../mailhouse.sh"
house_up
python3 "$(dirname "$0")/words.py" "$bulletind" "$bulletinctl" "$house_config" "$mail_root" "$work" ||
  fail "the words"
