"""Writes the results: bench/results.json, docs/benchmarks.svg, and the generated part of docs/benchmarks.md."""

import json
from datetime import date
from pathlib import Path

from . import picture, table

ROOT = Path(__file__).parent.parent.parent
BEGIN, END = "<!-- begin: written by bench/run.py -->", "<!-- end -->"


def write(all_series, about, root=ROOT):
    """Everything. `about` is machine.py's rows."""
    results = [series.json() for series in all_series]
    (root / "bench" / "results.json").write_text(json.dumps(results, indent=2) + "\n")
    docs = root / "docs"
    docs.mkdir(exist_ok=True)
    (docs / "benchmarks.svg").write_text(picture.svg(all_series))
    page = docs / "benchmarks.md"
    before, rest = page.read_text().split(BEGIN)
    after = rest.split(END)[1]
    page.write_text(before + BEGIN + "\n" + generated(all_series, about) + END + after)


def generated(all_series, about):
    rows = "\n".join(f"| {what} | {value} |" for what, value in about)
    return "\n\n".join(
        [
            f"Medians, measured {date.today().isoformat()}.",
            table.markdown(all_series),
            "What was to be reached:",
            table.markdown_targets(all_series),
            "The machine:",
            f"| | |\n| --- | --- |\n{rows}",
            "",
        ]
    )
