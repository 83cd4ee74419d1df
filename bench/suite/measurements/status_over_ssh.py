"""`pmm-ha status` against `pcs status` and `crm status`, over connections that are open."""

import time

from ..lab import Lab

FRESH = False
IMAGE = Lab.pmm_image
SERIES = {
    "status-over-ssh-pcs": ("Status over ssh", "pcs status"),
    "status-over-ssh-crm": ("Status over ssh", "crm status"),
}
TIMES = 5


def measure(side, record):
    for tool in ("pcs", "crm"):
        ask = side.status if side.name == "ours" else lambda: side.lab.ssh("pmm1", f"{tool} status")
        ask()
        for _ in range(TIMES):
            began = time.monotonic()
            ask()
            record(f"status-over-ssh-{tool}", time.monotonic() - began)
