"""Dialogues with tools: what goes over the wire, what is read out of replies, and servers that know no tools."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swebench_lite.conversation import Dialogue, Sampling, ToolCall, ToolSpec, Turn
from swebench_lite.models import Access, Canned, OpenAICompatible, Retry, open_model
from swebench_lite.models.dialogue import as_prompt, converse, knows_no_tools, messages, read_calls, result_turn
from swebench_lite.records import Exchange
from swebench_lite.settings import Settings
from tests.test_models_catalogs import serving

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TIME = ToolSpec(name="get_time", description="The time.", parameters=SCHEMA)
ASKED = Dialogue(
    system="s",
    turns=(Turn(role="user", text="What time?"),),
    tools=(TIME,),
    sampling=Sampling(temperature=0.2, max_tokens=99),
)


def completion(**message: Any) -> dict[str, Any]:
    return {"choices": [{"message": {"role": "assistant", **message}, "finish_reason": "stop"}]}


def called(*calls: tuple[str, str, str]) -> dict[str, Any]:
    made = [{"id": one, "type": "function", "function": {"name": name, "arguments": args}} for one, name, args in calls]
    return completion(content=None, tool_calls=made)


def ask(answer: tuple[int, object], dialogue: Dialogue, settings: Settings) -> tuple[Exchange, dict[str, Any]]:
    """The exchange, and the body that the server got."""
    with serving(lambda *_: answer) as server:
        access = Access(base_url=f"{server.url}/v1", retry=Retry(tries=1))
        model = open_model("any", (), settings=settings, access=access)
        exchange = converse(model, dialogue, instance_id="i", arm="a", step=0)
        return exchange, server.requests[-1][2]


def test_tools_and_sampling_go_over_the_wire_as_the_protocol_has_them(settings: Settings) -> None:
    _, body = ask((200, completion(content="x")), ASKED, settings)
    assert body["tools"] == [
        {"type": "function", "function": {"name": "get_time", "description": "The time.", "parameters": SCHEMA}}
    ]
    assert (body["temperature"], body["max_tokens"]) == (0.2, 99)
    assert body["messages"] == [{"role": "system", "content": "s"}, {"role": "user", "content": "What time?"}]


def test_calls_keep_the_ids_of_the_server(settings: Settings) -> None:
    answer = called(("id7", "get_time", '{"city": "Lima"}'), ("id8", "get_time", "{}"))
    said = read_calls(ask((200, answer), ASKED, settings)[0], (TIME,), step=0)
    assert [one.call_id for one in said.calls] == ["id7", "id8"]
    assert said.in_text is False


def test_a_result_names_the_call_that_it_answers(settings: Settings) -> None:
    exchange, _ = ask((200, called(("id7", "get_time", '{"city": "Lima"}'))), ASKED, settings)
    said = read_calls(exchange, (TIME,), step=0)
    went_on = Dialogue(system="s", turns=(*ASKED.turns, said.turn, result_turn(said.calls[0], "12:00", in_text=False)))
    assert messages(went_on)[2:] == [
        {"role": "assistant", "content": None, "tool_calls": [
            {"id": "id7", "type": "function", "function": {"name": "get_time", "arguments": '{"city": "Lima"}'}}]},
        {"role": "tool", "tool_call_id": "id7", "content": "12:00"},
    ]  # fmt: skip


def test_calls_without_ids_get_their_own() -> None:
    body = json.dumps(completion(tool_calls=[{"function": {"name": "get_time", "arguments": {"city": "Lima"}}}] * 2))
    native = (("get_time", '{"city": "Lima"}'),) * 2
    exchange = Exchange(request="", reply="", model="m", response=body, tool_calls=native)
    assert [one.call_id for one in read_calls(exchange, (TIME,), step=3).calls] == ["call_3_0", "call_3_1"]


def test_ids_are_found_in_a_stream_too() -> None:
    pieces = [
        {
            "choices": [
                {"delta": {"tool_calls": [{"index": 0, "id": "s1", "function": {"name": "get_time", "arguments": ""}}]}}
            ]
        },
        {"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]}}]},
    ]
    body = "".join(f"data: {json.dumps(one)}\n\n" for one in pieces) + "data: [DONE]\n\n"
    exchange = Exchange(request="", reply="", model="m", response=body, tool_calls=(("get_time", "{}"),))
    assert read_calls(exchange, (TIME,), step=0).calls == (ToolCall(call_id="s1", name="get_time", arguments="{}"),)


def test_broken_arguments_are_read_as_they_are_and_not_sent_back() -> None:
    exchange = Exchange(request="", reply="", model="m", tool_calls=(("get_time", '{"city": '),))
    said = read_calls(exchange, (TIME,), step=0)
    assert said.calls[0].arguments == '{"city": '
    sent = messages(Dialogue(system="", turns=(said.turn,)))[0]
    assert sent["tool_calls"][0]["function"]["arguments"] == "{}"


def test_what_a_server_wants_to_see_again_is_sent_back(settings: Settings) -> None:
    answer = called(("g1", "get_time", "{}"))
    message = answer["choices"][0]["message"]
    message["reasoning_details"] = [{"type": "reasoning.encrypted", "data": "abc"}]
    message["tool_calls"][0]["extra_content"] = {"google": {"thought_signature": "xyz"}}
    said = read_calls(ask((200, answer), ASKED, settings)[0], (TIME,), step=0)
    sent = messages(Dialogue(system="", turns=(said.turn,)))[0]
    assert sent["reasoning_details"] == message["reasoning_details"]
    assert sent["tool_calls"][0]["extra_content"] == {"google": {"thought_signature": "xyz"}}


IN_TEXT = {
    '{"name": "get_time", "arguments": {"city": "Lima"}}': ("get_time", '{"city": "Lima"}'),
    'I call it.\n```json\n{"tool": "get_time", "parameters": {"city": "Lima"}}\n```': ("get_time", '{"city": "Lima"}'),
    '<tool_call>\n{"name": "get_time", "arguments": "{\\"city\\": \\"Lima\\"}"}\n</tool_call>': (
        "get_time",
        '{"city": "Lima"}',
    ),
    '{"tool_calls": [{"function": {"name": "get_time", "arguments": {"city": "Lima"}}}]}': (
        "get_time",
        '{"city": "Lima"}',
    ),
    '[{"action": "get_time", "action_input": {"city": "Lima"}}]': ("get_time", '{"city": "Lima"}'),
    '{"name": "other", "args": {}}': ("other", "{}"),
    '{"name": "get_time"}': ("get_time", "{}"),
}


@pytest.mark.parametrize("reply", IN_TEXT)
def test_a_call_that_is_written_as_text_is_read_and_flagged(reply: str) -> None:
    said = read_calls(Exchange(request="", reply=reply, model="m"), (TIME,), step=0)
    assert [(one.name, one.arguments) for one in said.calls] == [IN_TEXT[reply]]
    assert (said.in_text, said.turn.calls, said.turn.text) == (True, (), reply)


@pytest.mark.parametrize(
    "reply", ["It is noon.", '{"name": "Ilse"}', '{"time": "12:00"}', "[1, 2]", '{"name": "get_time", "x": 1}']
)
def test_other_json_is_no_call(reply: str) -> None:
    assert read_calls(Exchange(request="", reply=reply, model="m"), (TIME,), step=0).calls == ()


@given(st.text(), st.text())
def test_any_reply_at_all_is_read(reply: str, response: str) -> None:
    exchange = Exchange(request="", reply=reply, model="m", response=response)
    assert read_calls(exchange, (TIME,), step=0).turn.text == reply


@pytest.mark.parametrize("reply", ['{"a":' * 50_000, "[" * 100_000, "{" * 100_000, '{"name": "get_time"' * 5000])
def test_a_monstrous_reply_is_read_quickly(reply: str) -> None:
    said = read_calls(Exchange(request="", reply=reply, model="m", response=reply), (TIME,), step=0)
    assert said.calls == ()


@pytest.mark.parametrize(
    ("status", "message", "expected"),
    [
        (400, "registry/tiny does not support tools", True),
        (404, "No endpoints found that support tool use", True),
        (400, '"auto" tool choice requires --enable-auto-tool-choice', True),
        (400, "This model doesn't support function calling", True),
        (400, "Unrecognized request argument supplied: tools", True),
        (422, '[{"loc": ["body", "tools"], "msg": "Extra inputs are not permitted"}]', True),
        (500, "tools param requires --jinja flag", True),
        (501, "tools: not implemented", True),
        (400, "unsupported parameter: tools", True),
        (500, "error parsing tool call: raw='I do not support {\"tools\"', err=unexpected end of JSON input", False),
        (500, "Failed to parse tool call arguments as JSON: unexpected end", False),
        (400, "tool call validation failed: attempted to call tool 'x' which was not in request.tools", False),
        (400, "the context is too long", False),
        (429, "too many tools", False),
    ],
)
def test_a_server_that_knows_no_tools_is_recognised(
    status: int, message: str, expected: bool, settings: Settings
) -> None:
    exchange, _ = ask((status, {"error": {"message": message}}), ASKED, settings)
    assert knows_no_tools(exchange) is expected


def test_calls_whose_arguments_are_null_are_calls_without_arguments(settings: Settings) -> None:
    answer = called(("id7", "get_time", "{}"), ("id8", "get_time", '{"city": "Lima"}'))
    answer["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"] = None
    said = read_calls(ask((200, answer), ASKED, settings)[0], (TIME,), step=0)
    assert said.calls == (
        ToolCall(call_id="id7", name="get_time", arguments="{}"),
        ToolCall(call_id="id8", name="get_time", arguments='{"city": "Lima"}'),
    )
    assert said.in_text is False


CALL = '{"name": "get_time", "arguments": {"city": "Lima"}}'


@pytest.mark.parametrize(
    ("reply", "calls"),
    [
        (CALL, 1),
        (f"```json\n{CALL}\n```", 1),
        (f"<tool_call>{CALL}</tool_call>\n<tool_call>{CALL}</tool_call>", 2),
        (f"It is noon; I called {CALL} for that.", 0),
        (f"{CALL}\nThat gave noon.", 0),
        ("It is noon.", 0),
    ],
)
def test_after_calls_of_the_protocol_only_a_reply_that_is_nothing_else_is_a_call(reply: str, calls: int) -> None:
    said = read_calls(Exchange(request="", reply=reply, model="m"), (TIME,), step=1, native=True)
    assert len(said.calls) == calls


def test_tools_in_text_are_described_in_it_and_not_sent_otherwise(settings: Settings) -> None:
    dialogue = Dialogue(
        system="s",
        turns=(
            Turn(role="user", text="What time?"),
            Turn(role="assistant", calls=(ToolCall(call_id="1", name="get_time", arguments="{}"),)),
            Turn(role="tool", text="12:00", call_id="1", name="get_time"),
        ),
        tools=(TIME,),
        in_text=True,
    )
    _, body = ask((200, completion(content="x")), dialogue, settings)
    assert "tools" not in body
    assert '"name": "get_time"' in body["messages"][0]["content"]
    assert '{"name": "TOOL", "arguments": {...}}' in body["messages"][0]["content"]
    assert [one["role"] for one in body["messages"]] == ["system", "user", "assistant", "user"]
    assert body["messages"][-1]["content"] == "Result of get_time: 12:00"


def test_a_models_file_that_omits_tools_has_them_described(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "models.toml").write_text('[models.any]\nomit = ["tools"]\n')
    with serving(lambda *_: (200, completion(content="x"))) as server:
        access = Access(base_url=f"{server.url}/v1", folder=tmp_path)
        converse(open_model("any", (), settings=settings, access=access), ASKED, instance_id="i", arm="a", step=0)
        body = server.requests[-1][2]
    assert "tools" not in body
    assert "You can call tools" in body["messages"][0]["content"]


def test_a_model_that_only_answers_prompts_gets_the_talk_as_one() -> None:
    canned = Canned(name="c", replies={("i", None, 1): "second"})
    assert converse(canned, ASKED, instance_id="i", arm="a", step=1).reply == "second"
    assert "You can call tools" in as_prompt(ASKED).system


def test_half_a_character_can_be_sent(settings: Settings) -> None:
    exchange, _ = ask(
        (200, completion(content="x")), Dialogue(system="s", turns=(Turn(role="user", text="\ud800"),)), settings
    )
    assert exchange.reply == "x"


def test_a_model_that_is_asked_over_http_takes_dialogues(settings: Settings) -> None:
    model = open_model(
        "any", (), settings=settings, access=Access(base_url="http://127.0.0.1:9/v1", retry=Retry(tries=1))
    )
    assert isinstance(model, OpenAICompatible)
    assert "no connection" in (converse(model, ASKED, instance_id="i", arm="a", step=0).error or "")
