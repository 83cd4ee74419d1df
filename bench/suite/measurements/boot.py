"""Two virtual machines from power to ssh, side by side: a lab's new nodes, and a Debian as its installer leaves it."""

from .. import stock
from ..lab import Lab

FRESH = False
IMAGE = Lab.pmm_image
SERIES = {"boot": ("Two machines, from power to ssh", "a stock Debian")}


def measure(side, record):
    lab = side.lab
    # One pair at a time: they would share the processors.
    for node in lab.nodes:
        lab.power(node, "off")
    # Neither has a cluster to start.
    record("boot", stock.boot(lab.accelerator()) if side.name == "theirs" else lab.another("boot").boot())
    for node in lab.nodes:
        lab.power(node, "on")
    lab.up()
    lab.settle()
