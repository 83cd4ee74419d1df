#!/usr/bin/env python3
"""Measures pmm-ha against the runbook's own commands and peers, side by side on one lab, in one run.

    python3 bench/run.py                       everything, five rounds: the table, bench/results.json, docs/
    python3 bench/run.py --only crash --runs 2 one measurement, shown and not written
    python3 bench/run.py --driver vm --runs 2  the data-centre guide whole, on virtual machines with LVM

Needs root for the lab. What each measurement is stands in docs/benchmarks.md.
"""

import argparse
import os
import signal
import sys
from pathlib import Path

from suite import ansible, document, machine, table
from suite.lab import Lab, VirtualLab
from suite.measurements import ON_CONTAINERS, ON_VIRTUAL_MACHINES
from suite.process import Failed
from suite.runner import Runner
from suite.sides import working_directory
from suite.targets import TARGETS

LABS = {"container": (Lab, ON_CONTAINERS), "vm": (VirtualLab, ON_VIRTUAL_MACHINES)}
NAMES = list(dict.fromkeys(name for _, measurements in LABS.values() for m in measurements for name in m.SERIES))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--binary", default=".build/release/pmm-ha", help="pmm-ha, built for release (default: %(default)s)")
    parser.add_argument("--only", action="append", default=[], choices=NAMES, metavar="NAME", help="one of: " + ", ".join(NAMES))
    parser.add_argument("--driver", default="container", choices=LABS, help="what the lab's nodes are (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=5, help="rounds, each of both sides (default: %(default)s)")
    parser.add_argument("--lab-name", default="bench", help="the lab to make and take away (default: %(default)s)")
    parser.add_argument("--commands", action="store_true", help="show how long each of the runbook's commands took")
    return parser.parse_args()


def stop(*_):
    raise KeyboardInterrupt


def main():
    options = arguments()
    binary = os.path.abspath(options.binary)
    if os.geteuid() != 0:
        return "The lab needs root: sudo python3 bench/run.py"
    if not os.access(binary, os.X_OK):
        return f"{options.binary} is not there: swift build -c release --static-swift-stdlib --product pmm-ha"
    signal.signal(signal.SIGTERM, stop)
    kind, measurements = LABS[options.driver]
    lab = kind(binary, options.lab_name)
    try:
        about = machine.describe(binary)
        if options.driver == "container" and (not options.only or "nothing-to-do" in options.only):
            ansible.install()
        with working_directory() as work:
            runner = Runner(lab, work, measurements, options.runs, options.only, lambda text: print(text, flush=True))
            runner.sides[0].tell = print if options.commands else None
            runner.run()
    except Failed as error:
        return str(error)
    everything = list(runner.series.values())
    print("\n" + table.terminal(everything, TARGETS[options.driver]))
    for name, side, why in runner.failures:
        print(f"\nFAILED {name} ({side}): {why}")
    # An interrupted run is worth keeping where both sides were measured; how often stands beside each figure.
    if not options.only and all(series.ratio for series in everything):
        written = document.write(everything, about + runner.about, options.driver)
        print(f"\nwritten: {', '.join(written)}")
    return 1 if runner.failures or runner.interrupted else 0


if __name__ == "__main__":
    sys.exit(main())
