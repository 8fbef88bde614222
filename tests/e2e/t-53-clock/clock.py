#!/usr/bin/env python3
"""clock.py BULLETIND BULLETINCTL CONFIG MAIL_ROOT WORK IMAP_PORT SMTP_PORT

The daemon sees a clock of ours, moved by the seconds in a file. A proxy before the submission server
refuses for a while, so that answers wait. Exit 1 at the first that is not as it must be.
"""
import datetime
import glob
import json
import os
import re
import signal
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "servers"))
from fault_proxy import FaultProxy, both, rewrite  # noqa: E402

PATIENCE_S = 60
HOUR_S = 3600
RETRY_S = 300  # after a first 451
SLACK_S = 30   # of a loaded machine
US = "inscriptions@example.test"
BULLETIN = ("Collectivité / organisme : Ville de Nancy\nCivilité : Mme\nNom : Martin\nPrénom : Hélène\n"
            "Fonction : Maire\nCourriel : %s\nParticipera à la réunion du 3 juillet 2019 : Oui\n")


class Clock:
    def __init__(self, bulletind, bulletinctl, config, mail_root, work, imap_port, smtp_port):
        self.bulletind, self.bulletinctl, self.config = bulletind, bulletinctl, config
        self.mail_root, self.work, self.daemon, self.names = mail_root, work, None, []
        self.smtp, self.moved, self.refuses = FaultProxy(int(smtp_port)), 0, False
        self.smtp.fault = both(rewrite(rb"250-PIPELINING\r\n", b""), rewrite(
            rb"250 2\.1\.5 Ok", lambda found: b"451 later" if self.refuses else found[0]))
        self.file = os.path.join(work, "moved")
        self.set(0)
        with open(config, encoding="utf-8") as f:
            text = f.read()
        text = re.sub(r"imap: imaps://localhost:\d+", "imap: imap://localhost:" + imap_port, text)
        text = re.sub(r"url: submission://localhost:\d+\n +user: .*\n +password_file: .*\n",
                      "url: smtp://localhost:%d\n" % self.smtp.port, text)
        with open(config, "w", encoding="utf-8") as f:
            f.write(re.sub(r" +ca_file: .*\n", "", text))
        self.inbox = os.path.join(mail_root, "inscriptions")
        self.owner = os.stat(mail_root)
        for folder in ("", "tmp", "new", "cur"):
            os.makedirs(os.path.join(self.inbox, folder), exist_ok=True)
            os.chown(os.path.join(self.inbox, folder), self.owner.st_uid, self.owner.st_gid)

    def set(self, moved):
        with open(self.file, "r+b" if os.path.exists(self.file) else "wb") as f:
            f.write(struct.pack("=q", moved))
        self.moved = moved

    def jump(self, seconds):
        """And the daemon looks at the clock, as it does each minute."""
        self.set(self.moved + seconds)
        os.utime(os.path.join(self.work, "store", "wake"))
        with open(os.path.join(self.work, "store", "wake"), "w", encoding="ascii") as f:
            f.write("1")

    def start(self):
        ready = self.log().count("ready")
        with open(os.path.join(self.work, "log"), "ab") as log:
            self.daemon = subprocess.Popen(
                [self.bulletind, "--config", self.config], stdout=log, stderr=log,
                env=dict(os.environ, LD_PRELOAD=os.path.join(self.work, "clock.so"),
                         CLOCK_FILE=self.file))
        self.until(lambda: self.log().count("ready") > ready, "not ready")
        with open(os.path.join(self.work, "store", "wake"), "a", encoding="ascii"):
            pass

    def stop(self):
        self.daemon.send_signal(signal.SIGTERM)
        code = self.daemon.wait(PATIENCE_S)
        check(code == 0, "exit %d after SIGTERM" % code)

    def write(self, name):
        """A bulletin of somebody who has not written yet."""
        self.names.append(name)
        path = os.path.join(self.inbox, "tmp", name)
        with open(path, "w", encoding="utf-8", newline="") as f:
            f.write("\r\n".join([
                "From: %s@example.test" % name, "To: " + US, "Subject: Bulletin", "MIME-Version: 1.0",
                "Message-ID: <%s@example.test>" % name, "Content-Type: text/plain; charset=utf-8", "",
                BULLETIN % (name + "@example.test")]))
        os.chown(path, self.owner.st_uid, self.owner.st_gid)
        os.rename(path, os.path.join(self.inbox, "new", "17000000%02d.M1P1.host" % len(self.names)))

    def log(self):
        with open(os.path.join(self.work, "log"), encoding="utf-8") as f:
            return f.read()

    def outbox(self):
        out = subprocess.run([self.bulletinctl, "queue", "--outbox", "--all", "--json", "--config",
                              self.config], check=True, stdout=subprocess.PIPE).stdout
        rows = [json.loads(line) for line in out.splitlines()]
        return {row["to"].split("@")[0]: row for row in rows}

    def until(self, holds, what):
        end = time.monotonic() + PATIENCE_S
        while not holds():
            check(self.daemon.poll() is None, what + ": the daemon ended")
            if time.monotonic() > end:
                sys.exit("FAIL: %s: %s" % (what, self.outbox()))
            time.sleep(0.05)

    def until_state(self, name, state):
        self.until(lambda: self.outbox().get(name, {"state": ""})["state"] == state,
                   "%s is not %s" % (name, state))

    def waits(self, name):
        """Seconds until the next try, by the daemon's clock."""
        then = datetime.datetime.fromisoformat(self.outbox()[name]["next"].replace("Z", "+00:00"))
        return then.timestamp() - time.time() - self.moved

    def is_refused(self, name):
        self.refuses = True
        self.write(name)
        self.until_state(name, "deferred")
        check(RETRY_S - SLACK_S < self.waits(name) <= RETRY_S,
              "%s: waits %d s" % (name, self.waits(name)))
        self.refuses = False

    def waits_its_time(self, name):
        """Not for the old clock; and it goes out when its time has come."""
        self.until(lambda: self.waits(name) <= RETRY_S, "%s waits for the old clock" % name)
        check(self.outbox()[name]["state"] == "deferred", "%s was tried too early" % name)
        self.jump(RETRY_S)
        self.until_state(name, "sent")

    def all_are_answered_once(self):
        waiting = {"maildrop", "incoming", "active", "deferred"}
        self.until(lambda: not any(files for folder, _, files in os.walk(os.path.join(self.work, "p"))
                                   if set(folder.split(os.sep)) & waiting), "Postfix holds mail")
        for name in self.names:
            got = glob.glob(os.path.join(self.mail_root, name, "new", "*"))
            check(len(got) == 1, "%s got %d answers" % (name, len(got)))
        for word in ("not been read", "hung", "cannot be stored"):
            check(word not in self.log(), "the log says '%s'" % word)


def check(holds, what):
    if not holds:
        sys.exit("FAIL: " + what)


def main():
    clock = Clock(*sys.argv[1:])
    os.umask(0o022)
    try:
        play(clock)
    finally:
        if clock.daemon and clock.daemon.poll() is None:
            clock.daemon.kill()
            clock.daemon.wait()
    print("the clock jumped; %d people got one answer each" % len(clock.names))


def play(clock):
    clock.start()
    clock.is_refused("forward")
    clock.jump(7 * HOUR_S)
    clock.until_state("forward", "sent")  # long due
    clock.is_refused("back")
    clock.jump(-10 * HOUR_S)
    clock.until(lambda: "was set back by" in clock.log(), "the clock is not told")
    clock.waits_its_time("back")
    clock.write("after")
    clock.until_state("after", "sent")
    clock.is_refused("stopped")
    clock.stop()
    clock.set(clock.moved - 8 * HOUR_S)
    clock.start()
    clock.waits_its_time("stopped")
    clock.is_refused("stopped-forward")
    clock.stop()
    clock.set(clock.moved + 9 * HOUR_S)
    clock.start()
    clock.until_state("stopped-forward", "sent")
    clock.all_are_answered_once()
    clock.stop()


if __name__ == "__main__":
    main()
