#!/bin/bash
# The figures for a monitoring system: read by Prometheus' own parser of OpenMetrics, before and after a
# mail was answered, from the listener and from the file; every figure that the alert rules and the
# dashboard ask for is there.
# shellcheck source=../mailhouse.sh
. "$(dirname "$0")/../mailhouse.sh"
/usr/bin/python3 -c 'import prometheus_client.openmetrics.parser' 2> /dev/null ||
  skip "python3-prometheus-client is not installed"
house_up
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
printf 'metrics:\n  listen: 127.0.0.1:%s\n  file: %s\n' "$port" "$work/bulletind.prom" >> "$house_config"
run_daemon
/usr/bin/python3 -B "$(dirname "$0")/figures.py" "$port" "$work/bulletind.prom" "$SMTP_PORT" "$mail_root" \
  "$SOURCE_DIR/contrib/monitoring" || fail "the figures"
stop_daemon
[ ! -e "$work/bulletind.prom" ] || fail "figures of a daemon that does not run"
