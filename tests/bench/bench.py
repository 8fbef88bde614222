#!/usr/bin/env python3
"""bench.py: the parts of tests/bench/run, in their order. Called by it."""
import argparse
import importlib
import os
import signal
import sys

import house
import mails
import report

PARTS = ["intake", "sink", "postfix", "cost", "rules", "documents", "scans", "growth", "start", "memory",
         "latency", "profile", "pages"]
SIZES = {"inline": 5000, "few": 200, "documents": 500, "scans": 50, "many": 100000, "less": 100, "more": 500}
QUICK = {"inline": 300, "few": 10, "documents": 9, "scans": 2, "many": 600, "less": 10, "more": 40}
FILES = ("documents", "scans")  # the others hold typed bulletins
CORES = 2


class Mails:
    def __init__(self, kind, folder, count):
        self.folder = folder
        self.truth = mails.write_all(kind if kind in FILES else "inline", folder, count)

    def files(self):
        return [os.path.join(self.folder, row["file"]) for row in self.truth]


class Bench:
    """What the parts share: servers, mailboxes made when they are first asked for, sizes."""

    def __init__(self, house_, args):
        self.house, self.quick, self.rounds = house_, args.quick, args.rounds
        self.made = {}

    def count(self, kind):
        return (QUICK if self.quick else SIZES)[kind]

    def mails(self, kind):
        if kind not in self.made:
            self.made[kind] = Mails(kind, self.house.path("mails", kind), self.count(kind))
            self.house.mailbox(kind, self.made[kind].files())
        return self.made[kind]


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", required=True)
    parser.add_argument("--build", required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--only", nargs="+", default=PARTS, choices=PARTS)
    args = parser.parse_args()
    args.rounds = args.rounds or (1 if args.quick else 5)
    return args


def stop(*_):
    raise SystemExit(143)


def main():
    args = arguments()
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    table, place = report.Report(), house.House(args.source, args.build)
    try:
        place.up()
        bench = Bench(place, args)
        for name in args.only:
            importlib.import_module("part_" + name).run(bench, table)
    finally:
        place.down()
        table.write(sys.stdout)


if __name__ == "__main__":
    main()
