"""Which models are asked in which arms: what the options of ``run`` say, as tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from swebench_lite import arms
from swebench_lite.asking import Question
from swebench_lite.contexts import STRATEGIES
from swebench_lite.errors import UsageError, unknown
from swebench_lite.kitchen import Task
from swebench_lite.models import Access, Model, OpenAICompatible, Retry, open_model
from swebench_lite.models.endpoints import split_level
from swebench_lite.models.options import thinking_level
from swebench_lite.prompt import issue_cut, prompt
from swebench_lite.records import Arm, AttemptKey, Instance, Sampling
from swebench_lite.reports.text import counted
from swebench_lite.settings import Settings

_NAMED = 5  # instances in a warning


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How models are asked; stored with the run, so no key is in it. What is None is left to the arm, then the settings.

    thinking: levels, each of which makes a contestant of its own. context, answer_format, budget: instead of the arms' own.
    tests: show the tests that will run. tries: requests per attempt. requests: at a time. max_cost: USD for the whole run.
    routing: OpenRouter's ``provider`` names, in order. sort_by_price: one model after the other, the cheapest first.
    """

    base_url: str | None = None
    models_file: str | None = None
    thinking: tuple[str, ...] = ()
    context: str | None = None
    answer_format: str | None = None
    budget: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    request_timeout: float | None = None
    tries: int | None = None
    requests: int = 8
    max_cost: float | None = None
    routing: tuple[str, ...] = ()
    sort_by_price: bool = False
    tests: bool = False


DEFAULT = Asking()


def open_arms(names: Sequence[str], asking: Asking) -> tuple[Arm, ...]:
    """The arms by name or file, with what the options change in all of them.

    Raises UsageError for unknown names, two arms of one name, and an arm that can make no prompt.
    """
    found = []
    for name in names:
        arm = arms.load_arm(name, answer_format=asking.answer_format)
        given = {key: getattr(asking, key) for key in ("context", "budget") if getattr(asking, key) is not None}
        given |= {"tests": True} if asking.tests else {}
        found.append(_usable(replace(arm, sampling=_sampling(arm.sampling, asking), **given)))
    twice = {arm.name for arm in found if sum(arm.name == other.name for other in found) > 1}
    if twice:
        raise UsageError(f"two arms are called '{min(twice)}'; rename one of them, a report must tell them apart")
    return tuple(found)


def _usable(arm: Arm) -> Arm:
    """The arm, once it is sure that it has room for a request: every attempt would say otherwise, one after the other."""
    if arm.context not in STRATEGIES:
        raise UsageError(unknown("context", arm.context, STRATEGIES))
    issue = "word " * 2000
    prompt(Instance(instance_id="any", repo="any/any", problem_statement=issue), replace(arm, context="none"))
    return arm


def open_models(
    names: Sequence[str],
    asking: Asking,
    instances: Sequence[Instance],
    settings: Settings,
    *,
    api_key: str | None = None,
    unasked: bool = False,
) -> tuple[Model, ...]:
    """The models by name, each once per thinking level, the cheapest first if so asked. Raises UsageError and DatasetError.

    unasked: see ``Access``.
    """
    access = Access(
        base_url=asking.base_url,
        api_key=api_key,
        models_file=Path(asking.models_file) if asking.models_file else None,
        timeout=asking.request_timeout,
        routing={"order": list(asking.routing)} if asking.routing else None,
        retry=Retry() if asking.tries is None else Retry(tries=asking.tries),
        unasked=unasked,
    )
    wanted = _with_levels(names, asking.thinking) if asking.thinking else list(names)
    models = tuple(open_model(name, instances, settings=settings, access=access) for name in wanted)
    called = [model.name for model in models]
    twice = {name for name in called if called.count(name) > 1}
    if twice:
        raise UsageError(
            f"two models are called '{min(twice)}'; rename one of the files, a report must tell them apart"
        )
    return tuple(sorted(models, key=_price)) if asking.sort_by_price else models


def _with_levels(names: Sequence[str], levels: Sequence[str]) -> list[str]:
    for level in levels:
        try:
            thinking_level(level)
        except ValueError as error:
            raise UsageError(f"--thinking '{level}' {error}") from error
    for name in names:
        own = split_level(name)[1]
        if own:
            raise UsageError(
                f"the model '{name}' names the level '{own}', and --thinking others; leave one of them out"
            )
    return [f"{name}@{level}" for name in names for level in levels]


def _price(model: Model) -> tuple[bool, float]:
    """A model's place on the price curve; those that ask nobody cost nothing, unknown prices come last."""
    if not isinstance(model, OpenAICompatible):
        return False, 0.0
    price = model.price
    return price is None, price.both_ways if price else 0.0


def question_tasks(
    models: Sequence[Model], found: Sequence[Arm], instances: Sequence[Instance], *, samples: int
) -> tuple[Task, ...]:
    """A task per instance, model, arm and sample; their keys lack the run's id."""
    return tuple(
        Task(
            key=AttemptKey(run_id="", instance_id=instance.instance_id, model=model.name, arm=arm.name, sample=sample),
            instance=instance,
            question=Question(model=model, arm=arm),
            untouched=model.untouched,
        )
        for instance in instances
        for model in models
        for arm in found
        for sample in range(samples)
    )


def cut_issues(tasks: Iterable[Task]) -> tuple[str, ...]:
    """A sentence per arm whose budget is too small for the whole of some issues: models see these without their middle."""
    places = {(one.question.arm.name, one.instance.instance_id): one for one in tasks if one.question}
    found: dict[str, list[str]] = {}
    budgets: dict[str, int] = {}
    for (name, instance_id), task in places.items():
        arm = task.question.arm if task.question else None
        if arm is not None and _is_cut(task.instance, arm):
            found.setdefault(name, []).append(instance_id)
            budgets[name] = arm.budget
    return tuple(
        f"arm '{name}': {counted(len(ids), 'issue')} longer than its budget of {budgets[name]:,} tokens, asked without the "
        f"middle: {', '.join(ids[:_NAMED])}{', …' if len(ids) > _NAMED else ''}; --prompt-tokens gives more"
        for name, ids in found.items()
    )


def _is_cut(instance: Instance, arm: Arm) -> bool:
    try:
        return bool(issue_cut(instance, arm))
    except UsageError:
        return False  # no room at all: its attempt says so, and stops no other


def models_of(tasks: Iterable[Task]) -> tuple[Model, ...]:
    """The models that tasks ask, each once, in order."""
    return tuple({task.question.model.name: task.question.model for task in tasks if task.question}.values())


def servers(tasks: Iterable[Task]) -> Mapping[str, object]:
    """What a run's provenance says of the models that are asked over HTTP: server, name there, profile, rates in USD."""
    return {
        model.name: {
            "server": model.endpoint.url,
            "model": model.endpoint.model,
            "profile": model.options.profile.name if model.options.profile else None,
            "usd_per_million_tokens": asdict(model.price) if model.price else None,
        }
        for model in models_of(tasks)
        if isinstance(model, OpenAICompatible)
    }


def contracts(found: Sequence[Arm]) -> Mapping[str, object]:
    """What a run's provenance says of its arms: the version and SHA-256 of each contract, and the conditions."""
    return {
        arm.name: {
            "contract_version": arm.contract_version,
            "contract_sha256": arms.digest(arm),
            "context": arm.context,
            "answer_format": arm.answer_format,
            "budget": arm.budget,
            "thinking": arm.thinking,
            "tests_shown": arm.tests,
        }
        for arm in found
    }


def _sampling(own: Sampling, asking: Asking) -> Sampling:
    names = ("temperature", "top_p", "max_tokens", "seed")
    given = {name: getattr(asking, name) for name in names if getattr(asking, name) is not None}
    return replace(own, **given)
