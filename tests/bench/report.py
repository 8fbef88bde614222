"""report - the bench's table: a row a contender, a line a goal."""
import statistics
import sys

HEAD = ("part", "contender", "mails", "median/s", "min", "max", "us CPU/mail", "checked")


class Report:
    def __init__(self):
        self.rows, self.goals, self.notes, self.ratios = [], [], [], []

    def note(self, text):
        """What happens meanwhile, on standard error."""
        print("bench: " + text, file=sys.stderr, flush=True)

    def say(self, text):
        """A line of its own below the table."""
        self.notes.append(text)

    def row(self, part, name, count, runs):
        rates = [count / run.seconds for run in runs]
        spent = [run.processor_s for run in runs if run.processor_s is not None]
        checked = sorted({run.checked for run in runs if run.checked})
        figures = ["%.0f" % rate if rate >= 10 else "%.2f" % rate
                   for rate in (statistics.median(rates), min(rates), max(rates))]
        processor = "%.0f" % (statistics.median(spent) * 1e6 / count) if spent else ""
        self.rows.append((part, name, str(count), *figures, processor, ", ".join(checked)))

    def ratio(self, text, value):
        self.ratios.append("%-62s %10.2f x" % (text, value))

    def goal(self, text, value, bound, unit="", most=False):
        """`most`: the value may not be above the bound; else not below it."""
        met = value <= bound if most else value >= bound
        self.goals.append("%-62s %10.3g%s  %s %g%s: %s" % (
            text, value, unit, "at most" if most else "at least", bound, unit, "met" if met else "NOT MET"))

    def write(self, out):
        widths = [max(len(row[i]) for row in self.rows + [HEAD]) for i in range(len(HEAD))]
        for row in ([HEAD] + self.rows) if self.rows else []:
            cells = [cell.ljust(width) if i in (0, 1, 7) else cell.rjust(width)
                     for i, (cell, width) in enumerate(zip(row, widths))]
            print("  ".join(cells).rstrip(), file=out)
        for title, lines in (("ratios", self.ratios), ("goals", self.goals), ("measured", self.notes)):
            if lines:
                print("\n%s" % title, *("  " + line for line in lines), sep="\n", file=out)
