from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from swebench_lite.asking import Question
from swebench_lite.cli.questions import Asking, models_of, open_arms, open_models, question_tasks
from swebench_lite.cli.sweep import held_asker, remarks, without_missing
from swebench_lite.models import OpenAICompatible
from swebench_lite.settings import Settings
from swebench_lite.store import Exchanges
from tests.model_server import ModelServer
from tests.test_cli_questions import INSTANCES, house, questions
from tests.test_models_catalogs import serving
from tests.test_models_local_servers import Ollama

__all__ = ["house"]


def test_an_unknown_price_is_said_once_per_model(house: Settings) -> None:
    tasks = questions(house, "openrouter/riddle", "cheap", arms=("harnessed", "unharnessed"))
    said = remarks(tasks, Asking(), instances=50)
    assert [one for one in said if "price" in one] == [
        "the price of openrouter/riddle is not known: its cost is null where the server does not name it; "
        "models.toml takes prices"
    ]


def test_a_comparison_of_paid_models_says_first_what_it_can_show(house: Settings) -> None:
    (said,) = remarks(questions(house, "cheap", arms=("harnessed", "unharnessed")), Asking(), instances=50)
    assert said.startswith("With 50 instances a difference between two arms shows only from")


def test_more_contestants_and_samples_are_part_of_what_is_said(house: Settings) -> None:
    tasks = questions(house, "cheap", "dear", arms=("harnessed", "unharnessed"))
    arms, models = remarks(tasks, Asking(), instances=20)
    assert arms.startswith(
        "With 20 instances a difference between two arms shows only from 35 points up (or from 30 where"
    )
    assert "corrected for 2 pairs" in arms
    assert "between two models shows only from 40 points up (or from 30 where other pairs" in models
    assert "corrected for 4 pairs" in models
    sampled = [replace(task, key=replace(task.key, sample=sample)) for task in tasks for sample in range(3)]
    assert all("With 20 instances of 3 samples each" in one for one in remarks(sampled, Asking(), instances=20))


def test_where_no_pair_can_show_anything_one_sentence_says_so(house: Settings) -> None:
    tasks = questions(house, "cheap", "dear", arms=("harnessed", "unharnessed"))
    assert remarks(tasks, Asking(), instances=6) == (
        "With 6 instances no difference between two arms or models can show: at least 7 must come out differently.",
    )


@pytest.mark.parametrize("names", [("gold", "null"), ("gold",), ("cheap",)])
def test_nothing_is_said_where_nothing_is_compared_or_nobody_is_paid(names: tuple[str, ...], house: Settings) -> None:
    assert remarks(questions(house, *names), Asking(), instances=50) == ()


def test_the_order_of_a_sweep_by_price_is_said(house: Settings) -> None:
    tasks = questions(house, "openrouter/riddle", "dear", "cheap", sort_by_price=True)
    said = remarks(tasks, Asking(sort_by_price=True), instances=50)
    assert "cheapest first, those of unknown price last: cheap, dear, openrouter/riddle" in said


@contextmanager
def ollama(settings: Settings, *names: str) -> Iterator[tuple[Ollama, Settings]]:
    state = Ollama(*names, lag=0)
    with serving(state) as fake:
        yield state, replace(settings, servers={**settings.servers, "ollama": f"{fake.url}/v1"})


def test_a_missing_model_leaves_tasks_and_names_in_all_its_levels(
    house: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with ollama(house, "a:latest") as (_, here):
        asking = Asking(thinking=("low", "high"))
        tasks = questions(here, "ollama/a", "ollama/b", thinking=asking.thinking)
        left, names = without_missing(tasks, ("ollama/a", "ollama/b"), asking, here)
    assert {task.key.model for task in left} == {"ollama/a@low", "ollama/a@high"}
    assert names == ("ollama/a",)
    err = capsys.readouterr().err
    assert err.count("ollama/b@low is left out") == 1
    assert err.count("ollama/b@high is left out") == 1


def test_a_server_that_does_not_tell_what_it_has_keeps_its_models(
    house: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(lambda *_: (500, {"error": "out of order"})) as fake:
        here = replace(house, servers={**house.servers, "ollama": f"{fake.url}/v1"})
        left, names = without_missing(questions(here, "ollama/a"), ("ollama/a",), Asking(), here)
    assert (len(left), names) == (2, ("ollama/a",))
    assert "out of order" in capsys.readouterr().err


def test_levels_of_one_local_model_are_asked_together_whatever_their_price(house: Settings, tmp_path: Path) -> None:
    (tmp_path / "models.toml").write_text(
        '[models."ollama/a@low"]\nblended_price = 1\n[models."ollama/b"]\nblended_price = 2\n'
        '[models."ollama/a@high"]\nblended_price = 3\n'
    )
    with ollama(house, "a:latest", "b:latest") as (_, here):
        tasks = questions(here, "ollama/a@high", "ollama/b", "ollama/a@low", sort_by_price=True)
        with held_asker(tasks, Asking(sort_by_price=True), here, Exchanges(tmp_path / "run"), "r") as (ready, _asker):
            order = list(dict.fromkeys(task.key.model for task in ready))
    assert order == ["ollama/a@low", "ollama/a@high", "ollama/b"]


def test_without_a_sweep_tasks_keep_their_order_so_that_models_share_a_prompt(house: Settings, tmp_path: Path) -> None:
    tasks = questions(house, "dear", "cheap")
    with held_asker(tasks, Asking(), house, Exchanges(tmp_path / "run"), "r") as (ready, _asker):
        assert [task.key for task in ready] == [task.key for task in tasks]


def test_a_model_of_a_run_heeds_its_end_and_knows_the_bare_arms(house: Settings, tmp_path: Path) -> None:
    (tmp_path / "plain.toml").write_text('name = "plain"\n')
    tasks = questions(house, "cheap", arms=("harnessed", str(tmp_path / "plain.toml")))
    with held_asker(tasks, Asking(), house, Exchanges(tmp_path / "run"), "r") as (ready, asker):
        (model,) = models_of(ready)
        assert isinstance(model, OpenAICompatible)
        assert (model.run, model.bare, model.stopped()) == ("r", frozenset({"plain"}), False)
        asker.stopping.set()
        assert model.stopped()
        assert model.retry.sleep(60.0) is True


def test_lost_requests_are_said_with_the_run_that_lost_them(
    house: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exchanges = Exchanges(tmp_path / "run")
    tasks = questions(house, "cheap")
    for task in tasks:
        exchanges.asking(task.key)
    with held_asker(tasks, Asking(), house, exchanges, "r1"):
        pass
    assert "up to 2 requests were under way when r1 was killed" in capsys.readouterr().err


def test_how_many_requests_are_waited_for_is_said_once(
    house: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exchanges = Exchanges(tmp_path / "run")
    tasks = questions(house, "cheap")
    with held_asker(tasks, Asking(), house, exchanges, "r1") as (_, asker):
        exchanges.asking(tasks[0].key)
        asker.stopping.set()
        asker.stopping.set()
    assert capsys.readouterr().err.count("up to 1 requests are under way") == 1


def test_a_budget_counts_what_the_run_has_spent_before(house: Settings, tmp_path: Path) -> None:
    exchanges = Exchanges(tmp_path / "run")
    with ModelServer(usage={"prompt_tokens": 1, "completion_tokens": 1, "cost": 0.3}) as server:
        models = open_models(["x"], Asking(base_url=server.url), (), house)
        tasks = question_tasks(models, open_arms(["harnessed"], Asking()), INSTANCES, samples=1)
        for number, left in enumerate((1.0, 0.7)):
            with held_asker(tasks[number:], Asking(max_cost=1.0), house, exchanges, "r") as (ready, asker):
                assert asker.budget is not None
                assert asker.budget.spent_usd == pytest.approx(1.0 - left)
                asker.begin(ready[:1])
                asker.reply(ready[0].key)


def test_a_question_of_nobody_is_left_as_it_is(house: Settings, tmp_path: Path) -> None:
    tasks = questions(house, "gold")
    with held_asker(tasks, Asking(), house, Exchanges(tmp_path / "run"), "r") as (ready, _):
        question = ready[0].question
        assert isinstance(question, Question)
        assert tasks[0].question
        assert question.model is tasks[0].question.model
