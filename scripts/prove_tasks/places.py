"""Throw-away places: Python environments made with uv, a task's solved tree, and processes that end with all they started."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from prove_tasks.choosing import solved
from swebench_lite.catalog import CatalogTask, to_instance
from swebench_lite.errors import SwebenchLiteError

# The one that the sandboxes run the tasks with.
PYTEST = "pytest==8.4.2"
_NO_COMMIT = "0" * 40  # the command of a task is wanted here, and no tree of a repository
_INSTALL_SECONDS = 900.0
# What a test process may see of this machine; the rest could change what the tests do.
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT")
_TAIL = 2000  # characters of output in a message
_live: set[subprocess.Popen[bytes]] = set()
_lock = threading.Lock()


class ProofError(SwebenchLiteError):
    """A proof cannot be given: an environment cannot be made, or the solution's own tests do not pass there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A process that ended. status: negative for a signal, None where it ran into its limit. output: both streams."""

    status: int | None
    output: str
    seconds: float


def environment(folder: Path, packages: Sequence[str]) -> Path:
    """Make a virtual environment with packages of exact versions; returns its interpreter. Raises ProofError."""
    from uv import find_uv_bin

    base = getattr(sys, "_base_executable", sys.executable)
    python = folder / "bin" / "python"
    for command in (
        [find_uv_bin(), "venv", "--quiet", "--clear", "--python", base, str(folder)],
        [find_uv_bin(), "pip", "install", "--quiet", "--python", str(python), *packages],
    ):
        done = run(command, cwd=folder.parent, environ=os.environ, seconds=_INSTALL_SECONDS)
        if done.status != 0:
            raise ProofError(
                f"cannot make an environment with {', '.join(packages)}: {tail(done.output)}; see that the package "
                "index can be reached (UV_DEFAULT_INDEX names another), then run again"
            )
    return python


def lay_out(task: CatalogTask, tree: Path) -> None:
    """Write a task's solved tree, its hidden tests in it, to a folder that is not there yet."""
    for path, text in solved(task).items():
        file = tree / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())


def test_line(task: CatalogTask) -> str:
    """The task's test command as a line of shell, as the sandboxes run it."""
    return to_instance(task, base_commit=_NO_COMMIT).test_command or ""


def variables(python: Path, home: Path) -> dict[str, str]:
    """The variables of a test process whose ``python3`` is that of an environment. home: made, and its own."""
    temporary = home / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {
        **kept,
        "PATH": f"{python.parent}{os.pathsep}{kept.get('PATH', os.defpath)}",
        "HOME": str(home),
        "TMPDIR": str(temporary),
        # Bytecode is told from its source by seconds and size; a mutant can have both in common with the file before.
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def run(command: Sequence[str], *, cwd: Path, environ: Mapping[str, str], seconds: float) -> Finished:
    """Run a process to its end or its limit; then nothing of its process group lives on."""
    begun = time.monotonic()
    # A file, not a pipe: a pipe would wait for grandchildren that outlive the process.
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command, cwd=cwd, env=dict(environ), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
        with _lock:
            _live.add(process)
        try:
            status: int | None = process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            _kill(process)
            process.wait()
            with _lock:
                _live.discard(process)
        output.seek(0)
        said = output.read().decode("utf-8", "replace")
    return Finished(status=status, output=said, seconds=time.monotonic() - begun)


def kill_all() -> None:
    """End what runs now, from any thread."""
    with _lock:
        for process in _live:
            _kill(process)


def tail(output: str) -> str:
    """The end of an output as one line."""
    return " | ".join(line.strip() for line in output[-_TAIL:].splitlines() if line.strip()) or "it said nothing"


def require(program: str) -> None:
    """Raises ProofError where a program is not on the PATH."""
    if shutil.which(program) is None:
        raise ProofError(f"{program} is not on this machine; install it (Debian: apt-get install coreutils)")


def _kill(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        process.kill()
