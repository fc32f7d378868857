"""Runs that other programs made, read into records of ours; nothing is executed.

    survey(path, notes)        what there is: models, instances, reports, what was graded
    rows(found, ...)           the dataset's rows, where they are to be had
    plan(found, ...)           the plan of the new run
    attempts(found, ...)       each attempt with its artefacts, one at a time
    judge_again(...)           the verdict on a stored one, by the same rules

``FORMATS`` names what can be read.
"""

from __future__ import annotations

from swebench_lite.importers.again import judge_again
from swebench_lite.importers.notes import Notes
from swebench_lite.importers.official import ORIGIN, Imported, attempts
from swebench_lite.importers.survey import Survey, plan, rows, survey

__all__ = ["FORMATS", "ORIGIN", "Imported", "Notes", "Survey", "attempts", "judge_again", "plan", "rows", "survey"]

FORMATS = ("swebench",)
