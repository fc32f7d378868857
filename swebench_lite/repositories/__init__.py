"""Mirrors of repositories, and checkouts that hold exactly one commit.

A mirror is a bare git directory: one of the user's own (SWEBENCH_LITE_MIRRORS, ``repos add``), one built from the histories
that this project ships, or a clone made once. A checkout has no refs, no remotes, no reflog and no object that its commit
does not need: whoever looks for the fix in it finds nothing.
"""

from __future__ import annotations

from swebench_lite.repositories.checkouts import Checkout, borrowed, checkout, missing
from swebench_lite.repositories.commits import ancestor, committed, described, files
from swebench_lite.repositories.keeping import keep
from swebench_lite.repositories.mirrors import add, check_name, known, local_mirror, mirror
from swebench_lite.repositories.trees import open_tree

__all__ = [
    "Checkout",
    "add",
    "ancestor",
    "borrowed",
    "check_name",
    "checkout",
    "committed",
    "described",
    "files",
    "keep",
    "known",
    "local_mirror",
    "mirror",
    "missing",
    "open_tree",
]
