#!/bin/bash
# The Debian package: built, without an error for lintian, installed, run, upgraded with an edited
# configuration, removed (the store stays) and purged (nothing stays).
#
# In a copy-on-write view of this machine, which has what the package depends on. With ROOT=FOLDER in
# that folder instead, a Debian 12 (debootstrap --variant=minbase bookworm FOLDER) that apt can install
# into; it is changed.
set -euo pipefail
SOURCE_DIR=${SOURCE_DIR:-$(cd "$(dirname "$0")/../../.." && pwd -P)}
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
fail() { echo "FAIL: $*" >&2; exit 1; }
skip() { echo "skipped: $*"; exit 77; }
[ "$(id -u)" = 0 ] || skip "dpkg needs root"
command -v lintian > /dev/null || skip "lintian is not installed"

work=$(mktemp -d)
root='' new='' old=''
# shellcheck disable=SC2329
clean() {
  local code=$?
  [ -n "${ROOT:-}" ] || umount -l "$work/root" 2> /dev/null || true
  [ -z "${ROOT:-}" ] || umount "$root/proc" 2> /dev/null || true
  umount -l "$work/over" 2> /dev/null || true
  rm -rf --one-file-system "$work"
  exit "$code"
}
trap clean EXIT
trap 'exit 143' TERM HUP INT

# The package of these sources, and the same with a lower version: $new, $old.
packages() {
  { cmake -S "$SOURCE_DIR" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_INSTALL_PREFIX=/usr -DBUILD_TESTING=OFF &&
    cmake --build "$work/build" && (cd "$work/build" && cpack); } > "$work/log" 2>&1 ||
    { tail -n 30 "$work/log"; fail "no package"; }
  new=$(echo "$work"/build/bulletind_*_amd64.deb)
  old=$work/bulletind_0.0.1_amd64.deb
  dpkg-deb -R "$new" "$work/old"
  sed -i 's/^Version: .*/Version: 0.0.1/' "$work/old/DEBIAN/control"
  dpkg-deb --root-owner-group -b "$work/old" "$old" > /dev/null
}

enter() { chroot "$root" env -u BUILD_DIR "$@"; }
as_daemon() { enter env HOME=/var/lib/bulletind setpriv --reuid=bulletind --regid=bulletind --clear-groups "$@"; }

root_up() {
  if [ -n "${ROOT:-}" ]; then
    root=$ROOT
    mount -t proc proc "$root/proc"
    return
  fi
  mkdir "$work/root" "$work/over"
  mount -t tmpfs tmpfs "$work/over" || skip "nothing can be mounted here"
  mkdir "$work/over/upper" "$work/over/work"
  mount -t overlay overlay -o "lowerdir=/,upperdir=$work/over/upper,workdir=$work/over/work" \
    "$work/root" 2> /dev/null || skip "an overlay cannot be mounted here"
  root=$work/root
  mount --rbind /proc "$root/proc"
  mount --rbind /dev "$root/dev"
}

install_package() { # install_package FILE
  cp "$1" "$root/tmp/"
  enter apt-get install -y --no-install-recommends --allow-downgrades -q \
    -o Dpkg::Options::=--force-confold "/tmp/${1##*/}" > "$work/log" 2>&1 || { tail -n 20 "$work/log"; fail "$1: not installed"; }
}

# What an administrator finds after the installation.
check_installed() {
  local page
  # shellcheck disable=SC2016
  [ "$(enter dpkg-query -W -f '${Version}' bulletind)" = "$1" ] || fail "not version $1"
  enter bulletind --version > /dev/null || fail "the daemon does not run"
  enter bulletinctl --help > /dev/null || fail "bulletinctl does not run"
  enter id bulletind > /dev/null || fail "there is no user"
  for page in man8/bulletind.8 man1/bulletinctl.1 man5/bulletind.yaml.5 man5/bulletind-event.5; do
    enter gzip -t "/usr/share/man/$page.gz" || fail "no page $page"
  done
  enter test -L /etc/systemd/system/multi-user.target.wants/bulletind.service || fail "not enabled"
  [ "$(enter stat -c '%a %U' /var/lib/bulletind)" = "700 bulletind" ] || fail "the store's folder"
  enter test -f /usr/share/bash-completion/completions/bulletinctl || fail "no completion"
}

# With a bulletin and the sandboxed workers, as the daemon's user.
check_reading() {
  printf '%s\n' 'From: Luc Petit <luc@example.org>' 'To: us@example.org' \
    'Subject: Bulletin de participation' 'Content-Type: text/plain; charset=utf-8' '' \
    'Nom : Petit' 'Prénom : Luc' 'Collectivité : Ville de Tours' 'Participera : oui' \
    'Courriel : luc@example.org' > "$root/tmp/mail.eml"
  as_daemon bulletinctl parse /tmp/mail.eml |
    grep -q '"last_name":"Petit"' || fail "a bulletin is not read"
}

root_up
packages
lintian --fail-on error "$new" 2> "$work/log" || fail "lintian"

install_package "$old"
check_installed 0.0.1
grep -qv '^#' "$root/etc/bulletind/bulletind.yaml" && fail "configured before anybody did so"
check_reading

cat >> "$root/etc/bulletind/bulletind.yaml" << YAML
# mine
accounts:
  - { name: us, imap: "imap://localhost", user: us, password_file: /etc/bulletind/password, addresses: [us@example.org] }
submission: { url: "smtp://localhost", from: Us <us@example.org> }
YAML
(umask 077 && echo secret > "$root/etc/bulletind/password")
enter chown bulletind /etc/bulletind/password
enter bulletind --check > /dev/null || fail "--check after the edit"
as_daemon bulletind --once > "$work/log" 2>&1 || true # it makes the store; no mail server answers here
as_daemon bulletinctl import --yes /tmp/mail.eml > "$work/log" 2>&1 || { cat "$work/log"; fail "import"; }
install_package "$new"
check_installed "$(dpkg-deb -f "$new" Version)"
grep -q '# mine' "$root/etc/bulletind/bulletind.yaml" || fail "the upgrade took the configuration"
enter bulletinctl list --json | grep -q '"last_name":"Petit"' || fail "the upgrade lost the store"

enter dpkg -r bulletind > "$work/log" 2>&1 || fail "remove"
enter test -s /var/lib/bulletind/data.mdb || fail "removal took the store"
grep -q '# mine' "$root/etc/bulletind/bulletind.yaml" || fail "removal took the configuration"
enter dpkg -P bulletind > "$work/log" 2>&1 || fail "purge"
for left in /var/lib/bulletind /etc/bulletind /etc/systemd/system/multi-user.target.wants/bulletind.service; do
  if enter test -e "$left" || enter test -L "$left"; then fail "$left stays after the purge"; fi
done
