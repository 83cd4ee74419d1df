"""Runs commands and says everything when one fails."""

import subprocess


class Failed(Exception):
    """A measurement that could not be made, and why."""


def run(command, check=True, **options):
    """Runs `command`; its output is text. Raises Failed with the end of what it said, unless `check` is false."""
    options.setdefault("timeout", 300)
    options.setdefault("stdin", subprocess.DEVNULL if "input" not in options else None)
    if options["stdin"] is None:
        del options["stdin"]
    try:
        result = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    except subprocess.TimeoutExpired:
        raise Failed(f"no end within {options['timeout']} s: {_short(command)}") from None
    if check and result.returncode != 0:
        said = (result.stdout[-1000:] + result.stderr[-1500:]).strip()
        raise Failed(f"{_short(command)} ended with {result.returncode}:\n{said}")
    return result


def _short(command):
    text = " ".join(str(word) for word in command).split("\n")[0]
    return text if len(text) < 160 else text[:157] + "..."
