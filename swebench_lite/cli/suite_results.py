"""What ``suite`` shows: the table, the failures, the oracle's banner; and stored replies, graded again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from swebench_lite.reports.suites import Record
    from swebench_lite.settings import Settings
    from swebench_lite.suites import Stored, Swept


@dataclass(frozen=True, slots=True, kw_only=True)
class Oracle:
    """named: as the user wrote it, "" for none. models: the names of the models that this opened, one per thinking level."""

    named: str
    models: tuple[str, ...]


def suspects(
    oracle: Oracle, records: Sequence[Record], skipped: Mapping[str, str], names: Sequence[str]
) -> tuple[tuple[str, ...], str]:
    """The suspect tasks and the banner that tells of them; all are, where the oracle could not be asked.

    skipped: why models were left out, by name. names: of all tasks.
    """
    from swebench_lite.reports.suites import banner, suspects

    if not oracle.named:
        return (), ""
    asked = [one for one in records if one.model in oracle.models]
    why = next((one.error for one in asked if one.error), "")
    if not asked:
        why = next((skipped[name] for name in oracle.models if name in skipped), "it is not there")
    found = tuple(dict.fromkeys(name for one in asked for name in suspects(one))) if asked else tuple(names)
    return found, banner(oracle.named, found, why=why)


def results_file(given: Path) -> Path:
    """Where ``--out`` leads. Raises UsageError where no results can be kept there."""
    from swebench_lite.suites import keeping

    path = given.expanduser().absolute()
    keeping.check(path)
    return path


def left_out(swept: Swept) -> dict[str, object]:
    """The part of the document that names the models which were not asked."""
    return {"skipped": [{"model": name, "reason": why} for name, why in swept.skipped.items()]}


def show(
    records: Sequence[Record], suspects: Sequence[str], banner: str, more: dict[str, object], as_json: bool
) -> None:
    """Print the results: failures, table and places, or the one document; the banner goes to standard error in any case."""
    from swebench_lite.cli import output
    from swebench_lite.reports.suites import document, failures, table

    contexts = _contexts(records)
    if as_json:
        extra = {**more, **({"effective_context": contexts} if contexts else {})}
        output.document(document(records, suspects=suspects, more=extra))
    else:
        for told in (line for record in records for line in failures(record)):
            output.line(told)
        output.show(table(records))
        for name, size in contexts.items():
            output.line(f"{name}: effective context {size:,} tokens")
        for what in ("run", "file"):
            if what in more:
                output.line(f"{what}: {more[what]}")
    for told in banner.splitlines():
        output.note(told)


def _contexts(records: Sequence[Record]) -> dict[str, int]:
    """The effective context by model, where the needle was asked for."""
    from swebench_lite.suites.needle_suite import NAME, effective_context

    found = {}
    for record in records:
        needles = {one.key: one.passed == one.total for one in record.results if one.suite == NAME}
        if needles:
            found[record.model] = effective_context(needles)
    return found


def interrupted(done: Sequence[Record], file: Path, oracle: Oracle, names: Sequence[str], *, as_json: bool) -> None:
    """Show what was done when the sweep was interrupted, the oracle's word on it too, and say where the rest is.

    The oracle is asked first, so it is among what is done, or it was left out. names: of all tasks.
    """
    from swebench_lite.cli import output

    if done:
        tasks, banner = suspects(oracle, done, {}, names)
        show(done, tasks, banner, {"file": str(file), "interrupted": True}, as_json)
    output.note(f"{len(done)} models are done; what was answered until now is kept, see suite --replay {file}")


def replayed(file: Path, out: Path | None, suite: str | None, settings: Settings, *, as_json: bool) -> int:
    """Grade stored replies again; says which results differ from the stored ones."""
    from swebench_lite.cli import output
    from swebench_lite.errors import UsageError
    from swebench_lite.suites import keeping, names_of, replay, stored_items

    kept = results_file(out) if out is not None else None
    stored = keeping.read(file.expanduser().absolute(), told=output.note)
    chosen = names_of(suite) if suite is not None else None
    records = replay(
        stored,
        lambda one: tuple(item for item in stored_items(one) if chosen is None or item.suite in chosen),
        settings,
    )
    records = tuple(record for record in records if record.results)
    if not records:
        raise UsageError(f"'{file}' holds no replies of {suite or 'any suite'}")
    changed = _changes(stored, records)
    for told in changed:
        output.note(told)
    if kept is not None:
        for record in records:
            keeping.append_record(kept, record)
    show(records, (), "", {"replayed": str(file), "changed": changed}, as_json)
    return int(any(one.failed for record in records for one in record.results))


def _changes(stored: Sequence[Stored], records: Sequence[Record]) -> list[str]:
    """A sentence per result that is another one than before."""
    before = {
        (one.run, one.model, result.name): result
        for one in stored
        if one.record is not None
        for result in one.record.results
    }
    told = []
    for record in records:
        for one in record.results:
            was = before.get((record.run, record.model, one.name))
            if was is not None and was.passed != one.passed:
                told.append(f"{record.model}  {one.name}: {one.passed}/{one.total}, was {was.passed}/{was.total}")
    return told
