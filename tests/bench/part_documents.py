"""part_documents - mails with docx, odt and pdf, against what the bare libraries take for the files."""
import meter
import part_intake

NAME = "documents"
WHAT = "mails with documents, against the bare libraries on the same cores"
BARE = "bare libraries, two processes"
GOAL = 0.8
PROCESSES = 2


def against_libraries(bench, report, kind, checked):
    """Our intake of a mailbox beside the bare libraries' reading of the same files."""
    contest, _ = part_intake.measure(bench, kind, kind, report, checked)
    mails = bench.mails(kind)

    def bare():
        words = meter.output([bench.house.bench("bench_documents"), mails.folder, str(PROCESSES)],
                             env={"OMP_THREAD_LIMIT": "1", "PATH": "/usr/bin:/bin"}).split()
        return meter.Run(float(words[0]), float(words[1]))

    contest.add(BARE, len(mails.truth), bare)
    contest.run(bench.rounds)
    report.goal("%s against the bare libraries" % kind, contest.ratio(part_intake.OURS, BARE), GOAL, " x")


def run(bench, report):
    against_libraries(bench, report, "documents", True)
