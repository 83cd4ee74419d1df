"""What the measurements ran on."""

import os
import platform
import shutil
from pathlib import Path

from .process import run


def describe(binary):
    """Of this machine: (what, value) rows, before a lab is up."""
    memory = int(next(line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemTotal")).split()[1])
    compiler = run(["swift", "--version"]).stdout.splitlines()[0] if shutil.which("swift") else ""
    return [
        ("CPU", f"{_cpu()}, {os.cpu_count()} cores"),
        ("memory", f"{memory / 1024 / 1024:.0f} GiB"),
        ("kernel", platform.release()),
        ("system", _first("/etc/os-release", "PRETTY_NAME=").strip('"')),
        ("pmm-ha", f"{os.path.getsize(binary) / 1e6:.0f} MB" + (f", {compiler}" if compiler else "")),
    ]


def nodes(lab):
    """Of the nodes: versions of what they run."""
    script = (
        "dpkg-query -W -f '${source:Package} ${Version}\\n' pacemaker corosync pcs crmsh resource-agents fence-agents podman"
        " | sort -u"
    )
    return [("nodes", ", ".join(lab.ssh("pmm1", script).stdout.splitlines()))]


def _cpu():
    name = _first("/proc/cpuinfo", "model name")
    return name.lstrip("\t :") or platform.machine()


def _first(path, start):
    for line in Path(path).read_text().splitlines():
        if line.startswith(start):
            return line[len(start) :]
    return ""
