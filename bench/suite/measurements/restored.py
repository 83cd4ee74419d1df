"""A whole running cluster back to its first good answer: ours from a snapshot of its memory, the runbook's by booting."""

import time

from ..client import Client
from ..lab import Lab

FRESH = False
IMAGE = Lab.pmm_image
SERIES = {"restored": ("A built cluster, to an answer", "the runbook's, both nodes booted cold")}


def measure(side, record):
    lab = side.lab
    name = f"built-{int(time.time())}"
    if side.name == "ours":
        lab.snapshot("save", name)
    for node in lab.nodes:
        lab.power(node, "off")
    # Nobody is there who could answer, so the client can watch from the first moment on.
    with Client(lab) as client:
        began = time.time()
        if side.name == "ours":
            lab.snapshot("restore", name)
        else:
            for node in lab.nodes:
                lab.power(node, "on")
        record("restored", client.first_good(began, 120) - began)
    lab.settle()
