#!/usr/bin/env python3
"""walk.py BULLETIND BULLETINCTL CONFIG MAIL_ROOT WORK --mails N --seed S [--all]

Lists the steps that a run over N mails passes, then kills a run at each, starts another, and
compares what became of the mails with their truth. Exit 1 at the first that differs.
"""
import argparse
import collections
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import time

E2E = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.insert(0, E2E)
import check_mails  # noqa: E402

RUN_MAX_S = 120
PATIENCE_S = 60
STEPS = ["fetched", "read", "commit-before", "commit-after", "settle-before", "settle-after",
         "imap-command", "imap-answer", "smtp-command", "smtp-reply", "smtp-content",
         "smtp-accepted", "outcome-arrived", "outcomes-written"]


class House:
    def __init__(self, options):
        self.options = options
        self.inbox = os.path.join(options.mail_root, "inscriptions")
        self.person = os.path.join(options.mail_root, "person")
        self.mails = os.path.join(options.work, "mails")
        owner = os.stat(options.mail_root)
        self.owner = (owner.st_uid, owner.st_gid)
        subprocess.run([sys.executable, os.path.join(E2E, "generate_mails.py"), self.mails,
                        str(options.mails), str(options.seed), "--us",
                        "inscriptions@example.test", "--people", "person@example.test"],
                       check=True, stdout=subprocess.DEVNULL)
        with open(os.path.join(self.mails, "truth.json"), encoding="utf-8") as f:
            self.truth = json.load(f)

    def reset(self):
        """Mailboxes and store as before the first start, the mails in the inbox."""
        for folder in (self.inbox, self.person, os.path.join(self.options.work, "store")):
            shutil.rmtree(folder, ignore_errors=True)
        os.mkdir(os.path.join(self.options.work, "store"))
        for name in ("tmp", "new", "cur"):
            os.makedirs(os.path.join(self.inbox, name))
        for number, path in enumerate(sorted(glob.glob(os.path.join(self.mails, "*.eml")))):
            shutil.copy(path, os.path.join(self.inbox, "new", "%d.M%dP1.host" % (
                1700000000 + number, number)))
        for folder, names, files in os.walk(self.inbox):
            for path in [folder] + [os.path.join(folder, f) for f in files]:
                os.chown(path, *self.owner)

    def run(self, **environment):
        """bulletind --once; its exit code."""
        with open(os.path.join(self.options.work, "log"), "ab") as log:
            return subprocess.run(
                [self.options.bulletind, "--config", self.options.config, "--once"],
                env=dict(os.environ, BULLETIND_E2E=self.options.work, **environment), stdout=log,
                stderr=log, timeout=RUN_MAX_S).returncode

    def ask(self, *arguments):
        out = subprocess.run([self.options.bulletinctl, *arguments, "--json", "--config",
                              self.options.config], check=True, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL).stdout
        return [json.loads(line) for line in out.splitlines() if line.strip()]

    def wait_for_postfix(self):
        end = time.monotonic() + PATIENCE_S
        waiting = ["maildrop", "incoming", "active", "deferred"]
        while any(files for folder, _, files in os.walk(os.path.join(self.options.work, "p"))
                  if set(folder.split(os.sep)) & set(waiting)):
            if time.monotonic() > end:
                sys.exit("FAIL: replies are still in Postfix's queue")
            time.sleep(0.02)

    def in_flight(self):
        """Message-IDs that may come again: handed to the server, the outcome not noted."""
        try:
            rows = self.ask("queue", "--outbox", "--all")
        except subprocess.CalledProcessError as error:
            if error.returncode != os.EX_NOINPUT:
                raise
            return set()  # killed before the store was made
        return {row["message_id"].strip("<>") for row in rows if row["state"] == "sending"}

    def faults(self, may_repeat):
        found = []
        replies = check_mails.read_replies(self.person)
        check_mails.check_queue(self.truth, self.ask("queue", "--all"), found)
        check_mails.check_replies(self.truth, replies, found)
        check_mails.check_outbox(self.ask("queue", "--outbox", "--all"), found)
        listed = self.ask("list")
        check_mails.check_registrations(self.truth, listed, found)
        for row in listed:
            changes = [entry["message_id"] for entry in row["history"]]
            if len(set(changes)) != len(changes) or row["message_id"] not in changes:
                found.append("registration %d: its history is not its mails: %s" % (
                    row["id"], row["history"]))
        seen = collections.Counter(row[0] for rows in replies.values() for row in rows)
        for ident, times in seen.items():
            if times > (2 if ident in may_repeat else 1):
                found.append("<%s> came %d times" % (ident, times))
        left = len(os.listdir(os.path.join(self.inbox, "new"))) + len(
            os.listdir(os.path.join(self.inbox, "cur")))
        if left:
            found.append("%d mails were not moved" % left)
        return found, sum(times - 1 for times in seen.values())


def passed_steps(house):
    """How often an undisturbed run passes each step; it must be right by itself."""
    log = os.path.join(house.options.work, "steps")
    house.reset()
    code = house.run(BULLETIND_CRASH_LOG=log)
    house.wait_for_postfix()
    faults, again = house.faults(set())
    if code != 0 or faults or again:
        sys.exit("FAIL: undisturbed: exit %d %s" % (code, faults))
    with open(log, encoding="ascii") as f:
        counts = collections.Counter(f.read().split())
    missing = [name for name in STEPS if name not in counts]
    unknown = [name for name in counts if name not in STEPS]
    if missing or unknown:
        sys.exit("FAIL: steps never passed %s, not in the list %s" % (missing, unknown))
    return counts


def crash_at(house, step, number):
    """Times an answer came again; exits at a fault."""
    house.reset()
    code = house.run(BULLETIND_CRASH="%s:%d" % (step, number))
    if code not in (-signal.SIGKILL, 0):
        sys.exit("FAIL: %s:%d: exit %d" % (step, number, code))
    may_repeat = house.in_flight()
    second = house.run()
    house.wait_for_postfix()
    faults, again = house.faults(may_repeat)
    if second != 0 or faults:
        sys.exit("FAIL: killed at %s:%d: the next run ends with %d, %s" % (
            step, number, second, faults))
    return code != 0, again


def main():
    parser = argparse.ArgumentParser()
    for name in ("bulletind", "bulletinctl", "config", "mail_root", "work"):
        parser.add_argument(name)
    parser.add_argument("--mails", type=int)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    house = House(options)
    counts = passed_steps(house)
    kills = repeated = 0
    for step in STEPS:
        count = counts[step]
        numbers = range(1, count + 1) if options.all else sorted({1, (count + 1) // 2, count})
        done = [crash_at(house, step, number) for number in numbers]
        kills += sum(killed for killed, _ in done)
        repeated += sum(again for _, again in done)
        print("%-18s passed %3d times, killed at %3d of them, answers that came again %d" % (
            step, count, sum(killed for killed, _ in done), sum(again for _, again in done)))
    print("kills %d, answers that came again under the same Message-ID %d" % (kills, repeated))
    if kills < len(STEPS):
        sys.exit("FAIL: only %d runs were killed" % kills)


if __name__ == "__main__":
    main()
