#!/usr/bin/python3
"""Looks into a lab's nodes from outside, every 50 ms, whatever their network, power or Pacemaker say:

    watch.py LAB_CGROUP MOUNT_POINT ADDRESS UNIT NODE...

    1795414426090 1795414426040 pmm1 on mount address pmm

Epoch ms, the look before this one, node, has it processes, what of the service it holds. A line when something
changed, and one a second. It reads what the kernel says of the node's first process: its mount
table, its network's local addresses, the processes in the control group of PMM's unit. A frozen node still holds what it held.
"""
import itertools
import os
import re
import sys
import time


def read(path):
    with open(path) as file:
        return file.read()


class Node:
    def __init__(self, name, group, mount_point, address, unit):
        self.name, self.group, self.mount_point, self.unit = name, group, " %s " % mount_point, unit
        self.local = re.compile(r"\|-- %s\n\s+/32 host LOCAL" % re.escape(address))
        self.first, self.base = None, None

    def find(self):
        """A process of the container that can be asked: its init, the one in the uppermost init.scope; where that is
        dying, any that is left."""
        self.first = None
        scopes = [path for path, folders, _ in os.walk(self.group) if "init.scope" in folders]
        if not scopes:
            return
        self.base = min(scopes, key=len)
        inits = read(self.base + "/init.scope/cgroup.procs").split()
        rest = (pid for path, _, _ in os.walk(self.base) for pid in read(path + "/cgroup.procs").split())
        for pid in itertools.chain(inits, rest):
            try:
                if read("/proc/%s/mountinfo" % pid):
                    self.first = pid
                    return
            except OSError:
                continue

    def sample(self):
        try:
            return self.look()
        except (OSError, TypeError):
            pass
        try:
            self.find()
            return self.look()
        except (OSError, TypeError):
            return "off"

    def look(self):
        process = "/proc/" + self.first
        mounts = read(process + "/mountinfo")
        if not mounts:
            raise OSError("a zombie")
        words = ["on"]
        if self.mount_point in mounts:
            words.append("mount")
        if self.local.search(read(process + "/net/fib_trie")):
            words.append("address")
        if self.contains_one():
            words.append("pmm")
        return " ".join(words)

    def contains_one(self):
        """Whether a process of PMM's container is there: one in a PID namespace below the node's. Podman's own, which
        clear away after it, cannot write PMM's data."""
        own = os.readlink("/proc/%s/ns/pid" % self.first)
        for path, _, _ in os.walk("%s/system.slice/%s.service" % (self.base, self.unit)):
            for pid in read(path + "/cgroup.procs").split():
                try:
                    if os.readlink("/proc/%s/ns/pid" % pid) != own:
                        return True
                except OSError:
                    continue
        return False


def main():
    group, mount_point, address, unit = sys.argv[1:5]
    nodes = [Node(name, "%s/%s" % (group, name), mount_point, address, unit) for name in sys.argv[5:]]
    said, looked = {}, {}
    while True:
        for node in nodes:
            now = time.time()
            state = node.sample()
            if said.get(node.name, (None, 0))[0] != state or now - said[node.name][1] >= 1:
                print("%d %d %s %s" % (now * 1000, looked.get(node.name, now) * 1000, node.name, state), flush=True)
                said[node.name] = (state, now)
            looked[node.name] = now
        time.sleep(0.05)


if __name__ == "__main__":
    try:
        main()
    except (BrokenPipeError, KeyboardInterrupt):
        pass
