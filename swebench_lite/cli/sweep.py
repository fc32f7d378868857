"""What surrounds the asking of a run: what is said first, which models are left out, in which order the others are asked."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import combinations

from swebench_lite.asking import Asker
from swebench_lite.cli import output
from swebench_lite.cli.questions import Asking, models_of
from swebench_lite.errors import UsageError
from swebench_lite.kitchen import Task
from swebench_lite.models import Model, OpenAICompatible, for_run
from swebench_lite.models.sweeps import Memory, Resident, memories, survey
from swebench_lite.records import AttemptKey
from swebench_lite.respond import Budget
from swebench_lite.scoring.intervals import ALPHA
from swebench_lite.scoring.power import fewest_disagreements
from swebench_lite.scoring.sentences import spending_sentence
from swebench_lite.settings import Settings
from swebench_lite.store import Exchanges


def remarks(tasks: Sequence[Task], asking: Asking, *, instances: int) -> tuple[str, ...]:
    """What a user should know before models are asked: unknown prices, the order, and what so few instances can show."""
    asked = [one for one in models_of(tasks) if isinstance(one, OpenAICompatible)]
    told = [
        f"the price of {one.name} is not known: its cost is null where the server does not name it; models.toml takes prices"
        for one in asked
        if one.price is None
    ]
    if asking.sort_by_price and len(models_of(tasks)) > 1:
        last = ", those of unknown price last" if told else ""
        told.append(f"cheapest first{last}: {', '.join(one.name for one in models_of(tasks))}")
    return (*told, *visible(tasks, instances=instances)) if asked else tuple(told)


def visible(tasks: Sequence[Task], *, instances: int) -> tuple[str, ...]:
    """What so few instances can show of the contestants of some tasks; a sentence per family of pairs, or one for both."""
    contestants = sorted({(task.key.model, task.key.arm) for task in tasks})
    # ``compare`` corrects the pairs of arms of one model for themselves, and so all other pairs.
    same = Counter(one[0] == other[0] for one, other in combinations(contestants, 2))
    pairs = {what: same[one_model] for what, one_model in (("arms", True), ("models", False)) if same[one_model]}
    samples = len({task.key.sample for task in tasks})
    if pairs and all(instances < fewest_disagreements(ALPHA / count) for count in pairs.values()):
        return (spending_sentence(instances, what=" or ".join(pairs), comparisons=min(pairs.values())),)
    return tuple(
        spending_sentence(instances, what=what, comparisons=count, samples=samples) for what, count in pairs.items()
    )


def without_missing(
    tasks: Sequence[Task], names: Sequence[str], asking: Asking, settings: Settings
) -> tuple[tuple[Task, ...], tuple[str, ...]]:
    """The tasks, and the models' names, without those that their local servers lack; each is named on standard error.

    Raises UsageError where no model is left.
    """
    found = survey(models_of(tasks), settings)
    output.problems("models", found.doubts)
    left = tuple(task for task in tasks if task.key.model not in found.missing)
    if tasks and not left:
        raise UsageError("; ".join(dict.fromkeys(found.missing.values())))
    for name, why in found.missing.items():
        output.warn(f"{name} is left out: {why}")
    contestants = {name: {f"{name}@{level}" for level in asking.thinking} or {name} for name in names}
    return left, tuple(name for name in names if not contestants[name] <= {*found.missing})


@contextmanager
def held_asker(
    tasks: Sequence[Task], asking: Asking, settings: Settings, exchanges: Exchanges, run_id: str
) -> Iterator[tuple[tuple[Task, ...], Asker]]:
    """An open asker with the budget that is left, and the tasks with their models as this run asks them, in order.

    Local servers have one of several models in memory at a time; the last one leaves it at the end.
    """
    lost = exchanges.lost()
    if lost:
        output.warn(
            f"up to {lost} requests were under way when {run_id} was killed; their replies never came and are asked for again"
        )
    spent = exchanges.spent_usd()
    output.problems("exchanges", exchanges.warnings)
    stopping = _Stopping(exchanges.lost)
    held = memories(models_of(tasks), settings, stopping=stopping, told=output.note)
    ready = _in_order(_ready(tasks, run_id, stopping, held), one_by_one=asking.sort_by_price or bool(held))
    try:
        with ExitStack() as opened:
            for memory in dict.fromkeys(held.values()):
                opened.enter_context(memory)
            asker = Asker(
                settings=settings,
                exchanges=exchanges,
                workers=asking.requests,
                budget=None if asking.max_cost is None else Budget(asking.max_cost, spent_usd=spent),
                stopping=stopping,
                over=_expected(ready),
            )
            yield ready, opened.enter_context(asker)
    finally:
        output.problems("models", [memory.problem for memory in dict.fromkeys(held.values()) if memory.problem])


def _expected(tasks: Sequence[Task]) -> Callable[[AttemptKey], None]:
    """Tells the local servers' memories which attempts to expect; what is returned is to be told when one is over."""
    residents = {task.key: task.question.model for task in tasks if task.question}

    def over(key: AttemptKey) -> None:
        model = residents.get(key)
        if isinstance(model, Resident):
            model.memory.over(model.model.endpoint.model)

    for model in residents.values():
        if isinstance(model, Resident):
            model.memory.expect(model.model.endpoint.model)
    return over


class _Stopping(threading.Event):
    """Says once, when it is set, what the run still waits for."""

    def __init__(self, under_way: Callable[[], int]) -> None:
        super().__init__()
        self._under_way = under_way

    def set(self) -> None:
        first = not self.is_set()
        super().set()
        count = self._under_way() if first else 0
        if count:
            output.note(f"up to {count} requests are under way; what is paid is waited for, Ctrl-C again ends at once")


def _ready(
    tasks: Sequence[Task], run_id: str, stopping: threading.Event, held: Mapping[str, Memory]
) -> tuple[Task, ...]:
    """The tasks with their models as this run asks them."""
    bare = frozenset(task.question.arm.name for task in tasks if task.question and not task.question.arm.contract)
    models: dict[str, Model] = {}
    for model in models_of(tasks):
        made = for_run(model, run_id=run_id, stopping=stopping, bare=bare)
        if model.name in held and isinstance(made, OpenAICompatible):
            made = Resident(model=made, memory=held[model.name])
        models[model.name] = made
    return tuple(
        replace(task, question=replace(task.question, model=models[task.question.model.name]))
        if task.question
        else task
        for task in tasks
    )


def _in_order(tasks: Sequence[Task], *, one_by_one: bool) -> tuple[Task, ...]:
    """As they are, or one model after the other: each local one is loaded once, and a budget goes to the cheapest first."""
    places: dict[tuple[str, str], int] = {}
    for model in models_of(tasks) if one_by_one else ():
        places.setdefault(_group(model), len(places))
    return tuple(sorted(tasks, key=lambda task: places.get(_group(task.question.model), -1) if task.question else -1))


def _group(model: Model) -> tuple[str, str]:
    """What must be asked together: all thinking levels of one model in a local server's memory, else a model alone."""
    if isinstance(model, Resident):
        return model.memory.server.base_url, model.model.endpoint.model
    return "", model.name
