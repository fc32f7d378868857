"""Leases: every container names its owner and its deadline, so that whatever an owner leaves behind is swept.

Two nets. A reaper process holds a pipe to its owner and removes the owner's containers when the pipe closes, however the
owner died. A sweep at start removes what a dead reaper missed.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import platform
import secrets
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from swebench_lite.engine import LABEL, connect, engine_errors

# What an owner that ends in order says to its reaper.
FAREWELL = b"bye"
_GRACE_SECONDS = 300.0
_lock = threading.Lock()
_lease: str | None = None


def lease() -> str:
    """This process's lease id. The first call starts the reaper and sweeps what others left behind."""
    global _lease  # noqa: PLW0603 - one lease per process
    with _lock:
        if _lease is None:
            _lease = secrets.token_hex(8)
            _start_reaper(_lease)
            sweep()
    return _lease


def labels(*, lifetime: float) -> dict[str, str]:
    """Labels for a container that must be gone after ``lifetime`` seconds and a grace period."""
    return {
        LABEL: "1",
        f"{LABEL}.lease": lease(),
        f"{LABEL}.owner": f"{_machine()}:{os.getpid()}",
        f"{LABEL}.deadline": str(int(time.time() + lifetime + _GRACE_SECONDS)),
    }


def sweep() -> int:
    """Remove our containers whose owner is dead or whose deadline has passed; returns how many."""
    removed = 0
    with engine_errors("sweeping left-over containers"):
        found = connect().api.containers(all=True, filters={"label": [LABEL]})
    for entry in found:
        if _abandoned(entry.get("Labels") or {}):
            remove(entry["Id"])
            removed += 1
    return removed


def remove(container: str) -> None:
    """Kill and remove a container with its volumes; one that is already gone is fine."""
    import docker.errors

    with engine_errors("removing a container"):
        try:
            connect().api.remove_container(container, force=True, v=True)
        except docker.errors.NotFound:
            return
        except docker.errors.APIError as error:
            if "already in progress" not in str(error):
                raise


def _abandoned(found: dict[str, str]) -> bool:
    deadline = found.get(f"{LABEL}.deadline", "")
    if deadline.isdigit() and int(deadline) < time.time():
        return True
    machine, _, pid = found.get(f"{LABEL}.owner", "").rpartition(":")
    return machine == _machine() and pid.isdigit() and not _alive(int(pid))


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _machine() -> str:
    # A process number means something only on the same boot of the same machine, and in the same process namespace: two
    # containers that share the engine's socket must not take each other's owners for dead.
    boot, space = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")
    if not boot.is_file():
        return platform.node()
    return f"{boot.read_text().strip()}/{space.readlink() if space.is_symlink() else ''}"


def _start_reaper(lease_id: str) -> None:
    process: Any = subprocess.Popen(
        [sys.executable, "-m", "swebench_lite.engine.reaper", lease_id],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        # The folder that holds this package: found there whether installed or not, and no file of the user's can shadow it.
        cwd=Path(__file__).resolve().parents[2],
    )
    atexit.register(_dismiss, process)


def _dismiss(process: Any) -> None:
    if process.stdin is not None:
        with contextlib.suppress(OSError):  # a reaper that is gone reaps nothing; the next sweep will
            process.stdin.write(FAREWELL)
            process.stdin.close()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def remove_mine() -> int:
    """Remove every container that this process started; returns how many. For interrupts: what waits on them ends."""
    with _lock:
        mine = _lease
    if mine is None:
        return 0
    with engine_errors("removing this process's containers"):
        found = connect().api.containers(all=True, filters={"label": [f"{LABEL}.lease={mine}"]})
    for entry in found:
        remove(entry["Id"])
    return len(found)
