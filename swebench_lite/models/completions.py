"""The body of a chat completion, as text, read into what a model said; whatever else came back becomes a failure. Pure."""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from swebench_lite.models.retry import Failure, passes

_MOST_TOKENS = 10**12
_MOST_USD = 10**6
_ENDINGS = {"max_tokens": "length", "model_length": "length", "end_turn": "stop", "eos": "stop"}
# What a provider calls failures that stay, where it gives no status.
_STAYING = frozenset({
    "authentication_error", "context_length_exceeded", "insufficient_quota", "invalid_api_key", "invalid_request_error",
    "model_not_found", "not_found_error", "permission_error",
})  # fmt: skip
_BLANK = re.compile(r"\s+")
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<>]{1,500})", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,2000}>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What a model said, and what the provider says of it; None for whatever it does not say."""

    reply: str = ""
    reasoning: str = ""
    refusal: str = ""
    tool_calls: tuple[tuple[str, str], ...] = ()
    finish_reason: str | None = None
    model: str = ""
    input_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost_usd: float | None = None


def read(body: str) -> Completion | Failure:
    """A completion out of the body of a 200 response: one JSON document, or a stream of events.

    A failure has the tokens and the cost that the body names: a reply that broke off may have been paid.
    """
    text = body.removeprefix("\ufeff").strip()
    if not text:
        return Failure(message="the body of the response is empty", passing=True)
    if text.startswith(("data:", "event:", ":", "id:", "retry:")):
        return _stream(text)
    document = _json(text)
    if not isinstance(document, dict):
        return Failure(message=f"the body of the response is no JSON object: {said(text)}", passing=True)
    return _document(document)


def error_of(status: int, body: str) -> Failure:
    """The failure that an HTTP status other than 200 stands for, with the server's own message."""
    document = _json(body.removeprefix("\ufeff"))
    error = document.get("error", document) if isinstance(document, dict) else None
    kind = error.get("type") if isinstance(error, dict) else None
    passing = passes(status) and "insufficient_quota" not in (_code(error), kind)
    failure = Failure(message=f"HTTP status {status}: {_message(error) or said(body)}", passing=passing)
    return replace(failure, **_usage(document.get("usage"))) if isinstance(document, dict) else failure


def said(body: str, most: int = 300) -> str:
    """A few words of a body that nobody expected: a page's title, else its text without the markup."""
    begun = body[:20_000]
    title = _TITLE.search(begun)
    words = html.unescape(title.group(1) if title else _TAG.sub(" ", begun))
    words = _BLANK.sub(" ", words).strip()
    words = words.encode("utf-8", "replace").decode()
    return f"'{words[:most]}…'" if len(words) > most else f"'{words}'" if words else "nothing"


def _document(document: Mapping[str, Any]) -> Completion | Failure:
    return replace(_choice(document), **_usage(document.get("usage")))


def _choice(document: Mapping[str, Any]) -> Completion | Failure:
    """The first choice, without what it took."""
    choices = document.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    error = document.get("error") or (first.get("error") if isinstance(first, dict) else None)
    if error:
        return _failure(error)
    if not isinstance(first, dict):
        return Failure(message="the response holds no choices", passing=True)
    message = first.get("message")
    if message is None and isinstance(first.get("text"), str):
        message = {"content": first["text"]}
    if not isinstance(message, dict):
        return Failure(message="the response's first choice holds no message", passing=True)
    ending = first.get("finish_reason")
    if ending == "error":
        return Failure(message="the provider broke off in the middle of the reply", passing=True)
    reply, thought, refused = _content(message.get("content"))
    ending = ending if isinstance(ending, str) and ending else None
    return Completion(
        reply=reply,
        reasoning=_reasoning(message) or thought,
        refusal=_text(message.get("refusal")) or refused,
        tool_calls=_calls(message),
        finish_reason=_ENDINGS.get(ending.lower(), ending) if ending else None,
        model=_text(document.get("model")),
    )


def _content(content: object) -> tuple[str, str, str]:
    """Text, thinking and refusal of a content that may be a text, a list of parts, or nothing."""
    if not isinstance(content, list):
        return _text(content), "", ""
    texts: list[str] = []
    thoughts: list[str] = []
    refusals: list[str] = []
    for part in content:
        if isinstance(part, str):
            texts.append(part)
        elif isinstance(part, dict):
            thinking = part.get("thinking", part.get("reasoning"))
            thoughts.append(_content(thinking)[0] if isinstance(thinking, list) else _text(thinking))
            refusals.append(_text(part.get("refusal")))
            (thoughts if part.get("type") in {"thinking", "reasoning"} else texts).append(_text(part.get("text")))
    return "".join(texts), "".join(thoughts), "".join(refusals)


def _reasoning(message: Mapping[str, Any]) -> str:
    for name in ("reasoning", "reasoning_content", "thinking"):
        if _text(message.get(name)):
            return _text(message[name])
    details = message.get("reasoning_details")
    parts = [one for one in details if isinstance(one, dict)] if isinstance(details, list) else []
    return "".join(_text(one.get("text")) or _text(one.get("summary")) for one in parts)


def _calls(message: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    calls = message.get("tool_calls")
    wanted = [one.get("function") for one in calls if isinstance(one, dict)] if isinstance(calls, list) else []
    wanted = wanted or [message.get("function_call")]
    return tuple(
        (_text(one.get("name")), arguments if isinstance(arguments, str) else json.dumps(arguments))
        for one in wanted
        if isinstance(one, dict) and (arguments := one.get("arguments", "{}")) is not None
    )


def _usage(usage: object) -> dict[str, Any]:
    if not isinstance(usage, dict):
        return {}
    details = usage.get("completion_tokens_details")
    details = details if isinstance(details, dict) else usage
    cost = _usd(usage.get("cost"))
    upstream = usage.get("cost_details")
    if cost is not None and usage.get("is_byok") is True and isinstance(upstream, dict):
        # With the user's own key at the provider behind it, the router's cost is its fee alone.
        cost += _usd(upstream.get("upstream_inference_cost")) or 0.0
    return {
        "input_tokens": _count(usage.get("prompt_tokens", usage.get("input_tokens"))),
        "output_tokens": _count(usage.get("completion_tokens", usage.get("output_tokens"))),
        "reasoning_tokens": _count(details.get("reasoning_tokens")),
        "cost_usd": cost,
    }


def _failure(error: object) -> Failure:
    """An error inside a 200 response. A number as its code counts like the status that it is."""
    code = _code(error)
    status = (
        code if isinstance(code, int) else int(code) if code.isascii() and code.isdigit() and len(code) == 3 else None
    )
    kind = error.get("type") if isinstance(error, dict) else None
    if status is not None:
        passing = passes(status)
    else:
        passing = isinstance(error, dict) and code not in _STAYING and str(kind) not in _STAYING
    return Failure(message=f"the provider reports an error: {_message(error) or said(str(error))}", passing=passing)


def _code(error: object) -> int | str:
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) and not isinstance(code, bool) else _text(code)


def _message(error: object) -> str:
    if not isinstance(error, dict):
        return _text(error)[:2000]
    message = _text(error.get("message")) or _text(error.get("detail"))
    metadata = error.get("metadata")
    raw = _text(metadata.get("raw")) if isinstance(metadata, dict) else ""
    return f"{message[:2000]} ({said(raw)})" if message and raw else message[:2000]


def _stream(text: str) -> Completion | Failure:
    """A stream of events, joined into one document."""
    message: dict[str, Any] = {"tool_calls": []}
    places: dict[object, int] = {}
    joined: dict[str, Any] = {"choices": [{"message": message}]}
    for data in _events(text):
        if data == "[DONE]":
            return _document(joined)
        chunk = _json(data)
        if not isinstance(chunk, dict):
            failure = Failure(message=f"the stream holds an event that is no JSON: {said(data)}", passing=True)
            return replace(failure, **_usage(joined.get("usage")))
        joined.update({name: chunk[name] for name in ("model", "usage", "error") if chunk.get(name)})
        choices = chunk.get("choices")
        first = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
        _join(message, first.get("delta") or first.get("message"), places)
        joined["choices"][0].update({name: first[name] for name in ("finish_reason", "error") if first.get(name)})
    if joined.get("error") or joined["choices"][0].get("finish_reason"):
        return _document(joined)
    failure = Failure(message="the stream broke off before the reply's end", passing=True)
    return replace(failure, **_usage(joined.get("usage")))


def _join(message: dict[str, Any], delta: object, places: dict[object, int]) -> None:
    """Adds the pieces of a delta. places: which of the message's calls the pieces of an index belong to."""
    if not isinstance(delta, dict):
        return
    for name in ("content", "reasoning", "reasoning_content", "refusal"):
        content = delta.get(name)
        more = _content(content)[0] if isinstance(content, list) else _text(content)
        if more:
            message.setdefault(name, []).append(more)
    calls = delta.get("tool_calls")
    for call in calls if isinstance(calls, list) else []:
        if isinstance(call, dict) and isinstance(call.get("function"), dict):
            _join_call(message["tool_calls"], call, places)


def _join_call(joined: list[dict[str, Any]], piece: Mapping[str, Any], places: dict[object, int]) -> None:
    function, index = piece["function"], piece.get("index")
    name, arguments, call_id = _text(function.get("name")), _text(function.get("arguments")), _text(piece.get("id"))
    place = places.get(index) if isinstance(index, int) else len(joined) - 1 if joined else None
    if place is None or _another(joined[place], name, arguments, call_id):
        place = len(joined)
        joined.append({"id": call_id, "function": {"name": name, "arguments": ""}})
    if isinstance(index, int):
        places[index] = place
    joined[place]["id"] = joined[place]["id"] or call_id
    joined[place]["function"]["name"] = joined[place]["function"]["name"] or name
    joined[place]["function"]["arguments"] += arguments


def _another(call: Mapping[str, Any], name: str, arguments: str, call_id: str) -> bool:
    """Whether a piece begins another call. Some servers repeat name and id in every piece, others count all calls as 0."""
    had, before = call["function"]["name"], call["function"]["arguments"]
    if call_id and call["id"]:
        return bool(call_id != call["id"])
    return bool(name and had) and (name != had or (bool(arguments) and isinstance(_json(before), dict)))


def _events(text: str) -> Iterator[str]:
    data: list[str] = []
    for line in (*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""):
        if line.startswith("data:"):
            data.append(line.removeprefix("data:").removeprefix(" "))
        elif not line and data:
            yield "\n".join(data).strip()
            data = []


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _text(value: object) -> str:
    """A text as it is; a list of pieces of a stream joined; nothing for anything else."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "".join(value)
    return value if isinstance(value, str) else ""


def _count(value: object) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_TOKENS else None


def _usd(value: object) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if 0 <= value <= _MOST_USD and math.isfinite(value) else None
