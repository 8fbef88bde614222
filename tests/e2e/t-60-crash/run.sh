#!/bin/bash
# The daemon is killed at each named step of a message's way (store/crash_point.h), at the first, a
# middle and the last time that it passes there, and started again: every mail is settled once, every
# registration is there once, everybody is answered once. Only what the submission server may have
# taken while the daemon had not noted it yet may come again, under the same Message-ID.
# ALL=yes: every time that a step is passed. MAILS, SEED. Needs a build with BULLETIND_CRASH_POINTS.
# shellcheck source=../mailhouse.sh
. "$(dirname "$0")/../mailhouse.sh"
grep -q '^BULLETIND_CRASH_POINTS:BOOL=ON' "$BUILD_DIR/CMakeCache.txt" 2> /dev/null ||
  skip "built without BULLETIND_CRASH_POINTS"
house_up
sed -i 's/^    start: all/    start: all\n    after: "move: Traités"/' "$house_config"
python3 "$(dirname "$0")/walk.py" "$bulletind" "$bulletinctl" "$house_config" "$mail_root" "$work" \
  --mails "${MAILS:-12}" --seed "${SEED:-4}" ${ALL:+--all} || fail "the walk over the steps"
