#!/usr/bin/env python3
"""listen.py SOCKET COMMAND...

Plays systemd for a Type=notify service with a watchdog: starts the command, and checks that it tells
READY=1, feeds the watchdog in time, answers SIGHUP with RELOADING=1 and READY=1, and SIGTERM with
STOPPING=1 and an end within five seconds.
"""
import os
import signal
import socket
import subprocess
import sys
import time

WATCHDOG_S = 3
STOP_MAX_S = 5


def expect(listener, word, patience_s):
    """Until a datagram has the line `word`; returns every line that came before it as well."""
    lines = []
    end = time.monotonic() + patience_s
    while word not in lines:
        listener.settimeout(max(0.01, end - time.monotonic()))
        try:
            lines += listener.recv(4096).decode().splitlines()
        except socket.timeout:
            sys.exit("FAIL: no %s within %d s, but %s" % (word, patience_s, lines))
    return lines


def main():
    path, command = sys.argv[1], sys.argv[2:]
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(path)
    env = dict(os.environ, NOTIFY_SOCKET=path, WATCHDOG_USEC=str(WATCHDOG_S * 1000000))
    daemon = subprocess.Popen(command, env=env)
    try:
        expect(listener, "READY=1", 60)
        for _ in range(3):
            expect(listener, "WATCHDOG=1", WATCHDOG_S)
        daemon.send_signal(signal.SIGHUP)
        expect(listener, "RELOADING=1", 10)
        expect(listener, "READY=1", 10)
        expect(listener, "WATCHDOG=1", WATCHDOG_S)
        daemon.send_signal(signal.SIGTERM)
        expect(listener, "STOPPING=1", STOP_MAX_S)
        code = daemon.wait(STOP_MAX_S)
        if code != 0:
            sys.exit("FAIL: exit %d after SIGTERM" % code)
        print("ready, watchdog fed, reloaded, stopped: told")
    finally:
        daemon.kill()


main()
