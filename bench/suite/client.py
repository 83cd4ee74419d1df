"""The client's view of the service, from outside the nodes: when it answered and when it did not."""

import subprocess
import sys
import threading
import time
from pathlib import Path


class Client:
    """A running probe. Use it as `with Client(lab) as client:`."""

    def __init__(self, lab, url):
        self.command = lab.inside([sys.executable, str(Path(__file__).with_name("probe.py")), url])
        self.attempts = []
        self.changed = threading.Condition()

    def __enter__(self):
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
        )
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.thread.join(2)

    def _read(self):
        for line in self.process.stdout:
            sign, began, ended, what = line.rstrip("\n").split(" ", 3)
            with self.changed:
                self.attempts.append((sign == "+", float(began), float(ended), what))
                self.changed.notify_all()

    def first_good(self, after, timeout, steady=1):
        """When the first good answer that was asked for after `after` arrived; waits for `steady` of them."""
        deadline = time.monotonic() + timeout
        with self.changed:
            while True:
                good = [ended for ok, began, ended, _ in self.attempts if ok and began >= after]
                if len(good) >= steady:
                    return good[0]
                if self.process.poll() is not None:
                    raise RuntimeError(f"the probe ended: {self.process.stderr.read()[-500:]}")
                if time.monotonic() >= deadline:
                    what = self.attempts[-1][3] if self.attempts else "no attempt ended"
                    raise RuntimeError(f"no good answer within {timeout} s (last: {what})")
                self.changed.wait(min(0.5, max(0.0, deadline - time.monotonic())))

    def outage(self, since, timeout=120, settle=1.5, notice=30):
        """Seconds without a good answer, from the last one before a failed attempt to the next one, since `since`.

        Returns when answers have been good for `settle` seconds after a gap; waits at most `notice` seconds for one.
        """
        deadline = time.monotonic() + timeout
        while True:
            with self.changed:
                attempts = [a for a in self.attempts if a[2] >= since - 1]
            now = time.monotonic()
            gaps = failed_gaps(attempts, since)
            if gaps and now - gaps[-1][1] >= settle and attempts[-1][0]:
                return sum(end - start for start, end in gaps)
            if now >= deadline:
                raise RuntimeError(f"the service did not come back within {timeout} s")
            if now - since > notice and all(ok for ok, _, ended, _ in attempts if ended >= since):
                raise RuntimeError(f"no outage was seen within {notice} s: nothing happened")
            time.sleep(0.05)


def failed_gaps(attempts, since):
    """The times between two good answers in which an attempt began that failed, as (start, end)."""
    good = sorted(ended for ok, _, ended, _ in attempts if ok)
    failed = [began for ok, began, _, _ in attempts if not ok]
    return [
        (start, end)
        for start, end in zip(good, good[1:])
        if end >= since and any(start <= began < end for began in failed)
    ]
