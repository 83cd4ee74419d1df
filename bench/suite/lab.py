"""The lab that both sides are measured on: `pmm-ha lab`, made fresh for each cluster."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import images
from .process import Failed, run

STATE = Path("/var/lib/pmm-ha/labs")


class Lab:
    nodes = ("pmm1", "pmm2")
    addresses = {"pmm1": ("198.51.100.11", "198.51.101.11"), "pmm2": ("198.51.100.12", "198.51.101.12")}
    virtual_ip, prefix = "198.51.100.100", 24
    device = "/dev/sdb"
    share = "/mnt/share"
    pmm_image, tag = "localhost/pmm-lab", "3.0.0"
    # What PMM 3's image needs of those who run it: its port, and a file system whose root its user may write to.
    container_port, mkfs_options = 8443, "-E root_owner=1000:0"
    password = "bench-hacluster"
    # Milliseconds between a client's questions; how many times longer than on containers something may take.
    every, patience = 20, 1
    # What the runbook's commands are told besides, and what pmm-ha's apply must be allowed.
    runbook_settings, consent = {}, ()

    def __init__(self, binary, name):
        self.binary, self.name = binary, name
        self.directory = STATE / name
        self.ssh_config = self.directory / "ssh_config"

    # Power and doors

    def up(self):
        run([self.binary, "lab", "up", "--name", self.name], timeout=1200)

    def down(self):
        run([self.binary, "lab", "down", "--name", self.name], timeout=120)

    def power(self, node, state):
        run([self.binary, "lab", "power", state, node, "--name", self.name], timeout=60 * self.patience)

    def spec(self, image):
        """The spec of the lab's own cluster, with `image` (whose archive _archive names) as PMM."""
        text = run([self.binary, "lab", "spec", "--name", self.name, "--tag", self.tag]).stdout
        changed = text.replace(self.pmm_image, image).replace(f"{_short(self.pmm_image)}-{{tag}}", f"{_short(image)}-{{tag}}")
        if f"image: {image}\n" not in changed:
            raise Failed(f"the lab's spec names no image '{self.pmm_image}':\n{text}")
        return changed

    def ssh_command(self, node, command):
        return ["ssh", "-F", str(self.ssh_config), node, command]

    def ssh(self, node, command, check=True, **options):
        return run(self.ssh_command(node, command), check, **options)

    def on_all(self, command):
        with ThreadPoolExecutor(len(self.nodes)) as pool:
            return list(pool.map(lambda node: self.ssh(node, command, timeout=180 * self.patience), self.nodes))

    # State

    def fresh(self, image):
        """New nodes as both sides find them: packages, pcsd, the image, and a formatted disk."""
        self.down()
        self.up()
        archive = self._archive(image)
        self.on_all(f"podman load --quiet --input {self.share}/images/{archive}")
        self.on_all("until systemctl is-active --quiet pcsd; do sleep 0.1; done")
        self.ssh("pmm1", f"mkfs.ext4 -q -L pmm {self.mkfs_options} {self.device}")
        # What was written is written: the runs that follow do not pay for it.
        self.on_all("sync")

    def _archive(self, image):
        name = f"{_short(image)}-{self.tag}.tar"
        path = self.directory / "share" / "images" / name
        if image == images.TRIVIAL:
            images.make_trivial(path.with_name(f"{_short(self.pmm_image)}-{self.tag}.tar"), path, self.tag)
        if not path.exists():
            raise Failed(f"the lab has no image archive {path.name}")
        return name

    def active(self):
        """The node that holds the virtual IP."""
        for node in self.nodes:
            if self.ssh(node, f"ip -o address show to {self.virtual_ip} | grep -q .", check=False).returncode == 0:
                return node
        raise Failed("no node holds the virtual IP")

    def passive(self):
        active = self.active()
        return next(node for node in self.nodes if node != active)

    def idle(self):
        """Waits until Pacemaker has nothing left to do."""
        self.ssh("pmm1", "crm_resource --wait --timeout=300s", timeout=330)

    def settle(self, seconds=90):
        """Waits until both nodes are online, out of standby, and the cluster has nothing left to do."""
        deadline = time.monotonic() + seconds * self.patience
        while True:
            # Not after a wait that ran out: emulated nodes that were just booted need longer than it.
            state = self.ssh("pmm1", "crm_resource --wait --timeout=60s && crm_mon -1", check=False)
            online = next((line for line in state.stdout.splitlines() if "Online:" in line), "")
            if all(node in online for node in self.nodes):
                return
            if time.monotonic() > deadline:
                raise Failed(f"the cluster did not settle within {seconds} s:\n{state.stdout}{state.stderr}")
            time.sleep(0.5)

    def story(self):
        """What the cluster says of itself, for a failure's report."""
        for node in self.nodes:
            try:
                said = self.ssh(node, "crm_mon -1rf; journalctl -q --no-pager -n 40 -u pacemaker -u pmm-server", check=False, timeout=20)
                if said.stdout:
                    return f"{node} says:\n{said.stdout[-6000:]}"
            except Failed:
                continue
        return "no node answers"


class VirtualLab(Lab):
    """Nodes with kernels of their own, LVM on the shared disk: fresh ones are a snapshot's."""

    device = "/dev/disk/by-id/virtio-pmm-sh"
    patience = 6
    runbook_settings = {"volume_group": "pmm"}
    consent = ("--allow-destroy", device)

    def up(self):
        run([self.binary, "lab", "up", "--driver", "vm", "--name", self.name], timeout=1200)

    @property
    def every(self):
        """An emulated node computes 70 to 270 ms for an answer by TLS: asked ten times a second it served clients that had hung up
        long ago, and none that waited."""
        return 100 if self.accelerator() == "kvm" else 1000

    def accelerator(self):
        """kvm or tcg, as the lab found it."""
        return json.loads((self.directory / "lab.json").read_text())["accelerator"]

    def another(self, name):
        """A second lab, of new nodes; not there yet."""
        return VirtualLab(self.binary, f"{self.name}-{name}")

    def boot(self):
        """Seconds from power to ssh on both nodes of a lab made for this, which is gone afterwards."""
        try:
            self.up()
            for node in self.nodes:
                self.power(node, "off")
            began = time.monotonic()
            for node in self.nodes:
                self.power(node, "on")
            self.up()
            return time.monotonic() - began
        finally:
            self.down()

    def snapshot(self, verb, name):
        run([self.binary, "lab", "snapshot", verb, "--name", self.name, name], timeout=300)

    def fresh(self, image):
        """New nodes as both sides find them: packages, pcsd, the image, and an empty disk."""
        name = f"fresh-{_short(image)}"
        if name in run([self.binary, "lab", "snapshot", "list", "--name", self.name], check=False).stdout.split():
            self.snapshot("restore", name)
            return
        self.up()
        archive = self._archive(image)
        self.on_all(f"podman load --quiet --input {self.share}/images/{archive} && systemctl enable --quiet --now pcsd")
        self.on_all("sync")
        self.snapshot("save", name)


def _short(image):
    return image.split("/")[-1]
