"""The results as text: for the terminal and as a Markdown table."""

from .stats import SIDES


def seconds(value):
    if value is None:
        return "-"
    return f"{value * 1000:.0f} ms" if value < 0.995 else f"{value:.2f} s"


def spread(series, side):
    runs = series.runs[side]
    failed = len(series.failures[side])
    if not runs:
        return "no run" + (f", {failed} failed" if failed else "")
    text = f"{seconds(min(runs))} to {seconds(max(runs))}, n={len(runs)}"
    return text + (f", {failed} failed" if failed else "")


def ratio(series):
    return f"{series.ratio:.1f}x" if series.ratio else "-"


def terminal(all_series, targets):
    rows = [("", "pmm-ha", "(min to max)", "other", "(min to max)", "ratio")]
    for s in all_series:
        ours, theirs = (seconds(s.median(side)) for side in SIDES)
        rows.append((s.title, ours, spread(s, "ours"), theirs, f"{s.peer}; {spread(s, 'theirs')}", ratio(s)))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    left = (0, 2, 4)
    lines = [
        "  ".join(cell.ljust(width) if i in left else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths))).rstrip()
        for row in rows
    ]
    lines.insert(1, "-" * max(map(len, lines)))
    return "\n".join(lines + ["", *target_lines(all_series, targets)])


def target_lines(all_series, targets):
    by_name = {s.name: s for s in all_series}
    lines = []
    for text, check in targets:
        outcome = check(by_name)
        if outcome is not None:
            reached, value = outcome
            lines.append(f"{'reached' if reached else 'MISSED '}  {text}: {value}")
    return lines


def markdown(all_series):
    lines = [
        "| | pmm-ha | other | ratio | runs (min to max) |",
        "| --- | ---: | ---: | ---: | --- |",
    ]
    for s in all_series:
        ours, theirs = (seconds(s.median(side)) for side in SIDES)
        runs = f"{spread(s, 'ours')}; {spread(s, 'theirs')}"
        lines.append(f"| {s.title} | **{ours}** | {theirs} ({s.peer}) | {ratio(s)} | {runs} |")
    return "\n".join(lines)


def markdown_targets(all_series, targets):
    by_name = {s.name: s for s in all_series}
    lines = ["| goal | measured | |", "| --- | ---: | --- |"]
    for text, check in targets:
        outcome = check(by_name)
        reached, value = outcome if outcome is not None else (None, "not measured")
        word = {True: "reached", False: "**missed**", None: ""}[reached]
        lines.append(f"| {text} | {value} | {word} |")
    return "\n".join(lines)
