"""The needle: one sentence in a long text has to be found again. Tells up to which length a model really reads."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from swebench_lite import tokens
from swebench_lite.errors import UsageError
from swebench_lite.records import Exchange
from swebench_lite.replies.layout import lay_out
from swebench_lite.suites.nouns import Asker, Grade, Item, Room

NAME = "needle"
SIZES = (2_000, 16_000, 64_000, 100_000)  # tokens
DEPTHS = (10, 50, 90)  # percent of the text that stands before the needle
SYSTEM = "You answer questions about a text from that text alone."
_PLACES = ("west", "north", "east", "south")  # the first one is asked for
_THINGS = ("kelp", "amber", "tallow", "juniper", "mortar", "pewter", "barge", "nettle")
_DOINGS = ("was mended", "was weighed", "arrived late", "was sold at noon", "lay in the rain", "was counted twice")
_CODE = re.compile(r"\b\d{2}-[a-z]+-\d{4}\b")
_KEY = re.compile(r"(\d{1,7})@(\d{1,2})")
_SMALLEST, _LARGEST = 200, 2_000_000


def items(seed: int, sizes: Sequence[int] = SIZES, depths: Sequence[int] = DEPTHS) -> tuple[Item, ...]:
    """One item for each size and depth, shortest first; its key is ``SIZE@DEPTH``. Raises UsageError for odd sizes and depths."""
    for size in sizes:
        if not _SMALLEST <= size <= _LARGEST:
            raise UsageError(f"a needle text of {size} tokens cannot be made; give {_SMALLEST:,} to {_LARGEST:,}")
    for depth in depths:
        if not 0 <= depth <= 99:
            raise UsageError(f"the depth {depth} is no percentage from 0 to 99")
    return tuple(_item(seed, size, depth) for size in sorted(set(sizes)) for depth in sorted(set(depths)))


def items_of(seed: int, keys: Sequence[str]) -> tuple[Item, ...]:
    """The items of stored keys; what is no key is passed over."""
    found = [(int(match[1]), int(match[2])) for key in keys if (match := _KEY.fullmatch(key))]
    return items(seed, [size for size, _ in found] or (), [depth for _, depth in found] or ())


def effective_context(passed: Mapping[str, bool]) -> int:
    """The largest size up to which the needle was found at every depth, in tokens; 0 where not even the smallest. By key."""
    best = 0
    sizes = sorted({int(match[1]) for key in passed if (match := _KEY.fullmatch(key))})
    for size in sizes:
        if not all(found for key, found in passed.items() if key.startswith(f"{size}@")):
            break
        best = size
    return best


def _item(seed: int, size: int, depth: int) -> Item:
    key = f"{size}@{depth}"
    text, code = _text(seed, size, depth)
    prompt = (
        f"{text}\n\nThat was the text. What is the access code of the {_PLACES[0]} archive? Answer with the code alone."
    )
    return Item(
        suite=NAME,
        key=key,
        prompt=prompt,
        total=1,
        ask=partial(_ask, key, prompt),
        grade=partial(grade, code),
    )


def _ask(key: str, prompt: str, asker: Asker) -> tuple[Exchange, ...]:
    return (asker.once(f"{NAME}:{key}", SYSTEM, prompt),)


def grade(code: str, exchanges: Sequence[Exchange], room: Room | None = None) -> Grade:
    """1 where the reply names the code and no other one; thinking does not count. Runs nothing."""
    layout = lay_out(exchanges[-1].reply)
    said = set(_CODE.findall("\n".join([layout.prose, *(block.body for block in layout.blocks)])))
    if said == {code}:
        return Grade(passed=1)
    if not said:
        return Grade(passed=0, reason="the reply names no code")
    return Grade(passed=0, reason="the reply names several codes" if code in said else "the reply names another code")


def _text(seed: int, size: int, depth: int) -> tuple[str, str]:
    """A text of about so many tokens with the needle at that depth, and the code in it. Other archives' codes stand there too."""
    draw = random.Random(f"{seed}/{size}/{depth}")  # noqa: S311 - a reproducible text, not a secret
    codes = [f"{draw.randrange(10, 99)}-{draw.choice(_THINGS)}-{draw.randrange(1000, 9999)}" for _ in _PLACES]
    hidden = [f"The access code of the {place} archive is {code}." for place, code in zip(_PLACES, codes, strict=True)]
    left = size - sum(map(tokens.count, hidden)) - 60  # the question takes its share
    sentences: list[str] = []
    for sentence in _sentences(draw):
        left -= tokens.count(sentence) + 1
        if left < 0:
            break
        sentences.append(sentence)
    for other in hidden[1:]:
        sentences.insert(draw.randrange(len(sentences) + 1), other)
    sentences.insert(round(len(sentences) * depth / 100), hidden[0])
    paragraphs = ["  ".join(sentences[at : at + 8]) for at in range(0, len(sentences), 8)]
    return "\n\n".join(paragraphs), codes[0]


def _sentences(draw: random.Random) -> Iterator[str]:
    while True:
        day, lot = draw.randrange(1, 400), draw.randrange(100, 999)
        yield f"On day {day} lot {lot} of {draw.choice(_THINGS)} {draw.choice(_DOINGS)} at the {draw.choice(_PLACES)} gate."
