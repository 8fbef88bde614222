#!/usr/bin/env python3
"""postman.py - carries the samples: the part of contrib/demo that reads and writes mail.

  postman.py event FROM TO            copies an event file, its dates moved ahead
  postman.py send PORT MAIL_ROOT WAVE mails the samples of that wave in by SMTP
  postman.py settle CTL CONFIG WAVES  waits until all samples of the waves 1 to WAVES are worked off
  postman.py show CTL CONFIG MAIL_ROOT
                                      prints the replies as they lie in the participants' Maildirs and
                                      checks what became of each sample against samples.tsv

The event's meeting was in July 2019. A copy of it, with a deadline next month, is what the demo
registers for; the dates in the samples' words move along. Exit: 0 done, 1 not as it must be.
"""
import collections
import csv
import datetime
import email
import email.policy
import email.utils
import json
import os
import smtplib
import subprocess
import sys
import textwrap
import time

HERE = os.path.dirname(os.path.abspath(__file__))
US = "inscriptions@example.test"
SETTLE_S = 90
DELIVERY_S = 15
UNDER_WAY = ("ready", "sending", "delayed", "deferred")  # states of a reply that is not out yet
WEEKDAYS = {"fr": "lundi mardi mercredi jeudi vendredi samedi dimanche".split(),
            "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
            "ja": "月火水木金土日"}
MONTHS = {"fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
          "en": ("January February March April May June July August September October November "
                 "December").split()}
Sample = collections.namedtuple("Sample", "wave file state answer status what")


def read_samples():
    with open(os.path.join(HERE, "samples.tsv"), encoding="utf-8") as f:
        rows = [row for row in csv.reader(f, delimiter="\t") if row and not row[0].startswith("#")]
    return [Sample(int(row[0]), *row[1:]) for row in rows]


def read_mail(path):
    with open(path, "rb") as f:
        return email.message_from_binary_file(f, policy=email.policy.default)


def sample_mail(sample):
    return read_mail(os.path.join(HERE, sample.file))


def new_dates():
    """Deadline on the 25th of next month, the meeting on a Wednesday a week later or more."""
    today = datetime.date.today()
    deadline = (today.replace(day=1) + datetime.timedelta(days=32)).replace(day=25)
    return deadline, deadline + datetime.timedelta(days=7 + (2 - deadline.weekday()) % 7)


def move_words(text):
    """Dates as the event's texts, labels and samples spell them, the longer spellings first."""
    deadline, day = new_dates()
    fr = "%s %s" % (day.day if day.day > 1 else "1er", MONTHS["fr"][day.month - 1])
    en = MONTHS["en"][day.month - 1]
    for old, new in [
            ("mercredi 3 juillet", "%s %s" % (WEEKDAYS["fr"][day.weekday()], fr)),
            ("Wednesday 3 July", "%s %d %s" % (WEEKDAYS["en"][day.weekday()], day.day, en)),
            ("2019年7月3日（水）", "%d年%d月%d日（%s）" % (day.year, day.month, day.day, WEEKDAYS["ja"][day.weekday()])),
            ("3 juillet", fr), ("3 July", "%d %s" % (day.day, en)), ("July 3", "%s %d" % (en, day.day)),
            ("7月3日", "%d月%d日" % (day.month, day.day)),
            ("25 juin 2019", "%d %s %d" % (deadline.day, MONTHS["fr"][deadline.month - 1], deadline.year)),
            (fr + " 2019", "%s %d" % (fr, day.year)),
            ("%d %s 2019" % (day.day, en), "%d %s %d" % (day.day, en, day.year))]:
        text = text.replace(old, new)
    return text


def move_event(source, target):
    deadline, day = new_dates()
    moved = {"starts:": "%sT16:30:00" % day, "ends:": "%sT18:00:00" % day,
             "deadline:": "%sT00:00:00" % deadline}
    lines = []
    with open(source, encoding="utf-8") as f:
        for line in move_words(f.read()).splitlines():
            key = line.split(" ", 1)[0]
            lines.append("%s %s" % (key, moved[key]) if key in moved else line)
    with open(target, "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")
    print("the deadline is %s, the meeting is on %s" % (deadline, day))


def maildir(root, address):
    """The mails in the mailbox of `address`, oldest first."""
    found = []
    for folder in ("new", "cur"):
        path = os.path.join(root, address.split("@")[0], folder)
        for name in os.listdir(path) if os.path.isdir(path) else []:
            found.append((name, os.path.join(path, name)))
    return [read_mail(path) for _, path in sorted(found)]


def sender_of(mail):
    return mail["From"].addresses[0].addr_spec


def reply_to(mail, root):
    """The replies to `mail` in its sender's mailbox."""
    ident = mail["Message-ID"].strip()
    return [m for m in maildir(root, sender_of(mail)) if (m["In-Reply-To"] or "").strip() == ident]


def wait_for_reply(mail, root):
    """Handed over is not delivered: the server may take a moment."""
    patience = time.monotonic() + DELIVERY_S
    while True:
        found = reply_to(mail, root)
        if found or time.monotonic() > patience:
            return found
        time.sleep(0.05)


def text_of(mail):
    """The plain text as a mail program shows it: flowed lines joined (RFC 3676)."""
    part = mail.get_body(("plain",))
    text = part.get_content()
    params = part["Content-Type"].params
    if params.get("format", "").lower() != "flowed":
        return text
    delsp = params.get("delsp", "").lower() == "yes"
    joined = []
    for line in text.splitlines():
        line = line[1:] if line.startswith(" ") else line
        if joined and joined[-1].endswith(" ") and joined[-1] != "-- ":
            joined[-1] = (joined[-1][:-1] if delsp else joined[-1]) + line
        else:
            joined.append(line)
    return "\n".join(joined) + "\n"


def put_in_thread(mail, root):
    """Makes `mail` the answer to what we answered to the sample that it names."""
    name = mail["X-Answers-Sample"]
    del mail["X-Answers-Sample"]
    found = wait_for_reply(read_mail(os.path.join(HERE, name)), root)
    if not found:
        sys.exit("demo: no reply to %s in its sender's mailbox, so it cannot be answered" % name)
    asked = found[0]
    mail["Subject"] = "Re: " + asked["Subject"]
    mail["In-Reply-To"] = asked["Message-ID"]
    mail["References"] = " ".join(("%s %s" % (asked["References"] or "", asked["Message-ID"])).split())
    quoted = "".join("> %s\n" % line for line in text_of(asked).splitlines())
    mail.set_content(mail.get_content() + "\nLe message d'origine :\n" + quoted, cte="8bit")


def raw_of(sample, root):
    """The bytes to send: dates moved where they stand in clear UTF-8, and sent now."""
    with open(os.path.join(HERE, sample.file), "rb") as f:
        raw = f.read()
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    if mail.get_content_charset() in ("utf-8", "us-ascii"):
        raw = move_words(raw.decode()).encode()
        mail = email.message_from_bytes(raw, policy=email.policy.default)
    if mail["X-Answers-Sample"]:
        put_in_thread(mail, root)
        raw = mail.as_bytes()
    lines = raw.split(b"\n")
    top = lines.index(b"")
    now = email.utils.formatdate(localtime=True).encode()
    head = [b"Date: " + now if line.startswith(b"Date:") else line for line in lines[:top]]
    return mail, b"\r\n".join(line.rstrip(b"\r") for line in head + lines[top:])


def send(port, root, wave):
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for sample in read_samples():
            if sample.wave != wave:
                continue
            mail, raw = raw_of(sample, root)
            smtp.sendmail(sender_of(mail), [US], raw, ["BODY=8BITMIME"])
            print("  %-34s %-29s %s" % (sample.file, sender_of(mail), sample.what))


def ask(ctl, config, *words):
    done = subprocess.run([ctl, *words, "--json", "--config", config], stdout=subprocess.PIPE,
                          encoding="utf-8", check=False)
    if done.returncode != 0:
        sys.exit("demo: bulletinctl %s ended with %d" % (" ".join(words), done.returncode))
    return [json.loads(line) for line in done.stdout.splitlines()]


def settle(ctl, config, waves):
    wanted = [s for s in read_samples() if s.wave <= waves]
    answers = sum(s.answer != "-" for s in wanted)
    started = time.monotonic()
    while True:
        queue = ask(ctl, config, "queue", "--all")
        outbox = ask(ctl, config, "queue", "--outbox")
        if (len(queue) >= len(wanted) and len(outbox) >= answers and
                all(row["state"] not in UNDER_WAY for row in outbox)):
            print("  all %d worked off, %d replies handed over, after %.1f s" % (
                len(queue), sum(row["state"] == "sent" for row in outbox), time.monotonic() - started))
            return
        if time.monotonic() - started > SETTLE_S:
            sys.exit("demo: after %d s %d of %d mails are in the queue log, %d of %d replies are sent" % (
                SETTLE_S, len(queue), len(wanted),
                sum(row["state"] == "sent" for row in outbox), answers))
        time.sleep(0.1)


def show_reply(reply):
    print("  From:    %s" % reply["From"])
    print("  To:      %s" % reply["To"])
    print("  Subject: %s" % reply["Subject"])
    for part in reply.iter_attachments():
        print("  with:    %s (%s)" % (part.get_filename() or "a part", part.get_content_type()))
    print()
    print(textwrap.indent(text_of(reply).rstrip("\n"), "  | ", lambda line: True))
    print()


class Checks:
    """What became of the samples, against samples.tsv; each fault a line."""

    def __init__(self, ctl, config, root):
        self.root = root
        self.queue = {row["message_id"].strip("<>"): row for row in ask(ctl, config, "queue", "--all")}
        self.outbox = {row["message_id"].strip("<>"): row for row in ask(ctl, config, "queue", "--outbox")}
        self.registered = collections.defaultdict(list)
        for row in ask(ctl, config, "list"):
            self.registered[row["fields"].get("email", "")].append(row["status"])
        self.faults = []
        self.replies = 0

    def check(self, sample, what, got, wanted):
        if got != wanted:
            self.faults.append("%s: %s is %s, not %s" % (sample.file, what, got, wanted))

    def sample(self, sample):
        mail = sample_mail(sample)
        row = self.queue.get(mail["Message-ID"].strip("<>"), {})
        # A question of ours that was answered since waits no longer.
        state = row.get("state")
        if not (sample.state == "waiting-for-sender" and state == "settled"):
            self.check(sample, "state", state, sample.state)
        found = (wait_for_reply if sample.answer != "-" else reply_to)(mail, self.root)
        self.check(sample, "the number of replies", len(found), int(sample.answer != "-"))
        for reply in found:
            kind = self.outbox.get(reply["Message-ID"].strip().strip("<>"), {}).get("kind")
            self.check(sample, "the reply's kind", kind, sample.answer)
            self.replies += 1
            print("-- %s: %s" % (sample.file, sample.what))
            show_reply(reply)
        if sample.status != "-":
            self.check(sample, "what is registered", self.registered[sender_of(mail)], [sample.status])


def show(ctl, config, root):
    samples = read_samples()
    checks = Checks(ctl, config, root)
    for sample in samples:
        checks.sample(sample)
    silent = [s for s in samples if s.answer == "-"]
    print("  No reply to: %s" % "; ".join(s.what for s in silent))
    for fault in checks.faults:
        print("demo: not as it must be: " + fault, file=sys.stderr)
    if checks.faults:
        sys.exit(1)
    print("  %d mails, %d replies, each person answered once, no machine at all" % (
        len(samples), checks.replies))


def main():
    calls = {"event": (move_event, 2), "send": (lambda p, r, w: send(int(p), r, int(w)), 3),
             "settle": (lambda c, f, n: settle(c, f, int(n)), 3), "show": (show, 3)}
    call, count = calls.get(sys.argv[1] if len(sys.argv) > 1 else "", (None, 0))
    if call is None or len(sys.argv) - 2 != count:
        print(__doc__, file=sys.stderr)
        sys.exit(64)
    sys.stdout.reconfigure(encoding="utf-8", errors="replace", line_buffering=True)
    call(*sys.argv[2:])


if __name__ == "__main__":
    main()
