"""The active node loses power: outage as a client sees it. Ours fences it first, the runbook's does not."""

from ..lab import Lab
from ..process import Failed

FRESH = False
IMAGE = Lab.pmm_image
SERIES = {"crash": ("Node crash: outage (ours fenced)", "the runbook, unfenced")}


def measure(side, record):
    lab = side.lab
    victim, survivor = lab.active(), lab.passive()
    seconds = side.outage(lambda: lab.power(victim, "off"), notice=60, timeout=180)
    if side.name == "ours":
        history = lab.ssh(survivor, f"stonith_admin --history {victim} --verbose").stdout
        if f"of {victim} successful" not in history:
            raise Failed(f"{survivor} took over and {victim} was not fenced:\n{history}")
    record("crash", seconds)
