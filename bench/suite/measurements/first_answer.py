"""Packages, image and formatted disk present, to the first good answer at the virtual IP: with the lab's PMM."""

from ..lab import Lab

FRESH = True
IMAGE = Lab.pmm_image
SERIES = {"first-answer-pmm": ("First good answer, the lab's PMM", "the runbook by hand")}


def measure(side, record):
    record("first-answer-pmm", side.first_answer(IMAGE))
