"""Started as a folder by ``scripts/prove-tasks``: makes the package and the checkout importable for this process alone."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path


def start() -> int:
    """Run the command line; its exit status."""
    scripts = Path(__file__).resolve().parent.parent
    # The package's own folder stands first when a folder is run; its modules are imported by their full names only.
    sys.path[:1] = [str(scripts), str(scripts.parent)]
    if importlib.util.find_spec("typer") is None:
        print(
            f"error: {sys.executable} lacks what swebench-lite needs; run scripts/setup, then this again",
            file=sys.stderr,
        )
        return 2
    from prove_tasks.commands import main

    return main()


if __name__ == "__main__":
    sys.exit(start())
