"""part_postfix - to every answer accepted by Postfix, against what it takes from a plain sender."""
import daemon
import meter

NAME = "postfix"
WHAT = "to every answer accepted by Postfix, against a plain sender over as many connections"
SENDER = "plain sender to Postfix, %d connections"
OURS = "bulletind, to Postfix, %d connections"
CONNECTIONS = (2, 4)
GOAL = 0.95


def reply_file(bench):
    """One of our answers, as a sink got it: what the plain senders send."""
    sink = bench.house.sink()
    ours = daemon.Daemon(bench.house, "reply", ["few"], sink.port)
    bench.mails("few")
    ours.empty()
    ours.once()
    path = bench.house.path("reply.eml")
    with open(path, "wb") as f:
        f.write(sink.last())
    return path


def sender(bench, path, port, count, connections):
    """A plain sender's Run."""
    command = [bench.house.bench("bench_send"), str(port), path, str(count), str(connections)]
    seconds, spent = (float(word) for word in meter.output(command).split())
    return meter.Run(seconds, spent, "%d accepted" % count)


def ours(bench, connections):
    house, truth = bench.house, bench.mails("inline").truth
    run_daemon = daemon.Daemon(house, "postfix-%d" % connections, ["inline"],
                               int(house.env["SMTP_PORT"]), connections)

    def once():
        run_daemon.empty()
        run = run_daemon.once()
        sent = [row["to"] for row in run_daemon.ctl("queue", "--outbox", "--all", "--json")
                if row["state"] == "sent"]
        run.checked = run_daemon.check(truth, sent)
        house.postfix_settle()
        return run
    return once


def run(bench, report):
    bench.house.postfix_up()
    path, count = reply_file(bench), len(bench.mails("inline").truth)
    port = int(bench.house.env["SMTP_PORT"])
    contest = meter.Contest(NAME, report)

    def plain(connections):
        done = sender(bench, path, port, count, connections)
        bench.house.postfix_settle()
        return done

    for connections in CONNECTIONS:
        contest.add(SENDER % connections, count, lambda connections=connections: plain(connections))
        contest.add(OURS % connections, count, ours(bench, connections))
    contest.run(bench.rounds)
    for connections in CONNECTIONS:
        report.goal("to Postfix against a plain sender, %d connections" % connections,
                    contest.ratio(OURS % connections, SENDER % connections), GOAL, " x")
