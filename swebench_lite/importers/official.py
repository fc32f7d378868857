"""A surveyed run of the official harness -> attempts of ours, with their artefacts.

The official verdict is kept; outcomes come from the evidence (``verdicts``). One folder is read at a time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from swebench_lite.errors import DatasetError
from swebench_lite.importers import documents
from swebench_lite.importers.documents import InstanceReport, RunLists
from swebench_lite.importers.evidence import tell
from swebench_lite.importers.files import Content, names, parse, read_document, read_log, shown
from swebench_lite.importers.layout import INSTANCE_FILES
from swebench_lite.importers.notes import Notes
from swebench_lite.importers.survey import Survey
from swebench_lite.importers.verdicts import Case, Judged, judge
from swebench_lite.records import Attempt, AttemptKey, Instance, Limits, Outcome, Verdict
from swebench_lite.reports.official import official_list
from swebench_lite.store import codec

_LOGS = frozenset({"run_instance.log", "test_output.txt"})
# Official names -> ours, where they differ.
ARTEFACTS = {"run_instance.log": "apply.log"}
# Where each file of an imported attempt came from.
ORIGIN = "imported.json"
# A patch whose bytes are not there is still a patch: an export must not list it as empty.
_UNKNOWN_PATCH = ""
# Without these a verdict cannot be checked; the other files are good to have, and published folders often lack them.
_NEEDED = frozenset({"patch.diff", "test_output.txt"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """An attempt with its artefacts, by file name."""

    attempt: Attempt
    artefacts: Mapping[str, bytes | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """One instance of one model: its files by name, its folder and that folder's name for people, its row."""

    key: AttemptKey
    files: Mapping[str, Content]
    folder: str | None
    lists: RunLists | None
    instance: Instance | None

    @property
    def where(self) -> str:
        return f"{self.key.model}/{self.key.instance_id}"


def attempts(
    found: Survey, *, run_id: str, known: Mapping[str, Instance], limits: Limits, notes: Notes
) -> Iterator[Imported]:
    """Every attempt with its artefacts, in the plan's order, one at a time. Logs are cut as ours are, to limits.output."""
    for model in found.layout.models:
        for instance_id in found.ids(model):
            folder = model.instances.get(instance_id)
            one = _Found(
                key=AttemptKey(run_id=run_id, instance_id=instance_id, model=model.name),
                files={} if folder is None else _read(folder, f"{model.name}/{instance_id}", limits, notes),
                folder=None if folder is None else found.layout.told(folder),
                lists=found.lists.get(model.name),
                instance=known.get(instance_id),
            )
            yield _imported(one, notes)


def _imported(one: _Found, notes: Notes) -> Imported:
    where = None if one.lists is None else one.lists.where(one.key.instance_id)
    case = case_of(one.key.instance_id, one.files, where=where, report=_report(one, notes))
    judged = _judged(case, one, notes)
    _tell_of_gaps(case, one, notes)
    attempt = Attempt(
        key=one.key,
        verdict=judged.verdict,
        application=None if case.leftover else case.told.application,
        patch_sha256=None if case.leftover else _patch_hash(judged.verdict, one.files.get("patch.diff")),
        test_seconds=case.told.test_seconds,
    )
    if case.where is not None and not case.leftover and official_list(attempt) != case.where:
        named = f"in {case.where}_ids of the run report, but {judged.verdict.outcome} by what is there"
        notes.gather(named, one.where, wrong=False)
    artefacts = {ARTEFACTS.get(name, name): content.data for name, content in one.files.items()}
    return Imported(attempt=attempt, artefacts={**artefacts, **_records(case, judged, one)})


def case_of(
    instance_id: str, files: Mapping[str, Content], *, where: str | None, report: InstanceReport | None
) -> Case:
    """What one instance's files, by their official names, and its place in the run report make together."""
    run_log, output, patch = (files.get(name) for name in ("run_instance.log", "test_output.txt", "patch.diff"))
    log = None if output is None else output.text
    return Case(
        instance_id=instance_id,
        told=tell(run_log.text if run_log else "", log),
        where=where,
        report=report,
        empty=patch is not None and patch.size == 0,
        log=log,
        cut=output is not None and output.truncated,
    )


def _judged(case: Case, one: _Found, notes: Notes) -> Judged:
    try:
        judged = judge(case, one.instance)
    except DatasetError as error:
        notes.gather(f"not graded again: {str(error).removeprefix(case.instance_id).strip()}", one.where, wrong=False)
        judged = judge(case, None)
    for problem in judged.problems:
        # What was cut proves nothing against anybody.
        (notes.remark if problem.endswith("to be read whole") else notes.problem)(f"{one.where}: {problem}")
    return judged


def _report(one: _Found, notes: Notes) -> InstanceReport | None:
    if "report.json" not in one.files:
        return None
    try:
        return documents.instance_report(parse(one.files["report.json"], "report.json"), one.key.instance_id)
    except DatasetError as error:
        notes.problem(f"{one.where}: {error}; it counts for nothing")
        return None


def _read(folder: Path, where: str, limits: Limits, notes: Notes) -> dict[str, Content]:
    """The harness's files in an instance's folder. What cannot be read is named and left out."""
    found: dict[str, Content] = {}
    there = names(folder, notes)
    for name in INSTANCE_FILES:
        if name not in there:
            continue
        try:
            read = read_log(folder / name, limit=limits.output) if name in _LOGS else read_document(folder / name)
        except DatasetError as error:
            notes.problem(f"{where}: {error}")
            continue
        found[name] = read
        if read.truncated:
            notes.gather(f"{name} is longer than {limits.output:,} bytes; head and tail are kept", where, wrong=False)
        if not read.is_utf8:
            notes.gather(f"{name} holds bytes that are no UTF-8; kept as they are", where, wrong=False)
    for name in there:
        if name not in INSTANCE_FILES:
            notes.gather(f"{shown(name)} is no file of the harness's results and is not imported", where, wrong=False)
    return found


def _tell_of_gaps(case: Case, one: _Found, notes: Notes) -> None:
    """Name what should be there and is not."""
    if one.lists is not None and one.lists.whole and case.where is None:
        notes.gather("in a folder but in no list of the run report", one.where, wrong=True)
    if one.folder is None:
        return
    if "report.json" not in one.files and case.where is None and not (case.told.timed_out or _refused(case)):
        notes.gather("no report.json, and nothing says why", one.where, wrong=True)
    graded = case.report is not None and case.report.applied
    for name in INSTANCE_FILES:
        if name not in one.files and graded:
            notes.gather(f"{name} is missing", one.where, wrong=name in _NEEDED)


def _refused(case: Case) -> bool:
    return case.told.application is not None and not case.told.application.official


def _patch_hash(verdict: Verdict, patch: Content | None) -> str | None:
    if verdict.outcome is Outcome.NO_ANSWER or (verdict.outcome is Outcome.NOT_RUN and patch is None):
        return None
    return patch.sha256 if patch is not None else _UNKNOWN_PATCH


def _records(case: Case, judged: Judged, one: _Found) -> dict[str, str]:
    """What grading again and audits take: the row, the evidence, and where each file came from."""
    made: dict[str, str] = {}
    if one.folder is not None:
        origin = {
            "folder": one.folder,
            "listed_under": case.where,
            "exit_status": "not recorded" if case.told.exit_status is None else "recorded in the log",
            "files": {
                name: {"sha256": content.sha256, "bytes": content.size, "whole": not content.truncated}
                for name, content in one.files.items()
            },
        }
        made[ORIGIN] = json.dumps(origin, indent=1)
    if one.instance is not None:
        made["instance.json"] = json.dumps(codec.to_document(one.instance))
    if judged.execution is not None:
        made["execution.json"] = json.dumps(codec.to_document(replace(judged.execution, log="")))
    return made
