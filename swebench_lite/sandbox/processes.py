"""Finds and kills the processes of one job by the mark in their environment, however they detached themselves."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

MARK = "SWEBENCH_LITE_JOB"


def kill_marked(mark: str) -> int:
    """Send SIGKILL to every process whose environment carries the mark, until none is left; returns how many were killed.

    A process that forks while it is being looked for is caught by the next pass. Does nothing where there is no /proc.
    """
    killed = 0
    for _ in range(50):
        found = _marked(f"{MARK}={mark}".encode())
        if not found:
            break
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
                killed += 1
    return killed


def _marked(needle: bytes) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*") if Path("/proc/self").exists() else ():
        with contextlib.suppress(OSError):
            if int(entry.name) != os.getpid() and needle in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
    return found


def kill_children(parent: int) -> None:
    """Send SIGKILL to the direct children of a process that run a job; their own children go with them."""
    for entry in Path("/proc").glob("[0-9]*") if Path("/proc/self").exists() else ():
        with contextlib.suppress(OSError, ValueError, IndexError):
            # The field after the name's closing bracket is the state, the next the parent.
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            # Behind bubblewrap the mark is an argument, without it a variable.
            told = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            if int(fields[1]) == parent and MARK.encode() in told:
                os.kill(int(entry.name), signal.SIGKILL)
