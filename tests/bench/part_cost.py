"""part_cost - processor time a message, all our processes together, against the sum of the bare parts.

The parts, measured on the same mails: GMime's parsing and decoding; PCRE2 with the shipped
event's pattern set, for the very calls that reading these mails makes (each pattern over the whole
text takes far more: see part_rules); LMDB's writing of the very records that the daemon wrote, in sets; the
socket: UID sets from the mailbox, and the answers to the sink.
"""
import os
import shutil

import daemon
import meter
import part_postfix

NAME = "cost"
WHAT = "processor time a message, against the sum of the bare parts"
OURS = "bulletind, to the sink"
SET = 100
REPLAYED = 1000  # mails, as in bench_parts.h
GOAL = 1.3
PARTS = ("GMime", "PCRE2", "LMDB", "IMAP socket", "SMTP socket")


def bare(bench, words):
    """A Run of bench_parts."""
    text = meter.output([bench.house.bench("bench_parts"), *words])
    seconds, spent = (float(word) for word in text.split()[:2])
    return meter.Run(seconds, spent)


def lmdb(bench, ours):
    folder = bench.house.path("lmdb")
    shutil.rmtree(folder, ignore_errors=True)
    os.mkdir(folder)
    return bare(bench, ["lmdb", ours.store, folder])


def fetch(bench, count):
    env = bench.house.env
    text = meter.output([bench.house.bench("bench_fetch"), env["IMAP_PORT"], "inline@example.test",
                         env["MAIL_PASSWORD"], str(count), str(SET)])
    return meter.Run(*(float(word) for word in text.split()))


def run(bench, report):
    mails, sink = bench.mails("inline"), bench.house.sink()
    count = len(mails.truth)
    ours = daemon.Daemon(bench.house, "cost", ["inline"], sink.port)
    reply = part_postfix.reply_file(bench)

    def once():
        ours.empty()
        sink.taken()
        done = ours.once()
        done.checked = ours.check(mails.truth, [to for _, to in sink.taken()])
        return done

    contest = meter.Contest(NAME, report)
    contest.add(OURS, count, once)
    contest.add("GMime", count, lambda: bare(bench, ["gmime", mails.folder]))
    contest.add("PCRE2", min(count, REPLAYED), lambda: bare(bench, ["replay", mails.folder]))
    contest.add("LMDB", count, lambda: lmdb(bench, ours))
    contest.add("IMAP socket", count, lambda: fetch(bench, count))
    contest.add("SMTP socket", count, lambda: part_postfix.sender(bench, reply, sink.port, count, 2))
    contest.run(bench.rounds)
    whole, floor = contest.processor_us(OURS), sum(contest.processor_us(name) for name in PARTS)
    report.say("processor time a message: %.0f us; the bare parts %.0f us" % (whole, floor))
    report.goal("processor time a message against the bare parts", whole / floor, GOAL, " x", most=True)
