"""The command line: python3 -m briefing."""

from __future__ import annotations

import sys

if __name__ == "__main__":
    sys.exit("briefing: not written yet")
