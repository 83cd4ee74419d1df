"""Apply with nothing to do: `pmm-ha apply` against the same cluster's Ansible playbook, each on the cluster it keeps."""

import time

from .. import ansible
from ..lab import Lab
from ..process import Failed

FRESH = False
IMAGE = Lab.pmm_image
SERIES = {"nothing-to-do": ("Apply with nothing to do", "ansible-playbook")}
TIMES = 2


def measure(side, record):
    if side.name == "ours":
        side.apply()
        for _ in range(TIMES):
            began = time.monotonic()
            said = side.apply().stdout
            seconds = time.monotonic() - began
            if "steps in" in said:
                raise Failed(f"apply found something to do:\n{said[-1500:]}")
            record("nothing-to-do", seconds)
        return
    playbook = ansible.Playbook(side.lab, side.work, IMAGE)
    # The first run may write corosync.conf in its own layout; from then on nothing is left to do.
    playbook.apply()
    side.lab.settle()
    for _ in range(TIMES):
        seconds, changed = playbook.apply()
        if changed:
            raise Failed(f"the playbook changed {changed} things where nothing was to do")
        record("nothing-to-do", seconds)
