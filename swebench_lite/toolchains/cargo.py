"""Reader for ``cargo test``."""

from __future__ import annotations

from swebench_lite.records import Status
from swebench_lite.toolchains.lines import Reading

_WORDS = {"ok": Status.PASSED, "FAILED": Status.FAILED}


def read(log: str) -> Reading:
    """Ids are paths like ``tests::adds``. Ignored, should-panic and documentation tests say nothing, as officially."""
    reading: Reading = {}
    for line in log.split("\n"):
        words = line.split(maxsplit=4)
        if len(words) == 4 and words[0] == "test" and words[2] == "..." and words[3] in _WORDS:
            reading[words[1]] = _WORDS[words[3]]
    return reading
