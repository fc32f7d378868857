"""What ``suite`` shows: the table, the failures, the oracle's banner; and stored replies, graded again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from swebench_lite.reports.suites import Record
    from swebench_lite.settings import Settings
    from swebench_lite.suites import Stored, Swept


def suspects(oracle: str, swept: Swept, names: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """The suspect tasks and the banner that tells of them; all are, where the oracle could not be asked."""
    from swebench_lite.reports.suites import banner, suspects

    if not oracle:
        return (), ""
    records = [one for one in swept.records if one.model == oracle or one.model.startswith(f"{oracle}@")]
    why = next((one.error for one in records if one.error), "")
    if not records:
        why = next((text for name, text in swept.skipped.items() if name.startswith(oracle)), "it is not there")
    found = tuple(dict.fromkeys(name for one in records for name in suspects(one))) if records else tuple(names)
    return found, banner(oracle, found, why=why)


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


def interrupted(done: Sequence[Record], file: Path, *, as_json: bool) -> None:
    """Show what was done when the sweep was interrupted, and say where the rest is."""
    from swebench_lite.cli import output

    if done:
        show(done, (), "", {"file": str(file), "interrupted": True}, as_json)
    output.note(f"{len(done)} models are done; what was answered until now is kept, see suite --replay {file}")


def replayed(file: Path, out: Path | None, suite: str | None, settings: Settings, *, as_json: bool) -> int:
    """Grade stored replies again; says which results differ from the stored ones."""
    from swebench_lite.cli import output
    from swebench_lite.errors import UsageError
    from swebench_lite.suites import keeping, names_of, replay, stored_items

    stored = keeping.read(file.expanduser().absolute())
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
    if out is not None:
        for record in records:
            keeping.append_record(out.expanduser().absolute(), record)
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
