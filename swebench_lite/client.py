"""The Python API: ask a model in either arm, score what it wrote, grade ready-made patches. Prints nothing.

client = HarnessedClient("openrouter/moonshotai/kimi-k2")
reply = client.complete("Write a program `hello.py` that prints hello.", harnessed=True)
format_score(reply["text"], "hello.py").total
"""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from swebench_lite import file_tasks
from swebench_lite.errors import DatasetError, NoAnswer, UsageError
from swebench_lite.file_tasks import FileTask, Graded
from swebench_lite.models import Access, open_model
from swebench_lite.records import Arm, Files, FormatScore, Instance, Prompt, Sampling, Source
from swebench_lite.settings import Settings, read_settings

if TYPE_CHECKING:
    from swebench_lite.backends import Backends
    from swebench_lite.pipeline import Task
    from swebench_lite.records import Plan, Prediction

_ARMS = {True: "harnessed", False: "unharnessed"}
_READINGS = ("strict", "lenient")


class Completion(TypedDict):
    """One reply. latency_s: wall time in seconds, retries included. cost_usd: None where the price is not known.

    error: what the provider or the way to it failed with, or None; then text is whatever came all the same, mostly "".
    """

    text: str
    model_used: str
    latency_s: float
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    error: str | None
    harnessed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutorScore:
    """The grade of a reply as it stands (strict) and without a stray language line at the top of a file (lenient)."""

    strict: Graded
    lenient: Graded


class HarnessedClient:
    """Asks one model, with the execution contract around a task or without it. Thread-safe."""

    def __init__(
        self,
        model: str,
        api_key: str | None = None,
        base_url: str | None = None,
        *,
        contract: str | Path | None = None,
        max_tokens: int | None = None,
        timeout_s: float | None = None,
        settings: Settings | None = None,
    ) -> None:
        """model: a name as ``-m`` takes it, or any name with a base_url. api_key goes before the environment's.

        contract: what takes the built-in contract's place, as text, or as the Path of a file that holds it; "" for none.
        max_tokens bounds a reply, reasoning included. timeout_s: seconds per request. Raises UsageError for a model, a key
        or a file that is not to be had, and for a contract in one line that names a file.
        """
        self.contract = _contract_text(contract)
        self._sampling = Sampling(max_tokens=max_tokens)
        self._model = open_model(
            model, (), settings=settings, access=Access(base_url=base_url, api_key=api_key, timeout=timeout_s)
        )

    @property
    def model(self) -> str:
        """The model's name in reports."""
        return self._model.name

    def prompt(self, task: str | FileTask | Instance, *, harnessed: bool = True, system: str | None = None) -> Prompt:
        """What ``complete`` would send: the arms differ in the contract alone. system: in place of the arm's own text.

        Its ``truncated`` says what was cut where a task is longer than the arm's budget. Raises UsageError where the contract
        alone is.
        """
        from swebench_lite import prompt as prompts

        instance = _instance(task)
        asked = prompts.prompt(instance, self._arm(instance, harnessed=harnessed))
        sampling = replace(asked.sampling, max_tokens=self._sampling.max_tokens or asked.sampling.max_tokens)
        return replace(asked, system=asked.system if system is None else system, sampling=sampling)

    def complete(
        self, task: str | FileTask | Instance, harnessed: bool = True, system: str | None = None
    ) -> Completion:
        """One reply to a task. What the provider does wrong is in ``error``, never an exception."""
        asked = self.prompt(task, harnessed=harnessed, system=system)
        begun = time.monotonic()
        name = _instance(task).instance_id
        exchange = self._model.reply(asked, instance_id=name, arm=_ARMS[harnessed], sample=0)
        return Completion(
            text=exchange.reply,
            model_used=exchange.model_used or exchange.model,
            latency_s=round(time.monotonic() - begun, 4),
            input_tokens=exchange.input_tokens,
            output_tokens=exchange.output_tokens,
            cost_usd=exchange.cost_usd,
            error=exchange.error,
            harnessed=harnessed,
        )

    def _arm(self, instance: Instance, *, harnessed: bool) -> Arm:
        from swebench_lite.arms import load_arm

        wanted = "diff" if instance.repo else "files"
        arm = load_arm(_ARMS[harnessed], answer_format=wanted)
        if harnessed and self.contract is not None:
            arm = replace(arm, contract=self.contract, contract_version="own")
        return arm


def format_score(reply: str, expected: str) -> FormatScore:
    """The shape of a reply that was to hold one file, 0 to 100: the file 50, that it parses 30, how it is run 20.

    expected: the file's name. Nothing is run; see ``scoring.format_score.score_files``.
    """
    from swebench_lite.replies import read_reply
    from swebench_lite.scoring.format_score import score_files

    try:
        found = read_reply(reply, answer_format="files", expected=(expected,))
    except NoAnswer:
        return score_files({}, reply, expected=expected)
    return score_files(dict(found.blocks), found.prose, expected=expected)


def executor_score(
    answer: str | Mapping[str, str], task: FileTask, *, sandbox: str | None = None, settings: Settings | None = None
) -> ExecutorScore:
    """Run what a model wrote for a file task, and grade it 0 to 3.

    answer: the reply, or files by name. sandbox: ``docker`` or ``local``, unless the settings' own. Raises EngineDown,
    InfraError and NoEnvironment where it cannot be run through no fault of the answer.
    """
    from swebench_lite.sandbox import open_sandbox

    wanted = settings or read_settings()
    wanted = wanted if sandbox is None else replace(wanted, sandbox=sandbox)
    readings = {mode: _files(answer, task, mode) for mode in _READINGS}
    with open_sandbox(wanted.sandbox, wanted) as opened:
        where = file_tasks.environment(task, wanted)
        graded = file_tasks.run_readings(task, readings, sandbox=opened, environment=where, limits=wanted.limits)
    return ExecutorScore(strict=graded["strict"], lenient=graded["lenient"])


def evaluate(
    dataset: str,
    predictions: str | Path | Sequence[Mapping[str, object]],
    *,
    ids: Sequence[str] = (),
    run_id: str | None = None,
    settings: Settings | None = None,
) -> dict[str, object]:
    """Grade ready-made answers and store the run; returns the document that ``eval --json`` prints.

    In place of its ``without_prediction`` stands ``problems``: what was wrong with the dataset and the predictions.
    dataset: any name that the commands take. predictions: a file or folder of them, rows as such a file holds, ``gold`` or
    ``null``; for a file task the patch is the text of a reply. ids: instances to grade, all unless given. Raises UsageError
    and DatasetError for what cannot be read, EngineDown where no engine answers, StoreError where the disk refuses; what is
    stored by then stays.
    """
    from swebench_lite.backends import Backends
    from swebench_lite.load import load
    from swebench_lite.pipeline import run
    from swebench_lite.reports import build, to_json
    from swebench_lite.selection import Selection, select
    from swebench_lite.store import RunStore
    from swebench_lite.store.summary import totals

    wanted = settings or read_settings()
    found = load(dataset, settings=wanted)
    chosen = select(found.instances, Selection(ids=tuple(ids)))
    name = run_id or RunStore.new_run_id(datetime.now(UTC))
    tasks, problems = _tasks(predictions, found.instances, chosen, others=found.others, run_id=name)
    places = {task.task_id: task for task in found.file_tasks}
    tasks = tuple(replace(task, file_task=places.get(task.instance.instance_id)) for task in tasks)
    store = RunStore(wanted.runs)
    with Backends(settings=wanted) as backends:
        plan = _plan(name, dataset, tasks, backends, source=found.source)
        store.create(plan)
        with store.alone(name):
            run(tasks, backends, store)
    attempts = store.attempts(name)
    store.write_summary(name, attempts)
    by_id = {instance.instance_id: instance for instance in chosen}
    seconds = totals(plan, attempts).seconds
    categories = {task.task_id: task.category for task in found.file_tasks}
    report = build(plan, attempts, seconds=seconds, instances=by_id, categories=categories)
    return {**to_json(report), "folder": str(wanted.runs / name), "problems": [*found.problems, *problems]}


def _contract_text(contract: str | Path | None) -> str | None:
    if not isinstance(contract, Path):
        if contract and _names_a_file(contract):
            raise UsageError(
                f"the contract '{contract}' is the name of a file; give it as a Path to have the file read"
            )
        return contract
    try:
        return contract.expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"cannot read the contract {contract}: {error}; give a UTF-8 text file") from error


def _names_a_file(text: str) -> bool:
    try:
        return "\n" not in text and Path(text).is_file()
    except OSError:
        return False  # too long for a name


def _instance(task: str | FileTask | Instance) -> Instance:
    if isinstance(task, FileTask):
        return file_tasks.instances([task])[0]
    if isinstance(task, str):
        return Instance(instance_id="task", source=Source.PROMPT, problem_statement=task)
    return task


def _files(answer: str | Mapping[str, str], task: FileTask, mode: str) -> Mapping[str, str] | str:
    """The files of an answer, or why there are none."""
    from swebench_lite.replies import read_reply

    if not isinstance(answer, str):
        return answer
    try:
        found = read_reply(answer, answer_format="files", expected=(task.file,), mode=mode).answer
    except NoAnswer as error:
        return str(error)
    return dict(found.contents) if isinstance(found, Files) else f"the reply holds no files but {type(found).__name__}"


def _tasks(
    predictions: str | Path | Sequence[Mapping[str, object]],
    instances: Sequence[Instance],
    chosen: Sequence[Instance],
    *,
    others: frozenset[str],
    run_id: str,
) -> tuple[tuple[Task, ...], tuple[str, ...]]:
    """What the pipeline is to do, in the order of the instances, and what was wrong with the predictions."""
    from swebench_lite import scratch
    from swebench_lite.pipeline import Task
    from swebench_lite.predictions import load_predictions
    from swebench_lite.records import AttemptKey

    with scratch.folder("predictions") as folder:
        source = str(predictions)
        if not isinstance(predictions, str | Path):
            file = Path(folder) / "predictions.jsonl"
            file.write_text("".join(f"{json.dumps(dict(row))}\n" for row in predictions), encoding="utf-8")
            source = str(file)
        found = load_predictions(source, instances=instances, others=others)
    answers: dict[str, list[Prediction]] = {}
    for one in found.predictions:
        answers.setdefault(one.instance_id, []).append(one)
    tasks = tuple(
        Task(
            key=AttemptKey(run_id=run_id, instance_id=one.instance_id, model=one.model, sample=one.sample),
            instance=instance,
            patch=one.patch,
            blank=one.blank,
            untouched=source == "null",
        )
        for instance in chosen
        for one in answers.get(instance.instance_id, ())
    )
    if not tasks:
        raise DatasetError(f"none of the {len(found.predictions)} predictions is for a selected instance")
    return tasks, found.problems


def _plan(run_id: str, dataset: str, tasks: Sequence[Task], backends: Backends, *, source: str) -> Plan:
    from swebench_lite import __version__
    from swebench_lite.records import Plan

    return Plan(
        run_id=run_id,
        dataset=dataset,
        planned=tuple(task.key for task in tasks),
        settings={"command": "evaluate", "workers": backends.settings.workers, "offline": backends.settings.offline},
        provenance={
            "swebench_lite": __version__,
            "python": platform.python_version(),
            "platform": platform.platform(),
            "sandbox": backends.sandbox.name,
            "dataset": source,
        },
        created_at=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
    )
