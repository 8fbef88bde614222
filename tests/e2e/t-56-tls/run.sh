#!/bin/bash
# Servers whose certificate has expired or is signed by itself: the mailbox and the
# submission server are refused, in one line each that says why, and no password is sent.
# shellcheck source=../mailhouse.sh
. "$(dirname "$0")/../mailhouse.sh"
house_up
tls=$work/d/tls
servers_up=()
trap 'kill "${servers_up[@]}" 2> /dev/null; house_down' EXIT

certificate() { # certificate NAME OPENSSL_X509_OPTION...: for localhost
  openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout "$work/$1.key" \
    -out "$work/$1.csr" 2> /dev/null
  printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\n' > "$work/$1.ext"
  openssl x509 -req -in "$work/$1.csr" -extfile "$work/$1.ext" "${@:2}" -out "$work/$1.pem" 2> /dev/null
}
port=
serve() { # serve NAME: a TLS server with that certificate, which notes what it is told; sets port
  openssl s_server -cert "$work/$1.pem" -key "$work/$1.key" -accept 0 -naccept 100 \
    < /dev/zero > "$work/$1.told" 2>&1 &
  servers_up+=("$!")
  wait_until 20 listens "$1" || fail "openssl s_server does not listen: $(cat "$work/$1.told")"
}
listens() {
  port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' "$work/$1.told" | head -n 1)
  [ -n "$port" ]
}

signed=(-CA "$tls/ca.pem" -CAkey "$tls/ca.key" -CAcreateserial)
certificate expired "${signed[@]}" -days -1
certificate alone -signkey "$work/alone.key" -days 30
for row in "expired:certificate expired" "alone:signed by"; do
  name=${row%%:*} why=${row#*:}
  serve "$name"
  sed -e "s|imaps://localhost:[0-9]*|imaps://localhost:$port|" \
    -e "s|submission://localhost:[0-9]*|submissions://localhost:$port|" "$house_config" > "$work/$name.yaml"
  code=0
  "$bulletinctl" check --config "$work/$name.yaml" > "$work/$name.out" 2>&1 || code=$?
  [ "$code" = 69 ] || fail "$name: check ended with $code: $(cat "$work/$name.out")"
  [ "$(grep -c "$why" "$work/$name.out")" = 2 ] ||
    fail "$name: not told of both servers: $(cat "$work/$name.out")"
  if grep -qF "$MAIL_PASSWORD" "$work/$name.told"; then fail "$name: the password was sent"; fi
  grep -m 1 "$why" "$work/$name.out"
done
