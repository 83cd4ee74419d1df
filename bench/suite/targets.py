"""What the project wants to reach, and whether these results do: shown, never a test, for machines differ.

Each check takes the series by name and returns (reached, value as text), or None where it was not measured.
"""


def _median(series, name, side):
    return series[name].median(side) if name in series else None


def _ratio_at_least(name, goal):
    def check(series):
        ratio = series[name].ratio if name in series else None
        return None if ratio is None else (ratio >= goal, f"{ratio:.2f}x")

    return check


def _ours_at_most(name, goal):
    def check(series):
        ours = _median(series, name, "ours")
        return None if ours is None else (ours <= goal, f"{ours:.3f} s")

    return check


def _difference(longer, shorter, judge):
    """Of two medians, each (name, side)."""

    def check(series):
        first, second = _median(series, *longer), _median(series, *shorter)
        return None if first is None or second is None else (judge(first - second), f"{first - second:.2f} s")

    return check


_ON_CONTAINERS = (
    ("first good answer, trivial service: at least 7x", _ratio_at_least("first-answer-trivial", 7)),
    ("first good answer, the lab's PMM: at least 5x", _ratio_at_least("first-answer-pmm", 5)),
    ("apply with nothing to do: at most 0.5 s", _ours_at_most("nothing-to-do", 0.5)),
    ("apply with nothing to do: at least 13x", _ratio_at_least("nothing-to-do", 13)),
    ("status over ssh: at most 0.15 s", _ours_at_most("status-over-ssh-pcs", 0.15)),
    (
        "status on a node: at most 40 ms beyond crm_mon",
        _difference(("status-on-node", "ours"), ("status-on-node", "theirs"), lambda s: s <= 0.04),
    ),
    (
        "switchover by standby: at least 1.8 s shorter",
        _difference(("switchover-standby", "theirs"), ("switchover-standby", "ours"), lambda s: s >= 1.8),
    ),
    (
        "switchover by standby: at most 0.6 s beyond PMM's own stop and start",
        _difference(("switchover-standby", "ours"), ("own-restart", "ours"), lambda s: s <= 0.6),
    ),
    (
        "node crash, fenced: shorter than the runbook's, unfenced",
        _difference(("crash", "theirs"), ("crash", "ours"), lambda s: s > 0),
    ),
)

_ON_VIRTUAL_MACHINES = (
    ("both machines cold to ssh: at most a third of a stock image's", _ratio_at_least("boot", 3)),
    ("first good answer: at least 5x", _ratio_at_least("first-answer-pmm", 5)),
    ("a running cluster from its snapshot to an answer: at most 3 s", _ours_at_most("restored", 3)),
    ("switchover by standby: at most half of the runbook's", _ratio_at_least("switchover-standby", 2)),
)

# By the lab's driver.
TARGETS = {"container": _ON_CONTAINERS, "vm": _ON_VIRTUAL_MACHINES}
