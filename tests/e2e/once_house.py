"""once_house - runs of `bulletind --once` over the mails of generate_mails.py, each from the same
beginning, and the comparison of what became of the mails with their truth.

`options` holds: bulletind, bulletinctl, config, mail_root, work, mails (how many), seed.
"""
import collections
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time

import check_mails

E2E = os.path.dirname(os.path.abspath(__file__))
RUN_MAX_S = 120
PATIENCE_S = 60


class Peak(threading.Thread):
    """The most that a process is seen to have in a line of /proc/PID/status (VmHWM, RssAnon), in kB.
    wait4() would tell the larger of it and of this program, which it was forked from."""

    def __init__(self, pid, line):
        super().__init__(daemon=True)
        self.status, self.line, self.kb = "/proc/%d/status" % pid, re.compile(line + r":\s+(\d+)"), 0
        self.start()

    def run(self):
        found = True
        while found:
            try:
                with open(self.status, encoding="ascii") as f:
                    found = self.line.search(f.read())
            except OSError:
                return
            self.kb = max(self.kb, int(found[1]) if found else 0)
            time.sleep(0.01)


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
        """bulletind --once; its exit code. peak_kb: the most memory that it had."""
        with open(os.path.join(self.options.work, "log"), "ab") as log:
            process = subprocess.Popen(
                [self.options.bulletind, "--config", self.options.config, "--once"],
                env=dict(os.environ, BULLETIND_E2E=self.options.work, **environment), stdout=log,
                stderr=log)
        timer, peak = threading.Timer(RUN_MAX_S, process.kill), Peak(process.pid, "VmHWM")
        timer.start()
        code = process.wait()
        timer.cancel()
        self.peak_kb = peak.kb
        return code

    def replies(self):
        return check_mails.read_replies(self.person)

    def waiting(self):
        """Answers that were not sent yet."""
        return sum(row["state"] != "sent" for row in self.ask("queue", "--outbox", "--all"))

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

    def faults(self, may_repeat, may_wait=False):
        """What is not as it must be, and how many answers came again. may_repeat: Message-IDs of
        answers; may_wait: an answer may still be in the outbox, and one that was refused for good is
        a mail for a person."""
        found, truth = [], self.truth
        replies = check_mails.read_replies(self.person)
        queue, outbox = self.ask("queue", "--all"), self.ask("queue", "--outbox", "--all")
        if may_wait:
            refused = {row["message"] for row in outbox if row["state"] == "failed"}
            mails = {row["id"]: check_mails.bare(row["message_id"]) for row in queue}
            truth = [dict(entry, state="review") if entry["message_id"] in
                     {mails[ident] for ident in refused} else entry for entry in truth]
            for row in outbox:
                known = [reply[0] for reply in replies[mails[row["message"]]]]
                if row["state"] != "sent" and row["message_id"].strip("<>") not in known:
                    replies[mails[row["message"]]].append(
                        (row["message_id"].strip("<>"), row["to"], "auto-replied"))
        else:
            check_mails.check_outbox(outbox, found)
        check_mails.check_queue(truth, queue, found)
        check_mails.check_replies(truth, replies, found)
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
