#!/usr/bin/env python3
"""walk.py BULLETIND BULLETINCTL CONFIG MAIL_ROOT WORK --mails N --seed S [--all]

Lists the steps that a run over N mails passes, then kills a run at each, starts another, and
compares what became of the mails with their truth. Exit 1 at the first that differs.
"""
import argparse
import collections
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from once_house import House  # noqa: E402

STEPS = ["fetched", "read", "commit-before", "commit-after", "settle-before", "settle-after",
         "imap-command", "imap-answer", "smtp-command", "smtp-reply", "smtp-content",
         "smtp-accepted", "outcome-arrived", "outcomes-written"]


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
