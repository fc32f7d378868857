"""Temporary folders that name their owner, so that what a killed process left behind is found and removed."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

_NAME = re.compile(r"swebench-lite-[a-z]+-(\d+)-.*")


def folder(purpose: str) -> tempfile.TemporaryDirectory[str]:
    """A temporary folder for a ``with`` block, under TMPDIR. purpose: one word in small letters."""
    return tempfile.TemporaryDirectory(prefix=f"swebench-lite-{purpose}-{os.getpid()}-", ignore_cleanup_errors=True)


def sweep() -> int:
    """Remove the folders of this user's processes that are gone; returns how many. Others' folders stay."""
    removed = 0
    for path in Path(tempfile.gettempdir()).glob("swebench-lite-*"):
        match = _NAME.fullmatch(path.name)
        if match and not path.is_symlink() and _mine(path) and not _alive(int(match[1])):
            shutil.rmtree(path, ignore_errors=True)
            removed += 1
    return removed


def _mine(path: Path) -> bool:
    try:
        return path.stat().st_uid == os.geteuid()
    except OSError:
        return False


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
