"""part_intake - from a mailbox to every message stored durably and every answer in the outbox."""
import daemon
import drain
import meter

NAME = "intake"
WHAT = "the raw drain, and bulletind --once to every answer in the outbox"
DRAIN = "raw drain, one UID FETCH"
OURS = "bulletind, to the outbox"
GOAL = 0.25


def measure(bench, part, kind, report, checked=True):
    """A contest of the drain and our intake on the mailbox of `kind`."""
    house, mails = bench.house, bench.mails(kind)
    ours = daemon.Daemon(house, "intake-" + kind, [kind])

    def raw():
        seconds, spent, _ = drain.run(house, kind)
        return meter.Run(seconds, spent)

    def once():
        ours.empty()
        run = ours.once()
        run.checked = ours.check(mails.truth) if checked else "%d stored" % len(ours.ctl("list", "--json"))
        return run

    contest = meter.Contest(part, report)
    contest.add(DRAIN, len(mails.truth), raw)
    contest.add(OURS, len(mails.truth), once)
    return contest, ours


def run(bench, report):
    contest, _ = measure(bench, NAME, "inline", report)
    contest.run(bench.rounds)
    report.goal("intake against the raw drain, two cores", contest.ratio(OURS, DRAIN), GOAL, " x")
