from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swebench_lite.errors import DatasetError
from swebench_lite.predictions import Predictions, load_predictions
from swebench_lite.records import Instance, Patch, Prediction

INSTANCES = tuple(Instance(instance_id=f"django__django-{n}", patch=f"gold {n}") for n in (1, 2, 3))


def record(number: int = 1, patch: object = "diff", model: object = "m", **more: object) -> dict[str, Any]:
    name = f"django__django-{number}"
    return {"instance_id": name, "model_name_or_path": model, "model_patch": patch, **more}


def made(number: int = 1, patch: str | None = "diff", model: str = "m") -> Prediction:
    text = None if patch is None else Patch(text=patch)
    return Prediction(instance_id=f"django__django-{number}", model=model, patch=text)


def read(file: Path, content: str | bytes) -> Predictions:
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return load_predictions(str(file), instances=INSTANCES)


def lines(*records: object) -> str:
    return "".join(json.dumps(item) + "\n" for item in records)


def test_gold_is_each_row_s_own_patch() -> None:
    gold = load_predictions("gold", instances=INSTANCES)
    assert gold.predictions == tuple(made(n, f"gold {n}", "gold") for n in (1, 2, 3))
    assert gold.models == ("gold",)


def test_a_row_without_a_gold_patch_is_named() -> None:
    gold = load_predictions("gold", instances=[Instance(instance_id="django__django-1")])
    assert gold.predictions == (made(1, None, "gold"),)
    assert gold.problems == ("django__django-1: its row has no gold patch",)


def test_null_has_no_patch_for_any_instance() -> None:
    null = load_predictions("null", instances=INSTANCES)
    assert null.predictions == tuple(made(n, None, "null") for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("p.json", json.dumps([record(1), record(2)])),
        ("p.json", json.dumps([record(1), record(2)], indent=2)),
        ("p.json", json.dumps({"django__django-1": record(1), "django__django-2": record(2)})),
        ("p.json", json.dumps({"django__django-1": record(1), "django__django-2": record(2)}, indent=1)),
        ("p.json", lines(record(1), record(2))),
        ("p.jsonl", lines(record(1), record(2))),
        ("p.jsonl", "\n\n" + lines(record(1)) + " \n\r\n" + json.dumps(record(2))),
        ("p.jsonl", "\ufeff" + lines(record(1), record(2))),
        ("p.jsonl", json.dumps([record(1), record(2)])),
        ("p.txt", lines(record(1), record(2))),
    ],
)
def test_every_form_of_file_gives_the_same_predictions(tmp_path: Path, name: str, content: str) -> None:
    assert read(tmp_path / name, content) == Predictions(predictions=(made(1), made(2)), models=("m",))


def test_an_object_by_id_need_not_repeat_the_id_inside(tmp_path: Path) -> None:
    content = {"django__django-2": {"model_name_or_path": "m", "model_patch": "diff"}}
    assert read(tmp_path / "preds.json", json.dumps(content)).predictions == (made(2),)


def test_a_record_under_another_id_counts_for_the_inner_one_and_is_named(tmp_path: Path) -> None:
    found = read(tmp_path / "preds.json", json.dumps({"django__django-1": record(2)}))
    assert found.predictions == (made(2),)
    assert found.problems == (
        "preds.json line 1 key 'django__django-1': the record inside is for django__django-2 and counts for that",
    )


def test_a_file_of_one_record_is_read(tmp_path: Path) -> None:
    assert read(tmp_path / "p.json", json.dumps(record(3), indent=4)).predictions == (made(3),)


def test_a_folder_s_files_are_read_in_order(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_text(lines(record(2)))
    (tmp_path / "a.json").write_text(json.dumps([record(1)]))
    (tmp_path / "notes.md").write_text("not read")
    assert load_predictions(str(tmp_path), instances=INSTANCES).predictions == (made(1), made(2))


def test_one_broken_file_of_a_folder_stops_no_other(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[{")
    (tmp_path / "b.jsonl").write_text(lines(record(2)))
    found = load_predictions(str(tmp_path), instances=INSTANCES)
    assert found.predictions == (made(2),)
    assert found.problems[0].startswith("a.json line 1, column 3 is not JSON")


def test_several_models_in_one_file_stay_apart(tmp_path: Path) -> None:
    found = read(tmp_path / "p.jsonl", lines(record(1, model="b"), record(1, model="a"), record(2, model="b")))
    assert found.predictions == (made(1, model="b"), made(1, model="a"), made(2, model="b"))
    assert (found.models, found.duplicates) == (("b", "a"), ())


@pytest.mark.parametrize("empty", [None, "", " \n\t"])
def test_an_empty_patch_is_no_patch(tmp_path: Path, empty: object) -> None:
    found = read(tmp_path / "p.jsonl", lines(record(1, empty)))
    assert (found.predictions[0].patch, found.problems) == (None, ())


@pytest.mark.parametrize(("given", "blank"), [(None, ""), ("", ""), (" \n\t", " \n\t"), ("diff", "")])
def test_only_white_space_is_kept_as_blank(tmp_path: Path, given: object, blank: str) -> None:
    assert read(tmp_path / "p.jsonl", lines(record(1, given))).predictions[0].blank == blank


def test_a_patch_arrives_exactly_as_written(tmp_path: Path) -> None:
    text = "\n diff\r\n\tü\x00 "
    assert read(tmp_path / "p.jsonl", lines(record(1, text))).predictions == (made(1, text),)


def test_bytes_that_are_not_utf_8_reach_the_patch_unchanged(tmp_path: Path) -> None:
    content = json.dumps(record(1, "na~ve")).encode().replace(b"~", b"\xef")
    patch = read(tmp_path / "p.jsonl", content).predictions[0].patch
    assert patch is not None
    assert patch.raw == b"na\xefve"


def test_half_a_character_pair_is_replaced_and_named(tmp_path: Path) -> None:
    found = read(tmp_path / "p.jsonl", lines(record(1, "a\ud800b")))
    assert found.predictions == (made(1, "a\ufffdb"),)
    assert found.problems[0].startswith("p.jsonl line 1: model_patch holds 1 halves of characters")


def test_the_second_answer_of_a_model_is_named_and_kept_as_officially(tmp_path: Path) -> None:
    found = read(tmp_path / "p.jsonl", lines(record(1, "one"), record(2), record(1, "two")))
    assert found.predictions == (made(1, "two"), made(2))
    assert found.duplicates == ("django__django-1",)
    assert found.problems == ("p.jsonl line 3: another answer of m for django__django-1; the last one counts",)


def test_an_id_outside_the_dataset_is_named_with_the_near_miss(tmp_path: Path) -> None:
    found = read(tmp_path / "p.jsonl", lines(record(1), {**record(1), "instance_id": "django_django-2"}))
    assert (found.predictions, found.unknown_ids) == ((made(1),), ("django_django-2",))
    assert "p.jsonl line 2: unknown instance 'django_django-2'; did you mean 'django__django-2'?" in found.problems[0]


def test_many_foreign_ids_are_all_named_in_few_sentences(tmp_path: Path) -> None:
    found = read(tmp_path / "p.jsonl", lines(*(record(n) for n in range(1, 40))))
    assert len(found.unknown_ids) == 36
    assert len(found.problems) == 6
    assert all(name in " ".join(found.problems) for name in found.unknown_ids)


@pytest.mark.parametrize("name", ["instance_id", "model_name_or_path", "model_patch"])
def test_a_missing_field_is_named_with_its_line(tmp_path: Path, name: str) -> None:
    broken = {key: value for key, value in record(1).items() if key != name}
    found = read(tmp_path / "p.jsonl", lines(record(2), broken))
    assert found.predictions == (made(2),)
    assert found.problems[0].startswith(f"p.jsonl line 2: {name} is missing")


@pytest.mark.parametrize(
    ("item", "problem"),
    [
        ("text", "line 2 is text; a prediction must be an object"),
        (None, "line 2 is null; a prediction must be an object"),
        (record(1, patch=7), "line 2: model_patch is a number"),
        (record(1, patch={"a": 1}), "line 2: model_patch is an object"),
        (record(1, model=None), "line 2: model_name_or_path is null"),
        (record(1, model=""), "line 2: model_name_or_path is empty"),
        ({**record(1), "instance_id": 5}, "line 2: instance_id is a number"),
    ],
)
def test_a_record_of_the_wrong_kind_is_named_with_its_line(tmp_path: Path, item: object, problem: str) -> None:
    found = read(tmp_path / "p.jsonl", lines(record(2), item))
    assert found.predictions == (made(2),)
    assert problem in found.problems[0]


def test_a_record_of_the_wrong_kind_in_a_list_is_named_with_its_number(tmp_path: Path) -> None:
    assert "p.json record 2 is a list" in read(tmp_path / "p.json", json.dumps([record(1), []])).problems[0]


def test_a_broken_line_is_named_and_stops_no_other(tmp_path: Path) -> None:
    found = read(tmp_path / "p.jsonl", lines(record(1)) + '{"instance_id": \n' + lines(record(2)))
    assert found.predictions == (made(1), made(2))
    assert found.problems[0].startswith("p.jsonl line 2, column")


def test_further_fields_are_passed_over(tmp_path: Path) -> None:
    assert read(tmp_path / "p.jsonl", lines(record(1, cost=0.5, official={"resolved": True}))).predictions == (made(1),)


@pytest.mark.parametrize("content", ["", "\n \n", "\ufeff"])
def test_an_empty_file_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(DatasetError, match=r"p\.jsonl is empty"):
        read(tmp_path / "p.jsonl", content)


def test_a_file_without_one_usable_record_is_refused_with_the_first_reason(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"holds no usable prediction; the first of 2 problems: p\.jsonl line 1"):
        read(tmp_path / "p.jsonl", "no\njson\n")


def test_predictions_for_another_dataset_are_refused_with_an_example(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"none of the 1 ids in .* unknown instance 'flask-9'"):
        read(tmp_path / "p.jsonl", lines({**record(1), "instance_id": "flask-9"}))


def test_a_missing_file_is_refused_with_the_near_miss_in_its_folder(tmp_path: Path) -> None:
    (tmp_path / "preds.jsonl").write_text("")
    with pytest.raises(DatasetError, match=r"unknown predictions file 'pred\.jsonl'; did you mean 'preds\.jsonl'"):
        load_predictions(str(tmp_path / "pred.jsonl"), instances=INSTANCES)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="there is no folder"):
        load_predictions(str(tmp_path / "nowhere" / "pred.jsonl"), instances=INSTANCES)


def test_a_folder_without_predictions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"holds no \.json or \.jsonl file"):
        load_predictions(str(tmp_path), instances=INSTANCES)


def test_a_misspelt_built_in_gets_the_near_miss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DatasetError, match="did you mean 'gold'"):
        load_predictions("golt", instances=INSTANCES)


def test_a_path_that_no_file_can_have_is_refused() -> None:
    with pytest.raises(DatasetError, match="cannot look up"):
        load_predictions("x" * 5000, instances=INSTANCES)


def test_a_large_file_of_lines_is_streamed(tmp_path: Path) -> None:
    line = json.dumps({**record(1, "x" * 100_000), "instance_id": "foreign"}) + "\n"
    file = tmp_path / "p.jsonl"
    file.write_text(line * 200 + lines(record(1)))
    tracemalloc.start()
    try:
        load_predictions(str(file), instances=INSTANCES)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < file.stat().st_size / 10


# Every example overwrites the same file; the first text drawn builds a table of all characters, which takes seconds.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@PATIENT
@given(
    st.sampled_from(["p.json", "p.jsonl"]), st.binary() | st.text().map(lambda text: text.encode("utf-8", "replace"))
)
def test_any_bytes_give_predictions_or_a_named_error(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(DatasetError, match="prediction"):
        read(tmp_path / name, content)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(["instance_id", "model_name_or_path", "model_patch", "more"])


@PATIENT
@given(st.lists(JSON_VALUES | st.dictionaries(FIELDS, JSON_VALUES), max_size=5))
def test_strange_records_never_stop_an_honest_one(tmp_path: Path, strange: list[object]) -> None:
    found = read(tmp_path / "p.jsonl", lines(record(1), *strange, record(2)))
    assert {made(1), made(2)} <= set(found.predictions)


def test_answers_for_instances_outside_of_a_subset_are_counted_and_not_complained_about(tmp_path: Path) -> None:
    file = tmp_path / "p.jsonl"
    file.write_text(lines(record(1), record(7), record(8), record(9)))
    found = load_predictions(str(file), instances=INSTANCES, others=frozenset({"django__django-7", "django__django-8"}))
    assert (found.predictions, found.passed_over) == ((made(1),), 2)
    assert found.unknown_ids == ("django__django-9",)
    assert len(found.problems) == 1


def test_an_id_that_stands_twice_in_an_object_of_records_is_said_and_the_last_one_counts(tmp_path: Path) -> None:
    one, two = (json.dumps(record(1, patch)) for patch in ("one", "two"))
    found = read(tmp_path / "p.json", f'{{"django__django-1": {one}, "django__django-1": {two}}}')
    assert (found.predictions, found.duplicates) == ((made(1, "two"),), ("django__django-1",))
    assert "another answer of m for django__django-1; the last one counts" in found.problems[0]


@pytest.mark.parametrize("form", ["{}", "[{}]", '{{"django__django-1": {}}}'])
def test_a_field_that_stands_twice_in_a_record_is_said(tmp_path: Path, form: str) -> None:
    text = json.dumps(record(1, "two"))[:-1] + ', "model_patch": "three"}'
    found = read(tmp_path / "p.json", form.format(text))
    assert found.predictions == (made(1, "three"),)
    assert [one.endswith("model_patch is given twice; the last one counts") for one in found.problems] == [True]


@pytest.mark.parametrize("half", [0xDC80, 0xDCFF, 0xD800, 0xDFFF])
def test_no_half_of_a_character_that_json_spells_passes_for_a_byte(tmp_path: Path, half: int) -> None:
    found = read(tmp_path / "p.jsonl", lines(record(1, f"a{chr(half)}b", model=f"m{chr(half)}")))
    (one,) = found.predictions
    assert one.patch is not None
    assert (one.patch.raw, one.model) == ("a\ufffdb".encode(), "m\ufffd")
    assert "model_patch holds 1 halves of characters" in found.problems[0]


def test_bytes_that_are_no_utf8_still_arrive_as_they_were(tmp_path: Path) -> None:
    found = read(tmp_path / "p.jsonl", lines(record(1, "aXb")).encode().replace(b"X", b"\x80"))
    assert [one.patch and one.patch.raw for one in found.predictions] == [b"a\x80b"]
    assert found.problems == ()
