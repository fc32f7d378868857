"""The command line: python3 -m timesheet."""

from __future__ import annotations

import sys


def main() -> int:
    print("timesheet: the report command is not written yet", file=sys.stderr)
    return 70


if __name__ == "__main__":
    sys.exit(main())
