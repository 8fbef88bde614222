"""part_memory - private memory of the daemon through a run of 100,000 messages."""
import re
import subprocess
import time

import daemon
import meter

NAME = "memory"
WHAT = "private memory of the daemon through a run of 100,000 messages"
GOAL_MB = 64
FLAT = 1.25  # in the last quarter of the run, times what it was in the second
LIMIT_S, EVERY_S = 900, 0.2


def private_mb(pid):
    """What is the process's own: pages of the store are the file's."""
    try:
        with open("/proc/%d/status" % pid, encoding="ascii") as f:
            found = re.search(r"RssAnon:\s+(\d+)", f.read())
            return int(found.group(1)) / 1024 if found else 0
    except OSError:
        return 0


def watch(process):
    """[MB] while it runs; stopped after LIMIT_S."""
    samples, end = [], time.monotonic() + LIMIT_S
    try:
        while process.poll() is None and time.monotonic() < end:
            samples.append(private_mb(process.pid))
            time.sleep(EVERY_S)
    finally:  # also where the bench itself is stopped
        if process.poll() is None:
            process.terminate()
            process.wait(60)
    return [sample for sample in samples if sample]


def run(bench, report):
    count, sink = len(bench.mails("many").truth), bench.house.sink()
    ours = daemon.Daemon(bench.house, "memory", ["many"], sink.port)
    ours.empty()
    begin = time.monotonic()
    with open(ours.log, "ab") as log:
        command = [bench.house.program("bulletind"), "--config", ours.config, "--once"]
        samples = watch(subprocess.Popen(command, stdout=log, stderr=log))
    seconds, stored = time.monotonic() - begin, len(ours.ctl("list", "--json"))
    done = "yes" if stored == count else "%d of %d in %d s" % (stored, count, seconds)
    report.row(NAME, "bulletind, to the sink", stored, [meter.Run(seconds, checked=done)])
    quarter = max(1, len(samples) // 4)
    early, late = max(samples[quarter:2 * quarter] or samples), max(samples[-quarter:])
    report.say("private memory: %.1f MB in the second quarter of the run, %.1f MB in the last" %
               (early, late))
    report.goal("private memory of the daemon through %d messages" % stored, max(samples), GOAL_MB, " MB",
                most=True)
    report.goal("memory in the last quarter of the run against the second", late / early, FLAT, " x",
                most=True)
