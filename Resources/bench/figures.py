"""Figures beside their budgets, as a table that grows while the measurements run."""
import statistics


class Table:
    """Prints a line per figure at once and remembers which budgets are broken."""

    def __init__(self):
        self.broken, self.held, self.skipped = [], 0, []
        self.print("figure", "median", "limit", "verdict", "peer and note")

    def print(self, name, value, limit, verdict, note):
        print(f"{name:<46} {value:>14} {limit:>12}  {verdict:<7} {note}".rstrip(), flush=True)

    def begin(self, section):
        self.section = section
        print(f"-- {section}", flush=True)

    def add(self, name, value, unit="", limit=None, note=""):
        """One figure: a number with the most that it may be, true or false with what it must be, or no limit."""
        if limit is None:
            verdict = ""
        elif value is None:
            verdict = "BROKEN"
        elif isinstance(limit, bool):
            verdict = "held" if value is limit else "BROKEN"
        else:
            verdict = "held" if value <= limit else "BROKEN"
        self.held += verdict == "held"
        if verdict == "BROKEN":
            self.broken.append(f"{self.section}: {name}: {shown(value, unit)}, limit {shown(limit, unit)}")
        self.print(name, shown(value, unit), "" if limit is None else shown(limit, unit), verdict, note)

    def skip(self, what, why):
        self.skipped.append(what)
        self.print(what, "-", "", "SKIPPED", why)

    def end(self):
        print(f"{self.held} budgets held, {len(self.broken)} broken, {len(self.skipped)} measurements skipped")
        for line in self.broken:
            print(f"  broken: {line}")


def shown(value, unit=""):
    if value is None:
        return "not measured"
    if isinstance(value, bool):
        return "yes" if value else "no"
    number = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return f"{number} {unit}".rstrip()


def spread(values, unit="ms"):
    """The values' range and number, for a note."""
    return f"{shown(float(min(values)))} to {shown(float(max(values)), unit)}, n={len(values)}"


median = statistics.median
