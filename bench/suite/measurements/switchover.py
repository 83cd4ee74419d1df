"""Planned switchover, as a client sees it: by standby and by move."""

from ..lab import Lab

FRESH = False
IMAGE = Lab.pmm_image
SERIES = {
    "switchover-standby": ("Planned switchover by standby: outage", "pcs node standby"),
    "switchover-move": ("Planned switchover by move: outage", "pcs resource move"),
}


def measure(side, record):
    lab = side.lab

    def carried_out(verb, node):
        # A busy node may miss one question long before PMM's stop begins: that is not the switchover.
        verb(node)
        lab.idle()

    node = lab.active()
    record("switchover-standby", side.outage(lambda: carried_out(side.standby, node)))
    side.unstandby(node)
    lab.settle()
    target = lab.passive()
    record("switchover-move", side.outage(lambda: carried_out(side.move, target)))
    lab.settle()
