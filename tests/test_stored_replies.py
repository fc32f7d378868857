from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swebench_lite.errors import DatasetError, UsageError
from swebench_lite.records import Application, Arm, Attempt, AttemptKey, Exchange, Outcome, Plan, Prompt, Verdict
from swebench_lite.store import RunStore, codec
from swebench_lite.stored_replies import Stored, holds_replies, made_for, of_file, of_run, of_text

PROMPT = Prompt(system="s", user="u")


def written(folder: Path, *rows: object, name: str = "replies.jsonl") -> Path:
    file = folder / name
    file.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
    return file


def said(one: Stored) -> str | None:
    return None if one.reply is None else one.reply.exchange.reply


def test_each_line_is_a_reply(tmp_path: Path) -> None:
    file = written(tmp_path, {"instance_id": "a-1", "model": "m", "arm": "harnessed", "sample": 2, "reply": "text"})
    (one,) = of_file(file).replies
    assert (one.instance_id, one.model, one.arm_name, one.sample, said(one)) == ("a-1", "m", "harnessed", 2, "text")


def test_what_is_not_said_has_a_default(tmp_path: Path) -> None:
    (one,) = of_file(written(tmp_path, {"instance_id": "a-1", "reply": "text"})).replies
    assert (one.model, one.arm_name, one.sample) == ("unnamed", "none", 0)


@pytest.mark.parametrize("name", ["reply", "response", "completion", "full_output", "model_output", "output"])
def test_files_of_others_name_the_reply_differently(name: str, tmp_path: Path) -> None:
    file = written(tmp_path, {"instance_id": "a-1", "model_name_or_path": "m", name: "text"})
    assert holds_replies(file)
    assert [(one.model, said(one)) for one in of_file(file).replies] == [("m", "text")]


def test_a_list_and_an_object_by_id_hold_replies_too(tmp_path: Path) -> None:
    listed = written(tmp_path, [{"instance_id": "a-1", "reply": "x"}], name="list.json")
    by_id = written(tmp_path, {"a-1": {"reply": "x"}}, name="by-id.json")
    assert [of_file(file).replies[0].instance_id for file in (listed, by_id)] == ["a-1", "a-1"]


def test_an_empty_reply_and_a_null_one_are_replies(tmp_path: Path) -> None:
    file = written(tmp_path, {"instance_id": "a-1", "reply": None}, {"instance_id": "a-2", "reply": ""})
    assert holds_replies(file)
    assert [said(one) for one in of_file(file).replies] == ["", ""]


def test_the_last_of_two_equal_replies_counts_and_is_said(tmp_path: Path) -> None:
    found = of_file(written(tmp_path, *({"instance_id": "a-1", "reply": text} for text in ("old", "new"))))
    assert [said(one) for one in found.replies] == ["new"]
    assert "replies.jsonl line 2: another reply of unnamed for a-1" in found.problems[0]


def test_samples_models_and_arms_are_not_duplicates(tmp_path: Path) -> None:
    rows = [{"sample": 0}, {"sample": 1}, {"model": "m"}, {"arm": "harnessed"}]
    found = of_file(written(tmp_path, *({"instance_id": "a-1", "reply": "x", **row} for row in rows)))
    assert (len(found.replies), found.problems) == (4, ())


@pytest.mark.parametrize(
    "row",
    ["{broken", "[]", "7", '"text"', "null", {"reply": "x"}, {"instance_id": 7, "reply": "x"}, {"instance_id": "a-1"},
     {"instance_id": " ", "reply": "x"}, {"instance_id": "a-1", "reply": ["x"]}, {"instance_id": "a-1", "reply": 7}],
)  # fmt: skip
def test_a_bad_record_is_named_with_its_line_and_stops_no_other(row: object, tmp_path: Path) -> None:
    found = of_file(
        written(tmp_path, {"instance_id": "a-0", "reply": "good"}, row, {"instance_id": "a-9", "reply": "x"})
    )
    assert [one.instance_id for one in found.replies] == ["a-0", "a-9"]
    assert "replies.jsonl line 2" in found.problems[0]


@pytest.mark.parametrize("sample", [True, -1, "3", 1.5, None])
def test_a_sample_that_is_no_number_from_0_counts_as_the_first(sample: object, tmp_path: Path) -> None:
    assert of_file(written(tmp_path, {"instance_id": "a-1", "reply": "x", "sample": sample})).replies[0].sample == 0


@pytest.mark.parametrize("content", ["", "\n\n", "{broken\n", '{"instance_id": "a-1"}\n', "\0\0\0"])
def test_a_file_without_any_reply_says_what_one_looks_like(content: str, tmp_path: Path) -> None:
    file = tmp_path / "replies.jsonl"
    file.write_text(content)
    with pytest.raises(DatasetError, match=r"holds no reply.*instance_id and reply"):
        of_file(file)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"gone\.jsonl"):
        of_file(tmp_path / "gone.jsonl")


def test_predictions_are_no_replies(tmp_path: Path) -> None:
    row = {"instance_id": "a-1", "model_name_or_path": "m", "model_patch": "x"}
    assert not holds_replies(written(tmp_path, row))
    assert not holds_replies(written(tmp_path, {**row, "output": "what the tests printed"}))
    assert not holds_replies(written(tmp_path, {**row, "model_patch": None, "response": None}))


def test_predictions_with_the_whole_reply_beside_them_are_replies(tmp_path: Path) -> None:
    row = {"instance_id": "a-1", "model_name_or_path": "m", "model_patch": "x", "full_output": "said x"}
    assert holds_replies(written(tmp_path, row))
    assert said(of_file(written(tmp_path, row)).replies[0]) == "said x"


def test_a_broken_first_line_does_not_hide_that_replies_follow(tmp_path: Path) -> None:
    assert holds_replies(written(tmp_path, "{broken", {"instance_id": "a-1", "reply": "x"}))


@given(st.binary(max_size=200))
def test_no_file_at_all_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.mktemp("f") / "replies.jsonl"
    file.write_bytes(data)
    assert not holds_replies(file)
    with pytest.raises(DatasetError):
        of_file(file)


def test_a_text_answers_exactly_one_instance() -> None:
    assert [said(one) for one in of_text("text", ["a-1"]).replies] == ["text"]
    for ids in ([], ["a-1", "a-2"]):
        with pytest.raises(UsageError, match="-i ID"):
            of_text("text", ids)


def key(instance: str = "a-1") -> AttemptKey:
    return AttemptKey(run_id="r", instance_id=instance, model="m", arm="harnessed")


def store_of(folder: Path, *keys: AttemptKey, **settings: object) -> RunStore:
    store = RunStore(folder / "runs")
    arms = [codec.to_document(Arm(name="harnessed", contract="as it was then"))]
    store.create(
        Plan(
            run_id="r", dataset="d", planned=keys, settings={"arms": arms, **settings}, provenance={}, created_at="now"
        )
    )
    return store


def finished(store: RunStore, outcome: Outcome, reason: str = "", *, patch: str = "", **more: object) -> None:
    """An attempt with its artefacts: more without a dot are fields, the rest names of files."""
    files = {name.replace("__", "."): str(data) for name, data in more.items() if "__" in name}
    fields = {name: value for name, value in more.items() if "__" not in name}
    if patch:
        files["patch.diff"], fields["patch_sha256"] = patch, "0" * 64
    attempt = Attempt(key=key(), verdict=Verdict(outcome=outcome, reason=reason), **fields)  # type: ignore[arg-type]
    store.save(attempt, artefacts=files)


def asked(store: RunStore, **more: object) -> None:
    store.exchanges("r").put(key(), PROMPT, Exchange(request="q", model="m", **more))  # type: ignore[arg-type]


def test_a_killed_runs_exchanges_are_replies_with_their_prompt_and_arm(tmp_path: Path) -> None:
    store = store_of(tmp_path, key())
    asked(store, reply="whole")
    (one,) = of_run(store, "r").replies
    assert one.reply is not None
    assert (said(one), one.reply.prompt) == ("whole", PROMPT)
    assert one.arm == Arm(name="harnessed", contract="as it was then")


def test_of_several_exchanges_the_answered_one_counts(tmp_path: Path) -> None:
    store = store_of(tmp_path, key())
    asked(store, reply="", error="429")
    asked(store, reply="at last")
    assert [said(one) for one in of_run(store, "r").replies] == ["at last"]


def test_a_damaged_exchange_is_said_and_the_attempts_own_copy_is_taken(tmp_path: Path) -> None:
    store = store_of(tmp_path, key())
    asked(store, reply="whole")
    finished(store, Outcome.TRUNCATED, response__txt="cop\udcffy")
    (file,) = (tmp_path / "runs" / "r" / "exchanges").glob("*.json")
    file.write_text("{")
    found = of_run(store, "r")
    assert [said(one) for one in found.replies] == ["cop\udcffy"]
    assert found.replies[0].reply is not None
    assert found.replies[0].reply.exchange.finish_reason == "length"
    assert str(file) in found.problems[0]
    assert "asked again" not in found.problems[0]


def test_a_provider_that_failed_stays_one(tmp_path: Path) -> None:
    store = store_of(tmp_path, key())
    finished(store, Outcome.PROVIDER, "m did not answer: HTTP status 500", response__txt="")
    assert (reply := of_run(store, "r").replies[0].reply) is not None
    assert reply.exchange.error == "HTTP status 500"


def test_an_attempt_that_began_with_a_patch_brings_it(tmp_path: Path) -> None:
    store = store_of(tmp_path, key())
    finished(
        store, Outcome.UNRESOLVED, patch="--- a\n", application=Application(step="patch", strict=False, official=True)
    )
    (one,) = of_run(store, "r").replies
    assert one.patch is not None
    assert (one.patch.text, one.reply, one.untouched) == ("--- a\n", None, False)


def test_no_change_on_purpose_stays_that(tmp_path: Path) -> None:
    store = store_of(tmp_path, key())
    finished(store, Outcome.UNRESOLVED, application=Application(step=None, strict=True, official=True))
    assert of_run(store, "r").replies[0].untouched


def test_a_prediction_without_a_patch_stays_no_answer(tmp_path: Path) -> None:
    store = store_of(tmp_path, key())
    finished(store, Outcome.NO_ANSWER, "the prediction holds no patch")
    (one,) = of_run(store, "r").replies
    assert (one.patch, one.reply, one.untouched) == (None, None, False)


@pytest.mark.parametrize("outcome", [Outcome.NOT_RUN, Outcome.CRASHED, Outcome.PROVIDER])
def test_an_attempt_that_never_got_a_reply_is_not_held_against_its_model(outcome: Outcome, tmp_path: Path) -> None:
    store = store_of(tmp_path, key(), key("a-2"))
    finished(store, outcome, "the budget is spent")
    store.exchanges("r").put(key("a-2"), PROMPT, Exchange(request="q", model="m", reply="x"))
    found = of_run(store, "r")
    assert [one.instance_id for one in found.replies] == ["a-2"]
    assert found.problems == ("nothing is kept of a-1 by m (harnessed); it is left out",)


def test_a_run_that_holds_nothing_cannot_be_replayed(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="neither replies nor patches"):
        of_run(store_of(tmp_path, key()), "r")


def test_a_run_knows_what_it_was_made_for(tmp_path: Path) -> None:
    store = store_of(tmp_path, key(), request={"split": "dev"})
    assert made_for(store.plan("r")) == ("d", "dev")


def test_white_space_in_place_of_a_patch_comes_back_as_it_was(tmp_path: Path) -> None:
    store = store_of(tmp_path, key())
    finished(store, Outcome.NO_ANSWER, "only white space", patch=" \n")
    (one,) = of_run(store, "r").replies
    assert (one.patch, one.blank, one.untouched) == (None, " \n", False)


@pytest.mark.parametrize("outcome", [Outcome.NO_ENVIRONMENT, Outcome.TIMEOUT, Outcome.INFRA])
def test_no_change_on_purpose_is_replayed_even_where_nothing_ran(outcome: Outcome, tmp_path: Path) -> None:
    null = AttemptKey(run_id="r", instance_id="a-1", model="null")
    store = store_of(tmp_path, null)
    store.save(Attempt(key=null, verdict=Verdict(outcome=outcome, reason="x")), artefacts={})
    found = of_run(store, "r")
    assert [one.untouched for one in found.replies] == [True]
    assert found.problems == ()


def test_a_field_that_stands_twice_in_a_line_is_said(tmp_path: Path) -> None:
    file = tmp_path / "replies.jsonl"
    file.write_text('{"instance_id": "a-1", "reply": "one", "reply": "two"}\n')
    found = of_file(file)
    assert [said(one) for one in found.replies] == ["two"]
    assert found.problems == ("replies.jsonl line 1: reply is given twice; the last one counts",)
