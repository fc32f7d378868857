"""Profiles heal a model's known defect: words that are added to the contract, and mends of the reply's outer shape.

A profile is opt-in and named, and what it changed is on record: the request holds the words, the response stays as it came,
and each mend that changed something is listed. A mend undoes what a server did to the reply as a whole; it never edits an answer.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from swebench_lite.thinking import FENCE, orphan, stands_apart

# Arms that stand for the prompt alone: words added there would spoil the comparison that they are made for.
BARE_ARMS = frozenset({"unharnessed", "none"})
_THINKING = re.compile(r"\s*<(think|thinking|reasoning)>(.*?)</\1>\s*", re.DOTALL | re.IGNORECASE)
_SPECIAL = re.compile(r"(?:<\|[a-z_]{1,40}\|>|</s>|\s)+$")
_OUTER = re.compile(r"\s*(`{3,}|~{3,})(?:markdown|md)[ \t]*\n(.*)\n\1[ \t]*\s*$", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """name: what reports call it. contract: text added below the prompt in arms with a contract. fixes: names of FIXES."""

    name: str
    contract: str = ""
    fixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """A reply after a profile's fixes. thinking: what was taken out of it. changed: the fixes that changed something."""

    reply: str
    thinking: str = ""
    changed: tuple[str, ...] = ()


def strip_thinking(reply: str) -> tuple[str, str]:
    """A leading think block becomes reasoning; so does everything before a closing tag whose opening the server ate.

    A closing tag that may be part of an answer (in quotes, in a fence, in a line of a diff) ends no thinking.
    """
    begun = _THINKING.match(reply)
    if begun:
        return reply[begun.end() :], begun.group(2).strip()
    closed = orphan(reply)
    if closed and stands_apart(reply, closed[0]):
        return reply[closed[1] :].lstrip(), reply[: closed[0]].strip()
    return reply, ""


def unwrap_markdown(reply: str) -> tuple[str, str]:
    """A reply that is one fenced markdown block as a whole loses that outer fence."""
    whole = _OUTER.match(reply)
    return (whole.group(2) + "\n", "") if whole and _stays_open(whole.group(1), whole.group(2)) else (reply, "")


def _stays_open(mark: str, inside: str) -> bool:
    """Whether a fence is still open behind a text, and nothing else is."""
    opened = [mark]
    for fence in FENCE.finditer(inside):
        if fence["info"].strip():
            opened.append(fence["mark"])
        elif fence["mark"].startswith(opened[-1]):
            opened.pop()
            if not opened:
                return False
    return len(opened) == 1


def strip_special_tokens(reply: str) -> tuple[str, str]:
    """End-of-turn marks that a chat template left at the end (``<|im_end|>``, ``</s>``) go."""
    begin = max(0, len(reply) - 1000)
    ended = _SPECIAL.search(reply, begin)
    if not ended or not ended.group().strip():
        return reply, ""
    return reply[: ended.start()] + "\n", ""


def unescape_newlines(reply: str) -> tuple[str, str]:
    r"""A reply of one line with two or more ``\n`` spelled out is read as the text that it spells."""
    if "\n" in reply.strip() or reply.count("\\n") < 2:
        return reply, ""
    return re.sub(r'\\([nt"\\])', lambda found: {"n": "\n", "t": "\t"}.get(found.group(1), found.group(1)), reply), ""


def unescape_html(reply: str) -> tuple[str, str]:
    """A reply without any bare ``<`` or ``>`` but with ``&lt;`` or ``&gt;`` was escaped as a whole."""
    escaped = "&lt;" in reply or "&gt;" in reply
    return (html.unescape(reply), "") if escaped and "<" not in reply and ">" not in reply else (reply, "")


# Each takes a reply and returns the mended one and the thinking that it took out.
FIXES: Mapping[str, Callable[[str], tuple[str, str]]] = {
    "strip-thinking": strip_thinking,
    "unwrap-markdown": unwrap_markdown,
    "strip-special-tokens": strip_special_tokens,
    "unescape-newlines": unescape_newlines,
    "unescape-html": unescape_html,
}
PROFILES: Mapping[str, Profile] = {
    one.name: one
    for one in (
        Profile(
            name="no-language-line",
            contract="Do not write the name of a language as the first line inside a block that opens with FILE.\n",
        ),
        Profile(name="one-diff", contract="Write one fenced diff block only, and nothing after it.\n"),
        Profile(name="local-template", fixes=("strip-thinking", "strip-special-tokens", "unwrap-markdown")),
    )
}


def words(user: str, profile: Profile | None, arm: str, *, bare: frozenset[str] = BARE_ARMS) -> str:
    """The user's text with what the profile adds in this arm. bare: arms without a contract, to which nothing is added."""
    if profile is None or not profile.contract or arm in bare:
        return user
    return f"{user.rstrip()}\n\n{profile.contract}"


def mend(reply: str, profile: Profile | None) -> Mended:
    """The reply after the profile's fixes, in their order."""
    thinking: list[str] = []
    changed: list[str] = []
    for name in profile.fixes if profile else ():
        mended, taken = FIXES[name](reply)
        if mended != reply:
            changed.append(name)
        thinking += [taken] if taken else []
        reply = mended
    return Mended(reply=reply, thinking="\n\n".join(thinking), changed=tuple(changed))
