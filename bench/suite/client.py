"""The client's view of the service, from outside the nodes, by `pmm-ha lab probe`: when it answered and when not."""

import json
import signal
import subprocess
import threading
import time
from dataclasses import dataclass

@dataclass(frozen=True)
class Answer:
    """A question, when it was asked and settled (seconds since 1970), and whether the answer was good."""

    asked: float
    settled: float
    good: bool
    why: str


class Client:
    """A running probe, each question a new TLS connection. Use it as `with Client(lab) as client:`."""

    def __init__(self, lab):
        self.command = [lab.binary, "lab", "probe", "--name", lab.name, "--every", str(lab.every), "--json"]
        self.patience = lab.patience
        self.answers = []
        self.changed = threading.Condition()

    def __enter__(self):
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(3)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.thread.join(2)

    def _read(self):
        for line in self.process.stdout:
            said = json.loads(line)
            asked, took = said["asked"] / 1000, said["took"] / 1000
            answer = Answer(asked, asked + took, said["status"] == 200, said.get("reason") or f"HTTP {said['status']}")
            with self.changed:
                self.answers.append(answer)
                self.changed.notify_all()

    def _alive(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"the probe ended: {self.process.stderr.read()[-500:]}")

    def first_good(self, after, timeout, steady=1):
        """When the first good answer to a question asked after `after` arrived; waits for `steady` of them."""
        deadline = time.time() + timeout * self.patience
        with self.changed:
            while True:
                good = [a.settled for a in self.answers if a.good and a.asked >= after]
                if len(good) >= steady:
                    return good[0]
                self._alive()
                if time.time() >= deadline:
                    why = self.answers[-1].why if self.answers else "no question was settled"
                    raise RuntimeError(f"no good answer within {timeout} s (last: {why})")
                self.changed.wait(min(0.5, max(0.0, deadline - time.time())))

    def outage(self, since, timeout=120, settle=1.5, notice=30):
        """Seconds without service among the questions asked since `since`.

        Returns when answers have been good for `settle` seconds again; waits at most `notice` seconds for a bad one.
        """
        timeout, notice, settle = timeout * self.patience, notice * self.patience, settle * self.patience
        while True:
            now = time.time()
            with self.changed:
                answers = [a for a in self.answers if a.asked >= since]
            outages = outages_in(answers)
            # A question is settled within a second: younger outages may still begin earlier than they seem to.
            if outages and outages[-1][1] is not None and now - outages[-1][1] >= settle:
                return sum(end - begin for begin, end in outages)
            self._alive()
            if now - since >= timeout:
                raise RuntimeError(f"the service did not come back within {timeout} s")
            if not outages and now - since > notice:
                raise RuntimeError(f"no outage was seen within {notice} s: nothing happened")
            time.sleep(0.05)


def outages_in(answers):
    """(begin, end) of each time without service: from the first question without a good answer to the arrival of the
    first good answer that was asked for later; end is None where there was none. As pmm-ha itself counts them."""
    outages, begin = [], None
    for answer in sorted(answers, key=lambda a: a.asked):
        if not answer.good:
            begin = answer.asked if begin is None else begin
        elif begin is not None:
            outages.append((begin, answer.settled))
            begin = None
    return outages + ([(begin, None)] if begin is not None else [])
