#!/usr/bin/env python3
"""hostile.py BULLETINCTL CONFIG MAIL_ROOT WORK DAEMON-PID

The daemon is running and the mailbox empty. Good bulletins and hostile mails come by turns; then two
good ones, during whose reading the parser process is killed. Exit 1 with all that is wrong.
"""
import array
import fcntl
import glob
import json
import os
import re
import signal
import subprocess
import sys
import termios
import time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import hostile_mails  # noqa: E402
from once_house import Peak  # noqa: E402

PATIENCE_S = 240
MEMORY_MAX_KB = 64 << 10
ENDED = re.compile("processor time|gave up on it|crashed on it")


class Hostile:
    def __init__(self, bulletinctl, config, mail_root, work, daemon):
        self.bulletinctl, self.config, self.mail_root, self.work = bulletinctl, config, mail_root, work
        self.daemon, self.found, self.count = int(daemon), [], 0
        self.inbox = os.path.join(mail_root, "inscriptions")
        self.good, self.hostile = [], {}
        self.sanitized = os.environ.get("SANITIZED") == "yes"
        self.peak = Peak(self.daemon, "RssAnon")  # the store's pages are the system's

    def check(self, holds, what):
        if not holds:
            self.found.append(what)

    # --- what is done

    def deliver(self, content):
        """Into the mailbox at once, as a mail server does."""
        self.count += 1
        name = "%d.M%dP1.host" % (1700000000 + self.count, self.count)
        path = os.path.join(self.inbox, "tmp", name)
        with open(path, "wb") as f:
            f.write(content)
        owner = os.stat(self.mail_root)
        os.chown(path, owner.st_uid, owner.st_gid)
        os.rename(path, os.path.join(self.inbox, "new", name))

    def deliver_good(self):
        name = "good-%02d" % len(self.good)
        self.good.append(name)
        self.deliver(hostile_mails.good(name, len(self.good)))
        return name

    def deliver_all(self):
        secret = os.path.join(self.work, "secret")
        with open(secret, "w", encoding="utf-8") as f:
            f.write(hostile_mails.SECRET)
        for name, make, reason in hostile_mails.mails(secret):
            self.deliver_good()
            self.deliver(make(name))
            self.hostile[name] = reason
        self.deliver_good()

    def killed_in_the_midst(self, what):
        """A good mail is handed to a process that stands still, and never gets back from it."""
        parsers = [pid for pid in children(self.daemon) if program(pid) == "bulletin-parser"]
        for pid in parsers:
            os.kill(pid, signal.SIGSTOP)
        name = self.deliver_good()
        until(lambda: any(has_input(pid) for pid in parsers), "no parser was handed " + name)
        for pid in parsers:
            if has_input(pid):
                os.kill(pid, what)
            os.kill(pid, signal.SIGCONT)
        self.until_settled()
        return name

    # --- what is seen

    def ask(self, *arguments):
        out = subprocess.run([self.bulletinctl, *arguments, "--json", "--config", self.config],
                             check=True, stdout=subprocess.PIPE).stdout
        return [json.loads(line) for line in out.splitlines()]

    def is_settled(self):
        os.kill(self.daemon, 0)
        return len(self.ask("queue", "--all")) == self.count and all(
            row["state"] == "sent" for row in self.ask("queue", "--outbox", "--all"))

    def until_settled(self):
        until(self.is_settled, "%d mails are not settled" % self.count)
        waiting = {"maildrop", "incoming", "active", "deferred"}
        until(lambda: not any(files for folder, _, files in os.walk(os.path.join(self.work, "p"))
                              if set(folder.split(os.sep)) & waiting), "Postfix still holds mail")

    def lost(self):
        with open(os.path.join(self.work, "log"), encoding="utf-8") as f:
            return sum("lost a process" in line for line in f)

    def queue(self):
        return {row["message_id"].strip("<>").split("@")[0]: row for row in self.ask("queue", "--all")}

    # --- what must hold

    def good_are_answered(self, but=()):
        rows, registered = self.queue(), self.ask("list")
        for number, name in enumerate(self.good, 1):
            if name in but:
                continue
            row, address = rows.get(name, {"state": "lost"}), name + "@example.test"
            self.check(row["state"] == "settled", "%s: %s" % (name, row))
            answers = glob.glob(os.path.join(self.mail_root, name, "new", "*"))
            self.check(len(answers) == 1, "%s: %d answers" % (name, len(answers)))
            own = [(entry["status"], entry["fields"].get("last_name", "").lower())
                   for entry in registered if entry["fields"].get("email") == address]
            self.check(own == [("registered", "martin" + hostile_mails.letters(number))],
                       "%s: registered as %s" % (name, own))
        self.check(len(registered) == len(self.good) - len(but), "%d registrations" % len(registered))

    def hostile_wait_for_a_person(self):
        rows, outbox = self.queue(), self.ask("queue", "--outbox", "--all")
        for name, reason in self.hostile.items():
            reason += "|processor time" if self.sanitized else ""  # several times as slow
            row = rows.get(name, {"state": "lost", "reason": "", "from": ""})
            self.check(row["state"] in ("review", "unreadable") and re.search(reason, row["reason"]) and
                       row["from"] == name + "@example.test", "%s: %s" % (name, row))
            kinds = [entry["kind"] for entry in outbox if entry["message"] == row.get("id")]
            self.check(kinds in ([], ["received"]), "%s: was answered with %s" % (name, kinds))
        ended = [name for name in self.hostile if ENDED.search(rows.get(name, row)["reason"])]
        self.check(self.lost() == len(ended), "%d processes lost by %s" % (self.lost(), ended))
        shown = self.ask("show", str(rows["docx-outside"]["id"])) if "docx-outside" in rows else ""
        self.check(hostile_mails.SECRET not in str(shown), "a file of the machine was read: %s" % shown)
        return ended

    def memory_stays_small(self):
        self.check(self.sanitized or self.peak.kb < MEMORY_MAX_KB, "the daemon took %d kB" % self.peak.kb)
        return self.peak.kb

    def killed_are_read_again(self):
        before = self.lost()
        self.killed_in_the_midst(signal.SIGKILL)
        self.check(self.lost() == before + 1, "SIGKILL: %d lost" % (self.lost() - before))
        self.good_are_answered()
        crashed = self.killed_in_the_midst(signal.SIGSEGV)
        self.check(self.lost() == before + 2, "SIGSEGV: %d lost" % (self.lost() - before - 1))
        row = self.queue().get(crashed, {"state": "lost", "reason": ""})
        self.check(row["state"] == "unreadable" and "SIGSEGV" in row["reason"], "SIGSEGV: %s" % row)
        self.deliver_good()
        self.until_settled()
        self.good_are_answered(but=[crashed])


def children(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as f:
        of_main = f.read().split()
    others = glob.glob("/proc/%d/task/*/children" % pid)
    for path in others:
        with open(path, encoding="ascii") as f:
            of_main += f.read().split()
    return sorted({int(child) for child in of_main})


def program(pid):
    with open("/proc/%d/comm" % pid, encoding="ascii") as f:
        return f.read().strip()


def has_input(pid):
    """Do bytes lie in its standard input that it has not read?"""
    fd = os.open("/proc/%d/fd/0" % pid, os.O_RDONLY | os.O_NONBLOCK)
    try:
        count = array.array("i", [0])
        fcntl.ioctl(fd, termios.FIONREAD, count)
        return count[0] > 0
    finally:
        os.close(fd)


def until(holds, what):
    end = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > end:
            sys.exit("FAIL: " + what)
        time.sleep(0.05)


def main():
    hostile = Hostile(*sys.argv[1:6])
    before = time.monotonic()
    hostile.deliver_all()
    hostile.until_settled()
    took = time.monotonic() - before
    hostile.good_are_answered()
    ended = hostile.hostile_wait_for_a_person()
    hostile.killed_are_read_again()
    peak_kb = hostile.memory_stays_small()
    print("\n".join(hostile.found) if hostile.found else
          "%d hostile mails among %d good ones in %.1f s, %d processes lost (%s), the daemon took %d kB" % (
              len(hostile.hostile), len(hostile.good), took, len(ended), ", ".join(ended), peak_kb))
    if os.environ.get("VERBOSE"):
        for name, row in hostile.queue().items():
            print(name, row["state"], row["kind"], row["reason"])
    sys.exit(1 if hostile.found else 0)


if __name__ == "__main__":
    main()
