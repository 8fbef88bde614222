#!/bin/bash
# Who stands between us and the mail servers: certificates that do not hold, STARTTLS taken out of the
# answer, words slipped in before the handshake. Each is refused with one clear line, and nothing but
# greetings was said in clear.
# shellcheck source=../mailhouse.sh
. "$(dirname "$0")/../mailhouse.sh"
house_up
tls=$work/tls
mkdir "$tls"
# One leaf a fault, by the CA that we trust: subject, days from now, name.
cat > "$tls/ca.conf" << CONF
[ca]
default_ca = test
[test]
new_certs_dir = $tls
database = $tls/index
serial = $tls/serial
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
CONF
: > "$tls/index"
echo 1000 > "$tls/serial"
leaf() { # leaf FILE FROM TO NAME
  openssl req -newkey rsa:2048 -nodes -subj "/CN=$4" -addext "subjectAltName=DNS:$4" \
    -keyout "$tls/$1.key" -out "$tls/$1.csr" 2> /dev/null
  openssl ca -batch -config "$tls/ca.conf" -cert "$work/d/tls/ca.pem" -keyfile "$work/d/tls/ca.key" \
    -startdate "$(date -u -d "$2" +%y%m%d%H%M%SZ)" -enddate "$(date -u -d "$3" +%y%m%d%H%M%SZ)" \
    -in "$tls/$1.csr" -out "$tls/$1.pem" -notext 2> "$work/openssl" || fail "$(cat "$work/openssl")"
}
leaf good '-1 day' '+30 days' localhost
leaf expired '-30 days' '-1 day' localhost
leaf future '+1 day' '+30 days' localhost
leaf elsewhere '-1 day' '+30 days' mail.example.org
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
  -keyout "$tls/self.key" -out "$tls/self.pem" 2> /dev/null
python3 "$(dirname "$0")/ways_in.py" "$bulletind" "$house_config" "$work" "$mail_root" || fail "the ways in"
