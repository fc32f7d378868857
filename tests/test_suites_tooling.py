"""The tooling suite over a real HTTP server: scripted models with exact totals, and the toolbox itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swebench_lite.models import Access, Retry, open_model
from swebench_lite.records import Exchange, Sampling
from swebench_lite.settings import Settings
from swebench_lite.suites import Asker, Grade, items_of, toolbox
from swebench_lite.suites.tooling_suite import STEPS
from swebench_lite.suites.world import make_world
from tests import suite_servers
from tests.suite_servers import Scripted
from tests.test_models_catalogs import serving

KEYS = (
    "email_strict", "confusable_time", "search_topic", "lookup_then_email", "read_then_count", "rate_then_calc",
    "lookup_then_ticket",
)  # fmt: skip
TOOLS = (
    "get_user", "send_email", "get_weather", "get_time", "search", "read_file", "word_count", "get_exchange_rate",
    "calculator", "create_ticket",
)  # fmt: skip
WORLD = make_world(7)


def grades(scripted: Scripted, settings: Settings, *, seed: int = 7) -> Mapping[str, Grade]:
    """The grade of every item for a scripted model."""
    return {key: grade for key, (grade, _) in talks(scripted, settings, seed=seed).items()}


def talks(scripted: Scripted, settings: Settings, *, seed: int = 7) -> dict[str, tuple[Grade, tuple[Exchange, ...]]]:
    with serving(scripted) as server:
        access = Access(base_url=f"{server.url}/v1", retry=Retry(tries=3, sleep=lambda _: None))
        model = open_model("scripted", (), settings=settings, access=access)
        asker = Asker(model=model, sampling=Sampling(temperature=0.2, max_tokens=100))
        said = {item.key: (item, item.ask(asker)) for item in items_of(("tooling",), seed=seed)}
    return {key: (item.grade(exchanges, None), exchanges) for key, (item, exchanges) in said.items()}


def passed(found: Mapping[str, Grade]) -> set[str]:
    return {key for key, grade in found.items() if grade.passed}


def test_the_suite_has_seven_items_of_one_case_and_ten_tools() -> None:
    assert {item.key: item.total for item in items_of(("tooling",), seed=1)} == dict.fromkeys(KEYS, 1)
    assert tuple(toolbox.TOOLS) == TOOLS


@pytest.mark.parametrize("seed", [0, 7, 2**31])
def test_a_model_that_calls_everything_well_passes_all_seven(settings: Settings, seed: int) -> None:
    scripted = Scripted()
    assert grades(scripted, settings, seed=seed) == dict.fromkeys(KEYS, Grade(passed=1))
    assert len(scripted.bodies) == 7 + 3 + 2 * 4


def test_a_model_that_always_asks_for_the_weather_passes_nothing(settings: Settings) -> None:
    found = grades(Scripted(suite_servers.wrong_tools), settings)
    assert passed(found) == set()
    assert found["confusable_time"].reason == "step 1: it called get_weather, where get_time was to be called"


def test_broken_arguments_are_answered_with_an_error_and_fail_the_task(settings: Settings) -> None:
    scripted = Scripted(suite_servers.broken)
    found = grades(scripted, settings)
    assert passed(found) == set()
    assert "the arguments are no JSON object" in found["email_strict"].reason
    results = [one["content"] for one in scripted.bodies[1]["messages"] if one["role"] == "tool"]
    assert "no JSON object" in results[0]


def test_an_unknown_tool_is_answered_with_an_error_and_fails_the_task(settings: Settings) -> None:
    found = grades(Scripted(suite_servers.unknown_tool), settings)
    assert passed(found) == set()
    assert "unknown tool 'browse_web'" in found["search_topic"].reason


def test_a_model_that_never_stops_is_stopped_after_four_steps_and_fails(settings: Settings) -> None:
    found = talks(Scripted(suite_servers.never_stops), settings)
    assert passed({key: grade for key, (grade, _) in found.items()}) == set()
    assert {len(exchanges) for _, exchanges in found.values()} == {STEPS}
    assert found["lookup_then_email"][0].reason == "it did not stop calling tools within 4 steps"


def test_a_model_that_guesses_instead_of_using_the_result_fails_every_chain(settings: Settings) -> None:
    found = grades(Scripted(suite_servers.guesses), settings)
    assert passed(found) == {"email_strict", "confusable_time", "search_topic"}
    assert "without the text that was read, word for word" in found["read_then_count"].reason


def test_the_right_value_before_the_lookup_is_no_use_of_it(settings: Settings) -> None:
    account = WORLD.users["U-2096"].account

    def clairvoyant(request: str, results: list[Any], step: int) -> list[tuple[str, str]]:
        if step or "U-2096" not in request:
            return []
        ticket = f'{{"account": "{account}", "title": "Replace key card", "priority": "high"}}'
        return [("get_user", '{"user_id": "U-2096"}'), ("create_ticket", ticket)]

    found = grades(Scripted(clairvoyant), settings)
    assert found["lookup_then_ticket"].reason == "create_ticket was called before the result that it needs was there"


def test_sending_twice_is_wrong(settings: Settings) -> None:
    def twice(request: str, results: list[Any], step: int) -> Any:
        return suite_servers.good(request, results, step) * 2

    found = grades(Scripted(twice), settings)
    assert passed(found) == set(KEYS) - {"email_strict", "lookup_then_email", "lookup_then_ticket"}
    assert found["email_strict"].reason == "it called send_email 2 times, 1 was right"


def test_a_model_that_only_talks_called_no_tool(settings: Settings) -> None:
    found = grades(Scripted(lambda *_: []), settings)
    assert {grade.reason for grade in found.values()} == {"it called no tool"}


@pytest.mark.parametrize("key", ["subject", "body", "to"])
def test_an_exact_mail_is_exact(key: str, settings: Settings) -> None:
    def nearly(request: str, results: list[Any], step: int) -> Any:
        said = suite_servers.good(request, results, step)
        return [(name, args.replace(f'"{key}": "', f'"{key}": "x')) for name, args in said]

    assert not grades(Scripted(nearly), settings)["email_strict"].passed


def test_calls_that_are_written_as_text_count_and_are_flagged(settings: Settings) -> None:
    scripted = Scripted(no_tools=True)
    found = grades(scripted, settings)
    flags = ("tools described in the text", "tool calls written as text")
    assert found == dict.fromkeys(KEYS, Grade(passed=1, flags=flags))
    # The server is asked once whether it takes tools.
    assert sum(bool(body.get("tools")) for body in scripted.bodies) == 1


def test_a_result_without_a_call_tells_too_that_tools_were_described_in_the_text(settings: Settings) -> None:
    found = grades(Scripted(lambda *_: [], no_tools=True), settings)
    assert {grade.flags for grade in found.values()} == {("tools described in the text",)}


def test_a_garbled_call_moves_nobody_to_calls_in_text(settings: Settings) -> None:
    class Garbled(Scripted):
        def __call__(self, method: str, path: str, body: Any) -> tuple[int, object]:
            if len(self.bodies) < 3:  # one task with all its tries
                self.bodies.append(body)
                return 500, {"error": {"message": 'error parsing tool call: raw=\'{"name": "tools\''}}
            return super().__call__(method, path, body)

    scripted = Garbled()
    found = talks(scripted, settings)
    assert all("tools" in body for body in scripted.bodies)
    assert "error parsing tool call" in (found["email_strict"][1][-1].error or "")
    assert {key: found[key][0] for key in KEYS[1:]} == dict.fromkeys(KEYS[1:], Grade(passed=1))


def test_a_call_that_the_closing_sentence_tells_of_is_not_made_again(settings: Settings) -> None:
    class Telling(Scripted):
        def completion(self, body: dict[str, Any]) -> dict[str, Any]:
            made = super().completion(body)
            message = made["choices"][0]["message"]
            if message["content"] == "It is done.":
                call = next(one for one in body["messages"] if one.get("tool_calls"))["tool_calls"][-1]["function"]
                message["content"] = f'I called {{"name": "{call["name"]}", "arguments": {call["arguments"]}}}.'
            return made

    assert grades(Telling(), settings) == dict.fromkeys(KEYS, Grade(passed=1))


def test_the_model_is_told_how_many_replies_it_has(settings: Settings) -> None:
    scripted = Scripted()
    grades(scripted, settings)
    assert f"You have {STEPS} replies at most" in scripted.bodies[0]["messages"][0]["content"]


@pytest.mark.parametrize(
    ("query", "right"),
    [
        ("tidal turbines maintenance", True),
        ("tidal_turbine/maintenance", True),
        ("Tidal-Turbine AND (maintenance)", True),
        ("tidal turbine", False),
        ("maintenance of tides", False),
    ],
)
def test_a_topic_is_its_words_however_they_are_put_together(query: str, right: bool, settings: Settings) -> None:
    found = grades(Scripted(lambda *one: [("search", f'{{"query": "{query}"}}')] if one[2] == 0 else []), settings)
    assert found["search_topic"].passed == right


def test_a_server_that_fails_twice_is_asked_a_third_time(settings: Settings) -> None:
    assert passed(grades(Scripted(faults=(500, 503)), settings)) == set(KEYS)


def test_a_server_that_fails_three_times_costs_one_task(settings: Settings) -> None:
    found = talks(Scripted(faults=(500, 500, 500)), settings)
    assert "HTTP status 500" in (found["email_strict"][1][-1].error or "")
    assert all(found[key][0].passed for key in KEYS[1:])


def test_a_second_world_has_other_values_and_the_same_names() -> None:
    other = make_world(8)
    assert set(other.users) == set(WORLD.users)
    assert {user.email for user in other.users.values()}.isdisjoint(user.email for user in WORLD.users.values())
    assert other.rates["USD", "NOK"] != WORLD.rates["USD", "NOK"]


def test_no_request_gives_a_value_of_the_world_away() -> None:
    prompts = " ".join(item.prompt for item in items_of(("tooling",), seed=7))
    for user in WORLD.users.values():
        assert user.email not in prompts
        assert user.account not in prompts


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("word_count", '{"text": "a b  c"}', '{"words": 3}'),
        ("calculator", '{"expression": "(2 + 3) * 4.5"}', '{"value": 22.5}'),
        ("calculator", '{"expression": "0.1 + 0.2"}', '{"value": 0.3}'),
        ("calculator", '{"expression": "7 // 2 - -2 ** 2"}', '{"value": 7}'),
        ("search", '{"query": "orchard"}', '"notes/readme.txt"'),
        ("get_time", '{"city": "Lima, Peru"}', '{"city": "Lima", "time": "'),
        ("get_weather", '{"city": "Oslo"}', "degrees"),
        ("get_time", '{"city": "Atlantis"}', "there is no city 'Atlantis'"),
        ("get_user", '{"user_id": "U-1"}', "there is no user 'U-1'"),
        ("get_user", "{}", "the argument 'user_id' is missing"),
        ("get_user", '{"user_id": 4817}', "must be a text"),
        ("get_user", '{"user_id": "U-4817", "x": 1}', "unknown argument 'x'"),
        ("read_file", '{"path": "../etc/passwd"}', "there is no file"),
        ("send_email", '{"to": "Ilse", "subject": "", "body": ""}', "is no address"),
        ("create_ticket", '{"account": "a", "title": "b", "priority": "urgent"}', "unknown priority 'urgent'"),
        ("get_exchange_rate", '{"base": "usd", "quote": "nok"}', '"rate": '),
        ("calculator", '{"expression": "__import__(\\"os\\")"}', "only numbers"),
        ("calculator", '{"expression": "9 ** 9 ** 9"}', "powers go up to 64"),
        ("calculator", '{"expression": "1 / 0"}', "division by zero"),
        ("calculator", '{"expression": "10 ** 40"}', "too large"),
        ("calculator", '{"expression": "(-8) ** 0.5"}', "too large, or no real number"),
        ("calculator", '{"expression": "True + 1"}', "only numbers"),
    ],
)
def test_a_tool_really_computes_and_says_what_it_cannot(name: str, arguments: str, expected: str) -> None:
    assert expected in toolbox.call(WORLD, name, arguments).text


@given(st.sampled_from(TOOLS), st.text(max_size=60))
def test_any_arguments_at_all_have_a_result(name: str, arguments: str) -> None:
    assert toolbox.call(WORLD, name, arguments).text


@given(st.text(alphabet="0123456789+-*/%(). e", max_size=30))
def test_any_expression_at_all_has_a_value_or_a_reason(expression: str) -> None:
    try:
        value = toolbox.calculate(expression)
    except ValueError:
        return
    assert abs(value) <= 1e30
