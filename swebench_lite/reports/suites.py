"""Results of the capability suites: the nouns, their totals, the JSON document, the table and the oracle's banner. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from swebench_lite.reports import text

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one item.

    seconds: of the model's requests; tokens: of its replies, None where the server does not say. timed: the seconds of the
    requests whose tokens are known, None where it is all of them or none. failed: nobody can tell what the model is worth
    here, because its server or the sandbox failed; the cases count as not passed all the same.
    """

    suite: str
    key: str
    passed: int
    total: int
    seconds: float = 0.0
    tokens: int | None = None
    reason: str = ""
    flags: tuple[str, ...] = ()
    failed: bool = False
    timed: float | None = None

    @property
    def name(self) -> str:
        """``suite:key``."""
        return f"{self.suite}:{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """All results of one model in one run. budget: the most tokens of a reply. seed: of what the tools know.

    error: why the model as a whole could not be asked, or "".
    """

    model: str
    results: tuple[Result, ...]
    timestamp: str
    budget: int
    version: str
    run: str = ""
    seed: int = 0
    temperature: float | None = None
    error: str = ""

    @property
    def suites(self) -> Mapping[str, tuple[int, int]]:
        """(passed, total) by suite, in order."""
        found: dict[str, tuple[int, int]] = {}
        for one in self.results:
            passed, total = found.get(one.suite, (0, 0))
            found[one.suite] = (passed + one.passed, total + one.total)
        return found

    @property
    def total(self) -> tuple[int, int]:
        """(passed, total) of everything."""
        return sum(one.passed for one in self.results), sum(one.total for one in self.results)

    @property
    def seconds(self) -> float:
        """Of all requests together."""
        return round(sum(one.seconds for one in self.results), 3)

    @property
    def tokens(self) -> int | None:
        """Of all replies together, as far as the server counts them; None where it counts none."""
        known = [one.tokens for one in self.results if one.tokens is not None]
        return sum(known) if known else None

    @property
    def tokens_per_second(self) -> float | None:
        """Over the requests whose tokens are known; None where there are none."""
        counted = [one for one in self.results if one.tokens is not None]
        seconds = sum(one.seconds if one.timed is None else one.timed for one in counted)
        return round(sum(one.tokens or 0 for one in counted) / seconds, 2) if seconds else None


def line(record: Record) -> dict[str, Any]:
    """A record as the JSON document of its line in a results file."""
    return {**asdict(record), "results": [asdict(one) for one in record.results]}


def document(
    records: Sequence[Record], *, suspects: Sequence[str] = (), more: Mapping[str, object] | None = None
) -> dict[str, Any]:
    """The JSON document of a sweep. more: further fields."""
    models = [
        {
            "model": one.model,
            "suites": {name: {"passed": passed, "total": total} for name, (passed, total) in one.suites.items()},
            "passed": one.total[0],
            "total": one.total[1],
            "seconds": one.seconds,
            "tokens": one.tokens,
            "tokens_per_second": one.tokens_per_second,
            "error": one.error,
            "results": [asdict(result) for result in one.results],
        }
        for one in records
    ]
    return {"models": models, "suspect_tasks": list(suspects), **(more or {})}


def table(records: Sequence[Record]) -> Table:
    """A line per model: each suite, the total, the time and the tokens per second. Figures are never folded, names are."""
    from swebench_lite.reports.table import fill_row, grid

    suites = list(dict.fromkeys(name for one in records for name in one.suites))
    names = ("model", *suites, "total", "time", "tok/s")
    rows = [(one.model, *_figures(one, suites)) for one in records]
    widths = {name: max(len(name), *(len(row[at]) for row in rows)) for at, name in enumerate(names[1:], 1) if rows}
    made = grid(names, right=names[1:], least={**widths, "model": 8})
    for row in rows:
        fill_row(made, row)
    return made


def failures(record: Record) -> tuple[str, ...]:
    """A line for each item that did not pass whole, with the reason; one for a model that could not be asked at all."""
    if record.error:
        return (f"{record.model}: {record.error}",)
    return tuple(
        f"{record.model}  {one.name}  {one.passed}/{one.total}  {one.reason or 'no reason given'}"
        for one in record.results
        if one.passed < one.total
    )


def suspects(record: Record) -> tuple[str, ...]:
    """The tasks that an oracle did not pass whole, as ``suite:task``."""
    return tuple(one.name for one in record.results if one.passed < one.total)


def banner(oracle: str, tasks: Sequence[str], *, why: str = "") -> str:
    """What is to be said loudly where an oracle fails; "" where it fails nothing. why: it could not be asked at all."""
    if not tasks:
        return ""
    cause = f"the oracle {oracle} could not be asked: {why}" if why else f"the oracle {oracle} must pass everything"
    head = f"!!! SUSPECT TASK(S): {len(tasks)} !!!  {cause}"
    rule = "!" * min(100, len(head))
    return "\n".join([rule, head, *(f"!!!   {name}" for name in tasks), rule])


def _figures(record: Record, suites: Sequence[str]) -> tuple[str, ...]:
    done = record.suites
    scores = (f"{done[name][0]}/{done[name][1]}" if name in done else text.NOTHING for name in suites)
    speed = record.tokens_per_second
    passed, total = record.total
    return (
        *scores,
        f"{passed}/{total}",
        text.seconds(record.seconds),
        text.NOTHING if speed is None else f"{speed:.1f}",
    )
