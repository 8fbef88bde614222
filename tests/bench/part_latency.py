"""part_latency - from the server's untagged EXISTS to the reply accepted by the sink.

Dovecot waits half a second before it tells of a mail, so the clock is a relay that notes when EXISTS
passes. Measured alone, and while a batch is worked off from another account, whose password comes
when its time has come.
"""
import os
import statistics
import subprocess
import time

import daemon
import mails
import relay

NAME = "latency"
WHAT = "a single mail from EXISTS to its reply accepted by the sink"
ACCOUNTS, ALONE, BESIDE = 8, 13, 12  # accounts; rounds alone; batches
QUICK = (4, 1, 1)
FIRST = 500000  # number of the first single mail
SPACING_S, NOTICE_S, LIMIT_S = 0.06, 0.4, 120
BOUNDS = ((50, 60), (99, 200))  # percentile, ms


class Singles:
    """Accounts with a relay each, and the mails that are delivered into them one at a time."""

    def __init__(self, bench, accounts, run):
        self.house, self.number, self.sent = bench.house, FIRST + 1000 * run, {}
        self.users = ["single%d-%d" % (run, i) for i in range(accounts)]
        self.relays = {user: relay.Relay(self.house.imap_port()) for user in self.users}
        for user in self.users:
            self.house.maildir(user)

    def ports(self):
        return {user: one.port for user, one in self.relays.items()}

    def wait_idle(self):
        end = time.monotonic() + LIMIT_S
        while any(not one.idles for one in self.relays.values()) and time.monotonic() < end:
            time.sleep(0.01)

    def deliver(self):
        """One into each account."""
        self.sent = {}
        for user in self.users:
            row = mails.write_all("inline", self.house.path("singles"), 1, self.number)[0]
            self.relays[user].exists.clear()
            self.house.deliver(user, [self.house.path("singles", row["file"])], self.number)
            self.sent[row["from"]] = user
            self.number += 1
            time.sleep(SPACING_S)

    def delays(self, taken, begin=0.0, end=float("inf")):
        """[ms] of those whose EXISTS passed between begin and end."""
        moments = {to: when for when, to in taken}
        found = []
        for to, user in self.sent.items():
            told = self.relays[user].exists
            if told and to in moments and begin <= told[0] <= end:
                found.append((moments[to] - told[0]) * 1000)
        return found


def collect(sink, wanted):
    """What the sink has taken, until all of `wanted` recipients are there."""
    taken, end = [], time.monotonic() + LIMIT_S
    while not wanted <= {to for _, to in taken} and time.monotonic() < end:
        time.sleep(0.1)
        taken += sink.taken()
    return taken


class Running:
    """The daemon, until the block ends."""

    def __init__(self, ours):
        self.ours = ours

    def __enter__(self):
        self.log = open(self.ours.log, "ab")
        self.process = subprocess.Popen(
            [self.ours.house.program("bulletind"), "--config", self.ours.config], stdout=self.log,
            stderr=self.log)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(60)
        self.log.close()


def alone(bench, sink, accounts, rounds):
    singles, found = Singles(bench, accounts, 0), []
    ours = daemon.Daemon(bench.house, "alone", singles.users, sink.port, ports=singles.ports())
    ours.empty()
    sink.taken()
    with Running(ours):
        singles.wait_idle()
        for _ in range(rounds):
            singles.deliver()
            found += singles.delays(collect(sink, set(singles.sent)))
            time.sleep(0.3)
    return found


def beside_batch(bench, sink, singles):
    """Delays while the mailbox of bulletins is worked off."""
    gate = bench.house.path("gate")
    if os.path.exists(gate):
        os.remove(gate)
    command = "password_command: \"while [ ! -e %s ]; do sleep 0.01; done; cat %s\"" % (
        gate, bench.house.path("password"))
    ours = daemon.Daemon(bench.house, "beside", singles.users + ["inline"], sink.port,
                         ports=singles.ports(), secrets={"inline": command})
    ours.empty()
    sink.taken()
    batch = {row["from"] for row in bench.mails("inline").truth}
    with Running(ours):
        singles.wait_idle()
        singles.deliver()
        time.sleep(max(0, NOTICE_S - SPACING_S * len(singles.users)))
        open(gate, "w", encoding="ascii").close()
        begin = time.monotonic()
        taken = collect(sink, batch | set(singles.sent))
    end = max((when for when, to in taken if to in batch), default=begin)
    return singles.delays(taken, begin, end)


def tell(report, name, delays):
    if len(delays) < 2:
        report.say("latency, %s: %d replies in time, no figure" % (name, len(delays)))
        return
    cuts = statistics.quantiles(delays, n=100, method="inclusive")
    report.say("latency, %s: %d mails, least %.0f ms, p50 %.0f ms, p99 %.0f ms" % (
        name, len(delays), min(delays), cuts[49], cuts[98]))
    for percent, bound in BOUNDS:
        report.goal("latency p%d, %s" % (percent, name), cuts[percent - 1], bound, " ms", most=True)


def run(bench, report):
    accounts, rounds, batches = QUICK if bench.quick else (ACCOUNTS, ALONE, BESIDE)
    sink = bench.house.sink()
    tell(report, "alone", alone(bench, sink, accounts, rounds))
    delays = []
    for number in range(batches):
        delays += beside_batch(bench, sink, Singles(bench, accounts, number + 1))
        report.note("latency beside a batch, %d of %d: %d mails" % (number + 1, batches, len(delays)))
    tell(report, "beside a batch of %d" % bench.count("inline"), delays)
