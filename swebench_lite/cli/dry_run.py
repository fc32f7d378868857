"""``run --dry-run``: exactly what would be sent, how long it is, and what it should cost; nobody is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from swebench_lite.asking import Question, make_prompt
from swebench_lite.cli import output
from swebench_lite.cli.jobs import Job, check_unchanged, make_job
from swebench_lite.cli.running import missing, requested, tell
from swebench_lite.cli.sweep import visible
from swebench_lite.kitchen import Task
from swebench_lite.models import OpenAICompatible
from swebench_lite.records import Plan, Prompt
from swebench_lite.reports.text import counted, money
from swebench_lite.settings import Settings
from swebench_lite.store import RunStore


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """One prompt, and what sending it to its models should cost at most: None where a price is unknown.

    added: what a model's profile adds to the user's text, by the model's name.
    """

    instance_id: str
    arm: str
    prompt: Prompt
    estimate: float | None
    times: int
    added: Mapping[str, str]


def show(wanted: Mapping[str, object], settings: Settings, *, as_json: bool, resume: str | None = None) -> int:
    """Print every prompt of a run, with its tokens and the most that it should cost; no key is needed.

    resume: a stored run, of which only what it would still ask is shown.
    """
    request, settings, plan = requested(wanted, settings, resume=resume)
    job = make_job(request, settings, unasked=True)
    tell(job)
    tasks = job.tasks if plan is None else _left(job, plan, settings)
    places: dict[tuple[str, str], list[Task]] = {}
    for task in tasks:
        places.setdefault((task.key.instance_id, task.key.arm), []).append(task)
    found = [_sent(name, arm, tasks, settings) for (name, arm), tasks in places.items()]
    total = _total(found)
    if as_json:
        output.document({
            "attempts": len(tasks),
            "estimated_cost_usd": total,
            "prompts": [_document(one) for one in found],
        })  # fmt: skip
        return 0
    for one in found:
        _print(one)
    output.line(
        f"{counted(len(found), 'prompt')} for {counted(len(tasks), 'attempt')}, at most {money(total)}; nobody was asked"
    )
    for said in visible(job.tasks, instances=len(job.instances)):
        output.line(said)
    return 0


def _left(job: Job, plan: Plan, settings: Settings) -> tuple[Task, ...]:
    """What a run that is continued would still ask: attempts that are to be made, and whose reply is not kept yet."""
    check_unchanged(job, plan)
    store = RunStore(settings.runs)
    exchanges = store.exchanges(plan.run_id)
    left = [task for task in missing(job.tasks_of(plan.run_id), store, plan) if task.question]
    return tuple(task for task in left if (kept := exchanges.get(task.key)) is None or kept.answer is None)


def _print(one: _Sent) -> None:
    asked = one.prompt
    output.line(f"==== {one.instance_id} · {one.arm}")
    output.text(f"{asked.system}\n\n{asked.user}\n")
    shown = f", context {asked.context}: {len(asked.files)} files" if asked.context != "none" else ""
    output.line(
        f"---- {asked.tokens} tokens ({asked.tokenizer}){shown}; sent {counted(one.times, 'time')}, at most {money(one.estimate)}"
    )
    for cut in asked.truncated:
        output.line(f"---- {cut}")
    for model, words in one.added.items():
        output.line(f"---- {model} gets more, by its profile:")
        output.text(f"{words}\n")


def _sent(name: str, arm: str, tasks: list[Task], settings: Settings) -> _Sent:
    asked = [task.question for task in tasks if task.question]
    made = make_prompt(tasks[0].instance, asked[0].arm, settings)
    costs = [question.model.estimate(made) for question in asked]
    known = [cost for cost in costs if cost is not None]
    estimate = float(sum((Decimal(str(cost)) for cost in known), Decimal(0))) if len(known) == len(costs) else None
    return _Sent(instance_id=name, arm=arm, prompt=made, estimate=estimate, times=len(tasks), added=_added(asked))


def _added(asked: list[Question]) -> dict[str, str]:
    """What profiles add to a prompt, by model; models without a profile, and arms without a contract, get nothing."""
    profiles = {
        question.model.name: question.model.options.profile.contract
        for question in asked
        if isinstance(question.model, OpenAICompatible) and question.model.options.profile and question.arm.contract
    }
    return {name: words for name, words in profiles.items() if words}


def _total(found: list[_Sent]) -> float | None:
    known = [one.estimate for one in found if one.estimate is not None]
    return float(sum((Decimal(str(cost)) for cost in known), Decimal(0))) if len(known) == len(found) else None


def _document(one: _Sent) -> dict[str, object]:
    asked = one.prompt
    return {
        "instance_id": one.instance_id, "arm": one.arm, "system": asked.system, "user": asked.user,
        "tokens": asked.tokens, "tokenizer": asked.tokenizer, "context": asked.context, "files": list(asked.files),
        "truncated": list(asked.truncated), "times": one.times, "estimated_cost_usd": one.estimate,
        "added_by_profiles": dict(one.added),
    }  # fmt: skip
