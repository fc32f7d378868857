"""Attempts at file tasks: the files in a reply are run in the sandbox and graded 0 to 3; nothing is applied or tested."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from swebench_lite import file_tasks
from swebench_lite.backends import Backends, Stopped
from swebench_lite.errors import NoAnswer, Truncated
from swebench_lite.extract import Extracted, read_exchange
from swebench_lite.file_tasks import MAXIMUM, FileTask, Graded
from swebench_lite.kitchen import Kitchen, Made
from swebench_lite.records import Edits, Environment, Exchange, Files, FormatScore, Outcome, Patch, Score, Verdict
from swebench_lite.sandbox.patience import patiently
from swebench_lite.scoring.format_score import score_files
from swebench_lite.store import codec

STRICT, LENIENT = "strict", "lenient"
TASK = "task.json"  # the artefact that holds the task as it was
_OTHERS: Mapping[type, str] = {Patch: "a diff", Edits: "replacements"}

# The files of a reply in each mode, or why there are none.
_Readings = Mapping[str, Mapping[str, str] | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A reply as it was read. found: in strict mode; None where that finds no file."""

    readings: _Readings
    found: Extracted | None
    format_score: FormatScore


def attempt_files(task: FileTask, exchange: Exchange, kitchen: Kitchen, made: Made) -> None:
    """Read, run and grade a reply to a file task; the attempt gets its verdict, both scores and its evidence.

    RESOLVED is the full score of the strict reading. Where ``kitchen.manner`` asks for less than a grade, nothing is run.
    Raises NoAnswer or Truncated where the strict reading finds no file, the scores being 0 then, and what a sandbox raises
    when it fails itself.
    """
    _keep(task, exchange, made)
    read = _read(task, exchange)
    made.attempt = replace(
        made.attempt, reading=read.found.reading if read.found else None, format_score=read.format_score
    )
    missing = read.readings[STRICT]
    if isinstance(missing, str):
        nothing = Score(value=0.0, maximum=MAXIMUM, reason=missing)
        made.attempt = replace(made.attempt, score=nothing, lenient_score=nothing)
        raise (Truncated if exchange.finish_reason == "length" else NoAnswer)(missing)
    made.attempt = replace(made.attempt, patch_sha256=Patch(text=exchange.reply).sha256)
    if kitchen.manner.until != "grade":
        reason = f"an answer was found ({', '.join(missing)}); it was not asked to run"
        made.attempt = replace(made.attempt, verdict=Verdict(outcome=Outcome.NOT_RUN, reason=reason))
        return
    _run(task, read.readings, kitchen.backends, made)


def grade_readings(
    task: FileTask, readings: Mapping[str, Mapping[str, str] | str], backends: Backends
) -> dict[str, Graded]:
    """The grade of each reading, files or the reason why there are none. A failing engine is tried again.

    Raises NoEnvironment, EngineDown and InfraError where nothing can be run, and Stopped once the run is being interrupted.
    """
    where = file_tasks.environment(task, backends.settings)

    def run() -> dict[str, Graded]:
        if backends.stopping.is_set():
            raise Stopped("interrupted")
        return file_tasks.run_readings(
            task, readings, sandbox=backends.sandbox, environment=where, limits=backends.settings.limits
        )

    return patiently(run, stopping=backends.stopping)


def verdict(graded: Graded) -> Verdict:
    """What points come to: the full score is RESOLVED, any other UNRESOLVED."""
    resolved = graded.score.value >= graded.score.maximum
    outcome = Outcome.RESOLVED if resolved else Outcome.UNRESOLVED
    return Verdict(outcome=outcome, reason=graded.score.reason, official_resolved=resolved, graded=True)


def _keep(task: FileTask, exchange: Exchange, made: Made) -> None:
    """The evidence that is there before anything is read: the task as it is now, and the answer."""
    made.artefacts["instance.json"] = json.dumps(codec.to_document(file_tasks.instances([task])[0]))
    made.artefacts[TASK] = json.dumps(codec.to_document(task))
    if exchange.reply.strip():
        # Where replaying looks for ready-made answers, and the official files for what was submitted.
        made.artefacts["patch.diff"] = Patch(text=exchange.reply).raw


def _read(task: FileTask, exchange: Exchange) -> _Read:
    readings: dict[str, Mapping[str, str] | str] = {}
    strict: Extracted | None = None
    for mode in (STRICT, LENIENT):
        try:
            found = read_exchange(exchange, answer_format="files", expected=(task.file,), mode=mode)
        except NoAnswer as error:
            readings[mode] = str(error)
            continue
        answer = found.answer
        strict = found if mode == STRICT else strict
        said = f"the reply holds {_OTHERS.get(type(answer), 'something else')} instead of files"
        readings[mode] = dict(answer.contents) if isinstance(answer, Files) else said
    # The shape is that of the blocks as the model wrote them: a block without a name is no FILE block, whatever it is taken for.
    shape = (dict(strict.blocks), strict.prose) if strict else ({}, exchange.reply)
    return _Read(readings=readings, found=strict, format_score=score_files(*shape, expected=task.file))


def _run(task: FileTask, readings: _Readings, backends: Backends, made: Made) -> None:
    backends.doing(task.task_id, "running")
    begun = time.monotonic()
    graded = grade_readings(task, readings, backends)
    took = time.monotonic() - begun
    where = file_tasks.environment(task, backends.settings)
    strict = graded[STRICT]
    ran = {id(one): one.seconds for one in graded.values()}  # equal readings share one grade
    made.artefacts["graded.json"] = json.dumps({mode: asdict(one) for mode, one in graded.items()})
    made.attempt = replace(
        made.attempt,
        verdict=verdict(strict),
        score=strict.score,
        lenient_score=graded[LENIENT].score,
        execution_key=_key(task, readings[STRICT], where) if strict.runs else "",
        environment=where.digest,
        test_seconds=round(strict.seconds, 4),
        overhead_seconds=round(max(0.0, took - sum(ran.values())), 4),
    )


def _key(task: FileTask, files: Mapping[str, str] | str, where: Environment) -> str:
    """SHA-256 of what decides an execution: the task, the files, the environment."""
    parts = json.dumps([codec.to_document(task), where.digest, files], sort_keys=True)
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()
