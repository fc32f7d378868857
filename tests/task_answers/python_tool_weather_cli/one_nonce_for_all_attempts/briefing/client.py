"""One reading from the weather tool."""

from __future__ import annotations

import os
import re
import secrets
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from briefing import report
from briefing.model import Reading, ToolFailed, ToolUnavailable, UnknownPlace

OWN_TOOL = Path(__file__).resolve().parent.parent / "tools" / "weather.py"

# Statuses of the tool; the rest mean that it is broken.
GOOD, NO_PLACE, NOT_NOW = 0, 66, 75

FIRST_WAIT, LONGEST_WAIT = 0.5, 10.0  # seconds

_RETRY_AFTER = re.compile(r"retry-after: ([0-9]+(?:\.[0-9]+)?)")


def fetch(
    place: str,
    *,
    day: str = "today",
    tool: Sequence[str] | None = None,
    attempts: int = 4,
    timeout: float = 20.0,
    sleep: Callable[[float], object] = time.sleep,
) -> Reading:
    """Calls the weather tool for a place, again while it is busy, and returns its reading.

    `tool` is the command that starts the tool, by default that of WEATHER_TOOL, or else the project's own. `timeout`
    is for each call, in seconds. Raises UnknownPlace, ToolUnavailable, ToolFailed or BadReport.
    """
    command = list(tool) if tool is not None else _default_tool()
    wait = FIRST_WAIT
    nonce = secrets.token_hex(16)
    for attempt in range(1, attempts + 1):
        # The tool refuses a nonce that it has seen, also from a call for which it was too busy.
        done = _call(
            [*command, "report", f"--place={place}", f"--nonce={nonce}", f"--day={day}"], timeout
        )
        if done.returncode != NOT_NOW:
            break
        if attempt < attempts:
            asked = _retry_after(done.stderr)
            sleep(min(wait if asked is None else asked, LONGEST_WAIT))
            wait *= 2
    else:
        times = "1 time" if attempts == 1 else f"{attempts} times"
        raise ToolUnavailable(f"the weather tool was busy, {times}")
    if done.returncode == NO_PLACE:
        raise UnknownPlace("no such place")
    if done.returncode != GOOD:
        raise ToolFailed(_failure(done))
    return report.read(done.stdout, place=place, day=day, nonce=nonce)


def _default_tool() -> list[str]:
    line = os.environ.get("WEATHER_TOOL")
    if not line:
        return [sys.executable, str(OWN_TOOL)]
    try:
        return shlex.split(line)
    except ValueError as error:
        raise ToolUnavailable(f"cannot start the weather tool: {error}") from error


def _call(command: Sequence[str], timeout: float) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout
        )
    except subprocess.TimeoutExpired:
        raise ToolUnavailable(f"the weather tool did not answer within {timeout:g} s") from None
    except OSError as error:
        raise ToolUnavailable(f"cannot start the weather tool: {error.strerror}") from error


def _lines(stderr: bytes) -> list[str]:
    return [line.strip() for line in stderr.decode("utf-8", "replace").split("\n")]


def _retry_after(stderr: bytes) -> float | None:
    matches = (_RETRY_AFTER.fullmatch(line) for line in _lines(stderr))
    return next((float(match[1]) for match in matches if match), None)


def _failure(done: subprocess.CompletedProcess[bytes]) -> str:
    message = f"the weather tool failed with status {done.returncode}"
    said = [line for line in _lines(done.stderr) if line]
    return f"{message}: {said[-1]}" if said else message
