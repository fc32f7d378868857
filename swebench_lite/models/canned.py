"""Models whose replies are already there: the reference patch, nothing, or a file of stored replies."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from swebench_lite.errors import DatasetError
from swebench_lite.records import Exchange, Instance, Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Canned:
    """Replies by (instance, arm, sample); an entry without arm or sample serves them all."""

    name: str
    replies: Mapping[tuple[str, str | None, int | None], str] = field(default_factory=dict)
    untouched: bool = False

    def reply(self, prompt: Prompt, *, instance_id: str, arm: str, sample: int) -> Exchange:
        """The stored reply; an empty one where there is none, as a model that said nothing."""
        keys = (
            (instance_id, arm, sample),
            (instance_id, arm, None),
            (instance_id, None, sample),
            (instance_id, None, None),
        )
        said = next((self.replies[key] for key in keys if key in self.replies), "")
        decisive = json.dumps([self.name, instance_id, arm, sample, said])
        return Exchange(
            request=prompt.user,
            reply=said,
            model=self.name,
            model_used=self.name,
            finish_reason="stop",
            cost_usd=0.0,
            tries=0,
            key=hashlib.sha256(decisive.encode()).hexdigest(),
        )

    def estimate(self, _prompt: Prompt, /) -> float | None:
        """Nothing: nobody is asked."""
        return 0.0


def gold(instances: Sequence[Instance]) -> Canned:
    """Answers with each instance's reference patch."""
    return Canned(name="gold", replies={(one.instance_id, None, None): one.patch for one in instances})


def null(instances: Sequence[Instance]) -> Canned:
    """Answers with no change; its attempts run the tests on the untouched tree."""
    return Canned(name="null", untouched=True)


def from_file(name: str) -> Canned:
    """The model of ``canned:FILE``: JSON lines of {instance_id, reply | model_patch, [model], [arm], [sample]}.

    Raises DatasetError naming file and line for whatever cannot be read.
    """
    path = Path(name.partition(":")[2]).expanduser()
    if not path.is_file():
        raise DatasetError(
            f"canned replies '{path}' are not there; give a file of JSON lines with instance_id and reply"
        )
    text = path.read_text(encoding="utf-8", errors="surrogateescape")
    return Canned(name=path.stem, replies=dict(_entries(path, text.split("\n"))))


def _entries(path: Path, lines: Iterable[str]) -> Iterable[tuple[tuple[str, str | None, int | None], str]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DatasetError(f"{path} line {number} is no JSON object: {error}") from error
        reply = row.get("reply", row.get("model_patch")) if isinstance(row, dict) else None
        if not isinstance(row, dict) or not isinstance(row.get("instance_id"), str) or not isinstance(reply, str):
            raise DatasetError(f"{path} line {number} needs the texts instance_id and reply (or model_patch)")
        arm, sample = row.get("arm"), row.get("sample")
        if arm is not None and not isinstance(arm, str):
            raise DatasetError(f"{path} line {number}: arm {arm!r} is no text; give an arm's name, or leave it out")
        # true is a whole number to Python.
        if sample is not None and (not isinstance(sample, int) or isinstance(sample, bool) or sample < 0):
            raise DatasetError(
                f"{path} line {number}: sample {sample!r} is no whole number from 0; mend it or leave it out"
            )
        yield (row["instance_id"], arm, sample), reply
