"""PMM's own stop and start: the unit stopped and started by systemd while Pacemaker looks away.

What a planned switchover cannot be shorter than, on the same node with its disk and address in place.
"""

from ..lab import Lab

FRESH = False
IMAGE = Lab.pmm_image
SERIES = {"own-restart": ("PMM's own stop and start, no cluster", "the runbook's unit")}


def measure(side, record):
    lab = side.lab
    node = lab.active()
    lab.ssh(node, "crm_attribute --name maintenance-mode --update true && crm_resource --wait --timeout=60s")
    try:
        seconds = side.outage(lambda: lab.ssh(node, "systemctl stop pmm-server && systemctl start pmm-server"))
    finally:
        lab.ssh(node, "crm_attribute --name maintenance-mode --delete")
    lab.settle()
    record("own-restart", seconds)
