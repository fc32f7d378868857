from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swebench_lite.errors import StoreError
from swebench_lite.records import AttemptKey, Exchange, Prompt
from swebench_lite.store import Exchanges

PROMPT = Prompt(system="be careful", user="mend it", tokens=7, files=("a.py",))


def key(instance: str = "a-1", *, run: str = "r", sample: int = 0) -> AttemptKey:
    return AttemptKey(run_id=run, instance_id=instance, model="m/1", arm="harnessed", sample=sample)


def exchange(reply: str = "here", **more: object) -> Exchange:
    return Exchange(request="q", reply=reply, model="m/1", **more)  # type: ignore[arg-type]


def file_of(folder: Path) -> Path:
    (file,) = (folder / "exchanges").glob("*.json")
    return file


def test_an_exchange_comes_back_whole(tmp_path: Path) -> None:
    whole = exchange(
        finish_reason="length", input_tokens=3, cost_usd=0.1, seconds=1.5, key="k", response="{}", headers=(("a", "b"),),
        reasoning="hm", tool_calls=(("t", "{}"),), status=200, tries=2,
    )  # fmt: skip
    Exchanges(tmp_path).put(key(), PROMPT, whole)
    found = Exchanges(tmp_path).get(key())
    assert found is not None
    assert (found.prompt, found.exchanges, found.answer) == (PROMPT, (whole,), whole)


def test_what_was_never_asked_is_none_and_makes_no_folder(tmp_path: Path) -> None:
    assert Exchanges(tmp_path).get(key()) is None
    assert list(Exchanges(tmp_path).all()) == []
    assert list(tmp_path.iterdir()) == []


def test_a_failed_exchange_is_kept_before_the_one_that_was_answered(tmp_path: Path) -> None:
    kept = Exchanges(tmp_path)
    kept.put(key(), PROMPT, exchange("", error="429"))
    assert (found := kept.get(key())) is not None
    assert found.answer is None
    kept.put(key(), PROMPT, exchange("now"))
    assert (found := kept.get(key())) is not None
    assert [one.error for one in found.exchanges] == ["429", None]
    assert found.answer is not None
    assert found.answer.reply == "now"


def test_samples_and_instances_have_exchanges_of_their_own(tmp_path: Path) -> None:
    kept = Exchanges(tmp_path)
    for number, one in enumerate((key(), key(sample=1), key("a-2"))):
        kept.put(one, PROMPT, exchange(str(number)))
    assert {asked.exchanges[0].reply for asked in kept.all()} == {"0", "1", "2"}


def test_a_copied_run_has_its_exchanges_under_its_new_id(tmp_path: Path) -> None:
    Exchanges(tmp_path).put(key(run="old"), PROMPT, exchange())
    assert Exchanges(tmp_path).get(key(run="new")) is not None


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"schema": 1}', b'{"schema": 99}', b"[" * 9999]
)
def test_a_damaged_file_is_none_and_named_once(data: bytes, tmp_path: Path) -> None:
    Exchanges(tmp_path).put(key(), PROMPT, exchange())
    file_of(tmp_path).write_bytes(data)
    kept = Exchanges(tmp_path)
    assert [kept.get(key()), kept.get(key())] == [None, None]
    (warning,) = kept.warnings
    assert str(file_of(tmp_path)) in warning


def test_a_damaged_file_hides_no_other(tmp_path: Path) -> None:
    kept = Exchanges(tmp_path)
    kept.put(key(), PROMPT, exchange())
    file_of(tmp_path).write_text("{")
    kept.put(key("a-2"), PROMPT, exchange("good"))
    assert [asked.exchanges[0].reply for asked in kept.all()] == ["good"]


def test_another_attempts_exchanges_are_never_taken_for_this_ones(tmp_path: Path) -> None:
    kept = Exchanges(tmp_path)
    kept.put(key("a-1"), PROMPT, exchange("of a-1"))
    first = file_of(tmp_path)
    kept.put(key("a-2"), PROMPT, exchange("of a-2"))
    (second,) = {*(tmp_path / "exchanges").glob("*.json")} - {first}
    first.replace(second)
    assert kept.get(key("a-2")) is None
    assert "holds the exchanges of a-1" in kept.warnings[0]


def test_a_request_under_way_counts_as_lost_until_it_is_answered_or_taken_back(tmp_path: Path) -> None:
    kept = Exchanges(tmp_path)
    kept.asking(key())
    kept.asking(key("a-2"))
    assert Exchanges(tmp_path).lost() == 2
    kept.put(key(), PROMPT, exchange())
    kept.not_asked(key("a-2"))
    assert kept.lost() == 0


def test_nothing_is_asked_that_could_not_be_kept(tmp_path: Path) -> None:
    (tmp_path / "exchanges").write_text("a file stands in the way")
    with pytest.raises(StoreError, match="exchanges"):
        Exchanges(tmp_path).asking(key())


def test_costs_add_up_to_the_last_digit_and_failed_requests_cost_too(tmp_path: Path) -> None:
    kept = Exchanges(tmp_path)
    kept.put(key(), PROMPT, exchange("", error="cut", cost_usd=0.1))
    kept.put(key(), PROMPT, exchange(cost_usd=0.2))
    kept.put(key("a-2"), PROMPT, exchange(cost_usd=None))
    assert kept.spent_usd() == 0.3


def test_what_a_budget_counted_at_an_estimate_is_still_spent_in_a_resumed_run(tmp_path: Path) -> None:
    kept = Exchanges(tmp_path)
    kept.put(key(), PROMPT, exchange(cost_usd=None, settled_usd=0.4))
    kept.put(key("a-2"), PROMPT, exchange(cost_usd=0.2, settled_usd=0.2))
    kept.put(key("a-3"), PROMPT, exchange("", error="down", settled_usd=0.0))
    assert Exchanges(tmp_path).spent_usd() == 0.6


def test_threads_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    kept = Exchanges(tmp_path)
    threads = [threading.Thread(target=kept.put, args=(key(), PROMPT, exchange(str(n)))) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found := kept.get(key())) is not None
    assert {one.reply for one in found.exchanges} == {str(n) for n in range(12)}


def test_no_half_written_file_is_left_beside_the_whole_one(tmp_path: Path) -> None:
    Exchanges(tmp_path).put(key(), PROMPT, exchange("x" * 1_000_000))
    assert [path.suffix for path in (tmp_path / "exchanges").iterdir()] == [".json"]


@given(st.text(max_size=60), st.text(max_size=20))
def test_any_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, reply: str, name: str) -> None:
    folder = tmp_path_factory.mktemp("run")
    Exchanges(folder).put(key(f"x{name}"), PROMPT, exchange(f"{reply}\ud800x\udcff\0"))
    assert (found := Exchanges(folder).get(key(f"x{name}"))) is not None
    assert found.exchanges[0].reply == f"{reply}\ud800x\udcff\0"


def test_the_file_tells_whose_it_is(tmp_path: Path) -> None:
    Exchanges(tmp_path).put(key(), PROMPT, exchange())
    assert json.loads(file_of(tmp_path).read_text())["key"]["instance_id"] == "a-1"
