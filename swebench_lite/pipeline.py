"""The stages in order, and the one place where errors become verdicts.

load -> prompt -> respond -> extract -> apply -> execute -> grade -> report
"""

from __future__ import annotations

import errno
import hashlib
import json
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from swebench_lite.answering import open_tree, read_answer, with_repairs
from swebench_lite.asking import Asker, Reply
from swebench_lite.backends import Backends, Stopped
from swebench_lite.errors import (
    AttemptError,
    DatasetError,
    NoAnswer,
    PatchRefused,
    ProviderError,
    StoreError,
    Truncated,
)
from swebench_lite.file_attempts import attempt_files
from swebench_lite.grade import grade
from swebench_lite.kitchen import AS_WRITTEN, Kitchen, Made, Manner, Task
from swebench_lite.models import MODELS
from swebench_lite.prepare import Prepared
from swebench_lite.records import Arm, Attempt, AttemptKey, Exchange, Execution, Flag, Outcome, Patch, Verdict
from swebench_lite.respond import NoReply
from swebench_lite.schedule import run_all
from swebench_lite.store import RunStore, codec
from swebench_lite.trial import try_patch

__all__ = ["RETRIED", "Kitchen", "Made", "Manner", "Task", "attempt", "run"]

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
# What a resumed run tries again: whatever was not the model's doing.
RETRIED = frozenset(outcome for outcome in Outcome if not outcome.scored)


def run(
    tasks: Sequence[Task],
    backends: Backends,
    store: RunStore,
    *,
    manner: Manner = AS_WRITTEN,
    asker: Asker | None = None,
    started: Callable[[AttemptKey], None] = lambda _: None,
    finished: Callable[[Attempt], None] = lambda _: None,
) -> None:
    """Make every attempt and save each as it comes. One bad attempt never stops the others.

    asker: for tasks that ask a model; opened and closed by the caller. Raises StoreError when the disk refuses an artefact
    and KeyboardInterrupt when the user does; either way whatever was saved stays and the run can be resumed.
    """
    kitchen = Kitchen(backends, manner=manner, asker=asker)
    if asker is not None:
        asker.begin(tasks)

    def make(task: Task) -> Made | None:
        if backends.stopping.is_set():
            return None
        started(task.key)
        try:
            return attempt(task, kitchen)
        except Stopped:
            return None

    def save(made: Made | None) -> None:
        # An attempt that ended while the run was being interrupted may have been killed by the interrupt itself.
        if made is not None and not backends.stopping.is_set():
            store.save(made.attempt, artefacts=made.artefacts)
            finished(made.attempt)

    def stop() -> None:
        if asker is not None:
            asker.stopping.set()
        backends.stop()

    run_all(tasks, make, workers=backends.settings.workers, done=save, stop=stop)


def attempt(task: Task, kitchen: Kitchen) -> Made:
    """Make one attempt. Every error becomes a verdict here: known ones by their outcome, unknown ones as CRASHED.

    Raises only Stopped and StoreError.
    """
    made = Made(attempt=Attempt(
        key=task.key, verdict=Verdict(outcome=Outcome.NOT_RUN, reason=""), started_at=_now(),
        # What comes along was never paid for; of other ready-made patches nobody knows.
        cost_usd=0.0 if task.key.model in MODELS else None,
    ))  # fmt: skip
    try:
        _stages(task, kitchen, made)
    except (Stopped, StoreError):
        raise
    except AttemptError as error:
        made.artefacts.update(error.evidence)
        _end(made, error.outcome, str(error))
    except DatasetError as error:
        _end(made, Outcome.NO_ENVIRONMENT, str(error))
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _FULL:
            raise StoreError(f"the disk is full: {error}; free some space, then resume the run") from error
        made.artefacts["error.log"] = traceback.format_exc()
        what = f"{type(error).__name__}: {error}"
        _end(made, Outcome.CRASHED, f"{what}; see error.log of this attempt, and please report it")
    made.attempt = replace(made.attempt, finished_at=_now())
    return made


def _stages(task: Task, kitchen: Kitchen, made: Made) -> None:
    reply = _reply(task, kitchen, made)
    if task.file_task is not None:
        attempt_files(task.file_task, reply.exchange if reply else _as_exchange(task), kitchen, made)
        return
    patch = _patch(task, reply, kitchen, made)
    if patch is not None:
        made.artefacts["patch.diff"] = patch.raw
        made.attempt = replace(made.attempt, patch_sha256=patch.sha256)
    elif task.blank:
        # Officially a patch like any other, which does not apply: its digest tells the official files so.
        raw = task.blank.encode()
        made.artefacts["patch.diff"] = raw
        made.attempt = replace(made.attempt, patch_sha256=hashlib.sha256(raw).hexdigest())
        raise NoAnswer("the prediction holds no patch, only white space")
    elif not task.untouched:
        raise NoAnswer("the prediction holds no patch")
    if kitchen.manner.until != "grade":
        _until(task, patch, kitchen, made)
        return
    prepared = kitchen.prepared(task.instance)
    kitchen.backends.doing(task.instance.instance_id, "tests")
    execution, cached = _execute(prepared, patch, kitchen)
    verdict = _judge(prepared, execution)
    made.artefacts.update(_evidence(prepared, execution))
    made.attempt = replace(
        made.attempt,
        verdict=verdict,
        application=execution.application,
        execution_key=execution.key,
        environment=prepared.environment.digest if prepared.environment else "",
        test_seconds=execution.test_seconds,
        overhead_seconds=execution.overhead_seconds,
        cached=cached,
    )
    if patch is not None:
        repaired = _repair(task, patch, kitchen, made)
        if repaired is not None and kitchen.manner.score_repaired and not execution.application.official:
            made.attempt = replace(made.attempt, repaired_verdict=_repaired_verdict(prepared, repaired, kitchen, made))


def _repaired_verdict(prepared: Prepared, repaired: Patch, kitchen: Kitchen, made: Made) -> Verdict:
    """The verdict on the repaired form, which stands beside the attempt's and never touches it, whatever goes wrong here."""
    try:
        execution, _ = _execute(prepared, repaired, kitchen)
    except AttemptError as error:
        return Verdict(outcome=error.outcome, reason=str(error))
    made.artefacts["repaired_output.txt"] = execution.log
    return _judge(prepared, execution)


def _execute(prepared: Prepared, patch: Patch | None, kitchen: Kitchen) -> tuple[Execution, bool]:
    work = prepared.work(patch, kitchen.backends)
    return kitchen.backends.execute(work, fresh=not kitchen.backends.use_cache)


def _until(task: Task, patch: Patch | None, kitchen: Kitchen, made: Made) -> None:
    """The stages of an attempt that ends before its tests."""
    said = "an answer was found"
    if kitchen.manner.until == "apply" and patch is not None:
        kitchen.backends.doing(task.instance.instance_id, "applying")
        made.attempt = replace(made.attempt, application=try_patch(task.instance, patch, kitchen.backends))
        _repair(task, patch, kitchen, made)
        application = made.attempt.application
        assert application is not None  # it was set just above
        if not application.official:
            raise PatchRefused(f"the patch does not apply: {application.reason}")
        said = f"the patch applies ({application.step})"
    _end(made, Outcome.NOT_RUN, f"{said}; its tests were not asked for")


def _repair(task: Task, patch: Patch, kitchen: Kitchen, made: Made) -> Patch | None:
    """Completes the attempt's application by what repairs make of the patch; returns the repaired patch, if there is one."""
    assert made.attempt.application is not None
    application, repaired = with_repairs(
        made.attempt.application, patch, task.instance, kitchen.backends.settings, fallbacks=kitchen.manner.fallbacks
    )
    made.attempt = replace(made.attempt, application=application)
    if repaired is None:
        return None
    made.artefacts["repaired.diff"] = repaired.patch.raw
    return repaired.patch


def _reply(task: Task, kitchen: Kitchen, made: Made) -> Reply | None:
    """The reply to a task: a stored one, or what its model says; None for a ready-made patch."""
    reply = task.reply
    if task.question is not None:
        assert kitchen.asker is not None  # whoever makes tasks that ask gives an asker
        try:
            reply = kitchen.asker.reply(task.key)
        except NoReply as error:
            _record(made, error.exchange)
            raise
    if reply is not None:
        if reply.prompt is not None:
            made.artefacts["prompt.txt"] = f"{reply.prompt.system}\n\n{reply.prompt.user}"
        _record(made, reply.exchange)
        if reply.exchange.error:
            raise ProviderError(f"{task.key.model} did not answer: {reply.exchange.error}")
    return reply


def _as_exchange(task: Task) -> Exchange:
    return Exchange(request="", reply=task.patch.text if task.patch else task.blank, model=task.key.model)


def _patch(task: Task, reply: Reply | None, kitchen: Kitchen, made: Made) -> Patch | None:
    """The patch of a task: the ready-made one, or the one in its reply."""
    if reply is None:
        return task.patch
    if task.untouched:
        return None
    arm = task.question.arm if task.question else task.arm or Arm(name=task.key.arm)
    with open_tree(task.instance, kitchen.backends.settings) as tree:
        found = read_answer(reply.exchange, task.instance, arm, tree)
    made.attempt = replace(made.attempt, reading=found.reading, format_score=found.format_score)
    if found.patch is not None:
        return found.patch
    cut = reply.exchange.finish_reason == "length"
    raise (PatchRefused if found.refused else Truncated if cut else NoAnswer)(found.reason)


def _record(made: Made, exchange: Exchange) -> None:
    """Keeps an exchange beside its attempt."""
    made.artefacts["response.txt"] = exchange.reply
    if exchange.response:
        made.artefacts["response.json"] = exchange.response
    made.attempt = replace(
        made.attempt,
        exchange_key=exchange.key,
        model_seconds=exchange.seconds,
        cost_usd=exchange.cost_usd,
        input_tokens=exchange.input_tokens,
        output_tokens=exchange.output_tokens,
    )


def _judge(prepared: Prepared, execution: Execution) -> Verdict:
    verdict = grade(prepared.instance, execution, prepared.oracle)
    flags: tuple[Flag, ...] = tuple(dict.fromkeys((*verdict.flags, *prepared.flags)))
    return replace(verdict, flags=flags)


def _evidence(prepared: Prepared, execution: Execution) -> dict[str, bytes | str]:
    """Everything that grading this attempt again takes, whatever becomes of the dataset and the caches."""
    whole = {
        "instance.json": prepared.instance,
        "execution.json": replace(execution, log="", apply_log=""),
        **({"oracle.json": prepared.oracle} if prepared.oracle else {}),
    }
    return {
        "apply.log": execution.apply_log,
        "test_output.txt": execution.log,
        "eval.sh": prepared.script,
        **{name: json.dumps(codec.to_document(record)) for name, record in whole.items()},
    }


def _end(made: Made, outcome: Outcome, reason: str) -> None:
    made.attempt = replace(made.attempt, verdict=Verdict(outcome=outcome, reason=reason))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
