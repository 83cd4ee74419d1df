"""Two virtual machines from power to ssh, side by side: the lab's nodes, and a Debian as its installer leaves it."""

import time

from .. import stock
from ..lab import Lab

FRESH = False
IMAGE = Lab.pmm_image
SERIES = {"boot": ("Two machines, from power to ssh", "a stock Debian")}


def measure(side, record):
    lab = side.lab
    for node in lab.nodes:
        lab.power(node, "off")
    # One pair at a time: they would share the processors.
    if side.name == "theirs":
        record("boot", stock.boot(lab.accelerator()))
    began = time.monotonic()
    for node in lab.nodes:
        lab.power(node, "on")
    lab.up()
    if side.name == "ours":
        record("boot", time.monotonic() - began)
    lab.settle()
