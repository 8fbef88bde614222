#!/bin/bash
# contrib/demo, as a newcomer calls it: everything happens, and nothing is left behind. And where
# another mail server is installed, one line and no change.
set -euo pipefail
SOURCE_DIR=${SOURCE_DIR:-$(cd "$(dirname "$0")/../../.." && pwd -P)}
BUILD_DIR=${BUILD_DIR:-$SOURCE_DIR/build}
export LC_ALL=C.UTF-8
skip() { echo "skipped: $*"; exit 77; }
fail() {
  echo "FAIL: $*" >&2
  exit 1
}
[ "$(id -u)" = 0 ] || skip "the demo needs root"
[ "$BUILD_DIR" -ef "$SOURCE_DIR/build" ] || skip "the demo builds in build/, not in $BUILD_DIR"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A dpkg that knows an Exim and a Cyrus: nothing may be installed.
mkdir "$work/bin"
cat > "$work/bin/dpkg-query" << 'EOS'
#!/bin/sh
case "$*" in
  *Provides*) printf 'installed exim4-daemon-light default-mta, mail-transport-agent\ninstalled cyrus-imapd imap-server\n' ;;
  *) printf 'not-installed' ;;
esac
EOS
printf '#!/bin/sh\ntouch "%s/called"\nexit 1\n' "$work" > "$work/bin/apt-get"
chmod 755 "$work"/bin/*
code=0
PATH=$work/bin:$PATH "$SOURCE_DIR/contrib/debian-packages" build servers > "$work/out" 2>&1 || code=$?
[ "$code" = 69 ] || fail "beside Exim: exit $code, not 69"
[ "$(wc -l < "$work/out")" = 1 ] || fail "beside Exim: not one line: $(cat "$work/out")"
grep -q 'exim4-daemon-light cyrus-imapd' "$work/out" || fail "does not name them: $(cat "$work/out")"
[ ! -e "$work/called" ] || fail "beside Exim: apt-get was called"
code=0
"$SOURCE_DIR/contrib/demo" --nonsense > "$work/out" 2>&1 || code=$?
[ "$code" = 64 ] || fail "an unknown option: exit $code, not 64"

scratches() { find /tmp -maxdepth 1 -name 'bulletind-demo.*' | sort; }
left_running() { grep -las -- "/bulletind-demo\." /proc/[0-9]*/cmdline || true; }
scratches > "$work/before"
code=0
"$SOURCE_DIR/contrib/demo" > "$work/out" 2>&1 || code=$?
if [ "$code" != 0 ]; then
  tail -n 60 "$work/out" >&2
  fail "the demo ended with $code"
fi
for text in "LEFÈVRE" "Métropole de Dijon" "Bordeaux Métropole" "山田" "claire.hughes@example.test" \
  "11 mails, 9 replies" "text/calendar"; do
  grep -qF -- "$text" "$work/out" || fail "the demo does not show '$text'"
done
scratches | cmp -s - "$work/before" || fail "a scratch folder is left: $(scratches)"
[ -z "$(left_running)" ] || fail "still running: $(left_running)"
echo "the demo: ok, $(wc -l < "$work/out") lines"
