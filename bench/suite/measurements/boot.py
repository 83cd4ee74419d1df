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
    if side.name == "ours":
        began = time.monotonic()
        for node in lab.nodes:
            lab.power(node, "on")
        lab.up()
        record("boot", time.monotonic() - began)
    else:
        record("boot", stock.boot(lab.accelerator()))
        for node in lab.nodes:
            lab.power(node, "on")
        lab.up()
    lab.settle()
