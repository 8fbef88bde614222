"""part_growth - what a message costs with many registrations in the store, and with few."""
import os
import shutil

import daemon
import meter

NAME = "growth"
WHAT = "time a message with 1,000,000 registrations stored, and with 1,000"
SIZES = (1000, 1000000)
QUICK = (100, 2000)
GOAL = 1.15


def filled(bench, count):
    folder = bench.house.path("filled-%d" % count)
    os.mkdir(folder)
    meter.output([bench.house.bench("bench_fill"), folder, str(count)])
    return folder


def run(bench, report):
    mails, sizes = bench.mails("inline"), QUICK if bench.quick else SIZES
    ours = daemon.Daemon(bench.house, "growth", ["inline"])
    ours.empty()
    contest = meter.Contest(NAME, report)
    wanted = {row["message_id"] for row in mails.truth}

    def once(folder):
        shutil.rmtree(ours.store)
        shutil.copytree(folder, ours.store)
        os.sync()  # the copy's writing out is not what is measured
        done = ours.once()
        found = sum(row["message_id"].strip("<>") in wanted for row in ours.ctl("list", "--json"))
        done.checked = "yes" if found == len(wanted) else "%d of %d stored" % (found, len(wanted))
        return done

    names = []
    for size in sizes:
        folder = filled(bench, size)
        names.append("bulletind, %d registrations stored" % size)
        contest.add(names[-1], len(mails.truth), lambda folder=folder: once(folder))
    contest.run(bench.rounds)
    for size in sizes:
        shutil.rmtree(bench.house.path("filled-%d" % size))
    report.goal("time a message, %d registrations against %d" % (sizes[1], sizes[0]),
                contest.ratio(names[0], names[1]), GOAL, " x", most=True)
