from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from swebench_lite.errors import UsageError
from swebench_lite.models import Access, OpenAICompatible, Retry, completions, open_model
from swebench_lite.models.completions import Completion
from swebench_lite.models.endpoints import Endpoint
from swebench_lite.models.options import parse
from swebench_lite.models.pace import Pace
from swebench_lite.models.retry import Failure, retry_after
from swebench_lite.records import Exchange, Prompt, Sampling
from swebench_lite.settings import Settings
from tests.model_server import PASSING, ModelServer

PROMPT = Prompt(system="Be careful.", user="Mend it.")
KEY = "sk-test-0123456789"


class Naps:
    """A sleep that only takes note."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


def model(server: ModelServer, settings: Settings, **access: Any) -> OpenAICompatible:
    """The server's model, retrying without waiting."""
    retry = access.pop("retry", Retry(sleep=Naps(), draw=lambda: 0.0))
    opened = open_model(
        access.pop("name", "tiny"),
        (),
        settings=settings,
        access=Access(
            base_url=server.url, folder=settings.cache, retry=retry, timeout=access.pop("timeout", 5.0), **access
        ),
    )
    assert isinstance(opened, OpenAICompatible)
    return opened


def remote(one: OpenAICompatible, key: str = KEY) -> OpenAICompatible:
    """The same model, taken for one that is not this machine's own, so that its key is sent."""
    return replace(one, endpoint=replace(one.endpoint, own=False, key=key))


def ask(one: OpenAICompatible, prompt: Prompt = PROMPT, *, arm: str = "harnessed", sample: int = 0) -> Exchange:
    return one.reply(prompt, instance_id="a", arm=arm, sample=sample)


def with_options(one: OpenAICompatible, **settings: Any) -> OpenAICompatible:
    """The same model with settings as a models file would give them."""
    lines = "\n".join(f"{name} = {json.dumps(value)}" for name, value in settings.items())
    return replace(one, options=parse(f"[models.x]\n{lines}\n").models["x"])


def test_a_good_reply_fills_the_whole_exchange(settings: Settings) -> None:
    usage = {
        "prompt_tokens": 11,
        "completion_tokens": 7,
        "completion_tokens_details": {"reasoning_tokens": 3},
        "cost": 0.00123,
    }
    with ModelServer(usage=usage) as server:
        exchange = ask(model(server, settings, retry=Retry(clock=lambda: 1_700_000_000.5)))
    assert exchange.error is None
    assert exchange.reply.startswith("reply ")
    assert (exchange.input_tokens, exchange.output_tokens, exchange.reasoning_tokens) == (11, 7, 3)
    assert (exchange.cost_usd, exchange.status, exchange.tries, exchange.finish_reason) == (0.00123, 200, 1, "stop")
    assert (exchange.model, exchange.model_used) == ("tiny", "tiny-2025")
    assert exchange.asked_at == "2023-11-14T22:13:20.500Z"
    assert dict(exchange.headers) == {"x-request-id": "req-1", "x-ratelimit-remaining-requests": "7"}
    assert json.loads(exchange.response)["choices"][0]["message"]["content"] == exchange.reply
    assert exchange.seconds > 0


def test_the_recorded_request_is_the_body_that_was_sent(settings: Settings) -> None:
    with ModelServer() as server:
        exchange = ask(
            model(server, settings, name="tiny@high"), replace(PROMPT, sampling=Sampling(temperature=0.2, seed=5))
        )
    assert json.loads(exchange.request) == server.requests[0].body
    assert server.requests[0].body == {
        "model": "tiny",
        "messages": [{"role": "system", "content": "Be careful."}, {"role": "user", "content": "Mend it."}],
        "temperature": 0.2,
        "seed": 5,
        "reasoning_effort": "high",
    }


def test_the_key_of_an_exchange_is_its_url_body_and_sample(settings: Settings) -> None:
    with ModelServer() as server:
        one = model(server, settings)
        keys = [ask(one, sample=sample).key for sample in (0, 0, 1)]
        body = server.requests[0].body
    expected = hashlib.sha256(json.dumps([server.url, body, 0], sort_keys=True).encode()).hexdigest()
    assert keys[0] == keys[1] == expected
    assert keys[2] != expected


@pytest.mark.parametrize("fault", [*PASSING, "429-date", "html-502", "425", "409", "broken-gzip", "events-cut"])
def test_a_fault_that_can_pass_is_asked_again(fault: str, settings: Settings) -> None:
    with ModelServer(plan=(fault, fault)) as server:
        exchange = ask(model(server, settings))
    assert exchange.error is None
    assert (exchange.tries, server.count) == (3, 3)


@pytest.mark.parametrize("status", ["400", "401", "402", "403", "404", "413", "422"])
def test_a_refusal_fails_at_once_with_the_servers_own_words(status: str, settings: Settings) -> None:
    with ModelServer(plan=(status,)) as server:
        exchange = ask(model(server, settings))
    assert exchange.error == f"HTTP status {status}: told to say {status}"
    assert (exchange.tries, exchange.status, server.count) == (1, int(status), 1)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("error-400", "No such field"),
        ("429-quota", "no money"),
        ("429-day", "asks to wait 86,400 s"),
        ("moved", "give https://elsewhere.example/v1 as base URL"),
    ],
)
def test_what_cannot_pass_is_not_asked_again(fault: str, told: str, settings: Settings) -> None:
    with ModelServer(plan=(fault,)) as server:
        exchange = ask(model(server, settings, name=f"tiny-{fault}"))
    assert told in str(exchange.error)
    assert server.count == 1


def test_six_tries_are_all_there_are(settings: Settings) -> None:
    naps = Naps()
    with ModelServer(plan=("500",) * 10) as server:
        exchange = ask(model(server, settings, retry=Retry(sleep=naps, draw=lambda: 1.0)))
    assert (exchange.tries, server.count) == (6, 6)
    assert exchange.error == "HTTP status 500: told to say 500"
    assert naps.taken == [1.0, 2.0, 4.0, 8.0, 16.0]


def test_the_server_decides_how_long_to_wait(settings: Settings) -> None:
    naps = Naps()
    with ModelServer(plan=("429", "429-ms"), wait=9.0) as server:
        ask(model(server, settings, retry=Retry(sleep=naps, draw=lambda: 0.0)))
    assert naps.taken[0] == 9.0
    assert 9.0 in naps.taken[1:]


def test_a_stopped_run_does_not_ask_again(settings: Settings) -> None:
    stopped = threading.Event()
    stopped.set()
    with ModelServer(plan=("429",) * 3, wait=200.0) as server:
        begun = time.monotonic()
        exchange = ask(model(server, settings, retry=Retry(sleep=stopped.wait)))
    assert time.monotonic() - begun < 15
    assert (exchange.tries, server.count) == (1, 1)


def test_nobody_there_is_an_error_and_not_an_exception(settings: Settings) -> None:
    with ModelServer() as server:
        one = model(server, settings)
    exchange = ask(one)
    assert "refused; is the server running?" in str(exchange.error)
    assert exchange.tries == 6


def test_a_server_that_hangs_is_given_up(settings: Settings) -> None:
    with ModelServer(plan=("hang",)) as server:
        exchange = ask(model(server, settings, timeout=0.3, retry=Retry(tries=1)))
    assert exchange.error == f"no answer from {server.url} within 0.3 s"


@pytest.mark.parametrize(
    ("fault", "status", "told"),
    [
        ("drip", 200, "the response did not end within the time limit"),
        ("drip-once", 200, "the response did not end within the time limit"),
        ("drip-500", 500, "HTTP status 500: nothing; the response did not end within the time limit"),
        ("drip-head", None, "no answer from http://127.0.0.1:.* within 0.6 s"),
    ],
)
def test_the_time_limit_bounds_the_whole_of_a_request(
    fault: str, status: int | None, told: str, settings: Settings
) -> None:
    with ModelServer(plan=(fault,)) as server:
        one = model(server, settings, timeout=0.6, retry=Retry(tries=1))
        ask(replace(one, endpoint=replace(one.endpoint, url="http://127.0.0.1:9")))  # loads the client's library
        begun = time.monotonic()
        exchange = ask(one)
    assert time.monotonic() - begun < 2
    assert re.fullmatch(told, str(exchange.error))
    assert (exchange.status, dict(exchange.headers).get("retry-after")) == (status, status and "7")


def test_a_refusal_is_read_no_further_than_a_reply(settings: Settings) -> None:
    with ModelServer(plan=("huge-500",)) as server:
        exchange = ask(model(server, settings, retry=Retry(tries=1)))
    assert exchange.error == "HTTP status 500: nothing; the response is larger than 64 MB"
    assert len(exchange.response) < 66 * 1024**2


def test_a_date_to_wait_for_is_measured_from_when_it_was_told(settings: Settings) -> None:
    naps = Naps()
    with ModelServer(plan=("429-date",), wait=60.0, slow=1.5) as server:
        now = [time.time()]

        def clock() -> float:
            # An hour passes while the server thinks.
            return now[0] + 3600 * bool(server.requests)

        ask(model(server, settings, retry=Retry(sleep=naps, clock=clock, draw=lambda: 0.0)))
    assert naps.taken[0] == 0.5


def test_a_reply_that_trickles_is_given_up(settings: Settings) -> None:
    with ModelServer(plan=("trickle",)) as server:
        exchange = ask(model(server, settings, timeout=0.3, retry=Retry(tries=1)))
    assert exchange.error == "the response did not end within the time limit"
    assert exchange.response.startswith("{")


def test_the_half_of_a_response_that_came_is_kept(settings: Settings) -> None:
    with ModelServer(plan=("truncated",)) as server:
        exchange = ask(model(server, settings, retry=Retry(tries=1)))
    assert exchange.response.startswith('{"id": "chatcmpl-')
    assert str(exchange.error).startswith("the response broke off")


@pytest.mark.parametrize("fault", ["bom", "padded", "latin-1", "events"])
def test_an_odd_but_whole_response_is_read(fault: str, settings: Settings) -> None:
    with ModelServer(plan=(fault,)) as server:
        exchange = ask(model(server, settings))
    assert exchange.error is None
    assert exchange.reply.endswith("to: Mend it.")


def test_bytes_that_are_no_text_survive_in_a_reply(settings: Settings) -> None:
    with ModelServer(plan=("latin-1",)) as server:
        exchange = ask(model(server, settings))
    assert exchange.reply.encode("utf-8", "surrogateescape").startswith(b"caf\xe9")


def test_a_prompt_that_is_no_text_is_sent_all_the_same(settings: Settings) -> None:
    with ModelServer() as server:
        exchange = ask(model(server, settings), Prompt(system="", user="caf\udce9 \ud800 \x00"))
    assert exchange.error is None
    assert [one["content"] for one in server.requests[0].body["messages"]] == ["caf? ? \x00"]


def test_a_stream_is_asked_for_on_request(settings: Settings) -> None:
    with ModelServer(plan=("events",)) as server:
        exchange = ask(with_options(model(server, settings), stream=True))
    assert server.requests[0].body["stream"] is True
    assert (exchange.reasoning, exchange.input_tokens, exchange.finish_reason) == ("Hm.", 100, "stop")


def test_a_real_key_never_reaches_this_machines_own_server(settings: Settings) -> None:
    rich = replace(settings, keys={"SWEBENCH_LITE_API_KEY": KEY, "OPENAI_API_KEY": KEY})
    with ModelServer() as server:
        ask(model(server, rich, api_key=KEY))
    assert KEY not in json.dumps(dict(server.requests[0].headers))
    assert server.requests[0].headers["authorization"] == "Bearer no-key-needed"


def test_nothing_of_the_environment_leaves_with_a_request(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "secret-of-the-user")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: secret-of-the-user\nX-Team: secret-of-the-user")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with ModelServer() as server:
        exchange = ask(model(server, settings))
    assert exchange.error is None
    assert "secret-of-the-user" not in json.dumps(dict(server.requests[0].headers))


def test_the_key_is_in_no_part_of_an_exchange(settings: Settings) -> None:
    with ModelServer(plan=("leak",)) as server:
        exchange = ask(remote(model(server, settings)))
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert exchange.error == "HTTP status 401: Incorrect API key provided: Bearer [key]"
    assert KEY not in repr(exchange)


@pytest.mark.parametrize("key", ["sk-abc/defghi12345", 'sk-"quoted"\\12345', "sk-plain-12345"])
def test_a_key_that_the_server_escapes_is_in_no_part_of_an_exchange(key: str, settings: Settings) -> None:
    with ModelServer(plan=("leak-escaped", "400"), reply=lambda _: f"your key is {key}") as server:
        one = remote(model(server, settings), key)
        exchanges = [ask(one), ask(one), ask(one)]
    assert exchanges[0].error == "HTTP status 401: no: Bearer [key]"
    assert exchanges[2].reply == "your key is [key]"
    assert not any(
        key in text or json.dumps(key)[1:-1] in text for one in exchanges for text in (one.response, one.reply)
    )


def test_a_key_that_comes_in_pieces_is_not_in_the_reply(settings: Settings) -> None:
    with ModelServer(plan=("events",), reply=lambda _: f"it is {KEY}, isn't it?") as server:
        assert ask(remote(model(server, settings))).reply == "it is [key], isn't it?"


def test_the_key_is_in_no_representation_of_a_model(settings: Settings) -> None:
    with ModelServer() as server:
        assert KEY not in repr(remote(model(server, settings)))
    assert KEY not in repr(Access(api_key=KEY))


def test_a_reply_by_seed_is_the_same_however_it_is_asked(settings: Settings) -> None:
    def run(workers: int) -> list[tuple[str, str | None, int]]:
        with ModelServer(seed=7, rate=0.5) as server, ThreadPoolExecutor(workers) as pool:
            one = model(server, settings)
            found = pool.map(lambda n: ask(one, Prompt(system="", user=f"question {n}")), range(12))
            return [(exchange.reply, exchange.error, exchange.tries) for exchange in found]

    one, many = run(1), run(6)
    assert one == many
    assert {error for _, error, _ in one} == {None}
    assert max(tries for _, _, tries in one) > 1


def test_no_more_requests_run_at_a_time_than_are_allowed(settings: Settings) -> None:
    with ModelServer(slow=0.05) as server, ThreadPoolExecutor(8) as pool:
        one = with_options(model(server, settings), concurrency=2)
        list(pool.map(lambda n: ask(one, sample=n), range(8)))
    assert server.most_at_once == 2


def test_requests_begin_at_the_distance_of_the_rate_limit() -> None:
    now = [100.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    pace = Pace(at_once=3, per_minute=30, clock=lambda: now[0])
    begun = []
    for _ in range(3):
        with pace.turn(sleep):
            begun.append(now[0])
    assert begun == [100.0, 102.0, 104.0]


def test_the_rate_limit_of_the_file_is_kept(settings: Settings) -> None:
    naps = Naps()
    with ModelServer() as server:
        one = replace(with_options(model(server, settings), requests_per_minute=2), retry=Retry(sleep=stopping(naps)))
        errors = [ask(one).error for _ in range(2)]
    assert errors == [None, "the run was stopped before this was sent"]
    assert 25 < naps.taken[0] <= 30


def stopping(naps: Naps) -> Any:
    """A sleep that takes note, and then says that the run was stopped."""

    def sleep(seconds: float) -> bool:
        naps(seconds)
        return True

    return sleep


def test_a_wait_that_one_request_is_told_holds_the_others_back() -> None:
    now = [100.0]

    def sleep(seconds: float) -> None:
        naps.append(seconds)
        now[0] += seconds

    naps: list[float] = []
    pace = Pace(at_once=3, per_minute=None, clock=lambda: now[0])
    pace.hold(30.0)
    with pace.turn(sleep) as mine:
        assert mine
    assert naps == [30.0]


@pytest.mark.parametrize("fault", ["429", "error-429"])
def test_the_wait_of_an_attempts_last_try_holds_the_next_attempt_back(fault: str, settings: Settings) -> None:
    naps = Naps()
    with ModelServer(plan=(fault,), wait=9.0) as server:
        one = model(server, settings, retry=Retry(tries=1, sleep=naps))
        errors = [ask(one).error is None for _ in range(2)]
    assert errors == [False, True]
    assert naps.taken == [pytest.approx(9.0, abs=2)]


def test_nobody_is_asked_while_a_server_wants_more_patience_than_there_is(settings: Settings) -> None:
    with ModelServer(plan=("429-day",)) as server:
        one = model(server, settings, name="tiny-held")
        first, second = ask(one), ask(one, sample=1)
    assert "asks to wait 86,400 s" in str(first.error)
    assert re.match(r"not sent: the server wants no request for 86,\d{3} s", str(second.error))
    assert (first.tries, second.tries, server.count) == (1, 0, 1)


def test_whoever_waits_already_hears_of_a_wait_and_keeps_the_distance_after_it() -> None:
    now, begun = [100.0], []
    pace = Pace(at_once=3, per_minute=60, clock=lambda: now[0])

    def sleep(seconds: float) -> None:
        if now[0] == 100.0:
            pace.hold(30.0)
        now[0] += seconds

    for _ in range(3):
        with pace.turn(sleep):
            begun.append(now[0])
    assert begun == [100.0, 130.0, 131.0]


def test_a_turn_is_not_given_to_a_stopped_run() -> None:
    pace = Pace(at_once=1, per_minute=None)
    pace.hold(30.0)
    with pace.turn(lambda _: True) as mine:
        assert not mine


def test_a_prompt_beyond_the_context_is_not_sent(settings: Settings) -> None:
    with ModelServer() as server:
        exchange = ask(with_options(model(server, settings), context=4096), replace(PROMPT, tokens=5000))
    assert (
        exchange.error == "the prompt has 5,000 tokens, the model's context 4,096; choose an arm with a smaller budget"
    )
    assert (server.count, exchange.tries) == (0, 0)


def test_the_bound_of_a_reply_is_what_the_context_leaves(settings: Settings) -> None:
    with ModelServer() as server:
        one = with_options(model(server, settings), context=4096, max_tokens=4000)
        ask(one, replace(PROMPT, tokens=1096))
    assert server.requests[0].body["max_tokens"] == 3000


def test_sampling_comes_from_the_prompt_then_the_file_then_the_settings(settings: Settings) -> None:
    defaults = replace(settings, sampling=Sampling(temperature=1.0, max_tokens=10, top_p=None))
    with ModelServer() as server:
        one = with_options(model(server, defaults), max_tokens=20, temperature=0.5)
        ask(one, replace(PROMPT, sampling=Sampling(temperature=0.0)))
    assert (server.requests[0].body["temperature"], server.requests[0].body["max_tokens"]) == (0.0, 20)


def test_each_sample_has_a_seed_of_its_own(settings: Settings) -> None:
    with ModelServer() as server:
        one = model(server, settings)
        for sample in (0, 1, 2):
            ask(one, replace(PROMPT, sampling=Sampling(seed=40)), sample=sample)
    assert [seen.body["seed"] for seen in server.requests] == [40, 41, 42]


def test_the_level_in_the_name_goes_before_the_prompts(settings: Settings) -> None:
    with ModelServer() as server:
        ask(model(server, settings, name="tiny@low"), replace(PROMPT, thinking="high"))
        ask(model(server, settings), replace(PROMPT, thinking="high"))
    assert [seen.body["reasoning_effort"] for seen in server.requests] == ["low", "high"]


def test_a_level_that_cannot_be_asked_for_ends_in_the_error(settings: Settings) -> None:
    with ModelServer() as server:
        exchange = ask(model(server, settings), replace(PROMPT, thinking="4000"))
    assert "takes an effort" in str(exchange.error)
    assert server.count == 0


def test_the_router_gets_a_level_and_a_routing_in_its_own_words(settings: Settings) -> None:
    with ModelServer() as server:
        one = model(
            server, settings, name="openrouter/qwen/qwen3@4000", routing={"order": ["x"], "allow_fallbacks": False}
        )
        exchange = ask(one)
    assert exchange.model == "openrouter/qwen/qwen3@4000"
    assert server.requests[0].body["model"] == "qwen/qwen3"
    assert server.requests[0].body["reasoning"] == {"max_tokens": 4000}
    assert server.requests[0].body["provider"] == {"order": ["x"], "allow_fallbacks": False}


def test_fields_that_a_server_does_not_take_are_left_out(settings: Settings) -> None:
    with ModelServer() as server:
        one = with_options(model(server, settings), omit=["temperature"], temperature=0.3, max_tokens=5)
        ask(one)
    assert set(server.requests[0].body) == {"model", "messages", "max_tokens"}


def test_this_machines_own_server_costs_nothing(settings: Settings) -> None:
    with ModelServer() as server:
        assert ask(model(server, settings)).cost_usd == 0.0


def test_an_unknown_price_is_unknown(settings: Settings) -> None:
    with ModelServer() as server:
        one = remote(model(server, settings))
        assert ask(one).cost_usd is None
        assert one.estimate(PROMPT) is None


def test_a_price_of_the_file_goes_before_the_shipped_one(settings: Settings) -> None:
    with ModelServer() as server:
        shipped = remote(model(server, settings, name="acme/gpt-4o-mini"))
        own = with_options(shipped, prompt_price=10, completion_price=100)
        assert (ask(shipped).cost_usd, ask(own).cost_usd) == (0.000036, 0.003)


def test_an_estimate_counts_the_longest_reply_that_may_come(settings: Settings) -> None:
    with ModelServer() as server:
        one = with_options(remote(model(server, settings)), blended_price=1, max_tokens=1000)
    assert one.estimate(replace(PROMPT, tokens=500)) == 0.0015


def test_the_users_own_key_behind_a_router_counts_what_it_pays() -> None:
    usage = {"cost": 0.01, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.2}}
    assert _completion({"content": "x"}, usage=usage).cost_usd == pytest.approx(0.21)


def test_a_failure_costs_what_the_provider_bills_for_all_its_tries(settings: Settings) -> None:
    with ModelServer(plan=("broke-off", "broke-off", "400")) as server:
        exchange = ask(model(server, settings))
    assert exchange.error == "HTTP status 400: told to say 400"
    assert (exchange.cost_usd, exchange.input_tokens, exchange.output_tokens) == (1.0, 20, 60)


def test_a_reply_costs_what_its_failed_tries_did_too(settings: Settings) -> None:
    with ModelServer(plan=("broke-off",), usage={"prompt_tokens": 1, "completion_tokens": 2, "cost": 0.25}) as server:
        exchange = ask(model(server, settings))
    assert (exchange.cost_usd, exchange.input_tokens, exchange.output_tokens) == (0.75, 1, 2)


def test_a_failure_of_which_nothing_was_counted_has_no_cost(settings: Settings) -> None:
    with ModelServer(plan=("500",) * 6) as server:
        assert ask(model(server, settings)).cost_usd is None


@pytest.mark.parametrize("tail", ["", "data: no json\n\n"])
def test_a_stream_that_breaks_off_keeps_what_it_took(tail: str) -> None:
    read = completions.read(f'data: {{"usage": {{"prompt_tokens": 3, "cost": 0.1}}, "choices": []}}\n\n{tail}')
    assert isinstance(read, Failure)
    assert (read.input_tokens, read.cost_usd) == (3, 0.1)


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens", "n", "temperature", "provider", "tools"])
def test_extra_fields_cannot_replace_what_the_request_sets_itself(name: str) -> None:
    with pytest.raises(UsageError, match=f"extra_body must not hold '{name}'"):
        parse(f"[models.x]\nextra_body = {{ {name} = 8 }}\n")


def _completion(message: object, **more: object) -> Completion:
    read = completions.read(json.dumps({"choices": [{"message": message, "finish_reason": "stop"}], **more}))
    assert isinstance(read, Completion)
    return read


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"content": None, "reasoning": "why"}, ("", "why", "")),
        ({"content": None, "reasoning_content": "why"}, ("", "why", "")),
        ({"content": "x", "reasoning_details": [{"text": "a"}, {"summary": "b"}, 3]}, ("x", "ab", "")),
        ({"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}, ("ab", "", "")),
        ({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "t"}]}, "b"]}, ("b", "t", "")),
        ({"content": [{"type": "reasoning", "text": "t"}, {"text": "b"}, None, 7]}, ("b", "t", "")),
        ({"content": None, "refusal": "I will not."}, ("", "", "I will not.")),
        ({"content": [{"type": "refusal", "refusal": "No."}]}, ("", "", "No.")),
        ({"content": 7}, ("", "", "")),
        ({}, ("", "", "")),
    ],
)
def test_a_message_of_any_shape_is_read(message: object, expected: tuple[str, str, str]) -> None:
    read = _completion(message)
    assert (read.reply, read.reasoning, read.refusal) == expected


def test_tool_calls_are_names_and_arguments_as_json() -> None:
    calls = [
        {"function": {"name": "a", "arguments": '{"x": 1}'}},
        {"function": {"name": "b", "arguments": {"y": 2}}},
        None,
    ]
    assert _completion({"content": None, "tool_calls": calls}).tool_calls == (("a", '{"x": 1}'), ("b", '{"y": 2}'))


def test_tool_calls_of_a_stream_are_put_together() -> None:
    deltas = [{"name": "a", "arguments": '{"x"'}, {"arguments": ": 1}"}, {"name": "b", "arguments": "{}"}]
    events = [{"choices": [{"delta": {"tool_calls": [{"function": one}]}}]} for one in deltas]
    text = "".join(f"data: {json.dumps(one)}\r\n\r\n" for one in events) + "data: [DONE]\r\n\r\n"
    read = completions.read(text)
    assert isinstance(read, Completion)
    assert read.tool_calls == (("a", '{"x": 1}'), ("b", "{}"))


def streamed(*calls: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    events = [{"choices": [{"delta": {"tool_calls": [one]}}]} for one in calls]
    read = completions.read("".join(f"data: {json.dumps(one)}\n\n" for one in events) + "data: [DONE]\n\n")
    assert isinstance(read, Completion)
    return read.tool_calls


def piece(index: int | None, name: str = "", arguments: str = "", call_id: str = "") -> dict[str, Any]:
    return {
        **({} if index is None else {"index": index}),
        **({"id": call_id} if call_id else {}),
        "function": {**({"name": name} if name else {}), "arguments": arguments},
    }


BOTH = (("a", '{"x": 1}'), ("b", '{"y": 2}'))


@pytest.mark.parametrize(
    "pieces",
    [
        (
            piece(0, "a"),
            piece(1, "b"),
            piece(0, "", '{"x"'),
            piece(1, "", '{"y"'),
            piece(0, "", ": 1}"),
            piece(1, "", ": 2}"),
        ),
        (piece(0, "a", '{"x"'), piece(0, "a", ": 1}"), piece(1, "b", '{"y"'), piece(1, "b", ": 2}")),
        (piece(0, "a", '{"x"', "i"), piece(0, "a", ": 1}", "i"), piece(1, "b", '{"y": 2}', "j")),
        (piece(0, "a", '{"x": 1}', "i"), piece(0, "b", '{"y": 2}', "j")),
        (piece(0, "a", '{"x": 1}'), piece(0, "b", '{"y": 2}')),
        (piece(None, "a", '{"x"'), piece(None, "a", ": 1}"), piece(None, "b", '{"y": 2}')),
    ],
    ids=["interleaved", "repeated name", "repeated id", "all of index 0", "neither index nor id", "no index"],
)
def test_parallel_tool_calls_of_a_stream_come_apart(pieces: tuple[dict[str, Any], ...]) -> None:
    assert streamed(*pieces) == BOTH


def test_two_calls_of_one_tool_stay_two_however_the_server_counts() -> None:
    both = (("a", '{"x": 1}'), ("a", '{"x": 2}'))
    assert streamed(piece(0, "a", '{"x": 1}', "i"), piece(0, "a", '{"x": 2}', "j")) == both
    assert streamed(piece(0, "a", '{"x": 1}'), piece(0, "a", '{"x": 2}')) == both


@pytest.mark.parametrize("given", ["MAX_TOKENS", "length", "max_tokens"])
def test_a_reply_that_hit_its_bound_is_told_by_one_word(given: str) -> None:
    read = completions.read(json.dumps({"choices": [{"message": {"content": "x"}, "finish_reason": given}]}))
    assert isinstance(read, Completion)
    assert read.finish_reason == "length"


@pytest.mark.parametrize(
    "usage",
    [None, [], {"prompt_tokens": -1}, {"prompt_tokens": "7"}, {"prompt_tokens": True}, {"prompt_tokens": 10**30}],
)
def test_a_count_that_is_none_is_not_taken(usage: object) -> None:
    assert _completion({"content": "x"}, usage=usage).input_tokens is None


@pytest.mark.parametrize("cost", [-1, "0.1", True, float("nan"), float("inf"), 10**9])
def test_a_cost_that_is_none_is_not_taken(cost: object) -> None:
    assert _completion({"content": "x"}, usage={"cost": cost}).cost_usd is None


@pytest.mark.parametrize(
    ("body", "passing"),
    [
        ('{"error": {"message": "m", "code": 429}}', True),
        ('{"error": {"message": "m", "code": "503"}}', True),
        ('{"error": {"message": "m"}}', True),
        ('{"error": {"message": "m", "code": 401}}', False),
        ('{"error": {"message": "m", "type": "invalid_request_error"}}', False),
        ('{"error": "Unexpected endpoint or method."}', False),
        ('{"choices": [{"error": {"message": "m", "code": 502}, "message": {"content": "x"}}]}', True),
        ('{"choices": [{"finish_reason": "error", "message": {"content": "x"}}]}', True),
        ('{"choices": [{"message": null}]}', True),
        ('{"choices": [null]}', True),
        ("null", True),
        ("[" * 200_000, True),
        ('{"choices": ' + "9" * 10_000 + "}", True),
        ("data: nonsense\n\n", True),
        ("data: {}\n\n", True),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_body_without_a_reply_is_a_failure(body: str, passing: bool) -> None:
    read = completions.read(body)
    assert isinstance(read, Failure)
    assert read.passing is passing


@examples(deadline=None)
@given(st.text(max_size=200))
def test_no_body_makes_the_reader_fail(body: str) -> None:
    assert isinstance(completions.read(body), Completion | Failure)
    assert isinstance(completions.error_of(500, body), Failure)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from([
            "choices", "message", "content", "error", "code", "usage", "tool_calls", "function", "reasoning", "delta",
            "finish_reason", "refusal", "text", "thinking", "metadata", "raw", "arguments", "reasoning_details", "cost",
        ]),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@examples(deadline=None)
@given(_JSON)
def test_no_document_makes_the_reader_fail(document: object) -> None:
    for body in (document, {"choices": document}, {"choices": [{"message": document}]}, {"error": document}):
        text = json.dumps(body)
        assert isinstance(completions.read(text), Completion | Failure)
        assert isinstance(completions.read(f"data: {text}\n\ndata: [DONE]\n\n"), Completion | Failure)
        assert isinstance(completions.error_of(400, text), Failure)


def test_a_huge_page_is_told_in_a_few_words_at_once() -> None:
    begun = time.monotonic()
    for page in ("<" * 5_000_000, "<title" * 1_000_000, "<script>" * 500_000, "&lt;" * 1_000_000):
        assert len(completions.said(page)) < 400
    assert time.monotonic() - begun < 15


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after": "Tue, 14 Nov 2023 22:13:50 GMT"}, 30.0),
        ({"retry-after": "Tue, 14 Nov 2023 22:13:50"}, 30.0),
        ({"retry-after": "Tue, 14 Nov 2000 22:13:50 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
    ],
)
def test_a_wait_is_read_in_every_form(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, now=1_700_000_000.0) == seconds


@examples(deadline=None)
@given(st.text(max_size=60))
def test_no_header_makes_the_reading_of_a_wait_fail(text: str) -> None:
    wait = retry_after({"retry-after": text, "retry-after-ms": text}, now=0.0)
    assert wait is None or wait >= 0


@examples(deadline=None)
@given(st.integers(1, 1000), st.none() | st.floats(0, 1e6), st.floats(0, 1))
def test_a_pause_is_never_shorter_than_asked_nor_without_end(tries: int, asked: float | None, draw: float) -> None:
    pause = Retry(draw=lambda: draw).pause(tries, asked)
    assert pause >= (asked or 0.5)
    assert pause <= max(60.0, (asked or 0.0) + 1.0)


def test_a_certificate_that_is_not_trusted_is_not_asked_again(settings: Settings, tls_server: str) -> None:
    one = OpenAICompatible(
        name="tiny",
        endpoint=Endpoint(provider="", url=tls_server, model="tiny", key=KEY, own=True),
        retry=Retry(sleep=Naps()),
        timeout=5.0,
    )
    exchange = ask(one)
    assert "certificate verify failed" in str(exchange.error).lower()
    assert exchange.tries == 1


@pytest.fixture
def tls_server(tmp_path: Path) -> Any:
    """A server with a certificate that nobody signed."""
    import shutil
    import ssl
    import subprocess

    if not shutil.which("openssl"):
        pytest.skip("no openssl to make a certificate with")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "2",
         "-subj", "/CN=localhost"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    server = ModelServer()
    server._server.socket = context.wrap_socket(server._server.socket, server_side=True)
    with server:
        yield server.url.replace("http://", "https://")
