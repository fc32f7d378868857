"""Carries a job out as a run, new or continued, and shows what became of it."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime

from swebench_lite import __version__
from swebench_lite.backends import Backends
from swebench_lite.cli import output
from swebench_lite.cli.jobs import Job, Request, absolute, check_unchanged, make_job, stored_request
from swebench_lite.cli.progress import Progress
from swebench_lite.cli.questions import DEFAULT, Asking, contracts, cut_issues, servers
from swebench_lite.cli.sweep import held_asker, remarks, without_missing
from swebench_lite.errors import StoreError, UsageError
from swebench_lite.kitchen import Task
from swebench_lite.pipeline import RETRIED
from swebench_lite.pipeline import run as run_pipeline
from swebench_lite.records import Outcome, Plan
from swebench_lite.reports import RunReport, build, to_json
from swebench_lite.reports.text import counted
from swebench_lite.settings import Settings
from swebench_lite.store import RunStore, codec
from swebench_lite.store.summary import totals

_MODELS_NAMED = 10
# What a run may be continued with other values of: what is answered and how it is judged does not depend on them.
_MAY_DIFFER = frozenset(
    {"use_cache", "install_dependencies", "asking", "max_cost", "requests", "tries", "request_timeout", "sort_by_price"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A run after its attempts: its report, its folder, its store."""

    report: RunReport
    folder: str
    store: RunStore

    @property
    def wrong(self) -> int:
        """How many attempts ended through no fault of a model, or never ran: the exit status says so."""
        return sum(attempt.verdict.outcome in RETRIED for attempt in self.report.attempts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a command runs and shows what it runs.

    run_id: for a new run; resume: the run to continue instead. api_key: for this process only.
    """

    command: str
    run_id: str | None = None
    resume: str | None = None
    verbose: bool = False
    as_json: bool = False
    api_key: str | None = field(default=None, repr=False)


def run_and_show(wanted: Mapping[str, object], settings: Settings, manner: Manner) -> int:
    """Carry out a new run, or continue one, and show it; returns the exit status.

    wanted: the fields of a Request that the user gave; a run that is continued must have been started with the same.
    Raises UsageError where they make no run, and as ``perform``.
    """
    request, settings, plan = requested(wanted, settings, resume=manner.resume)
    job = make_job(request, settings, api_key=manner.api_key)
    tell(job)
    if plan is None:
        job = _without_missing(job, settings)
        for remark in remarks(job.tasks, request.asking, instances=len(job.instances)):
            output.note(remark)
        output.problems("prompts", cut_issues(job.tasks))
    else:
        check_unchanged(job, plan)
    ended = perform(job, settings, command=manner.command, run_id=manner.run_id, resumed=plan, verbose=manner.verbose)
    return present(ended, as_json=manner.as_json, extras={"without_prediction": dict(job.without_prediction)})


def requested(
    wanted: Mapping[str, object], settings: Settings, *, resume: str | None
) -> tuple[Request, Settings, Plan | None]:
    """What is to be run and under which settings; and where a run is to be continued, its plan.

    Raises UsageError where the options make no run, or not the one that is to be continued.
    """
    if resume is None:
        return new_request(wanted, settings), settings, None
    plan = RunStore(settings.runs).plan(resume)
    request = _same(stored_request(plan), wanted, plan, settings)
    return request, settings_for(request, settings), plan


def new_request(wanted: Mapping[str, object], settings: Settings) -> Request:
    """The request for a new run. wanted: fields of a Request; ``asking`` as a mapping of those of an Asking.

    Raises UsageError where no dataset is named.
    """
    if "dataset" not in wanted:
        raise UsageError("no dataset is named; give one (verified-20, own, a path, ...), or --resume RUN")
    defaults: dict[str, object] = {"sandbox": settings.sandbox, "timeout": settings.limits.timeout}
    # Options have the types of their fields; the type checker cannot see through a mapping.
    return absolute(Request(**{**defaults, **wanted, **_asking(DEFAULT, wanted)}), settings)  # type: ignore[arg-type]


def _asking(before: Asking, wanted: Mapping[str, object]) -> dict[str, object]:
    given = wanted.get("asking")
    return {"asking": replace(before, **given) if isinstance(given, Mapping) else before}


def _same(stored: Request, wanted: Mapping[str, object], plan: Plan, settings: Settings) -> Request:
    """The stored request, once nothing that was given differs from it; caches, the budget and the pace may differ."""
    changed = {**wanted, **_asking(stored.asking, wanted)}
    # As above.
    given = absolute(replace(stored, **changed), settings)  # type: ignore[arg-type]
    for one in (*fields(Request), *fields(Asking)):
        parts = (stored.asking, given.asking) if one in fields(Asking) else (stored, given)
        before, now = (getattr(part, one.name) for part in parts)
        if before != now and one.name not in _MAY_DIFFER:
            raise UsageError(
                f"run '{plan.run_id}' was started with {one.name} {before}, not {now}; leave it out to continue that run, "
                "or leave --resume out for a new one"
            )
    return given


def tell(job: Job) -> None:
    """Say on standard error what was passed over while reading the job's dataset and predictions."""
    output.problems("dataset", job.dataset_problems)
    output.problems("predictions", job.prediction_problems)
    if job.left_out:
        what = "replies" if job.request.replies else "predictions"
        output.note(f"{job.left_out} {what} are for instances that were not selected, and left out")
    incomplete = list(job.without_prediction.items())
    for model, count in incomplete[:_MODELS_NAMED]:
        output.note(f"{model}: {count} of {len(job.instances)} instances have no prediction")
    if len(incomplete) > _MODELS_NAMED:
        output.note(f"{len(incomplete) - _MODELS_NAMED} more models lack predictions; --json lists them all")


def _without_missing(job: Job, settings: Settings) -> Job:
    """The job without the models that their local servers do not have, each of which is named on standard error."""
    tasks, names = without_missing(job.tasks, job.request.models, job.request.asking, settings)
    return replace(job, request=replace(job.request, models=names), tasks=tasks)


def perform(
    job: Job, settings: Settings, *, command: str, run_id: str | None = None, resumed: Plan | None = None,
    verbose: bool = False,
) -> Ended:  # fmt: skip
    """Make every attempt of a job that is not there yet, as a new run or as the resumed one.

    Raises EngineDown when no engine answers at the start, StoreError when the disk is full and KeyboardInterrupt; what
    is stored by then stays, and standard error says how to continue.
    """
    store = RunStore(settings.runs)
    with (
        Backends(settings=settings, image=job.request.image, use_cache=job.request.use_cache) as backends,
        ExitStack() as held,
    ):
        plan = resumed or make_plan(job, settings, backends, command=command, run_id=run_id)
        if resumed is None:
            store.create(plan)
        # Two processes at one run would ask, and pay, twice.
        held.enter_context(store.alone(plan.run_id))
        if resumed is not None:
            store.sweep(plan.run_id)
        try:
            _run_missing(plan, job, backends, store, verbose=verbose)
        except (KeyboardInterrupt, StoreError):
            stored = len(store.finished(plan.run_id))
            output.note(f"{stored} of {len(plan.planned)} attempts of {plan.run_id} are stored")
            output.note(f"resume with: swebench-lite {command} --resume {plan.run_id}")
            with suppress(StoreError):
                store.write_summary(plan.run_id)
            raise
    attempts = store.attempts(plan.run_id)
    store.write_summary(plan.run_id, attempts)
    output.problems("store", store.warnings)
    instances = {instance.instance_id: instance for instance in job.instances}
    categories = {task.key.instance_id: task.file_task.category for task in job.tasks if task.file_task}
    report = build(plan, attempts, seconds=totals(plan, attempts).seconds, instances=instances, categories=categories)
    return Ended(report=report, folder=str(settings.runs / plan.run_id), store=store)


def present(ended: Ended, *, as_json: bool, extras: Mapping[str, object] | None = None, graded: bool = True) -> int:
    """Show a finished run; returns the exit status. graded: whether its tests were asked for."""
    wrong = ended.wrong
    if not graded:
        # What was not asked for is no failure.
        wrong -= sum(attempt.verdict.outcome is Outcome.NOT_RUN for attempt in ended.report.attempts)
    if as_json:
        output.document({**to_json(ended.report), "folder": ended.folder, **(extras or {})})
    else:
        show_tables(ended.report)
        run_id = ended.report.plan.run_id
        output.line(f"run folder: {ended.folder}")
        output.line(f"reports: swebench-lite report {run_id} --format md|html|json|csv|junit|swebench")
    if wrong:
        output.warn(f"{counted(wrong, 'attempt')} ended through no fault of a model; --resume makes them again")
    return int(bool(wrong))


def show_tables(report: RunReport) -> None:
    """Print a run's summary and its attempts."""
    from swebench_lite.reports import table

    output.show(table.summary(report), "", table.attempts(report, width=output.console().width), "")


def make_plan(job: Job, settings: Settings, backends: Backends, *, command: str, run_id: str | None) -> Plan:
    """The plan of a new run, with everything that made it what it is."""
    now = datetime.now(UTC)
    full = run_id or RunStore.new_run_id(now)
    return Plan(
        run_id=full,
        dataset=job.request.dataset,
        planned=tuple(task.key for task in job.tasks_of(full)),
        settings={
            "command": command,
            "request": codec.to_document(job.request),
            "instance_ids": [instance.instance_id for instance in job.instances],
            "official": {"dataset": job.official, "split": job.request.split},
            "arms": [codec.to_document(arm) for arm in job.arms],
            "workers": settings.workers,
            "offline": settings.offline,
            "unsafe_local": settings.unsafe_local,
        },
        provenance=_provenance(job, settings, backends),
        created_at=now.isoformat(timespec="seconds").replace("+00:00", "Z"),
    )


def settings_for(request: Request, settings: Settings) -> Settings:
    """The settings under which a request is carried out."""
    limits = replace(settings.limits, timeout=request.timeout)
    return replace(settings, sandbox=request.sandbox, limits=limits, install_dependencies=request.install_dependencies)


def _run_missing(plan: Plan, job: Job, backends: Backends, store: RunStore, *, verbose: bool) -> None:
    todo = missing(job.tasks_of(plan.run_id), store, plan)
    done = len(plan.planned) - len(todo)
    if done:
        output.note(f"{plan.run_id}: {done} of {len(plan.planned)} attempts are there already")
    with ExitStack() as held:
        asker = None
        if any(task.question for task in todo):
            exchanges, asking = store.exchanges(plan.run_id), job.request.asking
            todo, asker = held.enter_context(held_asker(todo, asking, backends.settings, exchanges, plan.run_id))
        progress = held.enter_context(Progress(total=len(plan.planned), done=done, verbose=verbose))
        backends.doing = progress.doing
        run_pipeline(
            todo, backends, store,
            manner=job.manner, asker=asker, started=progress.started, finished=progress.finished,
        )  # fmt: skip


def missing(tasks: Sequence[Task], store: RunStore, plan: Plan) -> tuple[Task, ...]:
    """The tasks of a run that have no verdict yet, or one that is made again."""
    attempts = store.attempts(plan.run_id)
    settled = {attempt.key for attempt in attempts if attempt.verdict.outcome not in RETRIED}
    return tuple(task for task in tasks if task.key not in settled)


def _provenance(job: Job, settings: Settings, backends: Backends) -> dict[str, object]:
    found: dict[str, object] = {
        "swebench_lite": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "sandbox": backends.sandbox.name,
        "capabilities": sorted(backends.sandbox.capabilities),
        "dataset": job.source,
        "sha256": dict(job.fingerprint),
        "limits": asdict(settings.limits),
    }
    if job.arms:
        found["arms"] = contracts(job.arms)
    asked = servers(job.tasks)
    if asked:
        found["models"] = asked
    if backends.sandbox.name == "docker":
        from swebench_lite.engine import describe

        found["engine"] = describe()
    return found
