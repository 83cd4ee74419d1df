"""Writes the results: bench/results.json, docs/benchmarks.svg, and the generated part of docs/benchmarks.md."""

import json
from datetime import date
from pathlib import Path

from . import picture, table
from .targets import TARGETS

ROOT = Path(__file__).parent.parent.parent
# A driver's own files and part of the page.
SUFFIX = {"container": "", "vm": "-vm"}
BEGIN = {"container": "<!-- begin: written by bench/run.py -->", "vm": "<!-- begin: written by bench/run.py --driver vm -->"}
END = "<!-- end -->"


def write(all_series, about, driver, root=ROOT):
    """Everything; the files that were written. `about` is machine.py's rows."""
    results, drawing, page = f"bench/results{SUFFIX[driver]}.json", f"docs/benchmarks{SUFFIX[driver]}.svg", "docs/benchmarks.md"
    (root / results).write_text(json.dumps([series.json() for series in all_series], indent=2) + "\n")
    (root / drawing).write_text(picture.svg(all_series))
    before, rest = (root / page).read_text().split(BEGIN[driver])
    inside = rest.index(END)
    (root / page).write_text(before + BEGIN[driver] + "\n" + generated(all_series, about, driver) + rest[inside:])
    return results, drawing, page


def generated(all_series, about, driver):
    rows = "\n".join(f"| {what} | {value} |" for what, value in about)
    return "\n\n".join(
        [
            f"Medians, measured {date.today().isoformat()}.",
            table.markdown(all_series),
            "What was to be reached:",
            table.markdown_targets(all_series, TARGETS[driver]),
            "The machine:",
            f"| | |\n| --- | --- |\n{rows}",
            "",
        ]
    )
