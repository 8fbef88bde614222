# desk_house - mailhouse with the organiser's page switched on. Sourced, not run.
#
# After desk_up: $desk_url, and two users: marie (review) and lecteur (read), password $desk_password.
# The seventh answer to one address waits: so outgoing mail has something to show.
# shellcheck shell=bash disable=SC2034,SC2154
# shellcheck source=mailhouse.sh
. "$(dirname "${BASH_SOURCE[0]}")/mailhouse.sh"
desk_password='un long mot de passe'
desk_url=

desk_user() { # desk_user NAME ROLE
  printf '%s\n' "$desk_password" |
    "$bulletinctl" --config "$house_config" user add "$1" --role "$2" > /dev/null ||
    fail "user $1 cannot be made"
}

# A port that is free now; the daemon takes it a moment later.
desk_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

desk_up() { desk_up_at ''; }

# desk_up_at URL: it stands behind a proxy, on the socket $work/review.socket; "": on a port.
desk_up_at() {
  local listen url=$1
  house_up
  listen=127.0.0.1:$(desk_port)
  desk_url=http://$listen
  if [ -n "$url" ]; then listen=unix:$work/review.socket desk_url=${url%/}; fi
  sed -i 's/address_hour: 0/address_hour: 6/' "$house_config"
  printf 'review:\n  listen: %s\n' "$listen" >> "$house_config"
  if [ -n "$url" ]; then printf '  url: %s\n' "$url" >> "$house_config"; fi
  run_daemon
  desk_user marie review
  desk_user lecteur read
}
