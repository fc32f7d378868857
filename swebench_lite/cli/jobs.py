"""What a run is to do, worked out from what the user asked for, and again from a stored plan."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from swebench_lite import arms
from swebench_lite.aliases import ALIASES, canonical
from swebench_lite.asking import check_thinking
from swebench_lite.cli.questions import DEFAULT, Asking, open_arms, open_models, question_tasks
from swebench_lite.errors import DatasetError, UsageError
from swebench_lite.file_tasks import FileTask
from swebench_lite.kitchen import Manner, Task
from swebench_lite.load import Dataset, known, load
from swebench_lite.models import Model
from swebench_lite.predictions import load_predictions
from swebench_lite.records import Arm, AttemptKey, Instance, Plan
from swebench_lite.selection import EVERYTHING, Selection, select
from swebench_lite.settings import Settings
from swebench_lite.sources import SPLIT, user_path
from swebench_lite.store import RunStore, codec
from swebench_lite.stored_replies import StoredReplies, of_file, of_run, of_text

BUILT_IN_PREDICTIONS = ("gold", "null")
_CANNED = "canned:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the user asked for; stored in the plan, so that a run can be continued from any folder.

    Predictions are named, or stored replies, or models with arms and samples. Paths are absolute. timeout in seconds.
    until, fallbacks, score_repaired: see ``kitchen.Manner``. replies: ``run:FOLDER``, ``file:FILE`` of JSON lines,
    ``reply:TEXT`` that is one reply itself, or ``text:FILE`` that holds one, in runs of earlier versions.
    """

    dataset: str
    split: str = SPLIT
    selection: Selection = EVERYTHING
    predictions: str | None = None
    models: tuple[str, ...] = ()
    arms: tuple[str, ...] = ()
    samples: int = 1
    asking: Asking = DEFAULT
    until: str = "grade"
    fallbacks: tuple[str, ...] = ()
    score_repaired: bool = False
    replies: str | None = None
    sandbox: str = "docker"
    timeout: float = 1800.0
    image: str | None = None
    use_cache: bool = True
    install_dependencies: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A request with everything that it names at hand.

    tasks: with keys that still lack the run's id. instances: all that were selected, whether answered or not. official:
    the name by which official tools know the whole dataset.
    fingerprint: SHA-256 of what was read, by what it is. without_prediction: selected instances that a model does not
    answer, by model. left_out: predictions for instances that were not selected.
    """

    request: Request
    instances: tuple[Instance, ...]
    tasks: tuple[Task, ...]
    source: str
    fingerprint: Mapping[str, str]
    official: str = ""
    dataset_problems: tuple[str, ...] = ()
    prediction_problems: tuple[str, ...] = ()
    without_prediction: Mapping[str, int] = field(default_factory=dict)
    left_out: int = 0
    arms: tuple[Arm, ...] = ()

    def tasks_of(self, run_id: str) -> tuple[Task, ...]:
        """The tasks of one run."""
        return tuple(replace(task, key=replace(task.key, run_id=run_id)) for task in self.tasks)

    @property
    def manner(self) -> Manner:
        """How far its attempts go."""
        request = self.request
        return Manner(
            until=request.until, fallbacks=frozenset(request.fallbacks), score_repaired=request.score_repaired
        )


def stored_request(plan: Plan) -> Request:
    """The request of a stored run. Raises UsageError where the plan holds none."""
    if "request" not in plan.settings:
        raise UsageError(f"run '{plan.run_id}' was not made by eval or run and cannot be continued; start a new one")
    return codec.from_document(Request, plan.settings["request"], where=f"the plan of {plan.run_id}")


def absolute(request: Request, settings: Settings) -> Request:
    """The request with the paths in it made absolute."""
    dataset = user_path(request.dataset)
    named = request.dataset in {one.name for one in known(settings)}
    # As in loading: what names an official dataset is no folder, but for OWNER/NAME.
    named = named or (canonical(request.dataset) in ALIASES and "/" not in request.dataset)
    is_path = dataset.exists() and not named
    return replace(
        request,
        dataset=str(dataset.absolute()) if is_path else request.dataset,
        predictions=request.predictions and _absolute_predictions(request.predictions),
        models=tuple(dict.fromkeys(_absolute_model(model) for model in request.models)),
    )


def make_job(request: Request, settings: Settings, *, api_key: str | None = None, unasked: bool = False) -> Job:
    """Read the dataset and the predictions, replies or models. Raises UsageError and DatasetError for what cannot be had.

    api_key: goes before the keys of the settings, and is never stored. unasked: nobody will be asked, so no key is needed.
    """
    if request.predictions is None and request.replies is None and not request.models:
        raise UsageError("nothing answers the instances; name a model with -m, or use eval with -p PREDICTIONS")
    dataset = load(request.dataset, settings=settings, split=request.split)
    chosen = select(dataset.instances, request.selection)
    job = Job(
        request=request,
        instances=chosen,
        tasks=(),
        source=dataset.source,
        official=dataset.official,
        fingerprint={"instances": _digest(chosen), **_file_digests(request)},
        dataset_problems=dataset.problems,
    )
    if request.predictions is not None:
        return _with_file_tasks(_with_predictions(job, dataset, request.predictions), dataset)
    if request.replies is not None:
        return _with_file_tasks(_with_replies(job, dataset, _read_replies(request, chosen)), dataset)
    models = open_models(request.models, request.asking, chosen, settings, api_key=api_key, unasked=unasked)
    job = _with_questions(job, dataset, models)
    check_thinking(task.question for task in job.tasks if task.question)
    return _with_file_tasks(job, dataset)


def check_unchanged(job: Job, plan: Plan) -> None:
    """Raises UsageError where what a stored run was made from is not what is there now."""
    before = plan.provenance.get("sha256")
    recorded = before if isinstance(before, Mapping) else {}
    for what, digest in job.fingerprint.items():
        if recorded.get(what) != digest:
            raise UsageError(
                f"{what} changed since run '{plan.run_id}' began; put it back as it was, or start a new run"
            )
    planned, now = set(plan.planned), {task.key for task in job.tasks_of(plan.run_id)}
    if planned != now:
        raise UsageError(
            f"run '{plan.run_id}' planned {len(planned)} attempts, now there are {len(now)}; start a new run"
        )


def _with_questions(job: Job, dataset: Dataset, models: Sequence[Model]) -> Job:
    """Every instance asked of every model; file tasks are answered with files, whatever an arm asks for elsewhere."""
    request, of_files = job.request, {task.task_id for task in dataset.file_tasks}
    parts = {
        form: [one for one in job.instances if (one.instance_id in of_files) is (form is not None)]
        for form in ("files", None)
    }
    tasks: dict[AttemptKey, Task] = {}
    found: list[Arm] = []
    for form, instances in parts.items():
        if instances:
            asking = request.asking if form is None or request.asking.answer_format else _files(request.asking)
            opened = open_arms(request.arms, asking)
            made = question_tasks(models, opened, instances, samples=request.samples)
            tasks.update({task.key: task for task in made})
            # Of two arms with one name the later counts for reading stored replies, and only patches are read by an arm.
            found += opened
    order = {one.instance_id: number for number, one in enumerate(job.instances)}
    ordered = sorted(tasks.values(), key=lambda task: order[task.key.instance_id])
    return replace(job, tasks=tuple(ordered), arms=tuple(found))


def _files(asking: Asking) -> Asking:
    return replace(asking, answer_format="files")


def _with_file_tasks(job: Job, dataset: Dataset) -> Job:
    places = {task.task_id: task for task in dataset.file_tasks}
    if not places:
        return job
    tasks = tuple(replace(task, file_task=places.get(task.key.instance_id)) for task in job.tasks)
    chosen = [places[one.instance_id] for one in job.instances if one.instance_id in places]
    fingerprint = {**job.fingerprint, "file tasks": _digest(chosen)}
    return replace(job, tasks=tasks, fingerprint=fingerprint)


def _with_predictions(job: Job, dataset: Dataset, source: str) -> Job:
    found = load_predictions(source, instances=dataset.instances, others=dataset.others)
    answers = {(one.instance_id, one.model, one.sample): one for one in found.predictions}
    places = {instance.instance_id: instance for instance in job.instances}
    order = {instance_id: number for number, instance_id in enumerate(places)}
    used = sorted((key for key in answers if key[0] in places), key=lambda key: order[key[0]])
    if not used:
        raise UsageError(
            f"none of the {len(answers)} predictions in {source} is for a selected instance; select others, or fewer options"
        )
    tasks = tuple(
        Task(
            key=AttemptKey(run_id="", instance_id=key[0], model=key[1], sample=key[2]),
            instance=places[key[0]],
            patch=answers[key].patch,
            blank=answers[key].blank,
            untouched=source == "null",
        )
        for key in used
    )
    answered = {model: {key[0] for key in used if key[1] == model} for model in found.models}
    missing = {model: len(job.instances) - len(ids) for model, ids in answered.items()}
    return replace(
        job,
        tasks=tasks,
        prediction_problems=found.problems,
        without_prediction={model: count for model, count in missing.items() if count},
        # Built-in answers exist for every instance; only those that somebody wrote are worth a word.
        left_out=0 if source in BUILT_IN_PREDICTIONS else len(answers) - len(used) + found.passed_over,
    )


def _read_replies(request: Request, chosen: Sequence[Instance]) -> StoredReplies:
    """The stored replies that a request names: one in it, a run's, a file that is one, or a file of JSON lines."""
    kind, _, place = str(request.replies).partition(":")
    if kind == "run":
        folder = Path(place)
        return of_run(RunStore(folder.parent), folder.name)
    arm = request.arms[0] if request.arms else "none"
    if kind == "reply":
        return of_text(place, [one.instance_id for one in chosen], arm=arm)
    if kind == "text":
        try:
            text = Path(place).read_text(encoding="utf-8", errors="surrogateescape")
        except OSError as error:
            raise DatasetError(f"cannot read the reply in {place}: {error.strerror or error}") from error
        return of_text(text, [one.instance_id for one in chosen], arm=arm)
    return of_file(Path(place))


def _with_replies(job: Job, dataset: Dataset, found: StoredReplies) -> Job:
    places = {instance.instance_id: instance for instance in job.instances}
    order = {instance_id: number for number, instance_id in enumerate(places)}
    known = {instance.instance_id for instance in dataset.instances} | dataset.others
    strangers = [one.instance_id for one in found.replies if one.instance_id not in known]
    problems = [f"no instance of {job.request.dataset} is called '{name}'; its reply is left out" for name in strangers]
    used = sorted((one for one in found.replies if one.instance_id in places), key=lambda one: order[one.instance_id])
    if not used:
        raise UsageError(
            f"none of the {len(found.replies)} stored replies is for a selected instance; select others, or fewer options"
        )
    own = {arm.name: arm for arm in open_arms((*arms.ARMS,), job.request.asking)}
    tasks = tuple(
        Task(
            key=AttemptKey(
                run_id="", instance_id=one.instance_id, model=one.model, arm=one.arm_name, sample=one.sample
            ),
            instance=places[one.instance_id],
            patch=one.patch,
            blank=one.blank,
            untouched=one.untouched,
            reply=one.reply,
            arm=one.arm or own.get(one.arm_name),
        )
        for one in used
    )
    return replace(
        job,
        tasks=tasks,
        prediction_problems=(*found.problems, *problems),
        left_out=len(found.replies) - len(used) - len(strangers),
        arms=tuple({one.arm.name: one.arm for one in used if one.arm}.values()),
    )


def _absolute_predictions(source: str) -> str:
    return source if source in BUILT_IN_PREDICTIONS else str(user_path(source).absolute())


def _absolute_model(name: str) -> str:
    return f"{_CANNED}{user_path(name[len(_CANNED) :]).absolute()}" if name.startswith(_CANNED) else name


def _file_digests(request: Request) -> dict[str, str]:
    named = [model[len(_CANNED) :] for model in request.models if model.startswith(_CANNED)]
    if request.predictions is not None and request.predictions not in BUILT_IN_PREDICTIONS:
        named.append(request.predictions)
    kind, _, place = (request.replies or "").partition(":")
    named += [place] if kind in {"file", "text"} else []
    return {name: _digest_of(Path(name)) for name in named}


def _digest_of(path: Path) -> str:
    """SHA-256 of a file, or of a folder's files by name; of nothing where it cannot be read, which its reader reports."""
    total = hashlib.sha256()
    try:
        files = sorted(one for one in path.iterdir() if one.is_file()) if path.is_dir() else [path]
        for file in files:
            total.update(f"{file.name}\n{file.stat().st_size}\n".encode("utf-8", "surrogateescape"))
            total.update(file.read_bytes())
    except OSError:
        return ""
    return total.hexdigest()


def _digest(records: Sequence[Instance] | Sequence[FileTask]) -> str:
    total = hashlib.sha256()
    for record in records:
        total.update(json.dumps(codec.to_document(record), sort_keys=True).encode())
    return total.hexdigest()
