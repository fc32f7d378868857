"""Ready-made answers: ``gold``, ``null``, and predictions files in every form that harnesses and agents write."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from swebench_lite.errors import DatasetError, unknown
from swebench_lite.records import Instance, Patch, Prediction
from swebench_lite.rows import kind
from swebench_lite.sources import Record, no_such_file, read_json, user_path

_ENDINGS = (".json", ".jsonl")
# A near miss costs a comparison with every id of the dataset; a file for another dataset needs no hundreds of them.
_NAMED = 5
# Halves of character pairs, which have no bytes; where a file holds bytes that are not UTF-8, the range left out stands
# for those.
_HALF_PAIRS = re.compile("[\ud800-\udfff]")
_NO_BYTES = re.compile("[\ud800-\udc7f\udd00-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictions:
    """What a predictions source holds for a dataset, in the order of the source.

    problems: one sentence for whatever was passed over or mended, with file and line. duplicates: ids that one model
    answers twice, where the last answer counts, as officially. unknown_ids: ids that the dataset does not hold.
    passed_over: how many ids are of instances that exist outside of the dataset. models: in order of first use.
    """

    predictions: tuple[Prediction, ...]
    problems: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    unknown_ids: tuple[str, ...] = ()
    passed_over: int = 0
    models: tuple[str, ...] = ()


@dataclass(slots=True)
class _Pile:
    """What has been read so far; lines are dropped as they are read, so that a large file needs no room of its size."""

    known: frozenset[str]
    kept: dict[tuple[str, str], Prediction] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    duplicates: dict[str, None] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)

    def add_file(self, file: Path) -> None:
        try:
            for record in read_json(file):
                self.add(record)
        except DatasetError as error:
            self.problems.append(str(error))

    def add(self, record: Record) -> None:
        try:
            prediction, remark = _prediction(record)
        except DatasetError as error:
            self.problems.append(str(error))
            return
        if remark:
            self.problems.append(remark)
        self.problems.extend(f"{record.where}: {name} is given twice; the last one counts" for name in record.repeated)
        key = (prediction.instance_id, prediction.model)
        if prediction.instance_id not in self.known:
            self.unknown.setdefault(prediction.instance_id, record.where)
            return
        if key in self.kept:
            self.duplicates[prediction.instance_id] = None
            text = f"another answer of {prediction.model} for {prediction.instance_id}; the last one counts"
            self.problems.append(f"{record.where}: {text}")
        self.kept[key] = prediction


def load_predictions(
    source: str, *, instances: Sequence[Instance], others: frozenset[str] = frozenset()
) -> Predictions:
    """The predictions of a file, a folder of files, ``gold`` or ``null`` for the given instances.

    A file may be a list, an object of records by id, or one record per line. Pass the whole dataset's instances: an id
    that is not among them is named as unknown, but for those in ``others``: they exist, and nobody asked for them; they are
    counted in passed_over. Records that cannot be used are named in problems and stop no other.
    A patch that is null, empty or blank becomes None; what is blank is kept beside it. Raises DatasetError where source is
    not there or holds nothing for these instances.
    """
    if source in _BUILT_IN:
        return _BUILT_IN[source](instances)
    pile = _Pile(known=frozenset(instance.instance_id for instance in instances))
    for file in _files(user_path(source)):
        pile.add_file(file)
    if not pile.kept:
        raise DatasetError(_nothing(source, pile))
    passed_over = others.intersection(pile.unknown)
    pile.unknown = {instance_id: where for instance_id, where in pile.unknown.items() if instance_id not in passed_over}
    models = dict.fromkeys(prediction.model for prediction in pile.kept.values())
    return Predictions(
        predictions=tuple(pile.kept.values()),
        problems=(*pile.problems, *_unknown_problems(pile)),
        duplicates=tuple(pile.duplicates),
        unknown_ids=tuple(pile.unknown),
        passed_over=len(passed_over),
        models=tuple(models),
    )


def _gold(instances: Sequence[Instance]) -> Predictions:
    predictions = tuple(
        Prediction(instance_id=i.instance_id, model="gold", patch=_text_patch(i.patch), blank=_blank(i.patch))
        for i in instances
    )
    problems = tuple(f"{p.instance_id}: its row has no gold patch" for p in predictions if p.patch is None)
    return Predictions(predictions=predictions, problems=problems, models=("gold",))


def _null(instances: Sequence[Instance]) -> Predictions:
    predictions = tuple(Prediction(instance_id=i.instance_id, model="null", patch=None) for i in instances)
    return Predictions(predictions=predictions, models=("null",))


_BUILT_IN: Mapping[str, Callable[[Sequence[Instance]], Predictions]] = {"gold": _gold, "null": _null}


def _files(path: Path) -> list[Path]:
    """The predictions files that a path stands for; a folder's in the order of their names."""
    try:
        return _look_up(path)
    except OSError as error:
        raise DatasetError(f"cannot look up {path}: {error.strerror or error}") from error


def _look_up(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix.lower() in _ENDINGS and file.is_file())
        if not files:
            raise DatasetError(f"folder {path} holds no .json or .jsonl file; name a predictions file or its folder")
        return files
    raise DatasetError(no_such_file("predictions file", path, _ENDINGS, others=_BUILT_IN))


def _prediction(record: Record) -> tuple[Prediction, str]:
    """A record's prediction, and a remark where something was mended. Raises DatasetError where it cannot be used."""
    if record.problem:
        raise DatasetError(record.problem)
    if not isinstance(record.value, dict):
        raise DatasetError(f"{record.where} is {kind(record.value)}; a prediction must be an object")
    values: Mapping[str, object] = record.value
    # An object of records by id need not repeat the id inside; where it does, the official harness reads the inner one.
    given = values if "instance_id" in values or not record.key else {**values, "instance_id": record.key}
    halves = _NO_BYTES if record.undecoded else _HALF_PAIRS
    instance_id, model = (_name(given, name, record.where, halves) for name in ("instance_id", "model_name_or_path"))
    text, remark = _patch(values, record.where, halves)
    if record.key and record.key != instance_id:
        remark = remark or f"{record.where}: the record inside is for {instance_id} and counts for that"
    return Prediction(instance_id=instance_id, model=model, patch=_text_patch(text), blank=_blank(text)), remark


def _name(values: Mapping[str, object], name: str, where: str, halves: re.Pattern[str]) -> str:
    value = values.get(name)
    if isinstance(value, str) and value.strip():
        return halves.sub("\ufffd", value)
    wrong = f"{name} is {'empty' if value == '' else kind(value)}" if name in values else f"{name} is missing"
    raise DatasetError(f"{where}: {wrong}; a prediction needs instance_id, model_name_or_path and model_patch")


def _text_patch(text: str) -> Patch | None:
    return Patch(text=text) if text.strip() else None


def _blank(text: str) -> str:
    return "" if text.strip() else text


def _patch(values: Mapping[str, object], where: str, halves: re.Pattern[str]) -> tuple[str, str]:
    if "model_patch" not in values:
        raise DatasetError(f"{where}: model_patch is missing; write null where a model gave no patch")
    text = values["model_patch"]
    if text is None:
        return "", ""
    if not isinstance(text, str):
        raise DatasetError(f"{where}: model_patch is {kind(text)}; it must be the text of a diff, or null")
    mended, count = halves.subn("\ufffd", text)
    remark = f"{where}: model_patch holds {count} halves of characters; each became the replacement character"
    return mended, remark if count else ""


def _unknown_problems(pile: _Pile) -> Iterator[str]:
    for instance_id, where in list(pile.unknown.items())[:_NAMED]:
        yield f"{where}: {unknown('instance', instance_id, pile.known)}; its answer is passed over"
    rest = list(pile.unknown)[_NAMED:]
    if rest:
        yield f"{len(rest)} more ids are not in the dataset; their answers are passed over: {', '.join(rest)}"


def _nothing(source: str, pile: _Pile) -> str:
    """Why a source has no usable prediction: foreign ids first, they explain most."""
    if pile.unknown:
        first = unknown("instance", next(iter(pile.unknown)), pile.known)
        return f"none of the {len(pile.unknown)} ids in {source} is in the dataset: {first}"
    if pile.problems:
        many = f"the first of {len(pile.problems)} problems: " if len(pile.problems) > 1 else ""
        return f"{source} holds no usable prediction; {many}{pile.problems[0]}"
    return f"{source} is empty; a prediction is one JSON object with instance_id, model_name_or_path and model_patch"
