"""meter - runs a command and tells its time and its processor time, children and all."""
import os
import statistics
import subprocess
import time

LIMIT_S = 1200


class Run:
    def __init__(self, seconds, processor_s=None, checked="", rss_kb=0):
        self.seconds, self.processor_s, self.checked, self.rss_kb = seconds, processor_s, checked, rss_kb


def run(command, log, limit_s=LIMIT_S, good=0, **more):
    """A Run; its output goes to the file `log`. SystemExit unless the command ends with `good`."""
    with open(log, "ab") as out:
        begin = time.monotonic()
        process = subprocess.Popen(["timeout", "-k", "5", str(limit_s)] + command, stdout=out, stderr=out,
                                   **more)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != good:
        with open(log, encoding="utf-8", errors="replace") as f:
            tail = "".join(f.readlines()[-8:])
        raise SystemExit("bench: %s: ended with %d\n%s" % (command[0], process.returncode, tail))
    return Run(seconds, usage.ru_utime + usage.ru_stime, rss_kb=usage.ru_maxrss)


def output(command, limit_s=LIMIT_S, **more):
    """What a command prints; SystemExit where it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, timeout=limit_s, **more)
    if done.returncode:
        raise SystemExit("bench: %s: ended with %d" % (command[0], done.returncode))
    return done.stdout.decode()


class Contest:
    """Contenders in turn, round after round."""

    def __init__(self, part, report):
        self.part, self.report, self.contenders = part, report, []

    def add(self, name, count, action):
        """`action()` works off `count` mails and returns a Run."""
        self.contenders.append((name, count, action, []))

    def run(self, rounds):
        for number in range(rounds):
            for name, count, action, runs in self.contenders:
                runs.append(action())
                self.report.note("%s, round %d: %s: %.0f/s %s" % (
                    self.part, number + 1, name, count / runs[-1].seconds, runs[-1].checked))
        for name, count, _, runs in self.contenders:
            self.report.row(self.part, name, count, runs)

    def rates(self, name):
        for other, count, _, runs in self.contenders:
            if other == name:
                return [count / run.seconds for run in runs]
        raise KeyError(name)

    def ratio(self, name, other):
        """The median of the rounds' ratios: what the machine does meanwhile, it does to both."""
        return statistics.median(a / b for a, b in zip(self.rates(name), self.rates(other)))

    def processor_us(self, name):
        for other, count, _, runs in self.contenders:
            if other == name:
                return statistics.median(run.processor_s for run in runs) * 1e6 / count
        raise KeyError(name)
