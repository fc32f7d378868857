from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swebench_lite.errors import StoreError
from swebench_lite.records import (
    Application,
    Asset,
    Attempt,
    AttemptKey,
    Environment,
    Execution,
    Flag,
    Instance,
    Oracle,
    Outcome,
    Plan,
    Score,
    Status,
    TestsReport,
    Verdict,
)
from swebench_lite.store import codec

TEXT = st.text(st.characters(), max_size=12)
IDS = st.lists(TEXT, max_size=3).map(tuple)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
WHOLE = st.integers(min_value=0, max_value=10**12)
KEYS = st.builds(AttemptKey, run_id=TEXT, instance_id=TEXT, model=TEXT, arm=TEXT, sample=WHOLE)
APPLICATIONS = st.builds(
    Application, step=st.none() | TEXT, strict=st.booleans(), official=st.booleans(),
    repaired=st.none() | st.booleans(), repairs=IDS, reason=TEXT,
)  # fmt: skip
TESTS = st.builds(TestsReport, f2p_success=IDS, f2p_failure=IDS, p2p_success=IDS, p2p_failure=IDS)
VERDICTS = st.builds(
    Verdict, outcome=st.sampled_from(Outcome), reason=TEXT, official_resolved=st.booleans(), graded=st.booleans(),
    tests=TESTS, flags=st.lists(st.sampled_from(Flag), max_size=3).map(tuple),
)  # fmt: skip
ATTEMPTS = st.builds(
    Attempt, key=KEYS, verdict=VERDICTS, application=st.none() | APPLICATIONS, patch_sha256=st.none() | TEXT,
    test_seconds=NUMBER, cached=st.booleans(), cost_usd=st.none() | NUMBER, input_tokens=st.none() | WHOLE,
    score=st.none() | st.builds(Score, value=NUMBER, maximum=NUMBER, reason=TEXT), started_at=TEXT,
)  # fmt: skip
PLAIN = st.recursive(
    st.none() | st.booleans() | WHOLE | NUMBER | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
PLANS = st.builds(
    Plan, run_id=TEXT, dataset=TEXT, planned=st.lists(KEYS, max_size=3).map(tuple),
    settings=st.dictionaries(TEXT, PLAIN, max_size=3), provenance=st.dictionaries(TEXT, PLAIN, max_size=3),
    created_at=TEXT,
)  # fmt: skip
EXECUTIONS = st.builds(
    Execution, key=TEXT, application=APPLICATIONS, log=TEXT, exit_status=st.none() | WHOLE, timed_out=st.booleans()
)
ORACLES = st.builds(
    Oracle, digest=TEXT, statuses=st.dictionaries(TEXT, st.sampled_from(Status), max_size=3),
    exit_status=st.none() | WHOLE, seconds=NUMBER,
)  # fmt: skip
ENVIRONMENTS = st.builds(Environment, digest=TEXT, rung=TEXT, image=st.none() | TEXT, build_seconds=NUMBER)
ASSETS = st.builds(Asset, path=TEXT, belongs_to=TEXT, data=st.none() | st.binary(max_size=20))
INSTANCES = st.builds(
    Instance, instance_id=TEXT.filter(bool), fail_to_pass=IDS, image_assets=st.lists(ASSETS, max_size=2).map(tuple)
)
VERDICT = Verdict(outcome=Outcome.RESOLVED, reason="ok")
KEY = AttemptKey(run_id="run", instance_id="a-1", model="m")
ATTEMPT = Attempt(key=KEY, verdict=VERDICT)


@given(ATTEMPTS | PLANS | EXECUTIONS | ORACLES | ENVIRONMENTS | INSTANCES)
def test_a_record_comes_back_as_it_was(record: object) -> None:
    document = json.loads(json.dumps(codec.to_document(record)))
    assert codec.from_document(type(record), document, where="x.json") == record


@given(PLAIN)
def test_any_document_gives_a_record_or_a_store_error(document: object) -> None:
    with pytest.raises(StoreError, match=r"x\.json"):
        codec.from_document(Attempt, document, where="x.json")


@given(ATTEMPTS, st.data())
def test_a_value_of_another_type_is_never_read_silently(attempt: Attempt, data: st.DataObject) -> None:
    document = codec.to_document(attempt)
    field = data.draw(st.sampled_from(["key", "verdict", "cached", "started_at", "test_seconds"]))
    document[field] = [1]
    with pytest.raises(StoreError, match=rf"x\.json: field '{field}' holds a list"):
        codec.from_document(Attempt, document, where="x.json")


def test_documents_say_their_schema() -> None:
    assert codec.to_document(ATTEMPT)["schema"] == 1


def test_fields_of_a_later_version_are_ignored() -> None:
    document = {**codec.to_document(ATTEMPT), "mood": "fine"}
    assert codec.from_document(Attempt, document, where="x") == ATTEMPT


def test_fields_that_an_earlier_version_did_not_write_take_their_defaults() -> None:
    document = codec.to_document(ATTEMPT)
    del document["cost_usd"]
    assert codec.from_document(Attempt, document, where="x") == ATTEMPT


def test_a_missing_field_is_named_with_its_path() -> None:
    document = codec.to_document(ATTEMPT)
    document["verdict"] = {"reason": "x"}
    with pytest.raises(StoreError, match=r"^x\.json: field 'verdict\.outcome' is missing; delete the file"):
        codec.from_document(Attempt, document, where="x.json")


def test_an_unknown_outcome_is_named_with_the_near_miss() -> None:
    document = codec.to_document(ATTEMPT)
    document["verdict"] = {"reason": "x", "outcome": "RESOVED"}
    with pytest.raises(StoreError, match=r"'verdict\.outcome' is no Outcome.*did you mean 'RESOLVED'"):
        codec.from_document(Attempt, document, where="x.json")


def test_an_item_of_the_wrong_type_is_named_by_its_place() -> None:
    document = codec.to_document(ATTEMPT)
    document["verdict"] = {"reason": "x", "outcome": "RESOLVED", "tests": {"f2p_failure": ["a", 3]}}
    with pytest.raises(StoreError, match=r"'verdict\.tests\.f2p_failure\.1' holds a whole number, not a text"):
        codec.from_document(Attempt, document, where="x.json")


def test_true_is_no_number_of_samples() -> None:
    document = codec.to_document(KEY)
    document["sample"] = True
    with pytest.raises(StoreError, match="holds true or false, not a whole number"):
        codec.from_document(AttemptKey, document, where="x.json")


def test_a_later_schema_asks_for_an_upgrade() -> None:
    with pytest.raises(StoreError, match="schema 2 is newer than this version reads"):
        codec.from_document(Attempt, {**codec.to_document(ATTEMPT), "schema": 2}, where="x.json")


@pytest.mark.parametrize("schema", [None, "1", 0, True, 1.0])
def test_a_schema_that_is_no_version_is_refused(schema: object) -> None:
    with pytest.raises(StoreError, match="field 'schema' holds"):
        codec.from_document(Attempt, {**codec.to_document(ATTEMPT), "schema": schema}, where="x.json")


def test_a_record_that_refuses_to_be_half_built_is_a_store_error() -> None:
    with pytest.raises(StoreError, match="is no Instance: an instance needs an instance_id"):
        codec.from_document(Instance, {"schema": 1, "instance_id": ""}, where="x.json")


def test_a_setting_that_json_cannot_hold_is_named() -> None:
    plan = Plan(run_id="r", dataset="d", planned=(), settings={"a": {"b": {1}}}, provenance={}, created_at="")
    with pytest.raises(StoreError, match=r"settings\.a\.b is a set"):
        codec.to_document(plan)


def test_a_number_that_is_none_is_refused_when_writing() -> None:
    with pytest.raises(StoreError, match=r"test_seconds is nan"):
        codec.to_document(Attempt(key=KEY, verdict=VERDICT, test_seconds=float("nan")))
