"""Models, one at a time, through the items of the suites; what each of them says is kept before it is graded."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from swebench_lite import __version__, file_tasks, schedule
from swebench_lite.backends import Backends, Stopped
from swebench_lite.errors import EngineDown, InfraError, NoEnvironment, ProviderError, UsageError
from swebench_lite.file_tasks import FileTask
from swebench_lite.models import Model, OpenAICompatible, for_run
from swebench_lite.models.sweeps import Memory, memories, survey
from swebench_lite.records import Exchange, Sampling
from swebench_lite.reports.suites import Record, Result
from swebench_lite.settings import Settings
from swebench_lite.suites import keeping
from swebench_lite.suites.nouns import Asker, Grade, Item, Room

TEMPERATURE = 0.2
BUDGET = 16_384  # the most tokens of a reply
TRIES = 3  # requests, while the server fails
# All that is needed of a place to run answers in is an interpreter.
_PYTHON = FileTask(
    task_id="suites", category="", difficulty="", language="python", file="", prompt="", command=("python3",), seconds=0.0,
    runs=(),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """What is asked and how. requests: items at a time. told: hears, from the calling thread, what is going on.

    file: the results file. seed: decides what the tools know and what the needles are.
    """

    items: tuple[Item, ...]
    file: Path
    run: str
    seed: int
    sampling: Sampling = field(default_factory=lambda: Sampling(temperature=TEMPERATURE, max_tokens=BUDGET))
    requests: int = 1
    told: Callable[[str], None] = lambda _: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """records: in the order of the models. skipped: why a model was left out, by name. problems: what else went wrong."""

    records: tuple[Record, ...]
    skipped: Mapping[str, str]
    problems: tuple[str, ...] = ()


def sweep(
    models: Sequence[Model],
    wanted: Sweep,
    settings: Settings,
    *,
    finished: Callable[[Record], None] = lambda _: None,
) -> Swept:
    """Ask every model for every item, one model after the other, and grade the replies.

    Models that their local server lacks are skipped. A model that cannot be asked, and even one with which this program
    fails, gets its record of failures and the next one has its turn. finished: hears of each record once it is stored. An
    interrupt leaves what is done in the files. Raises EngineDown, InfraError and NoEnvironment where answers have no place
    to run in, and StoreError where nothing can be kept.
    """
    found = survey(models, settings)
    for name, why in found.missing.items():
        wanted.told(f"skipped {name}: {why}")
    asked = [model for model in models if model.name not in found.missing]
    stopping = threading.Event()
    records: list[Record] = []
    with ExitStack() as opened:
        room, stop = opened.enter_context(_place(wanted.items, settings)) if asked else (None, stopping.set)
        held = memories(asked, settings, stopping=stopping, told=wanted.told, fewest=1)
        for memory in dict.fromkeys(held.values()):
            opened.enter_context(memory)

        def stop_all() -> None:
            stopping.set()
            wanted.told("what is under way is waited for; Ctrl-C again ends at once")
            stop()

        for model in asked:
            ready = for_run(model, run_id=wanted.run, stopping=stopping)
            record = _whole(ready, held.get(model.name), wanted, room=room, stopping=stopping, stop=stop_all)
            keeping.append_record(wanted.file, record)
            records.append(record)
            finished(record)
    problems = [memory.problem for memory in dict.fromkeys(held.values()) if memory.problem]
    return Swept(records=tuple(records), skipped=found.missing, problems=(*found.doubts, *problems))


def replay(
    stored: Sequence[keeping.Stored], items: Callable[[keeping.Stored], tuple[Item, ...]], settings: Settings
) -> tuple[Record, ...]:
    """Grade stored exchanges again, without a model. items: those of a stored run. Raises as ``sweep``."""
    chosen = [(one, items(one)) for one in stored]
    every = tuple(item for one, some in chosen for item in some if item.name in one.exchanges)
    with _place(every, settings) as (room, _stop):
        return tuple(_again(one, some, room) for one, some in chosen)


def _again(stored: keeping.Stored, items: Sequence[Item], room: Room | None) -> Record:
    results = []
    before = stored.record
    why = before.error if before and before.error else "there is no stored reply"
    for item in items:
        exchanges = stored.exchanges.get(item.name, ())
        results.append(_graded(item, exchanges, room) if exchanges else _lost(item, why))
    return Record(
        model=stored.model,
        results=tuple(results),
        timestamp=before.timestamp if before else "",
        budget=before.budget if before else 0,
        version=__version__,
        run=stored.run,
        seed=stored.seed,
        temperature=before.temperature if before else None,
        error=before.error if before and not stored.exchanges else "",
    )


@contextmanager
def _place(items: Sequence[Item], settings: Settings) -> Iterator[tuple[Room | None, Callable[[], None]]]:
    """Where answers run, None where none of the items needs it; and what kills all that runs there."""
    if not any(item.runs for item in items):
        yield None, lambda: None
        return
    with Backends(settings=settings) as shared, tempfile.TemporaryDirectory(dir=shared.scratch) as folder:
        tree = Path(folder) / "tree"
        tree.mkdir()
        environment = file_tasks.environment(_PYTHON, settings)
        room = Room(
            sandbox=shared.sandbox,
            environment=environment,
            scratch=shared.scratch,
            tree=tree,
            limits=settings.limits,
            stopping=shared.stopping,
        )
        yield room, shared.stop


def _whole(
    model: Model,
    memory: Memory | None,
    wanted: Sweep,
    *,
    room: Room | None,
    stopping: threading.Event,
    stop: Callable[[], None],
) -> Record:
    """The record of one model, whatever becomes of it."""
    try:
        with _resident(model, memory) as ready:
            results = _results(ready, wanted, room, stopping, stop)
        error = ""
    except (ProviderError, UsageError) as failed:
        results, error = (), f"it cannot be asked: {failed}"
    if error:
        wanted.told(f"{model.name}: {error}")
    return Record(
        model=model.name,
        results=results or tuple(_lost(item, error) for item in wanted.items),
        timestamp=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        budget=wanted.sampling.max_tokens or 0,
        version=__version__,
        run=wanted.run,
        seed=wanted.seed,
        temperature=wanted.sampling.temperature,
        error=error,
    )


@contextmanager
def _resident(model: Model, memory: Memory | None) -> Iterator[Model]:
    """The model, in the memory of its local server where that can be told. Raises ProviderError or UsageError."""
    if memory is None or not isinstance(model, OpenAICompatible):
        yield model
        return
    lmstudio = model.endpoint.provider == "lmstudio"
    with memory.turn(model.endpoint.model, context=model.options.context if lmstudio else None) as held:
        if lmstudio and held is not None and held.identifier != held.name:
            model = replace(model, endpoint=replace(model.endpoint, model=held.identifier))
        yield model


def _results(
    model: Model, wanted: Sweep, room: Room | None, stopping: threading.Event, stop: Callable[[], None]
) -> tuple[Result, ...]:
    asker = Asker(model=model, sampling=wanted.sampling, stopping=stopping)
    found: dict[str, Result] = {}
    keep = threading.Lock()

    def do(item: Item) -> Result:
        if stopping.is_set():
            raise Stopped("interrupted")
        try:
            exchanges = item.ask(asker)
        except Exception as error:  # the outer barrier: a bug met with one item or model must not cost the others
            return _lost(item, f"this program failed: {type(error).__name__}: {error}")
        if stopping.is_set() and (not exchanges or exchanges[-1].error):
            raise Stopped("interrupted")
        with keep:
            keeping.append_exchanges(wanted.file, item, exchanges, run=wanted.run, model=model.name, seed=wanted.seed)
        return _graded(item, exchanges, room)

    def done(result: Result) -> None:
        found[result.name] = result
        why = f"  {result.reason}" if result.reason else ""
        score = f"{result.passed}/{result.total}"
        wanted.told(
            f"[{len(found)}/{len(wanted.items)}] {model.name}  {result.name}  {score}  {result.seconds:.1f} s{why}"
        )

    schedule.run_all(wanted.items, do, workers=wanted.requests, done=done, stop=stop)
    return tuple(found[item.name] for item in wanted.items)


def _graded(item: Item, exchanges: Sequence[Exchange], room: Room | None) -> Result:
    """What exchanges are worth; a failed request, and a sandbox that fails, are worth nothing. Raises EngineDown."""
    failed = ""
    grade = Grade(passed=0)
    if exchanges[-1].error:
        failed = f"no answer: {exchanges[-1].error}"
    else:
        try:
            grade = item.grade(exchanges, room)
        except EngineDown:
            raise
        except (InfraError, NoEnvironment) as error:
            failed = f"the sandbox failed: {error}"
        except Exception as error:  # the outer barrier: a bug met with one reply must not cost the others
            failed = f"this program failed: {type(error).__name__}: {error}"
    counted = [one for one in exchanges if one.output_tokens is not None]
    some = 0 < len(counted) < len(exchanges)
    flags = grade.flags + (("cut off at its length limit",) if exchanges[-1].finish_reason == "length" else ())
    return Result(
        suite=item.suite,
        key=item.key,
        passed=grade.passed,
        total=item.total,
        seconds=round(sum(one.seconds for one in exchanges), 3),
        tokens=sum(one.output_tokens or 0 for one in counted) if counted else None,
        reason=failed or grade.reason,
        flags=tuple(dict.fromkeys(flags)),
        failed=bool(failed),
        timed=round(sum(one.seconds for one in counted), 3) if some else None,
    )


def _lost(item: Item, why: str) -> Result:
    return Result(suite=item.suite, key=item.key, passed=0, total=item.total, reason=why, failed=True)
