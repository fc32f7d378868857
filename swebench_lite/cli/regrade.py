"""``regrade``: stored evidence through the grader once more; nothing is executed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import typer

from swebench_lite.cli.binding import command
from swebench_lite.cli.options import DryRun, Json, Places, RunArgument

if TYPE_CHECKING:
    from swebench_lite.records import Attempt, Verdict
    from swebench_lite.store import RunStore


@dataclass(frozen=True, slots=True, kw_only=True)
class _Graded:
    """An attempt before and after; after is None where there is no evidence to grade."""

    before: Attempt
    after: Attempt | None

    @property
    def changed(self) -> bool:
        return self.after is not None and self.after.verdict != self.before.verdict


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    command(app, "regrade")(regrade)


def regrade(*, run: RunArgument, places: Places, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Grade a stored run again.

    From its stored evidence; nothing is executed. Says which verdicts changed.
    """
    from contextlib import nullcontext

    from swebench_lite.store import RunStore

    store = RunStore(places.settings().runs)
    run_id = store.resolve(run)
    with nullcontext() if dry_run else store.alone(run_id):
        graded = _regrade(run_id, store, write=not dry_run)
    _show(run_id, graded, written=not dry_run, as_json=as_json)


def _regrade(run_id: str, store: RunStore, *, write: bool) -> list[_Graded]:
    from swebench_lite.cli import output

    graded = [_grade(attempt, store) for attempt in store.attempts(run_id)]
    output.problems("store", store.warnings)
    changed = [one.after for one in graded if one.changed and one.after is not None]
    if write and changed:
        for after in changed:
            store.amend(after)
        store.write_summary(run_id)
    return graded


def _grade(attempt: Attempt, store: RunStore) -> _Graded:
    from swebench_lite.cli import output
    from swebench_lite.errors import DatasetError, StoreError
    from swebench_lite.importers import ORIGIN

    key = attempt.key
    names = store.artefacts(key)
    if "execution.json" not in names:
        return _Graded(before=attempt, after=None)
    try:
        verdict = (_imported if ORIGIN in names else _executed)(attempt, store)
    except (StoreError, DatasetError) as error:
        output.warn(f"{key.instance_id} ({key.model}) keeps its verdict: {error}")
        return _Graded(before=attempt, after=None)
    return _Graded(before=attempt, after=replace(attempt, verdict=verdict))


def _imported(attempt: Attempt, store: RunStore) -> Verdict:
    """The verdict on an attempt that another harness made, as its import would give it now."""
    from swebench_lite.cli.stored import evidence
    from swebench_lite.importers import judge_again
    from swebench_lite.records import Instance

    key = attempt.key
    names = store.artefacts(key)

    def artefact(name: str) -> bytes | None:
        return store.artefact(key, name) if name in names else None

    return judge_again(key.instance_id, artefact, evidence(store, key, "instance.json", Instance))


def _executed(attempt: Attempt, store: RunStore) -> Verdict:
    """The verdict on an attempt of ours."""
    from swebench_lite.cli.stored import evidence
    from swebench_lite.errors import StoreError
    from swebench_lite.grade import grade
    from swebench_lite.records import Execution, Flag, Instance, Oracle

    key = attempt.key
    names = store.artefacts(key)
    instance = evidence(store, key, "instance.json", Instance)
    execution = evidence(store, key, "execution.json", Execution)
    oracle = evidence(store, key, "oracle.json", Oracle) if "oracle.json" in names else None
    if "test_output.txt" not in names:
        raise StoreError("test_output.txt is gone")
    log = store.artefact(key, "test_output.txt").decode("utf-8", "replace")
    verdict = grade(instance, replace(execution, log=log), oracle)
    # What the gold run showed about the instance is no part of an attempt's evidence, and stays as it was.
    prepared = [Flag.NETWORK] if Flag.NETWORK in attempt.verdict.flags else []
    prepared += [Flag.UNVERIFIED] if not instance.patch.strip() else []
    return replace(verdict, flags=tuple(dict.fromkeys((*verdict.flags, *prepared))))


def _show(run_id: str, graded: list[_Graded], *, written: bool, as_json: bool) -> None:
    from swebench_lite.cli import output

    changes = [_change(one.before, one.after) for one in graded if one.changed and one.after is not None]
    regraded = sum(one.after is not None for one in graded)
    if as_json:
        output.document({
            "run_id": run_id,
            "summary": {"attempts": len(graded), "regraded": regraded, "changed": len(changes)},
            "written": written,
            "changed": changes,
        })  # fmt: skip
        return
    if changes:
        rows = [
            (str(one["instance_id"]), f"{one['model']} {one['arm']}", _words(one["before"]), _words(one["after"]))
            for one in changes
        ]
        output.table(("Instance", "Attempt", "Before", "Now"), rows)
    kept = f", {len(graded) - regraded} have no evidence and keep their verdict" if regraded < len(graded) else ""
    done = "" if written or not changes else "; nothing was written"
    output.line(f"{run_id}: {regraded} attempts graded again{kept}; {len(changes)} verdicts changed{done}")


def _change(before: Attempt, after: Attempt) -> dict[str, object]:
    key = before.key
    where: dict[str, object] = {
        "instance_id": key.instance_id, "model": key.model, "arm": key.arm, "sample": key.sample,
    }  # fmt: skip
    return {**where, "before": _verdict(before.verdict), "after": _verdict(after.verdict)}


def _verdict(verdict: Verdict) -> dict[str, object]:
    return {
        "outcome": verdict.outcome.value,
        "reason": verdict.reason,
        "resolved": verdict.resolved,
        "official_resolved": verdict.official_resolved,
        "flags": [flag.value for flag in verdict.flags],
    }


def _words(verdict: object) -> str:
    found = verdict if isinstance(verdict, dict) else {}
    official = "resolved" if found.get("official_resolved") else "not resolved"
    return f"{found.get('outcome')} (officially {official}): {found.get('reason')}"
