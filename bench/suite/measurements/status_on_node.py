"""`pmm-ha status` run on a node against crm_mon there. Both are measured on the cluster that pmm-ha built."""

import shutil

from ..lab import Lab

FRESH = False
IMAGE = Lab.pmm_image
SERIES = {"status-on-node": ("Status on a node", "crm_mon")}
TIMES = 10
ROUNDS = 5


def measure(side, record):
    """Each run is the mean of ten, timed on the node itself: one is shorter than an ssh call's noise."""
    lab = side.lab
    if side.name == "ours":
        shutil.copy2(lab.binary, lab.directory / "share" / "pmm-ha")
        command = f"{lab.share}/pmm-ha status"
    else:
        command = "crm_mon -1"
    loop = (
        f"i=0; began=$(date +%s%N); while [ $i -lt {TIMES} ]; do {command} >/dev/null 2>&1 || [ $? -eq 3 ] || exit 1; "
        "i=$((i + 1)); done; echo $(($(date +%s%N) - began))"
    )
    lab.ssh("pmm1", f"{command} >/dev/null", check=False)
    for _ in range(ROUNDS):
        record("status-on-node", int(lab.ssh("pmm1", loop).stdout) / 1e9 / TIMES)
