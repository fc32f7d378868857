"""Stored runs as commands need them: their reports, and the evidence of their attempts."""

from __future__ import annotations

from contextlib import suppress
from typing import TypeVar

from swebench_lite.cli import output
from swebench_lite.errors import StoreError
from swebench_lite.records import AttemptKey, Instance, Plan
from swebench_lite.reports import RunReport, build
from swebench_lite.store import RunStore, codec
from swebench_lite.store.files import read_json
from swebench_lite.store.summary import totals

Record = TypeVar("Record")


def report_of(store: RunStore, run: str) -> RunReport:
    """The report of a stored run. Raises UsageError for an unknown run, StoreError for a damaged one."""
    plan = store.plan(run)
    attempts = store.attempts(plan.run_id)
    output.problems("store", store.warnings)
    seconds = totals(plan, attempts).seconds
    return build(plan, attempts, seconds=seconds, instances=instances_of(store, plan))


def instances_of(store: RunStore, plan: Plan) -> dict[str, Instance]:
    """The instances of a stored run as its attempts' evidence holds them; those without evidence are left out."""
    found: dict[str, Instance] = {}
    for key in plan.planned:
        if key.instance_id not in found:
            with suppress(StoreError):
                found[key.instance_id] = evidence(store, key, "instance.json", Instance)
    return found


def evidence(store: RunStore, key: AttemptKey, name: str, kind: type[Record]) -> Record:
    """A record among an attempt's artefacts. Raises StoreError where it is not there or damaged."""
    path = store.folder(key) / name
    return codec.from_document(kind, read_json(path), where=str(path))


def artefact_text(store: RunStore, key: AttemptKey, name: str) -> str | None:
    """An artefact as text, None where there is none."""
    if name not in store.artefacts(key):
        return None
    return store.artefact(key, name).decode("utf-8", "replace")
