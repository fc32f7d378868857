"""Runs with the interpreter that has the mutation tool: leaves out every mutant of a session whose id is not on stdin.

python keep.py SESSION < ids, one a line
"""

from __future__ import annotations

import sys

from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import WorkerOutcome, WorkResult


def main() -> None:
    wanted = set(sys.stdin.read().split())
    with use_db(sys.argv[1], WorkDB.Mode.open) as session:
        others = [one.job_id for one in session.work_items if one.job_id not in wanted]
        session.set_multiple_results(others, WorkResult(worker_outcome=WorkerOutcome.SKIPPED))


if __name__ == "__main__":
    main()
