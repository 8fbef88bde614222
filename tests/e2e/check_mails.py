#!/usr/bin/env python3
"""check_mails.py TRUTH.json QUEUE.jsonl LIST.jsonl OUTBOX.jsonl LOG.jsonl MAILDIR

Compares what became of the mails of generate_mails.py with their truth: every mail in the queue log
once with its state (a copy as a line of the log), each person answered exactly once, no machine at all, and the registrations in
every field. A reply may lie in the mailbox twice only with one Message-ID: its submission was
accepted and the daemon killed before it could note so. Prints the counts; exit 1 and every fault
(the first 40) otherwise.
"""
import collections
import email
import email.utils
import json
import os
import sys


def read_lines(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f if line.strip()]


def bare(ident):
    return (ident or "").strip().strip("<>")


def read_replies(maildir):
    """{id of the answered mail: [(Message-ID, To, Auto-Submitted)]}, a row each file."""
    found = collections.defaultdict(list)
    for folder in ("new", "cur"):
        path = os.path.join(maildir, folder)
        for name in sorted(os.listdir(path)) if os.path.isdir(path) else []:
            with open(os.path.join(path, name), "rb") as f:
                mail = email.message_from_binary_file(f)
            to = email.utils.parseaddr(str(mail["To"]))[1].lower()
            found[bare(mail["In-Reply-To"])].append(
                (bare(mail["Message-ID"]), to, mail["Auto-Submitted"]))
    return found


def check_copies(truth, log, faults):
    copies = sum(entry["class"] == "duplicate" for entry in truth)
    noted = sum("the same mail again" in row["text"] for row in log)
    if noted != copies:
        faults.append("%d copies noted in the log, %d were sent" % (noted, copies))


def check_queue(truth, queue, faults):
    want, got = collections.defaultdict(list), collections.defaultdict(list)
    for entry in truth:
        if entry["class"] != "duplicate":  # a copy is a line of the log, not a message of its own
            want[entry["message_id"]].append(entry["state"])
    for entry in queue:
        got[bare(entry["message_id"])].append(entry["state"])
    names = {entry["message_id"]: entry for entry in truth}
    for ident in want:
        if sorted(want[ident]) != sorted(got.get(ident, [])):
            entry = names[ident]
            seen = [(q["kind"], q["decision"], q["reason"]) for q in queue
                    if bare(q["message_id"]) == ident]
            faults.append("%s (%s): states %s, wanted %s %s" % (
                entry["file"], entry["class"], sorted(got.get(ident, [])), sorted(want[ident]), seen))
    for ident in set(got) - set(want):
        faults.append("in the queue log, but never sent: <%s>" % ident)
    uids = collections.Counter((q["account"], q["uid"]) for q in queue)
    faults.extend("twice in the queue log: %s" % (uid,) for uid, n in uids.items() if n > 1)


def check_replies(truth, replies, faults):
    want = collections.Counter()
    whom = {}
    for entry in truth:
        want[entry["message_id"]] += entry["replies"]
        whom[entry["message_id"]] = entry
    twice = 0
    for ident, entry in whom.items():
        rows = replies.get(ident, [])
        distinct = {row[0] for row in rows}
        if len(distinct) != want[ident]:
            faults.append("%s (%s): %d different replies, wanted %d" % (
                entry["file"], entry["class"], len(distinct), want[ident]))
        twice += len(rows) - len(distinct)
        for row in rows:
            if row[1] != entry["from"] or not (row[2] or "").startswith("auto-replied"):
                faults.append("%s: reply to %s, Auto-Submitted %s" % (entry["file"], row[1], row[2]))
    for ident in set(replies) - set(whom):
        faults.append("a reply to nothing that was sent: <%s> %s" % (ident, replies[ident]))
    return twice


def check_outbox(outbox, faults):
    for row in outbox:
        if row["state"] != "sent":
            faults.append("outbox: reply to %s is %s" % (row["to"], row["state"]))


def check_registrations(truth, listed, faults):
    want = {t["message_id"]: t for t in truth if t["fields"] is not None}
    got = collections.defaultdict(list)
    for row in listed:
        got[bare(row["message_id"])].append(row)
    for ident, entry in want.items():
        rows = got.pop(ident, [])
        if len(rows) != 1:
            faults.append("%s (%s): %d registrations" % (entry["file"], entry["class"], len(rows)))
            continue
        fields = {k: v for k, v in rows[0]["fields"].items() if v}
        if fields != entry["fields"] or rows[0]["status"] != entry["status"]:
            keys = [k for k in sorted(set(fields) | set(entry["fields"]))
                    if fields.get(k) != entry["fields"].get(k)]
            faults.append("%s (%s): %s %s, wanted %s" % (
                entry["file"], entry["class"], rows[0]["status"],
                {k: (fields.get(k), entry["fields"].get(k)) for k in keys}, entry["status"]))
    for ident, rows in got.items():
        faults.append("a registration of <%s>, which makes none: %s" % (ident, rows[0]["status"]))


def main():
    truth_file, queue_file, list_file, outbox_file, log_file, maildir = sys.argv[1:7]
    with open(truth_file, encoding="utf-8") as f:
        truth = json.load(f)
    queue, listed, outbox, log = (
        read_lines(p) for p in (queue_file, list_file, outbox_file, log_file))
    replies = read_replies(maildir)
    faults = []
    check_queue(truth, queue, faults)
    check_copies(truth, log, faults)
    twice = check_replies(truth, replies, faults)
    check_outbox(outbox, faults)
    check_registrations(truth, listed, faults)
    states = collections.Counter(q["state"] for q in queue)
    print("mails %d, in the queue log %d: %s" % (
        len(truth), len(queue), ", ".join("%s %d" % row for row in sorted(states.items()))))
    print("replies wanted %d, different ones found %d, the same Message-ID again %d" % (
        sum(t["replies"] for t in truth), len({r[0] for rows in replies.values() for r in rows}), twice))
    print("registrations %d, wanted %d" % (
        len(listed), sum(t["fields"] is not None for t in truth)))
    for fault in faults[:40]:
        print("FAULT " + fault)
    print("%d faults" % len(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
