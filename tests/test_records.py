from __future__ import annotations

import dataclasses
import pickle

import pytest

from swebench_lite import records
from swebench_lite.records import Attempt, AttemptKey, Instance, Limits, Outcome, Patch, Verdict

CLASSES = [value for value in vars(records).values() if dataclasses.is_dataclass(value) and isinstance(value, type)]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_a_record_is_frozen_slotted_and_built_by_name(kind: type) -> None:
    parameters = kind.__dataclass_params__
    assert parameters.frozen
    assert hasattr(kind, "__slots__")
    assert all(each.kw_only for each in dataclasses.fields(kind))


@pytest.mark.parametrize("text", ["", " \n\t"])
def test_an_empty_patch_cannot_be_built(text: str) -> None:
    with pytest.raises(ValueError):
        Patch(text=text)


def test_an_instance_without_an_id_cannot_be_built() -> None:
    with pytest.raises(ValueError):
        Instance(instance_id="")


def test_a_patch_keeps_bytes_that_are_no_text() -> None:
    assert Patch(text=b"caf\xe9\r\n".decode("utf-8", "surrogateescape")).raw == b"caf\xe9\r\n"


def test_patches_that_differ_in_one_byte_differ_in_their_digest() -> None:
    assert Patch(text="a\n").sha256 != Patch(text="a").sha256
    assert Patch(text="a\n").sha256 == Patch(text="a\n").sha256


def test_resolved_is_the_outcome_and_nothing_else() -> None:
    strict = {outcome: Verdict(outcome=outcome, reason="", official_resolved=True).resolved for outcome in Outcome}
    assert [outcome for outcome, resolved in strict.items() if resolved] == [Outcome.RESOLVED]


def test_what_is_not_the_models_doing_is_not_scored() -> None:
    unscored = {outcome.value for outcome in Outcome if not outcome.scored}
    assert unscored == {"PROVIDER", "NO_ENVIRONMENT", "INFRA", "CRASHED", "NOT_RUN"}


def test_attempts_and_limits_pickle() -> None:
    attempt = Attempt(
        key=AttemptKey(run_id="r", instance_id="i", model="m"), verdict=Verdict(outcome=Outcome.TIMEOUT, reason="slow")
    )
    assert pickle.loads(pickle.dumps((attempt, Limits()))) == (attempt, Limits())  # noqa: S301 - our own bytes
