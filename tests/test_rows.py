from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swebench_lite.errors import DatasetError
from swebench_lite.records import Asset, Instance
from swebench_lite.rows import FIELDS, language_name, to_instance

OLD_ROW: dict[str, Any] = {
    "repo": "owner/name",
    "instance_id": "owner__name-1",
    "base_commit": "c0ffee",
    "patch": "the fix",
    "test_patch": "--- a/tests/test_a.py\n+++ b/tests/test_a.py\n",
    "problem_statement": "it breaks",
    "hints_text": "look there",
    "created_at": "2023-01-23T04:10:47Z",
    "version": "4.3",
    "FAIL_TO_PASS": '["tests/test_a.py::test_one"]',
    "PASS_TO_PASS": "[]",
    "environment_setup_commit": "beef",
}
LATER = {"image": "an/image:latest", "eval_script": "#!/bin/bash\n", "log_parser": "parse_log_pytest"}


def convert(**changes: object) -> Instance:
    return to_instance({**OLD_ROW, **changes}, dataset="tiny", where="rows.jsonl line 7")


def test_an_old_row_without_image_script_parser_and_type_works() -> None:
    instance = convert()
    assert (instance.image, instance.eval_script, instance.log_parser) == (None, None, None)
    assert (instance.eval_type, instance.language, instance.dataset) == ("pass_and_fail", "python", "tiny")


def test_a_row_of_today_keeps_every_field() -> None:
    instance = convert(**LATER, eval_type="fail_only", difficulty="<15 min fix", test_command="pytest -rA")
    assert (instance.image, instance.eval_script, instance.log_parser) == tuple(LATER.values())
    assert (instance.eval_type, instance.difficulty, instance.test_command) == (
        "fail_only",
        "<15 min fix",
        "pytest -rA",
    )
    assert (instance.patch, instance.hints_text, instance.version) == ("the fix", "look there", "4.3")


@pytest.mark.parametrize("value", [["t::a", "t::b"], '["t::a", "t::b"]'])
def test_test_ids_come_as_a_list_or_as_json_text(value: object) -> None:
    assert convert(FAIL_TO_PASS=value).fail_to_pass == ("t::a", "t::b")


@pytest.mark.parametrize("name", ["instance_id", "repo", "base_commit", "FAIL_TO_PASS", "PASS_TO_PASS"])
def test_a_missing_required_field_is_named_with_its_place(name: str) -> None:
    row = {key: value for key, value in OLD_ROW.items() if key != name}
    with pytest.raises(DatasetError, match=f"rows.jsonl line 7: {name} is missing"):
        to_instance(row, dataset="tiny", where="rows.jsonl line 7")


@pytest.mark.parametrize("name", ["problem_statement", "hints_text", "patch", "test_patch"])
def test_a_text_that_is_missing_is_empty(name: str) -> None:
    row = {key: value for key, value in OLD_ROW.items() if key != name}
    assert getattr(to_instance(row, dataset="tiny", where="here"), name) == ""


def test_a_broken_json_list_says_where_and_what_is_wrong() -> None:
    with pytest.raises(DatasetError, match=r"line 7: PASS_TO_PASS is not JSON: .* at character 5 of '\[\"a\"'"):
        convert(PASS_TO_PASS='["a"')


@pytest.mark.parametrize("value", ['{"a": 1}', 3, [1], "[null]", '"text"'])
def test_tests_that_are_no_list_of_texts_are_refused(value: object) -> None:
    with pytest.raises(DatasetError, match="FAIL_TO_PASS"):
        convert(FAIL_TO_PASS=value)


def test_a_parser_nobody_knows_is_no_error_of_the_row() -> None:
    assert convert(log_parser="parse_log_of_the_future").log_parser == "parse_log_of_the_future"


def test_an_unknown_eval_type_is_refused_with_the_near_miss() -> None:
    with pytest.raises(DatasetError, match="did you mean 'fail_only'"):
        convert(eval_type="fails_only")


def test_fields_nobody_asked_for_are_passed_over() -> None:
    assert convert(text="a prompt", embedding=[0.5]) == convert()


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2023-01-23T04:10:47Z", "2023-01-23T04:10:47Z"),
        ("2023-01-23 04:10:47", "2023-01-23T04:10:47Z"),
        ("2023-01-23 04:10:47 UTC", "2023-01-23T04:10:47Z"),
        ("2023-01-23T06:10:47+02:00", "2023-01-23T04:10:47Z"),
        ("2023-01-23", "2023-01-23T00:00:00Z"),
        (datetime(2023, 1, 23, 4, 10, 47), "2023-01-23T04:10:47Z"),
        (datetime(2023, 1, 23, 4, 10, 47, tzinfo=UTC), "2023-01-23T04:10:47Z"),
        (datetime(2023, 1, 23, 6, 10, 47, tzinfo=timezone(timedelta(hours=2))), "2023-01-23T04:10:47Z"),
        (datetime(2023, 1, 23, tzinfo=UTC).date(), "2023-01-23T00:00:00Z"),
        (1674447047, "2023-01-23T04:10:47Z"),
        (1674447047000, "2023-01-23T04:10:47Z"),
        (None, None),
        ("", None),
        (float("nan"), None),
    ],
)
def test_dates_of_every_form_become_iso_text_in_utc(written: object, kept: str | None) -> None:
    assert convert(created_at=written).created_at == kept


@pytest.mark.parametrize("value", ["yesterday", True, [], float("inf")])
def test_a_date_that_is_none_is_named(value: object) -> None:
    with pytest.raises(DatasetError, match=r"line 7: created_at .* is no date"):
        convert(created_at=value)


def test_a_version_that_became_a_number_is_text_again() -> None:
    assert convert(version=4.3).version == "4.3"


def test_a_patch_that_is_no_text_is_refused() -> None:
    with pytest.raises(DatasetError, match="line 7: patch is a list; it must be text"):
        convert(patch=["diff"])


@pytest.mark.parametrize("name", ["../up", "a/b", "..", "a b", "a\nb", "a\x00b", "a\\b"])
def test_an_id_that_could_lead_out_of_a_folder_is_refused(name: str) -> None:
    with pytest.raises(DatasetError, match="instance_id"):
        convert(instance_id=name)


def test_a_given_language_wins_over_the_parser() -> None:
    assert convert(language="Rust", log_parser="parse_log_gotest").language == "rust"


@pytest.mark.parametrize(
    ("parser", "language"),
    [
        ("parse_log_gotest", "go"),
        ("parse_log_cargo", "rust"),
        ("parse_log_phpunit", "php"),
        ("parse_log_maven", "java"),
        ("parse_log_rspec_transformed_json", "ruby"),
        ("parse_log_vitest", "node"),
        ("parse_log_redis", "c"),
        ("parse_log_googletest", "cpp"),
        ("parse_log_django", "python"),
    ],
)
def test_the_parser_tells_the_language_whatever_the_test_files_end_in(parser: str, language: str) -> None:
    assert convert(log_parser=parser, test_patch="+++ b/expected.html\n").language == language


@pytest.mark.parametrize(
    ("files", "language"),
    [
        (["a_test.go"], "go"),
        (["a.tsx", "b.spec.js"], "node"),
        (["fixture.json", "spec/a_spec.rb"], "ruby"),
        (["gen.py", "a.rs", "b.rs"], "rust"),
        (["README"], "python"),
        ([], "python"),
    ],
)
def test_without_a_parser_most_test_files_tell_the_language(files: list[str], language: str) -> None:
    assert convert(test_patch="".join(f"--- /dev/null\n+++ b/{file}\n" for file in files)).language == language


def test_languages_have_one_word_each() -> None:
    assert [language_name(text) for text in ("TypeScript", "js", "C++", " Go ", "ocaml")] == [
        "node",
        "node",
        "cpp",
        "go",
        "ocaml",
    ]


ASSETS = {"test_patch": [{"path": "t/expected.png", "url": "https://x.test/e.png"}], "patch": [{"path": "logo.gif"}]}


@pytest.mark.parametrize("value", [ASSETS, json.dumps(ASSETS)])
def test_assets_come_as_an_object_or_as_json_text(value: object) -> None:
    assert convert(image_assets=value).image_assets == (
        Asset(path="t/expected.png", belongs_to="test_patch", url="https://x.test/e.png"),
        Asset(path="logo.gif", belongs_to="patch"),
    )


def test_bare_addresses_of_older_rows_have_no_place_in_the_tree() -> None:
    value = {"problem_statement": ["https://x.test/a.png"], "test_patch": ["https://x.test/b.png"], "patch": None}
    assert convert(image_assets=value).image_assets == ()


@pytest.mark.parametrize("path", ["/etc/passwd", "a/../../b", 5])
def test_an_asset_must_stay_inside_the_repository(path: object) -> None:
    with pytest.raises(DatasetError, match=r"line 7: image_assets\.patch path"):
        convert(image_assets={"patch": [{"path": path}]})


@pytest.mark.parametrize("value", ["{", 5, {"patch": {"path": "a"}}])
def test_broken_assets_are_named(value: object) -> None:
    with pytest.raises(DatasetError, match="line 7: image_assets"):
        convert(image_assets=value)


ANY_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


# The first draw of a text builds a table of all characters, which takes seconds on a busy machine.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(FIELDS), ANY_VALUE))
def test_whatever_a_row_holds_it_becomes_an_instance_or_a_named_error(changes: dict[str, object]) -> None:
    try:
        instance = convert(**changes)
    except DatasetError as error:
        assert "rows.jsonl line 7" in str(error)  # noqa: PT017
    else:
        assert instance.instance_id
        assert all(isinstance(test, str) for test in instance.fail_to_pass)
