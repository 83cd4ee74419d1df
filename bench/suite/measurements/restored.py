"""A whole running cluster back to its first good answer: ours from a snapshot of its memory, the runbook's by booting."""

import time

from ..client import Client
from ..lab import Lab

FRESH = False
IMAGE = Lab.pmm_image
SERIES = {"restored": ("A built cluster, to an answer", "the runbook's, both nodes booted cold")}


def measure(side, record):
    lab = side.lab
    if side.name == "ours":
        name = f"built-{int(time.time())}"
        lab.snapshot("save", name)
        began = time.time()
        lab.snapshot("restore", name)
        with Client(lab) as client:
            record("restored", client.first_good(time.time(), 60) - began)
    else:
        for node in lab.nodes:
            lab.power(node, "off")
        began = time.time()
        for node in lab.nodes:
            lab.power(node, "on")
        with Client(lab) as client:
            record("restored", client.first_good(began, 120) - began)
    lab.settle()
