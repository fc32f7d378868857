"""The command line: one file per command group. Parse, call, print, exit status; heavy libraries are imported in commands.

Exit status: 0 done; 1 done, but something is wrong; 2 usage; 130 interrupted.
"""

from __future__ import annotations

from swebench_lite.cli.application import main

__all__ = ["main"]
