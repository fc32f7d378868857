"""One suite over every model backend. What holds for one holds for all; where a backend differs, the test says so."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from pathlib import Path

import pytest

from swebench_lite.models import Access, Model, Retry, open_model
from swebench_lite.records import Exchange, Instance, Prompt
from swebench_lite.respond import Budget, respond
from swebench_lite.settings import Settings
from tests.model_server import FAULTS, ModelServer

INSTANCES = tuple(Instance(instance_id=f"i{number}", patch=f"PATCH {number}") for number in range(20))
PROMPT = Prompt(system="Be careful.", user="Mend it.", tokens=20)
KINDS = ("gold", "null", "canned", "openai-compatible")


def fast(_seconds: float) -> None:
    """No time passes between two tries."""


@pytest.fixture(params=KINDS)
def model(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Iterator[Model]:
    """Each backend in turn; the one over HTTP behind a server that fails in three of ten requests."""
    if request.param == "canned":
        rows = [{"instance_id": one.instance_id, "reply": f"said {one.instance_id}"} for one in INSTANCES]
        (tmp_path / "said.jsonl").write_text("\n".join(map(json.dumps, rows)))
        yield open_model(f"canned:{tmp_path}/said.jsonl", INSTANCES)
    elif request.param == "openai-compatible":
        with ModelServer(seed=3, rate=0.3) as server:
            access = Access(base_url=server.url, folder=tmp_path, retry=Retry(sleep=fast), timeout=10.0)
            yield open_model("tiny", INSTANCES, settings=settings, access=access)
    else:
        yield open_model(request.param, INSTANCES)


def ask(model: Model, instance_id: str = "i0", *, arm: str = "harnessed", sample: int = 0) -> Exchange:
    prompt = replace(PROMPT, user=f"{PROMPT.user} {instance_id}")
    return model.reply(prompt, instance_id=instance_id, arm=arm, sample=sample)


def test_a_model_has_a_name(model: Model) -> None:
    assert model.name
    assert ask(model).model == model.name


def test_only_null_leaves_the_tree_untouched(model: Model) -> None:
    assert model.untouched is (model.name == "null")


def test_a_reply_depends_on_instance_arm_and_sample_alone(model: Model) -> None:
    asked = [(name, arm, sample) for name in ("i1", "i2") for arm in ("a", "b") for sample in (0, 1)]
    first = [ask(model, name, arm=arm, sample=sample) for name, arm, sample in asked]
    again = [ask(model, name, arm=arm, sample=sample) for name, arm, sample in reversed(asked)]
    assert [(one.reply, one.key) for one in first] == [(one.reply, one.key) for one in reversed(again)]


def test_an_exchange_has_a_key_of_its_own_for_each_sample(model: Model) -> None:
    keys = {ask(model, sample=sample).key for sample in range(3)}
    assert len(keys) == 3
    assert all(len(key) == 64 for key in keys)


def test_threads_get_what_one_alone_gets(model: Model) -> None:
    names = [one.instance_id for one in INSTANCES]
    alone = [ask(model, name).reply for name in names]
    with ThreadPoolExecutor(8) as pool:
        together = [one.reply for one in pool.map(lambda name: ask(model, name), names)]
    assert together == alone


def test_a_model_pickles_and_answers_the_same(model: Model) -> None:
    again = pickle.loads(pickle.dumps(model))  # noqa: S301 - our own bytes
    assert again.name == model.name
    assert ask(again, "i3").reply == ask(model, "i3").reply


def test_an_exchange_pickles_and_is_json_but_for_bytes_that_are_no_text(model: Model) -> None:
    exchange = ask(model)
    assert pickle.loads(pickle.dumps(exchange)) == exchange  # noqa: S301 - our own bytes
    assert json.loads(json.dumps({one.name: getattr(exchange, one.name) for one in fields(exchange)}))


def test_the_cost_and_the_estimate_are_amounts(model: Model) -> None:
    assert model.estimate(PROMPT) == 0.0
    assert ask(model).cost_usd == 0.0


def test_a_model_answers_within_a_budget(model: Model) -> None:
    exchange = respond(PROMPT, model, instance_id="i0", arm="a", sample=0, budget=Budget(0.0))
    assert exchange.seconds >= 0


ODD: tuple[Callable[[Prompt], Prompt], ...] = (
    lambda one: replace(one, user="", system=""),
    lambda one: replace(one, user="caf\udce9 \ud83d \x00 \u202e" * 50),
    lambda one: replace(one, user="x" * 2_000_000),
    lambda one: replace(one, thinking="not a level"),
)


@pytest.mark.parametrize("number", range(len(ODD)))
def test_no_prompt_raises(number: int, model: Model) -> None:
    exchange = model.reply(ODD[number](PROMPT), instance_id="no such instance", arm="\n", sample=-1)
    assert isinstance(exchange, Exchange)
    assert exchange.reply or exchange.error or model.name != "tiny"


@pytest.mark.parametrize("fault", [*FAULTS, "400", "418", "451", "500", "599"])
def test_no_fault_of_a_server_raises(fault: str, settings: Settings, tmp_path: Path) -> None:
    with ModelServer(plan=(fault,) * 6) as server:
        access = Access(base_url=server.url, folder=tmp_path, retry=Retry(tries=2, sleep=fast), timeout=0.4)
        # A name of its own: a wait of a day would hold back whoever asks a later server at the same address for it.
        exchange = open_model(f"tiny-{fault}", (), settings=settings, access=access).reply(
            PROMPT, instance_id="a", arm="a", sample=0
        )
    assert (exchange.error is None) is (exchange.reply != "")
    assert exchange.tries in {1, 2}
