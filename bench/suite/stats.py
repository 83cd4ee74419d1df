"""What is known of one measurement: both sides' runs, and what comes of them."""

import statistics
from dataclasses import dataclass, field

SIDES = ("ours", "theirs")


@dataclass
class Series:
    """The runs of one measurement, in seconds, and those that failed."""

    name: str
    title: str
    peer: str
    unit: str = "s"
    runs: dict = field(default_factory=lambda: {side: [] for side in SIDES})
    failures: dict = field(default_factory=lambda: {side: [] for side in SIDES})

    def add(self, side, seconds):
        self.runs[side].append(seconds)

    def fail(self, side, why):
        self.failures[side].append(why)

    def median(self, side):
        return statistics.median(self.runs[side]) if self.runs[side] else None

    @property
    def ratio(self):
        ours, theirs = self.median("ours"), self.median("theirs")
        return theirs / ours if ours and theirs else None

    def json(self):
        return {
            "name": self.name,
            "title": self.title,
            "peer": self.peer,
            "ours": rounded(self.median("ours")),
            "theirs": rounded(self.median("theirs")),
            "ratio": rounded(self.ratio),
            "unit": self.unit,
            "runs": {side: self._summary(side) for side in SIDES},
        }

    def _summary(self, side):
        runs, failed = self.runs[side], len(self.failures[side])
        summary = {"min": None, "median": None, "max": None, "n": len(runs)}
        if runs:
            summary |= {"min": rounded(min(runs)), "median": rounded(self.median(side)), "max": rounded(max(runs))}
        return summary | ({"failed": failed} if failed else {})


def rounded(value):
    """Three decimals: a millisecond, which is less than any of these repeats."""
    return None if value is None else round(value, 3)
