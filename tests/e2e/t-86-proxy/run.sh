#!/bin/bash
# The review page behind nginx and Apache, configured by contrib/proxy as it is shipped: addresses,
# certificate and socket alone are the test's own.
# shellcheck source=../desk_house.sh disable=SC2154
. "$(dirname "$0")/../desk_house.sh"
command -v chromedriver > /dev/null || skip "chromedriver is not installed"
command -v nginx > /dev/null || skip "nginx is not installed"
host=inscriptions.example.org
desk_up_at "https://$host/desk/"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$host" -addext "subjectAltName=DNS:$host" \
  -keyout "$work/key.pem" -out "$work/cert.pem" 2> /dev/null

ours() { # ours FILE: contrib/proxy's, moved here
  sed -e "s|/etc/letsencrypt/live/$host/fullchain.pem|$work/cert.pem|" \
    -e "s|/etc/letsencrypt/live/$host/privkey.pem|$work/key.pem|" \
    -e "s|/run/bulletind/review.socket|$work/review.socket|" \
    -e '/\[::\]/d' -e "s/\(listen \|\*:\)443/\1$tls/; s/\(listen \|\*:\)80\b/\1$clear/" "$SOURCE_DIR/contrib/proxy/$1"
}

start_nginx() {
  local kind kinds=
  for kind in client_body proxy fastcgi uwsgi scgi; do kinds+="${kind}_temp_path $work/$kind; "; done
  ours nginx.conf | sed 's/listen /listen 127.0.0.1:/' > "$work/desk.nginx"
  cat > "$work/nginx.conf" << CONF
user root;
pid $work/nginx.pid;
daemon off;
events {}
http { access_log off; $kinds include $work/desk.nginx; }
CONF
  nginx -e "$work/nginx.log" -c "$work/nginx.conf" &
  proxy=$!
}

start_apache() {
  local module
  ours apache.conf > "$work/desk.apache"
  {
    for module in mpm_event authz_core alias ssl proxy proxy_http headers; do
      echo "LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so"
    done
    printf '%s\n' "ServerName $host" "User www-data" "Group root" "PidFile $work/apache.pid" \
      "ErrorLog $work/apache.log" "DefaultRuntimeDir $work" "Listen 127.0.0.1:$tls" "Listen 127.0.0.1:$clear" \
      "Include $work/desk.apache"
  } > "$work/apache.conf"
  apache2 -f "$work/apache.conf" -D FOREGROUND &
  proxy=$!
}

answers() { (: < "/dev/tcp/127.0.0.1/$tls") 2> /dev/null; }

behind() { # behind NAME
  tls=$(desk_port) clear=$(desk_port)
  "start_$1"
  wait_until "$READY_S" answers || { cat "$work/$1.log"; fail "$1 does not start"; }
  /usr/bin/python3 -B "$(dirname "$0")/proxy.py" "$desk_url" "$bulletinctl" "$house_config" "$mail_root" "$SMTP_PORT" \
    "$SOURCE_DIR/tests/cases" "$1" "$tls" "$clear" || { cat "$work/$1.log"; fail "behind $1"; }
  kill -TERM "$proxy"
  wait "$proxy" || true
  proxy=
  echo "behind $1: passed"
}

proxy=
trap 'code=$?; [ -z "$proxy" ] || kill "$proxy" 2> /dev/null; house_down "$code"' EXIT
behind nginx
if command -v apache2 > /dev/null; then behind apache; else echo "skipped: apache2 is not installed"; fi
stop_daemon
