"""Reader for ``go test -v``."""

from __future__ import annotations

import re

from swebench_lite.records import Status
from swebench_lite.toolchains.lines import Reading, stripped

_WORDS = {"PASS": Status.PASSED, "FAIL": Status.FAILED, "SKIP": Status.SKIPPED}
_LINE = re.compile(r"--- (PASS|FAIL|SKIP): (.+) \(.+\)")


def read(log: str) -> Reading:
    """Ids are function names; subtests, printed indented, are ``Test/sub``."""
    # Only lines with the closing bracket are tried: the pattern is linear on those alone.
    found = (_LINE.fullmatch(line) for line in stripped(log) if line.endswith(")"))
    return {match[2]: _WORDS[match[1]] for match in found if match}
