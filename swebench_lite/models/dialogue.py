"""Talks of several turns with tools: what is sent, what a reply calls, and how to do without the server's help.

exchange = converse(model, dialogue, instance_id="tooling/read_then_count", arm="suite", step=0)
said = read_calls(exchange, tools, step=0)
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

from swebench_lite.conversation import Dialogue, Exchange, Prompt, ToolCall, ToolSpec, Turn
from swebench_lite.models.protocol import Model

# Fields of an assistant's message that some servers refuse to go on without; nobody else looks at them.
_KEPT = ("reasoning_details", "reasoning_content")
_KEPT_OF_CALL = "extra_content"
_TOOLS = re.compile(r"\btools?\b|\btool[_ -]?(?:use|call|choice)|function[_ -]?call", re.IGNORECASE)
_NOT_HERE = re.compile(
    r"(?:\bno[nt]?\b|n't\b)[^.]{0,40}\b(?:support|implement|enabl|permit|allow|availab)|\bunsupported\b|\bunimplemented\b"
    r"|\b(?:unknown|unrecogni[sz]ed|unexpected) (?:\w+ )?(?:field|argument|parameter|name|key|property)|\brequires --",
    re.IGNORECASE,
)
# What a server says of a call that its model garbled; it may quote the reply, which can say anything.
_GARBLED = re.compile(r"\bpars(?:e|ed|ing)\b", re.IGNORECASE)
_REFUSING = frozenset({400, 404, 405, 422, 500, 501})
# How models name a call's parts where they write it as text.
_NAMES = ("name", "tool", "tool_name", "function", "function_name", "action")
_ARGUMENTS = ("arguments", "parameters", "args", "input", "tool_input", "action_input", "kwargs")
_LONGEST, _MOST_STARTS = 100_000, 400  # characters and brackets of a reply that are looked at
_DESCRIBED = "You can call tools. To call one, reply with one JSON object and nothing else:"
# What may stand around calls in a reply that is nothing else.
_AROUND = re.compile(r"```\w*|~~~\w*|</?\w+>|[\s,;]")
_HOW_IN_TEXT = f"""
{_DESCRIBED}
{{"name": "TOOL", "arguments": {{...}}}}
The result comes in the next message. When you need no more tools, answer in plain words, without JSON.
The tools, each with the JSON Schema of its arguments:
"""


@runtime_checkable
class Conversing(Protocol):
    """A model that takes dialogues whose tools the server knows of."""

    def converse(self, dialogue: Dialogue, *, instance_id: str, arm: str, sample: int) -> Exchange:
        """As ``Model.reply``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a reply calls. in_text: the calls stood in its text and not where the protocol has them. turn: the reply, as a
    turn to go on with."""

    calls: tuple[ToolCall, ...]
    in_text: bool
    turn: Turn


def converse(model: Model, dialogue: Dialogue, *, instance_id: str, arm: str, step: int) -> Exchange:
    """The next exchange of a dialogue. A model that only answers prompts gets the whole talk as one, with its tools in text.

    A failure is in the exchange's ``error``.
    """
    if isinstance(model, Conversing):
        return model.converse(dialogue, instance_id=instance_id, arm=arm, sample=step)
    return model.reply(as_prompt(dialogue), instance_id=instance_id, arm=arm, sample=step)


def knows_no_tools(exchange: Exchange) -> bool:
    """Whether a server turned a request down because it, or the model, cannot call tools, and not over one garbled call."""
    said = exchange.error or ""
    if exchange.status not in _REFUSING or _GARBLED.search(said):
        return False
    return bool(_TOOLS.search(said) and _NOT_HERE.search(said))


def described(exchange: Exchange) -> bool:
    """Whether a request had its tools in its text, because the server takes none otherwise."""
    return _DESCRIBED in exchange.request


def fields(dialogue: Dialogue, clean: Callable[[str], str]) -> dict[str, Any]:
    """The fields of a request that hold the talk: ``messages``, and ``tools`` where the server is to know of them."""
    made: dict[str, Any] = {"messages": messages(dialogue, clean)}
    if dialogue.tools and not dialogue.in_text:
        made["tools"] = [
            {"type": "function",
             "function": {"name": one.name, "description": one.description, "parameters": dict(one.parameters)}}
            for one in dialogue.tools
        ]  # fmt: skip
    return made


def messages(dialogue: Dialogue, clean: Callable[[str], str] = str) -> list[dict[str, Any]]:
    """The talk as the protocol's messages. clean: makes text fit for JSON in UTF-8."""
    system = _system(dialogue)
    first = [{"role": "system", "content": clean(system)}] if system else []
    return first + [_message(turn, clean, in_text=dialogue.in_text) for turn in dialogue.turns]


def as_prompt(dialogue: Dialogue) -> Prompt:
    """The talk as one prompt, turn after turn, its tools described in it; also what measures its length."""
    texts = (
        [dialogue.turns[0].text]
        if len(dialogue.turns) == 1
        else [f"{turn.role.capitalize()}: {_plain(turn)}" for turn in dialogue.turns]
    )
    system, user = _system(replace(dialogue, in_text=True)), "\n\n".join(texts)
    # Roughly: it only keeps a reply's bound within the context of a model whose context is known.
    tokens = (len(system) + len(user)) // 3
    return Prompt(system=system, user=user, tokens=tokens, sampling=dialogue.sampling, thinking=dialogue.thinking)


def read_calls(
    exchange: Exchange, tools: Sequence[ToolSpec], *, step: int, visible: str | None = None, native: bool = False
) -> Said:
    """The tool calls of a reply: the protocol's own, else those that are written as JSON in its text.

    Takes any reply. visible: its text without the thinking in it, where that is not ``reply``. A call without an id gets one
    that tells step and place. In text, JSON counts as a call when it names a tool of the list, or has a name and arguments.
    native: the talk had calls of the protocol before, so that text is read only where it is nothing but calls.
    """
    raw = _raw_message(exchange.response)
    proper = _proper(exchange, _list(raw.get("tool_calls")))
    found = [_written(one) for one in _list(raw.get("tool_calls"))]
    ids = [one[0] for one in found] if [one[1] for one in found] == [name for name, _ in proper] else []
    known = {one.name for one in tools}
    text = (exchange.reply if visible is None else visible)[:_LONGEST]
    pairs = proper or tuple(_calls_in_text(text, known, alone=native))
    names = [ids[at] if at < len(ids) and ids[at] else f"call_{step}_{at}" for at in range(len(pairs))]
    calls = tuple(
        ToolCall(call_id=call_id, name=name, arguments=arguments)
        for call_id, (name, arguments) in zip(names, pairs, strict=True)
    )
    in_text = bool(calls) and not proper
    kept = {name: raw[name] for name in _KEPT if raw.get(name)}
    extras = {one[0]: one[2] for one in found if one[0] and one[2]}
    kept |= {_KEPT_OF_CALL: extras} if extras else {}
    turn = Turn(
        role="assistant",
        text=exchange.reply,
        calls=() if in_text else calls,
        kept=json.dumps(kept) if kept and not in_text else "",
    )
    return Said(calls=calls, in_text=in_text, turn=turn)


def result_turn(call: ToolCall, result: str, *, in_text: bool) -> Turn:
    """A tool's result as the next turn."""
    if in_text:
        return Turn(role="user", text=f"Result of {call.name}: {result}")
    return Turn(role="tool", text=result, call_id=call.call_id, name=call.name)


def _system(dialogue: Dialogue) -> str:
    if not (dialogue.in_text and dialogue.tools):
        return dialogue.system
    described = "\n".join(
        json.dumps({"name": one.name, "description": one.description, "parameters": dict(one.parameters)})
        for one in dialogue.tools
    )
    return f"{dialogue.system}\n{_HOW_IN_TEXT}{described}"


def _plain(turn: Turn) -> str:
    calls = "\n".join(f'{{"name": {json.dumps(one.name)}, "arguments": {one.arguments}}}' for one in turn.calls)
    return "\n".join(part for part in (turn.text, calls) if part)


def _message(turn: Turn, clean: Callable[[str], str], *, in_text: bool) -> dict[str, Any]:
    if in_text and turn.role == "tool":
        return {"role": "user", "content": clean(f"Result of {turn.name}: {turn.text}")}
    if turn.role == "tool":
        return {"role": "tool", "tool_call_id": turn.call_id, "content": clean(turn.text)}
    if not turn.calls or in_text:
        return {"role": turn.role, "content": clean(_plain(turn))}
    kept = json.loads(turn.kept) if turn.kept else {}
    extras = kept.pop(_KEPT_OF_CALL, {})
    calls = [
        {"id": one.call_id, "type": "function",
         "function": {"name": clean(one.name), "arguments": _sendable(one.arguments)},
         **({_KEPT_OF_CALL: extras[one.call_id]} if one.call_id in extras else {})}
        for one in turn.calls
    ]  # fmt: skip
    return {"role": "assistant", "content": clean(turn.text) or None, "tool_calls": calls, **kept}


def _sendable(arguments: str) -> str:
    """Arguments that every server takes back: some answer nothing any more once a call in the talk is no JSON object."""
    return arguments if isinstance(_json(arguments), dict) else "{}"


def _raw_message(response: str) -> dict[str, Any]:
    """The assistant's message as the server wrote it, from a document or the pieces of a stream; empty where there is none."""
    text = response.removeprefix("\ufeff").strip()
    if text.startswith("{"):
        return _dict(_first_choice(_json(text)).get("message"))
    calls: dict[object, dict[str, Any]] = {}
    for line in text.splitlines():
        if not line.startswith("data:"):
            continue
        choice = _first_choice(_json(line.removeprefix("data:").strip()))
        for one in map(_dict, _list(_dict(choice.get("delta") or choice.get("message")).get("tool_calls"))):
            if _dict(one.get("function")).get("name"):
                calls[len(calls)] = one
    return {"tool_calls": list(calls.values())}


def _first_choice(document: object) -> dict[str, Any]:
    choices = _list(_dict(document).get("choices"))
    return _dict(choices[0]) if choices else {}


def _written(call: object) -> tuple[str, str, object]:
    """(id, name, extra content) of a call as the server wrote it."""
    one = _dict(call)
    call_id, name = one.get("id"), _dict(one.get("function")).get("name")
    return (
        call_id if isinstance(call_id, str) else "",
        name if isinstance(name, str) else "",
        one.get(_KEPT_OF_CALL),
    )


def _proper(exchange: Exchange, written: Sequence[object]) -> tuple[tuple[str, str], ...]:
    """The protocol's own calls; those whose arguments are null, which are not among the exchange's, have none."""
    given = list(exchange.tool_calls)
    if len(given) >= len(written):
        return tuple(given)
    found: list[tuple[str, str]] = []
    for one in written:
        function, name = _dict(_dict(one).get("function")), _written(one)[1]
        if name and function.get("arguments", "") is None:
            found.append((name, "{}"))
        elif given:
            found.append(given.pop(0))
    return (*found, *given)


def _calls_in_text(text: str, known: Iterable[str], *, alone: bool) -> Iterator[tuple[str, str]]:
    """(name, arguments) of the calls that a text writes as JSON, in order. alone: none where it says anything else."""
    tools = set(known)
    placed = list(_json_values(text))
    if alone:
        ends = [0, *(end for _, _, end in placed)]
        starts = [*(start for _, start, _ in placed), len(text)]
        rest = "".join(text[end:start] for end, start in zip(ends, starts, strict=True))
        if _AROUND.sub("", rest):
            return
    for value, _, _ in placed:
        wrapped = _dict(value).get("tool_calls")
        for one in _list(wrapped) or (value if isinstance(value, list) else [value]):
            yield from _as_call(one, tools)


def _json_values(text: str) -> Iterator[tuple[object, int, int]]:
    """The JSON objects and lists that stand in a text, the outermost of each, and from where to where."""
    decoder, at = json.JSONDecoder(), 0
    for _ in range(_MOST_STARTS):
        start = min((place for mark in "{[" if (place := text.find(mark, at)) >= 0), default=-1)
        if start < 0:
            return
        try:
            value, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            at = start + 1
        else:
            at = end
            yield value, start, end


def _as_call(value: object, tools: set[str]) -> Iterator[tuple[str, str]]:
    one = _dict(value)
    inner = one.get("function")
    if isinstance(inner, dict):
        one = inner
    name = next((one[key] for key in _NAMES if isinstance(one.get(key), str)), "")
    given = next((one[key] for key in _ARGUMENTS if key in one), None)
    if not name or (given is None and (name not in tools or len(one) > 1)):
        return
    yield name, given if isinstance(given, str) else json.dumps({} if given is None else given)


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
