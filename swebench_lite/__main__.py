"""``python -m swebench_lite``: the same as the command ``swebench-lite``."""

from __future__ import annotations

import sys

from swebench_lite.cli import main

if __name__ == "__main__":
    sys.exit(main())
