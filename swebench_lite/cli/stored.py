"""Stored runs as commands need them: their reports, and the evidence of their attempts."""

from __future__ import annotations

from contextlib import suppress
from typing import TypeVar

from swebench_lite.cli import output
from swebench_lite.errors import StoreError
from swebench_lite.file_attempts import TASK
from swebench_lite.file_tasks import FileTask
from swebench_lite.records import AttemptKey, Instance, Plan
from swebench_lite.reports import RunReport, build
from swebench_lite.reports.rates import category
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
    instances, categories = instances_of(store, plan), categories_of(store, plan)
    return build(plan, attempts, seconds=seconds, instances=instances, categories=categories)


def instances_of(store: RunStore, plan: Plan) -> dict[str, Instance]:
    """The instances of a stored run as its attempts' evidence holds them; those without evidence are left out."""
    return _first_of_each(store, plan, "instance.json", Instance)


def categories_of(store: RunStore, plan: Plan) -> dict[str, str]:
    """The categories of a stored run by instance id, as its attempts' evidence tells; empty where none has one."""
    tasks = _first_of_each(store, plan, TASK, FileTask)
    instances = instances_of(store, plan)
    labelled = bool(tasks) or any(one.category for one in instances.values())
    found = {name: category(one, {}) for name, one in instances.items()} if labelled else {}
    found |= {name: task.category for name, task in tasks.items()}
    return {name: label for name, label in found.items() if label is not None}


def _first_of_each(store: RunStore, plan: Plan, name: str, kind: type[Record]) -> dict[str, Record]:
    """A record among the evidence of each instance, by its id."""
    found: dict[str, Record] = {}
    for key in plan.planned:
        if key.instance_id not in found:
            with suppress(StoreError):
                found[key.instance_id] = evidence(store, key, name, kind)
    return found


def evidence(store: RunStore, key: AttemptKey, name: str, kind: type[Record]) -> Record:
    """A record among an attempt's artefacts. Raises StoreError where it is not there or damaged."""
    path = store.folder(key) / name
    return codec.from_document(kind, read_json(path), where=str(path))


def artefact_text(store: RunStore, key: AttemptKey, name: str) -> str | None:
    """An artefact as text, None where there is none; bytes that are no UTF-8 can be written back as they were."""
    if name not in store.artefacts(key):
        return None
    return store.artefact(key, name).decode("utf-8", "surrogateescape")
