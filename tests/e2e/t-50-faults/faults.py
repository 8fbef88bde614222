#!/usr/bin/env python3
"""faults.py BULLETIND BULLETINCTL CONFIG MAIL_ROOT WORK IMAP_PORT SMTP_PORT --mails N --seed S --cuts N

One row a fault. Exit 1 at the first after which anything is not as it must be.
"""
import argparse
import os
import re
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, ".."), os.path.join(HERE, "..", "..", "servers")]
import fault_proxy  # noqa: E402
from fault_proxy import (Cut, FaultProxy, Stall, after, before_match, both, cut_before,  # noqa: E402
                         drip, nth_line, rewrite)
from once_house import House  # noqa: E402

TIMEOUT_S = 2
RUN_MAX_S = 30  # of a run that meets a fault
MEMORY_MAX_KB = 64 << 10

FLOOD = b"".join(b"* OK %d more to say\r\n" % number for number in range(200000))

IMAP = [
    ("a byte at a time", lambda: drip),
    ("no greeting", lambda: after(0, Stall)),
    ("BYE instead of a greeting", lambda: nth_line(0, b"* BYE too busy\r", Cut)),
    ("BYE in the middle", lambda: nth_line(6, b"* BYE going down\r", Cut)),
    ("a stall in the middle", lambda: after(1500, Stall)),
    ("a literal longer than what comes", lambda: rewrite(rb"(BODY\[\]) \{(\d+)\}",
                                                         rb"\1 {\g<2>9}", 1)),
    ("a literal of two gigabytes", lambda: rewrite(rb"(BODY\[\]) \{\d+\}", rb"\1 {2147483647}", 1)),
    ("a literal of more than there is", lambda: rewrite(rb"(BODY\[\]) \{\d+\}",
                                                        rb"\1 {99999999999999999999}", 1)),
    ("a flood of untagged lines", lambda: before_match(rb"\* \d+ FETCH", FLOOD)),
    ("UIDs that are others", lambda: rewrite(rb"UID (\d)\b", rb"UID 90\1")),
    ("UIDs that go backwards", lambda: rewrite(
        rb"\(UID (\d)\b", lambda found: b"(UID %d" % (9 - int(found[1])))),
    ("UIDVALIDITY that is another", lambda: rewrite(rb"UIDVALIDITY (\d+)", rb"UIDVALIDITY 7\1")),
    ("UIDVALIDITY that changes before a FETCH", lambda: before_match(
        rb"\* \d+ FETCH \(UID \d+ BODY", b"* OK [UIDVALIDITY 77] moved\r\n")),
    ("EXPUNGE in a FETCH", lambda: before_match(rb"\* \d+ FETCH", b"* 1 EXPUNGE\r\n")),
    ("NO [UNAVAILABLE]", lambda: rewrite(rb"OK (\[READ-\w+\] )", rb"NO [UNAVAILABLE] ")),
    ("NO [OVERQUOTA] to MOVE", lambda: rewrite(rb"OK (\[\w+\] )?Move", rb"NO [OVERQUOTA] Move")),
    ("NO to the login", lambda: rewrite(rb"OK [^\r]*Logged in", rb"NO [ALERT] no")),
    ("garbage", lambda: nth_line(3, b"\x00\xff(((((")),
]

TAKEN = rb"250 2\.0\.0 Ok: queued[^\r]*"

# Refusals before the content come without PIPELINING: the server itself refuses nothing.
SMTP = [
    ("a byte at a time", lambda: drip),
    ("no greeting", lambda: after(0, Stall)),
    ("421 as a greeting", lambda: nth_line(0, b"421 too busy\r", Cut)),
    ("554 as a greeting", lambda: nth_line(0, b"554 no\r")),
    ("a reply without end", lambda: before_match(rb"250[ -]", b"250-and\r\n" * 5000)),
    ("a line without end", lambda: before_match(rb"250[ -]", b"250-" + b"a" * 200000)),
    ("a stall in the middle", lambda: after(400, Stall)),
] + [("%d to %s" % (code, what), lambda code=code, pattern=pattern: both(
        rewrite(rb"250-PIPELINING\r\n", b""), rewrite(pattern, b"%d no" % code, 1)))
     for what, pattern in (("EHLO", rb"250-(?s:.*)250 [^\r]*"), ("MAIL", rb"250 2\.1\.0 Ok"),
                           ("RCPT", rb"250 2\.1\.5 Ok"), ("DATA", rb"354 [^\r]*"))
     for code in (421, 451, 550)] + [
    ("%d to what was taken" % code, lambda code=code: rewrite(TAKEN, b"%d no" % code, 1))
    for code in (421, 451, 550)] + [
    ("the 250 to what was taken lost", lambda: cut_before(TAKEN)),
]


class Faults:
    def __init__(self, options):
        self.options, self.house = options, House(options)
        self.imap, self.smtp = FaultProxy(options.imap_port), FaultProxy(options.smtp_port)
        self.done = 0
        with open(options.config, encoding="utf-8") as f:
            config = f.read()
        config = re.sub(r"imap: imaps://localhost:\d+", "imap: imap://localhost:%d\n    timeout: %ds\n"
                        '    after: "move: Traités"' % (self.imap.port, TIMEOUT_S), config)
        config = re.sub(r"url: submission://localhost:\d+\n +user: .*\n +password_file: .*\n",
                        "url: smtp://localhost:%d\n  timeout: %ds\n" % (self.smtp.port, TIMEOUT_S),
                        config)
        config = re.sub(r" +ca_file: .*\n", "", config)
        with open(options.config, "w", encoding="utf-8") as f:
            f.write(config)

    def dialogue_bytes(self):
        """What an undisturbed connection takes from each server; the run must be right by itself."""
        self.house.reset()
        code = self.house.run()
        self.house.wait_for_postfix()
        faults, _ = self.house.faults(set())
        if code != 0 or faults:
            sys.exit("FAIL: undisturbed: exit %d %s" % (code, faults))
        return self.imap.longest, self.smtp.longest

    def meet(self, proxy, name, fault, may_repeat=False, must=True):
        self.house.reset()
        proxy.fault, before, hits = fault, time.monotonic(), fault_proxy.hits
        code = self.house.run()
        took = time.monotonic() - before
        proxy.fault = None
        if must and fault_proxy.hits == hits:
            sys.exit("FAIL: %s: never happened" % name)
        second = self.house.run()
        self.house.wait_for_postfix()
        again = {row[0] for rows in self.house.replies().values() for row in rows} \
            if may_repeat else set()
        faults, repeated = self.house.faults(again, may_wait=True)
        if code < 0 or took > RUN_MAX_S or second not in (0, os.EX_UNAVAILABLE) or faults:
            sys.exit("FAIL: %s: exit %d after %.1f s, then %d: %s" % (
                name, code, took, second, faults))
        peak = self.house.peak_kb
        if peak > MEMORY_MAX_KB:
            sys.exit("FAIL: %s: the daemon took %d kB" % (name, peak))
        self.done += 1
        print("%-45s exit %2d after %4.1f s, then %d, %2d waiting, %d again, %5d kB" % (
            name, code, took, second, self.house.waiting(), repeated, peak))


def main():
    parser = argparse.ArgumentParser()
    for name in ("bulletind", "bulletinctl", "config", "mail_root", "work"):
        parser.add_argument(name)
    for name in ("imap_port", "smtp_port"):
        parser.add_argument(name, type=int)
    for name in ("--mails", "--seed", "--cuts"):
        parser.add_argument(name, type=int)
    options = parser.parse_args()
    faults = Faults(options)
    imap_bytes, smtp_bytes = faults.dialogue_bytes()
    for name, fault in IMAP:
        faults.meet(faults.imap, "IMAP: " + name, fault())
    for name, fault in SMTP:
        faults.meet(faults.smtp, "SMTP: " + name, fault(), may_repeat="taken" in name)
    for proxy, what, size in ((faults.imap, "IMAP", imap_bytes), (faults.smtp, "SMTP", smtp_bytes)):
        for at in sorted({size * n // options.cuts + 1 for n in range(options.cuts)}):
            faults.meet(proxy, "%s: cut after %d of %d bytes" % (what, at, size), after(at, Cut),
                        may_repeat=what == "SMTP", must=False)  # how mails share connections varies
    print("%d faults met" % faults.done)


if __name__ == "__main__":
    main()
