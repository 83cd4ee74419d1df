"""Two virtual machines as Debian's installer leaves them, booted side by side: what the lab's own nodes are compared with."""

import contextlib
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from .process import Failed, run

IMAGE = Path("/var/cache/pmm-ha/bench-stock")
SCRIPT = Path(__file__).parent.parent / "stock-image.sh"


def prepare():
    """The image, made once, and the key that opens it."""
    IMAGE.parent.mkdir(parents=True, exist_ok=True)
    key = IMAGE.with_suffix(".key")
    if not key.exists():
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)])
    run(["sh", str(SCRIPT), str(IMAGE), f"{key}.pub"], timeout=1200)
    return key


def boot(accelerator, limit=600):
    """Seconds from power to ssh on both, each reached by a port of loopback."""
    key = prepare()
    with tempfile.TemporaryDirectory() as work, contextlib.ExitStack() as machines:
        ports = [_free_port() for _ in range(2)]
        began = time.monotonic()
        for index, port in enumerate(ports):
            disk = f"{work}/{index}.qcow2"
            run(["qemu-img", "create", "-q", "-f", "qcow2", "-b", f"{IMAGE}/root.img", "-F", "raw", disk])
            machines.enter_context(_machine(accelerator, disk, port, f"{work}/{index}.log"))
        for index, port in enumerate(ports):
            while not _answers(key, port):
                if time.monotonic() > began + limit:
                    raise Failed(f"a stock machine did not answer within {limit} s:\n{Path(f'{work}/{index}.log').read_text()[-2000:]}")
                time.sleep(0.2)
        return time.monotonic() - began


@contextlib.contextmanager
def _machine(accelerator, disk, port, log):
    command = ["qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none", "-machine", "q35", "-smp", "1", "-m", "1024"]
    command += ["-accel", "kvm", "-cpu", "host"] if accelerator == "kvm" else ["-accel", "tcg,thread=multi,tb-size=512", "-cpu", "max"]
    command += ["-kernel", f"{IMAGE}/vmlinuz", "-initrd", f"{IMAGE}/initrd.img"]
    command += ["-append", "root=/dev/vda ro console=ttyS0 net.ifnames=0", "-serial", f"file:{log}"]
    command += ["-drive", f"if=virtio,file={disk},format=qcow2,cache=unsafe"]
    command += ["-netdev", f"user,id=n,restrict=on,hostfwd=tcp:127.0.0.1:{port}-:22", "-device", "virtio-net-pci,netdev=n"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _answers(key, port):
    options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "BatchMode=yes", "ConnectTimeout=30", "LogLevel=ERROR"]
    command = ["ssh", "-i", str(key), "-p", str(port)] + [word for option in options for word in ("-o", option)] + ["root@127.0.0.1", "true"]
    return run(command, check=False, timeout=60).returncode == 0


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
