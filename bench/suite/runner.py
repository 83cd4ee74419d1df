"""Makes the measurements: rounds of both sides, each on fresh nodes, in turns so that the machine's moods hit both."""

import signal
import traceback

from . import machine
from .process import Failed
from .sides import Ours, Theirs
from .stats import Series


class Runner:
    """After run(): series by name, about the nodes, and interrupted."""

    def __init__(self, lab, work, measurements, rounds, only, say=print):
        self.lab, self.rounds, self.say = lab, rounds, say
        self.sides = (Theirs(lab, work), Ours(lab, work))
        self.measurements = measurements
        self.wanted = [m for m in measurements if not only or set(only) & set(m.SERIES)]
        names = {name: about for m in self.wanted for name, about in m.SERIES.items() if not only or name in only}
        self.series = {name: Series(name, title, peer) for name, (title, peer) in names.items()}
        self.interrupted = False
        self.about = []

    def run(self):
        try:
            for number in range(self.rounds):
                for side in self.sides if number % 2 == 0 else reversed(self.sides):
                    for image in dict.fromkeys(m.IMAGE for m in self.wanted):
                        self.say(f"round {number + 1} of {self.rounds}, {side.name}, {image.split('/')[-1]}")
                        self.cluster(side, image)
        except KeyboardInterrupt:
            self.interrupted = True
            self.say("interrupted: what was measured so far is shown")
        finally:
            # A second Ctrl-C would leave the lab half taken down.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            self.lab.down()

    def cluster(self, side, image):
        """Fresh nodes, a cluster on them, everything that is measured on it."""
        wanted = [m for m in self.wanted if m.IMAGE == image]
        fresh = [m for m in self.measurements if m.FRESH and m.IMAGE == image]
        later = [m for m in wanted if not m.FRESH]
        try:
            self.lab.fresh(image)
            self.about = self.about or machine.nodes(self.lab)
        except Failed as error:
            self.failed(side, wanted, f"no lab: {error}")
            return
        if not self.attempt(side, fresh[0]) or not later:
            for measurement in later:
                self.failed(side, [measurement], "its cluster was not built", quiet=True)
            return
        if not self.usable(90):
            self.failed(side, later, f"its cluster did not settle\n{self.lab.story()}")
            return
        for position, measurement in enumerate(later):
            if not self.attempt(side, measurement) and not self.usable():
                self.failed(side, later[position + 1 :], "the cluster before it was not usable any more")
                return

    def attempt(self, side, measurement):
        def record(name, seconds):
            if name in self.series:
                self.series[name].add(side.name, seconds)
                self.say(f"  {name:24} {seconds:8.3f} s")

        try:
            measurement.measure(side, record)
            return True
        except Exception as error:  # one that failed is told, the others go on
            why = str(error) if isinstance(error, (Failed, RuntimeError)) else traceback.format_exc()
            self.failed(side, [measurement], f"{why}\n{self.lab.story()}")
            return False

    def usable(self, seconds=30):
        try:
            self.lab.settle(seconds)
            return True
        except Failed:
            return False

    def failed(self, side, measurements, why, quiet=False):
        for measurement in measurements:
            for name in measurement.SERIES:
                if name in self.series:
                    self.series[name].fail(side.name, why)
                    self.say(f"  {name:24} FAILED ({side.name}): {why.splitlines()[0] if quiet else why}")

    @property
    def failures(self):
        return [(s.name, side, why) for s in self.series.values() for side in s.failures for why in s.failures[side]]
