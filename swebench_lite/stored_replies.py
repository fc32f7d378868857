"""Replies that were given before: of a stored run, of a file of JSON lines, or of a text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from swebench_lite.asking import Reply
from swebench_lite.errors import DatasetError, StoreError, UsageError
from swebench_lite.records import Arm, Attempt, AttemptKey, Exchange, Outcome, Patch, Plan
from swebench_lite.sources import Record, read_json
from swebench_lite.store import Asked, RunStore, codec

# How files call what a model wrote, most telling first; a file that holds patches instead is one of predictions.
REPLY_KEYS = ("reply", "response", "completion", "full_output", "model_output", "output")
_LOG_KEYS = frozenset({"output"})  # beside a patch these hold whatever else was printed
_NULL = "null"
_MODEL_KEYS = ("model", "model_name_or_path", "model_name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One stored answer: a reply (with its prompt, from a run), or a ready-made patch, or nothing.

    arm: the conditions under which the reply was given, where they are known. untouched: no change on purpose. blank: the
    white space that was given in place of a patch.
    """

    instance_id: str
    model: str
    arm_name: str
    sample: int
    reply: Reply | None = None
    arm: Arm | None = None
    patch: Patch | None = None
    blank: str = ""
    untouched: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReplies:
    """What a source holds, in its order. problems: a sentence for whatever was passed over, with its place.

    dataset, split: what the replies are for, where the source knows.
    """

    replies: tuple[Stored, ...]
    problems: tuple[str, ...] = ()
    dataset: str = ""
    split: str = ""


def of_file(path: Path) -> StoredReplies:
    """The replies in a file of JSON lines: {instance_id, reply, [model], [arm], [sample]}, one each.

    A list of such records will do, or an object of them by instance id. A reply of null is an empty one. Two replies of
    one model, arm and sample count once, with the last one's text. Raises DatasetError where there is no reply in the file.
    """
    found: dict[tuple[str, str, str, int], Stored] = {}
    problems: list[str] = []
    for record in _records(path, problems):
        try:
            one = _stored(record)
        except DatasetError as error:
            problems.append(str(error))
            continue
        problems.extend(f"{record.where}: {name} is given twice; the last one counts" for name in record.repeated)
        key = (one.instance_id, one.model, one.arm_name, one.sample)
        if key in found:
            problems.append(
                f"{record.where}: another reply of {one.model} for {one.instance_id}; give each a 'sample' to keep both, "
                "the last one counts"
            )
        found[key] = one
    if not found:
        why = f": {problems[0]}" if problems else ""
        raise DatasetError(
            f"{path} holds no reply{why}; give JSON lines with instance_id and {REPLY_KEYS[0]}, or a run's id"
        )
    return StoredReplies(replies=tuple(found.values()), problems=tuple(problems))


def holds_replies(path: Path) -> bool:
    """Whether a file's first readable record holds a reply rather than a patch."""
    first = next(filter(None, map(_row, _records(path, []))), {})
    return _reply_key(first) is not None


def of_text(text: str, instance_ids: Sequence[str], *, model: str = "reply", arm: str = "none") -> StoredReplies:
    """One text as the reply to one instance. Raises UsageError unless there is exactly one."""
    if len(instance_ids) != 1:
        raise UsageError(f"one reply answers one instance, and {len(instance_ids)} are selected; choose one with -i ID")
    reply = Reply(exchange=Exchange(request="", reply=text, model=model))
    return StoredReplies(
        replies=(Stored(instance_id=instance_ids[0], model=model, arm_name=arm, sample=0, reply=reply),)
    )


def of_run(store: RunStore, run_id: str) -> StoredReplies:
    """The replies of a stored run; attempts that began with a ready-made patch bring that patch.

    A reply comes from the run's exchanges, which are there for attempts that never finished, too; where its exchange is
    missing or damaged, from the attempt's own copy of the text. Attempts of which nothing is kept are named in problems.
    Raises UsageError for an unknown run and for one without anything to replay, StoreError for a damaged plan.
    """
    plan = store.plan(run_id)
    arms = {arm.name: arm for arm in plan_arms(plan)}
    exchanges = store.exchanges(plan.run_id)
    attempts = {attempt.key: attempt for attempt in store.attempts(plan.run_id)}
    found = {key: _of_attempt(key, attempts.get(key), exchanges.get(key), arms, store) for key in plan.planned}
    replies = tuple(one for one in found.values() if one is not None)
    if not replies:
        raise UsageError(f"run '{plan.run_id}' holds neither replies nor patches; nothing can be replayed")
    absent = [key for key, one in found.items() if one is None]
    problems = [*store.warnings, *exchanges.warnings, *map(_nothing_kept, absent)]
    dataset, split = made_for(plan)
    return StoredReplies(replies=replies, problems=tuple(problems), dataset=dataset, split=split)


def made_for(plan: Plan) -> tuple[str, str]:
    """The dataset that a run was made for, and its split, or "" where the plan names none."""
    request = plan.settings.get("request")
    return plan.dataset, str(request.get("split", "")) if isinstance(request, Mapping) else ""


def plan_arms(plan: Plan) -> tuple[Arm, ...]:
    """The arms of a run as they were then, whatever has become of their files. Raises StoreError for a damaged plan."""
    listed = plan.settings.get("arms")
    where = f"the plan of {plan.run_id}"
    return tuple(codec.from_document(Arm, one, where=where) for one in listed) if isinstance(listed, Sequence) else ()


def _of_attempt(
    key: AttemptKey, attempt: Attempt | None, asked: Asked | None, arms: Mapping[str, Arm], store: RunStore
) -> Stored | None:
    """What is kept of an attempt; None where that is nothing, and so says nothing about its model."""
    common = Stored(
        instance_id=key.instance_id, model=key.model, arm_name=key.arm, sample=key.sample, arm=arms.get(key.arm)
    )
    if attempt is not None and attempt.application is not None and attempt.patch_sha256 is None:
        return replace(common, untouched=True)
    if asked is not None and asked.exchanges:
        return replace(common, reply=Reply(exchange=asked.answer or asked.exchanges[-1], prompt=asked.prompt))
    if attempt is None:
        return None
    if "response.txt" in store.artefacts(key):
        return replace(common, reply=Reply(exchange=_copied(attempt, store)))
    text = _patch_text(store, attempt)
    if text.strip():
        return replace(common, patch=Patch(text=text))
    if attempt.verdict.outcome is Outcome.NO_ANSWER:
        return replace(common, blank=text)
    # The built-in answers that are no change need not be kept: they are the same every time.
    return replace(common, untouched=True) if key.model == _NULL and attempt.patch_sha256 is None else None


def _copied(attempt: Attempt, store: RunStore) -> Exchange:
    """An exchange as far as a finished attempt still tells of it."""
    outcome = attempt.verdict.outcome
    return Exchange(
        request="",
        reply=store.artefact(attempt.key, "response.txt").decode("utf-8", "surrogateescape"),
        model=attempt.key.model,
        error=attempt.verdict.reason.removeprefix(f"{attempt.key.model} did not answer: ")
        if outcome is Outcome.PROVIDER
        else None,
        finish_reason="length" if outcome is Outcome.TRUNCATED else None,
        input_tokens=attempt.input_tokens,
        output_tokens=attempt.output_tokens,
        cost_usd=attempt.cost_usd,
        seconds=attempt.model_seconds or 0.0,
        key=attempt.exchange_key,
    )


def _nothing_kept(key: AttemptKey) -> str:
    sample = f", sample {key.sample}" if key.sample else ""
    return f"nothing is kept of {key.instance_id} by {key.model} ({key.arm}{sample}); it is left out"


def _patch_text(store: RunStore, attempt: Attempt) -> str:
    if "patch.diff" not in store.artefacts(attempt.key):
        return ""
    return store.artefact(attempt.key, "patch.diff").decode("utf-8", "surrogateescape")


def _records(path: Path, problems: list[str]) -> Iterator[Record]:
    try:
        yield from read_json(path)
    except (DatasetError, StoreError) as error:
        problems.append(str(error))


def _row(record: Record) -> Mapping[str, object]:
    return record.value if isinstance(record.value, Mapping) else {}


def _reply_key(row: Mapping[str, object]) -> str | None:
    """The name under which a record holds a reply, be it null; None where it holds none."""
    beside_patch = "model_patch" in row
    texts = (key for key in REPLY_KEYS if isinstance(row.get(key), str) and not (beside_patch and key in _LOG_KEYS))
    nulls = (key for key in REPLY_KEYS if key in row and row[key] is None and not beside_patch)
    return next(chain(texts, nulls), None)


def _stored(record: Record) -> Stored:
    row = _row(record)
    key = _reply_key(row)
    name = row.get("instance_id", record.key)
    if not isinstance(name, str) or not name.strip() or key is None:
        said = record.problem or f"{record.where}: needs the texts instance_id and {REPLY_KEYS[0]}"
        raise DatasetError(f"{said}; it is left out")
    model = next((str(row[key]) for key in _MODEL_KEYS if isinstance(row.get(key), str) and row[key]), "unnamed")
    arm, sample = row.get("arm"), row.get("sample")
    return Stored(
        instance_id=name,
        model=model,
        arm_name=arm if isinstance(arm, str) and arm else "none",
        sample=sample if type(sample) is int and sample >= 0 else 0,
        reply=Reply(exchange=Exchange(request="", reply=str(row[key] or ""), model=model)),
    )
