from __future__ import annotations

import json
from pathlib import Path

import pytest

from swebench_lite.errors import DatasetError, UsageError
from swebench_lite.models import Model, open_model
from swebench_lite.records import Instance, Prompt

INSTANCES = (Instance(instance_id="a", patch="PATCH A"), Instance(instance_id="b", patch="PATCH B"))


def _reply(model: Model, instance_id: str, *, arm: str = "harnessed", sample: int = 0) -> str:
    return model.reply(Prompt(system="s", user="u"), instance_id=instance_id, arm=arm, sample=sample).reply


def _file(folder: Path, *rows: object) -> str:
    file = folder / "replies.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n", encoding="utf-8")
    return f"canned:{file}"


def test_gold_answers_with_the_reference_patch() -> None:
    gold = open_model("gold", INSTANCES)
    assert [_reply(gold, name) for name in ("a", "b")] == ["PATCH A", "PATCH B"]
    assert not gold.untouched


def test_null_leaves_the_tree_untouched() -> None:
    null = open_model("null", INSTANCES)
    assert (null.untouched, _reply(null, "a")) == (True, "")


def test_the_most_particular_canned_reply_wins(tmp_path: Path) -> None:
    name = _file(
        tmp_path,
        {"instance_id": "a", "reply": "any"},
        {"instance_id": "a", "reply": "arm", "arm": "x"},
        {"instance_id": "a", "reply": "sample", "sample": 2},
        {"instance_id": "a", "reply": "both", "arm": "x", "sample": 2},
    )
    model = open_model(name, INSTANCES)
    asked = [("y", 0), ("x", 0), ("y", 2), ("x", 2)]
    assert [_reply(model, "a", arm=arm, sample=sample) for arm, sample in asked] == ["any", "arm", "sample", "both"]


def test_predictions_serve_as_canned_replies(tmp_path: Path) -> None:
    model = open_model(_file(tmp_path, {"instance_id": "a", "model_patch": "PATCH"}), INSTANCES)
    assert (model.name, _reply(model, "a")) == ("replies", "PATCH")


def test_an_instance_without_a_canned_reply_gets_an_empty_one(tmp_path: Path) -> None:
    assert _reply(open_model(_file(tmp_path, {"instance_id": "a", "reply": "x"}), INSTANCES), "b") == ""


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "1",
        '"text"',
        '{"instance_id": "a"}',
        '{"reply": "x"}',
        '{"instance_id": 3, "reply": "x"}',
        "[" * 100_000,
        '{"instance_id": "a", "reply": "x", "sample": ' + "9" * 5_000 + "}",
        '{"instance_id": "a", "reply": "x", "arm": 5}',
        '{"instance_id": "a", "reply": "x", "sample": "7"}',
        '{"instance_id": "a", "reply": "x", "sample": true}',
        '{"instance_id": "a", "reply": "x", "sample": -1}',
    ],
    ids=lambda line: line[:24],
)
def test_a_line_that_cannot_be_read_is_named(line: str, tmp_path: Path) -> None:
    file = tmp_path / "replies.jsonl"
    file.write_text('{"instance_id": "a", "reply": "x"}\n\n' + line)
    with pytest.raises(DatasetError, match=r"replies\.jsonl line 3"):
        open_model(f"canned:{file}", INSTANCES)


def test_bytes_that_are_no_text_survive(tmp_path: Path) -> None:
    file = tmp_path / "replies.jsonl"
    file.write_bytes(b'{"instance_id": "a", "reply": "caf\xe9"}')
    assert _reply(open_model(f"canned:{file}", INSTANCES), "a").encode("utf-8", "surrogateescape") == b"caf\xe9"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"nowhere\.jsonl"):
        open_model(f"canned:{tmp_path}/nowhere.jsonl", INSTANCES)


def test_an_unknown_model_names_the_near_miss() -> None:
    with pytest.raises(UsageError, match="did you mean 'gold'"):
        open_model("golt", INSTANCES)
