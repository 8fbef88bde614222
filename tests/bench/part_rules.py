"""part_rules - bytes of text a second through the rules, against PCRE2's own speed on the same patterns.

Ours looks for labels, choices, sentences, patterns and facts in each line; PCRE2 runs each pattern of
the set over the whole text. The third row is what reading these mails really asks of PCRE2. That a
pattern which blows up is caught by the match limit, and named in the log, is tested in
tests/parsers/test_rules.c and tests/tree/t-rules.
"""
import meter
import part_cost

NAME = "rules"
WHAT = "bytes a second over text, against PCRE2's own speed on the same pattern set"
OURS, BARE = "our rules, line by line", "PCRE2, each pattern over the text"


def run(bench, report):
    mails = bench.mails("inline")
    folder, count = mails.folder, min(len(mails.truth), part_cost.REPLAYED)
    sizes = {}

    def patterns(way):
        words = meter.output([bench.house.bench("bench_parts"), way, folder]).split()
        sizes[way] = int(words[3])
        return meter.Run(float(words[0]), float(words[1]))

    contest = meter.Contest(NAME, report)
    contest.add(OURS, count, lambda: patterns("rules"))
    contest.add(BARE, count, lambda: patterns("pcre2"))
    contest.add("PCRE2, the calls that reading makes", count,
                lambda: part_cost.bare(bench, ["replay", folder]))
    contest.run(bench.rounds)
    for name, _, _, runs in contest.contenders[:2]:
        speed = max(sizes["rules"] / one.seconds for one in runs) / 1e6
        report.say("%s: %.1f MB of text a second" % (name, speed))
    report.ratio("rules against PCRE2 on the same patterns", contest.ratio(OURS, BARE))
