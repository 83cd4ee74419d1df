"""The two that are compared. Each builds a cluster on fresh nodes and works it as a person would."""

import os
import tempfile
import time
from pathlib import Path

from .client import Client
from .process import Failed, run

RUNBOOK = Path(__file__).parent.parent / "runbook"


class Side:
    """name: "ours" or "theirs"."""

    def __init__(self, lab, work):
        self.lab, self.work = lab, Path(work)

    def first_answer(self, image):
        """Seconds from the first command to the first good answer at the virtual IP, on fresh nodes."""
        self.prepare(image)
        with Client(self.lab) as client:
            time.sleep(0.3)
            began = time.time()
            self.build(image)
            return client.first_good(began, 120) - began

    def outage(self, act, **options):
        """Seconds without a good answer at the virtual IP while and after `act` runs."""
        with Client(self.lab) as client:
            client.first_good(time.time(), 30, steady=20)
            since = time.time()
            act()
            return client.outage(since, **options)


class Theirs(Side):
    """The runbook's commands over ssh (bench/runbook). `tell`, if given, is told how long each took."""

    name = "theirs"
    tell = None

    def prepare(self, image):
        self.lab.on_all("systemctl enable --quiet pcsd pacemaker corosync")
        for node in self.lab.nodes:
            self.lab.ssh(node, "chpasswd", input=f"hacluster:{self.lab.password}\n")

    def build(self, image):
        self.script("build.sh", image=image)

    def standby(self, node):
        self.script("standby.sh", node=node)

    def unstandby(self, node):
        self.script("unstandby.sh", node=node)

    def move(self, node):
        self.script("move.sh", node=node)

    def script(self, name, **settings):
        lab = self.lab
        trace = self.work / "trace"
        trace.write_text("")
        settings = {
            "ssh_config": lab.ssh_config,
            "trace": trace,
            "share": lab.share,
            "device": lab.device,
            "virtual_ip": lab.virtual_ip,
            "prefix": lab.prefix,
            "address1": lab.addresses["pmm1"][0],
            "address2": lab.addresses["pmm2"][0],
            "tag": lab.tag,
            "password": lab.password,
            "container_port": lab.container_port,
            "mkfs_options": lab.mkfs_options,
        } | lab.runbook_settings | settings
        environment = os.environ | {key: str(value) for key, value in settings.items()}
        run(["sh", str(RUNBOOK / name)], env=environment, timeout=300 * lab.patience)
        if self.tell:
            for line in trace.read_text().splitlines():
                began, ended, node, command = line.split(" ", 3)
                self.tell(f"    {float(ended) - float(began):6.2f} s  {node}  {command[:90]}")


class Ours(Side):
    """pmm-ha, with the lab's spec."""

    name = "ours"

    def prepare(self, image):
        self.spec.write_text(self.lab.spec(image))
        # Opens the connections that the runbook's side has open, too.
        self.pmm_ha("plan", accept=(0, 2))

    def build(self, image):
        # In containers the disk is formatted already: --allow-destroy would have nothing to allow.
        self.apply(*self.lab.consent)

    def apply(self, *consent):
        return self.pmm_ha("apply", "--yes", *consent)

    def status(self):
        return self.pmm_ha("status", accept=(0, 3))

    def standby(self, node):
        self.pmm_ha("standby", node)

    def unstandby(self, node):
        self.pmm_ha("unstandby", node)

    def move(self, node):
        self.pmm_ha("move", node)

    @property
    def spec(self):
        return self.work / "pmm-ha.yml"

    @property
    def environment(self):
        """Connections and journals of this run alone: an earlier lab's nodes had the same addresses."""
        return os.environ | {"XDG_RUNTIME_DIR": str(self.work), "XDG_STATE_HOME": str(self.work)}

    def command(self, *words):
        return [self.lab.binary, words[0], "-f", str(self.spec), *words[1:]]

    def pmm_ha(self, *words, accept=(0,)):
        result = run(self.command(*words), check=False, env=self.environment, timeout=300 * self.lab.patience)
        if result.returncode not in accept:
            raise Failed(f"pmm-ha {' '.join(words)} ended with {result.returncode}:\n{result.stdout[-1500:]}{result.stderr[-1500:]}")
        return result


def working_directory():
    """Holds a spec and a trace, nothing that outlives the run."""
    return tempfile.TemporaryDirectory(prefix="pmm-ha-bench-")
