"""One measurement a file. Each has SERIES (what it fills), IMAGE (what the cluster serves) and measure(side, record).

`measure` is called on a cluster that `side` built and that has settled; it calls record(name, seconds) once or more
and leaves the cluster as it found it, but for the crash, which is last. FRESH marks the one that builds the cluster.
"""

from . import boot, crash, first_answer, first_answer_trivial, nothing_to_do, own_restart, restored, status_on_node, status_over_ssh, switchover

ON_CONTAINERS = (first_answer_trivial, first_answer, status_over_ssh, status_on_node, nothing_to_do, own_restart, switchover, crash)
# Emulated, a cluster takes minutes to build: what its size does not change is measured on containers.
ON_VIRTUAL_MACHINES = (first_answer, own_restart, switchover, restored, boot, crash)
