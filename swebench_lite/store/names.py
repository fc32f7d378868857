"""The names of runs and of artefacts: how they are made and which ones are refused."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime

from swebench_lite.errors import UsageError

_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_STAMPED = re.compile(r"run_(\d{8}T\d{6}Z)_[0-9a-f]{6}")
_ARTEFACT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def new_run_id(now: datetime) -> str:
    """A fresh id such as ``run_20261121T113000Z_ab12cd``. A time without a zone counts as UTC."""
    moment = now.astimezone(UTC) if now.tzinfo else now
    return f"run_{moment:%Y%m%dT%H%M%SZ}_{secrets.token_hex(3)}"


def is_run_id(text: str) -> bool:
    """Whether a run may have this id, which is also its folder's name."""
    return _RUN_ID.fullmatch(text) is not None


def age(run_id: str, written: int) -> tuple[str, int]:
    """What sorts runs by their beginning: the time in the id, or else when the plan was written (in nanoseconds)."""
    stamped = _STAMPED.fullmatch(run_id)
    return (stamped[1] if stamped else f"{datetime.fromtimestamp(written / 1e9, UTC):%Y%m%dT%H%M%SZ}", written)


def check_artefact(name: str, *, reading: bool = False) -> None:
    """Raises UsageError for what is no plain file name, and for an attempt's own file unless it is only read."""
    if not _ARTEFACT.fullmatch(name) or (name == "attempt.json" and not reading):
        raise UsageError(f"{name!a} is no artefact name; use a plain file name other than attempt.json")
