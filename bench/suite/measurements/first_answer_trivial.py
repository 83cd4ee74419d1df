"""The same with a service that has nothing to start: what the cluster itself takes."""

from ..images import TRIVIAL

FRESH = True
IMAGE = TRIVIAL
SERIES = {"first-answer-trivial": ("First good answer, a trivial service", "the runbook by hand")}


def measure(side, record):
    record("first-answer-trivial", side.first_answer(IMAGE))
