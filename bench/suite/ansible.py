"""The peer of "apply with nothing to do": the runbook's cluster as an Ansible playbook (bench/ansible)."""

import base64
import json
import os
import re
import sys
import time
from pathlib import Path

from .process import Failed, run

BENCH = Path(__file__).parent.parent
FILES = BENCH / "ansible"
VENV = BENCH / "venv"


def install():
    """ansible-core in a virtual environment of its own, made at the first use."""
    stamp = VENV / "installed"
    wanted = (FILES / "requirements.txt").read_text()
    if not stamp.exists() or stamp.read_text() != wanted:
        print("installing ansible-core into bench/venv", flush=True)
        run([sys.executable, "-m", "venv", "--clear", str(VENV)])
        run([str(VENV / "bin/pip"), "install", "--quiet", "--disable-pip-version-check", "-r", str(FILES / "requirements.txt")], timeout=900)
        stamp.write_text(wanted)


class Playbook:
    def __init__(self, lab, work, image):
        self.lab, self.work = lab, Path(work) / "ansible"
        self.keys = self.work / "keys"
        self.keys.mkdir(parents=True, mode=0o700, exist_ok=True)
        self._write(image)

    def _write(self, image):
        """The inventory and its values, the cluster's keys among them: a user would keep these in a vault."""
        lab = self.lab
        hosts = {node: {"address": lab.addresses[node][0]} for node in lab.nodes}
        values = {
            "share": lab.share,
            "device": lab.device,
            "virtual_ip": lab.virtual_ip,
            "prefix": lab.prefix,
            "image": image,
            "tag": lab.tag,
            "container_port": lab.container_port,
            "mkfs_options": lab.mkfs_options,
            "archive": f"{lab.share}/images/{image.split('/')[-1]}-{lab.tag}.tar",
            "keys": str(self.keys),
            "hacluster_password": lab.password,
            "hacluster_hash": run(["openssl", "passwd", "-6", "-salt", "bench", "-stdin"], input=lab.password).stdout.strip(),
        }
        self.inventory = self.work / "inventory.json"
        self.inventory.write_text(json.dumps({"nodes": {"hosts": hosts, "vars": values}}))
        for name in ("corosync", "pacemaker"):
            key = run(lab.ssh_command("pmm1", f"base64 /etc/{name}/authkey")).stdout
            target = self.keys / name
            target.touch(mode=0o600)
            target.write_bytes(base64.b64decode(key))

    def apply(self):
        """Runs it. Returns the seconds it took and how many tasks changed something."""
        environment = os.environ | {
            "ANSIBLE_CONFIG": str(FILES / "ansible.cfg"),
            "ANSIBLE_SSH_ARGS": f"-F {self.lab.ssh_config} -o ControlMaster=auto -o ControlPersist=60s",
            "ANSIBLE_SSH_CONTROL_PATH_DIR": str(self.work / "ssh"),
            "ANSIBLE_LOCAL_TEMP": str(self.work / "tmp"),
            "LC_ALL": "C.UTF-8",
        }
        began = time.monotonic()
        result = run(
            [str(VENV / "bin/ansible-playbook"), "-i", str(self.inventory), str(FILES / "playbook.yml")],
            check=False, env=environment, cwd=str(FILES), timeout=300,
        )
        seconds = time.monotonic() - began
        if result.returncode != 0:
            raise Failed(f"the playbook failed:\n{result.stdout[-3000:]}{result.stderr[-1000:]}")
        return seconds, sum(int(count) for count in re.findall(r"changed=(\d+)", result.stdout))
