"""part_sink - from a mailbox to every answer accepted, against what people would put together."""
import contenders
import daemon
import meter

NAME = "sink"
WHAT = "to every answer accepted by a plain local sink, against scripts and fetchers"
OURS = "bulletind, to the sink"


def ours(bench, sink):
    run_daemon = daemon.Daemon(bench.house, "sink", ["inline"], sink.port)
    truth = bench.mails("inline").truth

    def once():
        run_daemon.empty()
        sink.taken()
        run = run_daemon.once()
        run.checked = run_daemon.check(truth, [to for _, to in sink.taken()])
        return run
    return once


def run(bench, report):
    sink = bench.house.sink()
    contest = meter.Contest(NAME, report)
    contest.add(OURS, len(bench.mails("inline").truth), ours(bench, sink))
    for name, kind, action in contenders.all_of(bench, sink):
        contest.add(name, len(bench.mails(kind).truth), action)
    contest.run(bench.rounds)
    for name, _, _, _ in contest.contenders[1:]:
        report.ratio("%s against %s" % (OURS, name), contest.ratio(OURS, name))
    report.goal("to the sink against the strongest script",
                contest.ratio(OURS, contenders.FAST), 2, " x")
    report.goal("to the sink against the tuned script", contest.ratio(OURS, contenders.TUNED), 10, " x")
